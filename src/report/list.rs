//! Lists: a line for each thing, its id first.

use serde_json::{Value, json};

use super::sheet::word;
use super::{Look, NAME, cut};
use crate::judgement::Role;
use crate::suite::law::register::Entry;
use crate::suite::law::vector::Vector;
use crate::suite::ledger::{Divergence, Ledger};
use crate::suite::{Catch, Peer, Shows};

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id or name, which a pattern selects by.
    pub id: String,
    /// Words in columns of their own.
    words: Vec<String>,
    /// What is said of it.
    text: String,
    /// The same as an object.
    json: Value,
}

impl Item {
    /// A requirement.
    pub fn requirement(entry: &Entry) -> Item {
        Item {
            id: entry.id.to_string(),
            words: vec![word(entry.state), entry.level.to_string(), entry.expected.to_string()],
            text: entry.summary.clone(),
            json: json!({
                "id": entry.id,
                "document": entry.document,
                "section": entry.section,
                "role": entry.duty.as_str(),
                "level": entry.level.as_str(),
                "state": word(entry.state),
                "expected": entry.expected.as_str(),
                "summary": entry.summary,
            }),
        }
    }

    /// A vector.
    pub fn vector(vector: &Vector) -> Item {
        Item {
            id: vector.id.clone(),
            words: vec![vector.permitted().to_string()],
            text: vector.why.clone(),
            json: json!({
                "id": vector.id,
                "kind": word(vector.kind),
                "role": vector.role().as_str(),
                "permitted": vector.permitted().as_str(),
                "requirements": vector.requirements.iter().map(|(id, _)| id).collect::<Vec<_>>(),
                "why": vector.why,
            }),
        }
    }

    /// A peer.
    pub fn peer(peer: &dyn Peer) -> Item {
        let roles: Vec<&str> =
            [Role::Server, Role::Client].into_iter().filter(|&role| peer.plays(role)).map(Role::as_str).collect();
        Item {
            id: peer.name().to_owned(),
            words: vec![peer.version().to_owned()],
            text: roles.join(", "),
            json: json!({"id": peer.name(), "version": peer.version(), "roles": roles}),
        }
    }

    /// A planted fault, and what catches it.
    pub fn planted(caught: &Catch) -> Item {
        let Catch { name, role, what, shows, vector, inputs, named } = caught;
        let (requirement, behaviour) = match shows {
            Shows::Requirement(id) => (Some(id), None),
            Shows::Behaviour(_) => (None, Some(shows.to_string())),
        };
        let named = named.as_ref().map(Shows::to_string);
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        Item {
            id: (*name).to_owned(),
            words: vec![
                role.to_string(),
                or_dash(vector.clone()),
                or_dash(inputs.map(|inputs| inputs.to_string())),
                or_dash(named.clone()),
            ],
            text: (*what).to_owned(),
            json: json!({
                "id": name,
                "role": role.as_str(),
                "what": what,
                "requirement": requirement,
                "behaviour": behaviour,
                "vector": vector,
                "inputs": inputs,
                "named": named,
            }),
        }
    }

    /// An entry of a ledger.
    pub fn divergence(ledger: &Ledger, divergence: &Divergence) -> Item {
        Item {
            id: divergence.id.clone(),
            words: vec![divergence.behaviour.map_or_else(|| word(divergence.direction), word)],
            text: divergence.reason.clone(),
            json: json!({
                "id": divergence.id,
                "peer": ledger.peer,
                "versions": ledger.versions,
                "role": divergence.role.as_str(),
                "requirement": divergence.requirement,
                "behaviour": divergence.behaviour.map(word),
                "direction": word(divergence.direction),
                "reason": divergence.reason,
            }),
        }
    }
}

/// The items as an array of objects.
pub fn json(items: &[Item]) -> Value {
    items.iter().map(|item| item.json.clone()).collect()
}

/// The items as lines of at most `width` columns.
pub fn human(items: &[Item], width: usize, look: Look) -> String {
    let ids = items.iter().map(|item| item.id.chars().count()).max().unwrap_or(0);
    let words: Vec<usize> = (0..items.first().map_or(0, |item| item.words.len()))
        .map(|column| items.iter().map(|item| item.words[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut drawn = String::new();
    for item in items {
        let mut line = format!("{:<ids$}", item.id);
        for (word, columns) in item.words.iter().zip(&words) {
            line.push_str(&format!("  {word:<columns$}"));
        }
        let line = cut(&format!("{line}  {}", item.text), width);
        let (id, rest) = line.split_at_checked(item.id.len()).unwrap_or((&line, ""));
        drawn.push_str(&look.paint(NAME, id));
        drawn.push_str(rest);
        drawn.push('\n');
    }
    drawn
}
