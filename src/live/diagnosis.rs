//! Why an accept value is wrong: a diagnosis, by the ways in which it is known to be computed wrongly.

use std::collections::HashMap;
use std::sync::Mutex;

use super::accepts::transformed;
use crate::handshake::accept_value;
use crate::suite::law::marks::Marks;

/// The accept values that a server has answered with in this run, and for which keys.
#[derive(Debug, Default)]
pub struct Answers(Mutex<HashMap<Vec<u8>, String>>);

impl Answers {
    /// Remembers an answer; the key of an earlier connection that had the same one, if it was another key.
    pub fn remember(&self, key: &str, accept: &[u8]) -> Option<String> {
        let mut answers = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let first = answers.entry(accept.to_vec()).or_insert_with(|| key.to_owned());
        (first != key).then(|| first.clone())
    }

    /// The key of an earlier connection whose right accept value this is.
    fn right_for(&self, key: &str, accept: &[u8]) -> Option<String> {
        let answers = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        answers.values().find(|its| *its != key && accept_value(its.as_bytes()).as_bytes() == accept).cloned()
    }
}

/// What a wrong accept value is, in words; `None` for the right one. `earlier` are the answers of this run.
pub fn diagnose(accept: Option<&[u8]>, key: &str, marks: &Marks, earlier: &Answers) -> Option<String> {
    let Some(accept) = accept else { return Some("there is none".to_owned()) };
    if accept == accept_value(key.as_bytes()).as_bytes() {
        return None;
    }
    if accept == accept_value(b"dGhlIHNhbXBsZSBub25jZQ==").as_bytes() {
        return Some("it is that of the example in RFC 6455 §1.3, whatever the key".to_owned());
    }
    if let Some(other) = earlier.right_for(key, accept) {
        return Some(format!("it is right for {other}, the key of another connection: a replay, as from a cache"));
    }
    if let Some(other) = earlier.remember(key, accept) {
        return Some(format!("it is the same as for {other}, the key of another connection: a constant"));
    }
    if accept == key.as_bytes() {
        return Some("it is the key itself".to_owned());
    }
    if accept.is_empty() {
        return Some("it is empty".to_owned());
    }
    let known = marks.marks().iter().filter(|mark| mark.name.starts_with("accept:"));
    let found = known.filter(|mark| transformed(&mark.name, key).is_some_and(|value| value.as_bytes() == accept));
    let words = found.map(|mark| format!("it is computed with {}", words(&mark.name, &mark.how))).next();
    Some(words.unwrap_or_else(|| "how it is computed is not known".to_owned()))
}

/// What was done, by the name and the explanation of a mark.
fn words(name: &str, how: &str) -> String {
    format!("{} ({how})", name.trim_start_matches("accept:").replace('-', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Conformance;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZT==";

    fn said(accept: &str, earlier: &Answers) -> String {
        let data = Conformance::embedded().unwrap();
        diagnose(Some(accept.as_bytes()), KEY, &data.marks, earlier).unwrap_or_default()
    }

    #[test]
    fn wrong_accept_values_are_named() {
        let none = Answers::default();
        assert_eq!(said(&accept_value(KEY.as_bytes()), &none), "");
        for mark in ["accept:wrong-guid", "accept:lowercase-guid", "accept:hex", "accept:no-guid", "accept:untrimmed"] {
            let accept = transformed(mark, KEY).unwrap();
            let word = mark.trim_start_matches("accept:").replace('-', " ");
            let said = said(&accept, &Answers::default());
            assert!(said.contains(&word), "{mark}: {said}");
        }
        assert!(said(KEY, &none).contains("the key itself"));
        assert!(said("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", &none).contains("example"));
        assert!(said("AAAA", &none).contains("not known"));
        assert!(diagnose(None, KEY, &Conformance::embedded().unwrap().marks, &none).is_some());
    }

    #[test]
    fn replays_and_constants_are_told_apart() {
        let earlier = Answers::default();
        let other = "x3JJHMbDL1EzLkh9GBhXDw==";
        assert_eq!(earlier.remember(other, accept_value(other.as_bytes()).as_bytes()), None);
        assert_eq!(earlier.remember(other, b"constant"), None);
        assert!(said(&accept_value(other.as_bytes()), &earlier).contains("replay"));
        assert!(said("constant", &earlier).contains("a constant"));
    }
}
