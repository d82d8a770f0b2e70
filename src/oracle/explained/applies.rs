//! Whether an entry about what a peer accepts speaks of an exchange: everything has to hold that its own evidence shows.

use super::alone::alone;
use super::compare::Oracle;
use crate::judgement::RequirementId;
use crate::oracle::expected::Case;
use crate::suite::Outcome;
use crate::suite::ledger::{Cut, Divergence, Reproducer};

/// Whether an entry that covers a requirement explains that it is violated here: what has to be violated beside it is, and the
/// peer takes the fault by itself, or together with that. What the peer never looks for needs no more.
///
/// The peer that is asked is the one under judgement, and may have become worse: what it takes today shows what it does, and not
/// what is known. So it is asked only where the entry's own evidence holds.
pub(super) fn applies(oracle: &Oracle<'_>, entry: &Divergence, case: &Case, id: RequirementId) -> bool {
    if entry.is_never_checked {
        return true;
    }
    let (breached, companions) = (case.breached(), companions(entry));
    if !companions.iter().all(|companion| breached.contains(companion)) {
        return false;
    }
    // What a live test taught is known by one exchange, and asking costs a connection; what hangs on the cut is shown by no
    // control, which is delivered whole.
    if !oracle.ledger.is_exact || entry.delivery == Some(Cut::Split) {
        return true;
    }
    let takes = |faults: &[RequirementId]| -> Option<bool> {
        let control = alone(case, faults)?;
        Some(matches!(oracle.peer.observe(&control).outcome, Outcome::Opened(_)))
    };
    match takes(&[id]) {
        Some(true) => true,
        // Without companions it was asked already.
        Some(false) if companions.is_empty() => false,
        by_itself => {
            let among: Vec<RequirementId> = companions.iter().copied().chain([id]).collect();
            takes(&among).unwrap_or(by_itself.is_none())
        }
    }
}

/// What has to be violated beside what an entry covers: what the entry says, or all that its reproducer violates.
fn companions(entry: &Divergence) -> &[RequirementId] {
    entry.companions.get_or_init(|| entry.with.clone().unwrap_or_else(|| beside(entry)))
}

/// The first requirement that an entry names as one to be violated beside what it covers, and that its reproducer does not.
pub fn unfounded(entry: &Divergence) -> Option<RequirementId> {
    let with = entry.with.as_ref().filter(|with| !with.is_empty())?;
    let beside = beside(entry);
    with.iter().copied().find(|id| !beside.contains(id))
}

/// What the reproducer of an entry violates beside what the entry covers.
fn beside(entry: &Divergence) -> Vec<RequirementId> {
    let Reproducer::Octets(exchange) = &entry.reproducer else { return Vec::new() };
    let breached = Case::judged(exchange.clone()).map(|case| case.breached()).unwrap_or_default();
    breached.into_iter().filter(|id| !entry.covers(*id)).collect()
}
