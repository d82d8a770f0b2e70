//! What a run of many exchanges came to, for one peer.

use std::collections::{BTreeMap, BTreeSet};

use crate::judgement::{Judgement, Role};
use crate::suite::exchange::{Building, Exchange};
use crate::suite::peer::{Invocation, Peer};
use crate::suite::verdict::Fault;

/// Where the exchanges of a run come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Vectors, in several deliveries.
    Vectors,
    /// The corpus, in several deliveries.
    Corpus,
    /// A generator.
    Generated,
}

impl Origin {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Origin::Vectors => "vectors",
            Origin::Corpus => "corpus",
            Origin::Generated => "generated",
        }
    }
}

/// What shows a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Octets that the peer read.
    Octets {
        /// The octets with everything around them.
        exchange: Exchange,
        /// The reference's judgement of them; `None` where the head is not at its end.
        judgement: Option<Judgement>,
        /// How many octets the head takes.
        consumed: usize,
    },
    /// Options that it built from.
    Options(Building),
}

/// A difference that nothing in the ledger explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDivergence {
    /// What it was found by: a vector's id, a file, or the number of a generated exchange.
    pub source: String,
    /// What it has in common with all others of its kind.
    pub signature: String,
    /// The smallest thing found that shows it.
    pub evidence: Evidence,
    /// What the peer did that it must not.
    pub faults: Vec<Fault>,
    /// What the peer did, in words.
    pub did: String,
    /// The ids of the entries that explain it and do not list the vector that shows it: a change of behaviour.
    pub unlisted: Vec<String>,
    /// How many exchanges of the run show a difference of the same kind.
    pub count: u64,
}

/// What a fuzz target, or the replay of the corpus, has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// A peer differs, and nothing in the ledger explains it.
    New {
        /// The name of the peer.
        peer: String,
        /// Its exact version.
        version: String,
        /// How a command line names it, if one can.
        invocation: Option<Invocation>,
        /// What it does.
        divergence: Box<NewDivergence>,
    },
    /// A promise of the reference is broken, or two sides do not agree: with what was seen.
    Broken(String),
}

impl Discovery {
    /// A peer differs.
    pub fn new(peer: &dyn Peer, divergence: NewDivergence) -> Discovery {
        Discovery::New {
            peer: peer.name().to_owned(),
            version: peer.version().to_owned(),
            invocation: peer.invocation(),
            divergence: Box::new(divergence),
        }
    }

    /// One line that is the same for all that is of one kind, so that a fuzzer can fold it.
    pub fn signature(&self) -> String {
        match self {
            Discovery::New { peer, divergence, .. } => {
                format!("{peer} as a {}: {}", divergence.role(), divergence.signature)
            }
            // What was seen stands behind what was promised.
            Discovery::Broken(message) => {
                format!("broken promise: {}", message.split([':', '"', ';']).next().unwrap_or_default().escape_debug())
            }
        }
    }
}

impl NewDivergence {
    /// The role of the peer.
    pub const fn role(&self) -> Role {
        match &self.evidence {
            Evidence::Octets { exchange, .. } => exchange.role,
            Evidence::Options(_) => Role::Client,
        }
    }
}

/// How often a known difference showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// In how many exchanges.
    pub count: u64,
    /// What showed it first.
    pub first: String,
}

/// An entry of a ledger that says what is so no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Its reproducer shows no difference, or one that the entry does not explain.
    Reproducer {
        /// The id of the entry.
        id: String,
        /// What the peer did, in words.
        did: String,
    },
    /// Vectors that it lists fail no more, or not as they are listed.
    Passing {
        /// The id of the entry.
        id: String,
        /// The vectors, as they are listed.
        vectors: Vec<String>,
    },
    /// The vectors that fail under it are not those that it seals.
    Sealed {
        /// The id of the entry.
        id: String,
        /// How many it seals.
        sealed: usize,
        /// How many fail.
        failing: usize,
    },
}

impl Stale {
    /// The id of the entry.
    pub fn id(&self) -> &str {
        match self {
            Stale::Reproducer { id, .. } | Stale::Passing { id, .. } | Stale::Sealed { id, .. } => id,
        }
    }
}

