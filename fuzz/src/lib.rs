//! What the fuzz targets share: their bodies, watched where a measurement is asked for, and the words of a panic.

mod collect;
mod rate;

use ws101::judgement::Role;
use ws101::oracle::{self, Found};
use ws101::report;
use ws101::suite::Peer;

/// Raw octets for some peers: does each of those that play the role do what is permitted, however they are cut?
pub fn raw<'p>(role: Role, octets: &[u8], peers: impl IntoIterator<Item = &'p dyn Peer> + Clone) -> Found {
    let alone = peers.clone();
    rate::beside(
        || oracle::watched(oracle::drawn(role, octets), peers, &mut collect::note),
        || alone.into_iter().map(|peer| peer.observe(&oracle::drawn(role, octets))).collect::<Vec<_>>(),
    )
}

/// A plan of named faults for some peers.
pub fn structured<'p>(octets: &[u8], peers: impl IntoIterator<Item = &'p dyn Peer>) -> Found {
    oracle::watched(oracle::planned(octets), peers, &mut collect::note)
}

/// Panics with the explanation of what was found.
pub fn explain(found: Found) {
    found.unwrap_or_else(|new| panic!("{}", report::discovery(&new, &oracle::data().register)))
}
