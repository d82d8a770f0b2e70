//! The table of what each peer makes of the vectors: derived from a run, never edited.

use std::collections::BTreeSet;

use ws101::judgement::{Permitted, RequirementId, Role, Severity};
use ws101::oracle::{Case, Oracle};
use ws101::suite::ledger::Behaviour;
use ws101::suite::{Conformance, Delivery, Failing, Outcome, Peer};

/// One peer in one role: the requirements that the vectors are about, each with those that are the same test.
#[derive(Default)]
pub struct Row {
    peer: String,
    version: String,
    role: &'static str,
    /// Those whose breach must be rejected.
    required: BTreeSet<String>,
    /// Those of them whose breach it accepts.
    accepted: BTreeSet<String>,
    /// Those that must be accepted.
    granted: BTreeSet<String>,
    /// Those of them that it refuses.
    refused: BTreeSet<String>,
    /// Those that its answer departs from, or the octets behind the head.
    answered: BTreeSet<String>,
    /// Those that it departs from where a second careful reading leaves that free.
    contested: BTreeSet<String>,
    /// The messages of its panics.
    crashes: BTreeSet<String>,
    /// How many vectors it cannot be configured for.
    unsupported: usize,
    /// What its ledger says of deliveries and octets.
    behaviours: BTreeSet<&'static str>,
}

/// What a peer makes of every vector, delivered in one read, in each role that it plays.
pub fn rows(data: &Conformance, peer: &dyn Peer) -> Vec<Row> {
    [Role::Server, Role::Client]
        .into_iter()
        .filter(|role| peer.plays(*role))
        .map(|role| row(data, peer, role))
        .collect()
}

fn row(data: &Conformance, peer: &dyn Peer, role: Role) -> Row {
    let ledger = data.ledger(peer.name());
    let oracle = Oracle { register: &data.register, ledger: &ledger, peer, strict: true };
    let mut row =
        Row { peer: peer.name().to_owned(), version: peer.version().to_owned(), role: role.as_str(), ..Row::default() };
    for vector in data.vectors.all().iter().filter(|vector| vector.role() == role) {
        let Some(case) = Case::of(vector, Delivery::Whole) else { continue };
        let about = vector.requirements.first().map(|(id, _)| group(data, *id)).unwrap_or_default();
        let compared = oracle.compare(&case);
        match &compared.observation.outcome {
            Outcome::Unsupported(_) => {
                row.unsupported += 1;
                continue;
            }
            Outcome::Crashed(message) => drop(row.crashes.insert(without_digits(message))),
            _ => {}
        }
        match case.expectation.permitted {
            Permitted::MustReject => drop(row.required.insert(about.clone())),
            Permitted::MustAccept => drop(row.granted.insert(about.clone())),
            Permitted::Either => {}
        }
        for fault in compared.verdict.faults() {
            match fault.owed.severity {
                Severity::Fail => {}
                Severity::Contested => {
                    row.contested.insert(about.clone());
                    continue;
                }
                Severity::NonStrict | Severity::Informational => continue,
            }
            match fault.failing {
                Failing::Accepts => drop(row.accepted.insert(about.clone())),
                Failing::Refuses => drop(row.refused.insert(about.clone())),
                Failing::Answers => {
                    row.answered.insert(fault.requirement.map_or_else(|| about.clone(), |id| id.to_string()));
                }
                Failing::Octets => drop(row.answered.insert("octets".to_owned())),
                Failing::Hang => drop(row.behaviours.insert("hang")),
                Failing::Crash => {}
            }
        }
    }
    for entry in ledger.divergences().iter().filter(|entry| entry.role == role) {
        match entry.behaviour {
            Some(Behaviour::Split) => drop(row.behaviours.insert("split")),
            Some(Behaviour::Octets) => drop(row.behaviours.insert("octets")),
            Some(Behaviour::Hang) => drop(row.behaviours.insert("hang")),
            Some(Behaviour::Crash) | None => {}
        }
    }
    row
}

/// The first id of the requirements that are the same test.
fn group(data: &Conformance, id: RequirementId) -> String {
    data.register.group_of(id).into_iter().next().unwrap_or(id).to_string()
}

/// A panic says where and how much: what it is about stays the same.
fn without_digits(message: &str) -> String {
    message.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// The rows as Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| peer | version | role | enforces | refuses wrongly | answers wrongly | contested | crashes | behaviour | cannot be asked |\n\
         | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |\n",
    );
    for row in rows {
        let enforced = row.required.difference(&row.accepted).count();
        let refused = row.granted.intersection(&row.refused).count();
        text.push_str(&format!(
            "| {} | {} | {} | {enforced} of {} | {refused} of {} | {} | {} | {} | {} | {} |\n",
            row.peer,
            row.version,
            row.role,
            row.required.len(),
            row.granted.len(),
            row.answered.len(),
            row.contested.difference(&row.accepted).count(),
            row.crashes.len(),
            row.behaviours.iter().copied().collect::<Vec<_>>().join(", "),
            row.unsupported
        ));
    }
    text
}
