//! The trait of everything that answers an exchange.

use std::borrow::Cow;

use super::law::vector::Expectation;
use super::{Building, Built, Exchange, Observation};
use crate::judgement::Role;

/// An implementation under judgement. The rest of the program does not know which one it talks to.
pub trait Peer: Sync {
    /// The name of the peer, as the ledger and `--peer` have it.
    fn name(&self) -> &str;

    /// Its exact version.
    fn version(&self) -> &str;

    /// Whether it plays the role.
    fn plays(&self, role: Role) -> bool;

    /// Reads the octets of an exchange. Never panics: a panic of the implementation is an observation.
    fn observe(&self, exchange: &Exchange) -> Observation;

    /// What of an expectation it can be held to. That is less than all of it for a peer which nobody can configure for the
    /// needs of an exchange.
    fn owes<'e>(&self, _exchange: &Exchange, expectation: &'e Expectation) -> Cow<'e, Expectation> {
        Cow::Borrowed(expectation)
    }

    /// Builds a request as a client. A peer that is only a server has none.
    fn build(&self, building: &Building) -> Built {
        Built::Unsupported(format!("builds no request for {}", building.uri))
    }
}
