//! Whether an entry about what a peer accepts speaks of an exchange: everything has to hold that its own evidence shows.

use super::alone::alone;
use super::compare::Oracle;
use crate::judgement::RequirementId;
use crate::oracle::expected::Case;
use crate::suite::Outcome;
use crate::suite::ledger::{Cut, Divergence, Reproducer};

/// Whether an entry that covers a requirement explains that it is violated here: the peer takes the fault by itself, or with
/// what the entry's own reproducer violates beside it. Where no control shows it, that has to be violated here too. What the peer
/// never looks for needs no more.
pub(super) fn applies(oracle: &Oracle<'_>, entry: &Divergence, case: &Case, id: RequirementId) -> bool {
    // What a live test taught is known by one exchange, and asking costs a connection; what hangs on the cut is shown by no
    // control, which is delivered whole.
    if entry.is_never_checked || !oracle.ledger.is_exact || entry.delivery == Some(Cut::Split) {
        return true;
    }
    let takes = |faults: &[RequirementId]| -> Option<bool> {
        let control = alone(case, faults)?;
        Some(matches!(oracle.peer.observe(&control).outcome, Outcome::Opened(_)))
    };
    match takes(&[id]) {
        Some(true) => true,
        by_itself => {
            let (breached, companions) = (case.breached(), companions(entry));
            let are_there = companions.iter().all(|companion| breached.contains(companion));
            let among: Vec<RequirementId> = companions.iter().copied().chain([id]).collect();
            // Without companions it was asked already.
            let is_asked = companions.is_empty() && by_itself.is_some();
            are_there && !is_asked && takes(&among).unwrap_or(by_itself.is_none())
        }
    }
}

/// What the reproducer of an entry violates beside what the entry covers.
fn companions(entry: &Divergence) -> &[RequirementId] {
    entry.companions.get_or_init(|| {
        let Reproducer::Octets(exchange) = &entry.reproducer else { return Vec::new() };
        let breached = Case::judged(exchange.clone()).map(|case| case.breached()).unwrap_or_default();
        breached.into_iter().filter(|id| !entry.covers(*id)).collect()
    })
}
