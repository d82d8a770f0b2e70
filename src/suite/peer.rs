//! The trait of everything that answers an exchange.

use std::borrow::Cow;

use super::law::vector::Expectation;
use super::{Building, Built, Exchange, Observation};
use crate::judgement::Role;

/// How a command line names a peer: whoever wants to see again what it did gives it the same octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The program that has the peer.
    pub program: String,
    /// The options that name the peer, and those that say how it is reached.
    pub options: Vec<String>,
}

impl Invocation {
    /// A peer that is built into a program.
    pub fn built_in(program: &str, peer: &str) -> Invocation {
        Invocation { program: program.to_owned(), options: vec!["--peer".to_owned(), peer.to_owned()] }
    }

    /// A server behind a URL, and the options that say how it is reached.
    pub fn live(url: &str, reached: &[String]) -> Invocation {
        let named = Invocation::built_in("ws101", url);
        Invocation { options: named.options.into_iter().chain(reached.iter().cloned()).collect(), ..named }
    }

    /// The URL, and how it is reached, if it is a server behind one.
    pub fn url(&self) -> Option<(&str, &[String])> {
        match self.options.as_slice() {
            [option, url, reached @ ..] if option == "--peer" && url.contains("://") => Some((url, reached)),
            _ => None,
        }
    }
}

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

    /// How a command line names it; `None` for a peer that no program has, such as one of a library's own tests.
    fn invocation(&self) -> Option<Invocation> {
        None
    }

    /// Builds a request as a client. A peer that is only a server has none.
    fn build(&self, building: &Building) -> Built {
        Built::Unsupported(format!("builds no request for {}", building.uri))
    }
}
