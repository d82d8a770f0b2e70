//! Requirements that no octets can show, each with the reason: `conformance/unshown/`.

use std::collections::HashSet;

use serde::Deserialize;

use super::register::Register;
use super::source::{DataErrors, Source, Text};
use crate::judgement::RequirementId;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unshown {
    /// The id in the register.
    pub id: RequirementId,
    /// The side.
    pub side: Side,
    /// The reason, in a sentence.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    unshown: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    side: Side,
    reason: String,
}

/// Reads `unshown/`.
pub fn load(source: &Source, register: &Register) -> Result<Vec<Unshown>, DataErrors> {
    read(&source.folder("unshown", "toml")?, register)
}

fn read(texts: &[Text], register: &Register) -> Result<Vec<Unshown>, DataErrors> {
    let mut all: Vec<Unshown> = Vec::new();
    let mut errors = Vec::new();
    let mut seen = HashSet::new();
    for text in texts {
        let Some(file) = text.toml_or::<File>("What each kind shows", &mut errors) else { continue };
        for Raw { id, side, reason } in file.unshown {
            let line = text.line_of(&id, 0);
            let Some(entry) = register.find(&id) else {
                errors.push(text.error(line, format!("unknown requirement {id}"), "use an id of requirements/"));
                continue;
            };
            if reason.trim().is_empty() {
                errors.push(text.error(line, format!("{id}: no reason"), "write one sentence"));
            }
            if !seen.insert((entry.id, side)) {
                errors.push(text.error(line, format!("{id} has this side twice"), "remove one"));
            }
            all.push(Unshown { id: entry.id, side, reason });
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(DataErrors(errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::requirements as r;
    use crate::suite::law::register::of_the_project;

    const ID: RequirementId = r::RFC6455_4_1_REQ_KEY_FRESH.id;

    fn read(entries: &str) -> Result<Vec<Unshown>, String> {
        let text = Text::new("unshown/a.toml", entries.to_owned());
        super::read(&[text], of_the_project()).map_err(|errors| errors.to_string())
    }

    #[test]
    fn each_side_of_a_requirement_stands_once_with_its_reason() {
        let entry = format!("[[unshown]]\nid = \"{ID}\"\nside = \"keeps\"\nreason = \"r\"\n");
        let both = format!("{entry}{}", entry.replace("keeps", "departs"));
        let sides: Vec<_> = read(&both).unwrap().into_iter().map(|entry| entry.side).collect();
        assert_eq!(sides, [Side::Keeps, Side::Departs]);
        for (entries, said) in [
            (
                entry.replace("key-fresh", "key-stale"),
                format!("a.toml:2: unknown requirement {}", ID.as_str().replace("fresh", "stale: ")),
            ),
            (entry.replace("\"r\"", "\" \""), format!("a.toml:2: {ID}: no reason: ")),
            (entry.repeat(2), format!("{ID} has this side twice: ")),
            (entry.replace("reason", "why"), format!("a.toml:4: {ID}: unknown field `why`")),
        ] {
            let error = read(&entries).unwrap_err();
            assert!(error.contains(&said) && error.lines().count() == 1, "{error}");
        }
    }
}
