//! What a client builds beside what it has to build: explained by the ledger, or new.

use super::{Explained, Oracle};
use crate::suite::ledger::{Direction, Divergence, Reproducer};
use crate::suite::verdict::judge_built;
use crate::suite::{Building, Built, Conformance, Failing, Fault, Vector, Verdict};

/// The faults of what a client made of a vector: those that the ledger explains, and those that nothing does.
pub fn explain_built(
    oracle: &Oracle<'_>,
    vector: &Vector,
    built: &Built,
    verdict: &Verdict,
) -> (Vec<Explained>, Vec<Fault>) {
    let (mut explained, mut new) = (Vec::new(), Vec::new());
    for fault in verdict.faults() {
        let explains = |entry: &&Divergence| {
            // The first requirement is what a vector is about.
            let cited = vector.requirements.first().is_some_and(|(id, _)| entry.covers(*id));
            matches!(entry.reproducer, Reproducer::Options(_)) && cited && is_such(entry, fault.failing, built)
        };
        match oracle.ledger.divergences().iter().find(explains) {
            Some(entry) => explained.push((fault.clone(), vec![entry.id.clone()])),
            None if fault.owed.severity.counts(oracle.strict) => new.push(fault.clone()),
            None => {}
        }
    }
    (explained, new)
}

fn is_such(entry: &Divergence, failing: Failing, built: &Built) -> bool {
    let direction = match failing {
        Failing::Accepts => Direction::Accepts,
        Failing::Refuses => Direction::Refuses,
        Failing::Answers => Direction::Answers,
        Failing::Octets | Failing::Hang | Failing::Crash => return false,
    };
    let error = if let Built::Refused(error) = built { Some(error.as_str()) } else { None };
    entry.direction == direction && (failing != Failing::Refuses || entry.has_error(error))
}

/// Whether a client still does with the options of an entry what the entry says of it: the vector with these options says
/// what it has to do.
pub fn shows(data: &Conformance, entry: &Divergence, building: &Building, built: &Built) -> bool {
    let mut vectors = data.vectors.all().iter().filter(|vector| vector.building() == Some(building));
    vectors.any(|vector| {
        let verdict = judge_built(&vector.expectation, building, built, &data.register);
        let cited = vector.requirements.first().is_some_and(|(id, _)| entry.covers(*id));
        cited && verdict.faults().iter().any(|fault| is_such(entry, fault.failing, built))
    })
}
