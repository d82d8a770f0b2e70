//! Requirements that no octets can show, each with the reason: `conformance/unshown/`.

use std::collections::HashSet;

use serde::Deserialize;

use super::register::Register;
use super::source::{DataErrors, Source, Text};

/// Which side of a requirement no octets can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// A breach of it.
    Departs,
    /// A use of it.
    Uses,
    /// Its being met.
    Keeps,
    /// Neither.
    Both,
}

/// One side of one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unshown {
    /// The id in the register.
    pub id: String,
    /// The side.
    pub side: Side,
    /// The reason, in a sentence.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    unshown: Vec<Unshown>,
}

/// Reads `unshown/`.
pub(super) fn load(source: &Source, register: &Register) -> Result<Vec<Unshown>, DataErrors> {
    read(&source.folder("unshown", "toml")?, register)
}

fn read(texts: &[Text], register: &Register) -> Result<Vec<Unshown>, DataErrors> {
    let mut all: Vec<Unshown> = Vec::new();
    let mut errors = Vec::new();
    let mut seen = HashSet::new();
    for text in texts {
        let file: File = match text.toml("What each kind shows") {
            Ok(file) => file,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        for entry in file.unshown {
            let line = text.line_of(&entry.id, 0);
            if register.get(&entry.id).is_none() {
                let message = format!("unknown requirement {}", entry.id);
                errors.push(text.error(line, message, "use an id of requirements/"));
            }
            if entry.reason.trim().is_empty() {
                errors.push(text.error(line, format!("{}: no reason", entry.id), "write one sentence"));
            }
            if !seen.insert((entry.id.clone(), entry.side)) {
                errors.push(text.error(line, format!("{} has this side twice", entry.id), "remove one"));
            }
            all.push(entry);
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(DataErrors(errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::register::of_the_project;

    const ENTRY: &str = "[[unshown]]\nid = \"rfc6455-4.1-req-key-fresh\"\nside = \"keeps\"\nreason = \"r\"\n";

    fn read(entries: &str) -> Result<Vec<Unshown>, String> {
        let text = Text::new("unshown/a.toml", entries.to_owned());
        super::read(&[text], of_the_project()).map_err(|errors| errors.to_string())
    }

    #[test]
    fn each_side_of_a_requirement_stands_once_with_its_reason() {
        let both = format!("{ENTRY}{}", ENTRY.replace("keeps", "departs"));
        let sides: Vec<_> = read(&both).unwrap().into_iter().map(|entry| entry.side).collect();
        assert_eq!(sides, [Side::Keeps, Side::Departs]);
        for (entries, said) in [
            (ENTRY.replace("key-fresh", "key-stale"), "a.toml:2: unknown requirement rfc6455-4.1-req-key-stale: "),
            (ENTRY.replace("\"r\"", "\" \""), "a.toml:2: rfc6455-4.1-req-key-fresh: no reason: "),
            (format!("{ENTRY}{ENTRY}"), "rfc6455-4.1-req-key-fresh has this side twice: "),
            (ENTRY.replace("reason", "why"), "a.toml:4: rfc6455-4.1-req-key-fresh: unknown field `why`"),
        ] {
            let error = read(&entries).unwrap_err();
            assert!(error.contains(said) && error.lines().count() == 1, "{error}");
        }
    }
}
