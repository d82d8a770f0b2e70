//! What the fuzz targets share: their bodies, watched where a measurement is asked for, and the words of a panic.

mod collect;
mod findings;
mod rate;

use std::env;
use std::sync::LazyLock;

use ws101::judgement::Role;
use ws101::oracle::{self, Case, Compared, Found, Oracle};
use ws101::report;
use ws101::suite::{Discovery, Peer};

/// Raw octets for some peers: does each of those that play the role do what is permitted, however they are cut?
pub fn raw<'p>(role: Role, octets: &[u8], peers: impl IntoIterator<Item = &'p dyn Peer> + Clone) -> Found {
    rehearsal(octets)?;
    let alone = peers.clone();
    rate::beside(
        || oracle::watched(oracle::drawn(role, octets), peers, oracle::data(), &mut watch),
        || alone.into_iter().map(|peer| peer.observe(&oracle::drawn(role, octets))).collect::<Vec<_>>(),
    )
}

/// A plan of named faults for some peers.
pub fn structured<'p>(octets: &[u8], peers: impl IntoIterator<Item = &'p dyn Peer>) -> Found {
    rehearsal(octets)?;
    oracle::watched(oracle::planned(octets), peers, oracle::data(), &mut watch)
}

/// A body that asks no peer of its choice.
pub fn plain(octets: &[u8], body: impl FnOnce(&[u8]) -> Found) -> Found {
    rehearsal(octets)?;
    body(octets)
}

fn watch(oracle: &Oracle<'_>, case: &Case, compared: &Compared) -> bool {
    // Both look: none hides the case from the other.
    let (is_collected, is_noted) = (collect::note(case, compared), findings::note(oracle, case, compared));
    is_collected || is_noted
}

/// Panics with the explanation of what was found, unless it is written down.
pub fn explain(found: Found) {
    if let Err(new) = found
        && !findings::told(&new)
    {
        panic!("{}", report::finding(&new, &oracle::data().register));
    }
}

/// With WS101_REHEARSAL set, each input of at least eight octets is a finding: so that what an engine does with one can be tried
/// where nothing is to be found.
fn rehearsal(octets: &[u8]) -> Found {
    static IS_ON: LazyLock<bool> = LazyLock::new(|| env::var_os("WS101_REHEARSAL").is_some());
    if *IS_ON && octets.len() >= 8 {
        return Err(Box::new(Discovery::Broken("a rehearsal: WS101_REHEARSAL is set".to_owned())));
    }
    Ok(())
}