/// What a run came to, for one peer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The name of the peer.
    pub peer: String,
    /// Its exact version.
    pub version: String,
    /// How a command line names it, if one can.
    pub invocation: Option<Invocation>,
    /// How many exchanges were meant for it.
    pub asked: u64,
    /// How many exchanges it was given, by where they come from.
    pub exchanges: BTreeMap<Origin, u64>,
    /// In how many it did as it must.
    pub passed: u64,
    /// In how many the RFCs leave a choice.
    pub permitted: u64,
    /// In how many it missed what is only recommended.
    pub non_strict: u64,
    /// How many violate only what is contested.
    pub contested: u64,
    /// In how many all of its faults are known.
    pub explained: u64,
    /// In how many something is new.
    pub departed: u64,
    /// How many kinds of what is new are beyond those that are kept, and in how many exchanges they showed.
    pub beyond: (u64, u64),
    /// In how many it crashed, known or not: they are among the explained or the new ones too.
    pub crashed: u64,
    /// In how many it could not be configured for what they need.
    pub unsupported: u64,
    /// Whether the run ended before all was tried.
    pub ended_early: bool,
    /// In how many it did once what it did not do again.
    pub unrepeated: u64,
    /// How often the harness could not do its work, and why it could not the first time.
    pub harness: (u64, Option<String>),
    /// The known differences that showed, by id.
    pub known: BTreeMap<String, Known>,
    /// What is new, in the order in which it was found.
    pub new: Vec<NewDivergence>,
    /// The ids of ledger entries whose reproducer comes to no more than what is contested.
    pub disputed: BTreeSet<String>,
    /// What the ledger says and is so no more.
    pub stale: Vec<Stale>,
}

impl Tally {
    /// Of a peer that was not asked yet.
    pub fn of(peer: &dyn Peer) -> Tally {
        let (name, version) = (peer.name().to_owned(), peer.version().to_owned());
        Tally { peer: name, version, invocation: peer.invocation(), ..Tally::default() }
    }

    /// How many exchanges the peer was given.
    pub fn total(&self) -> u64 {
        self.exchanges.values().sum()
    }

    /// Whether what was asked is what is told: each exchange that was meant for the peer was given to it, and counts once.
    pub fn adds_up(&self) -> bool {
        let told = [
            self.passed,
            self.permitted,
            self.contested,
            self.non_strict,
            self.explained,
            self.departed,
            self.unsupported,
            self.unrepeated,
            self.harness.0,
        ];
        let shown: u64 = self.new.iter().map(|new| new.count).sum();
        self.asked == self.total() && told.iter().sum::<u64>() == self.total() && shown + self.beyond.1 == self.departed
    }

    /// Whether the run found nothing that was not known, and no crash.
    pub fn is_clean(&self) -> bool {
        self.new.is_empty() && self.stale.is_empty() && self.crashed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_clean_without_what_is_new_or_stale_or_crashed() {
        let exchanges = BTreeMap::from([(Origin::Vectors, 40), (Origin::Generated, 2)]);
        let clean = Tally { exchanges, explained: 41, non_strict: 1, asked: 42, ..Tally::default() };
        assert!(clean.is_clean());
        assert_eq!(clean.total(), 42);
        assert!(clean.adds_up());
        assert!(!Tally { asked: 43, ..clean.clone() }.adds_up());
        assert!(!Tally { explained: 40, ..clean.clone() }.adds_up());
        assert!(!Tally { departed: 1, explained: 40, ..clean.clone() }.adds_up());
        assert!(Tally { departed: 1, beyond: (1, 1), explained: 40, ..clean.clone() }.adds_up());
        assert!(!Tally { crashed: 1, ..clean.clone() }.is_clean());
        assert!(
            !Tally { stale: vec![Stale::Passing { id: "id".to_owned(), vectors: Vec::new() }], ..clean.clone() }
                .is_clean()
        );
        let evidence = Evidence::Octets {
            exchange: Exchange::new(crate::judgement::Role::Server, *b"GET"),
            judgement: None,
            consumed: 0,
        };
        let new = NewDivergence {
            source: "s".to_owned(),
            signature: "accepts".to_owned(),
            evidence,
            faults: Vec::new(),
            did: "d".to_owned(),
            unlisted: Vec::new(),
            count: 1,
        };
        assert!(!Tally { new: vec![new], ..clean }.is_clean());
    }
}
