//! The ledger: what is known of one peer, each difference with its reason (`conformance/divergences/<peer>.toml`).

mod file;
mod lists;
mod record;

use std::sync::OnceLock;

use serde::Deserialize;

pub use record::{Listed, Record, Seal};

use crate::judgement::{RequirementId, Role};
use crate::suite::exchange::{Building, Delivery, Exchange};
use crate::suite::law::marks::Marks;
use crate::suite::law::register::Register;
use crate::suite::law::source::{DataErrors, Source, Text};
use crate::suite::law::vectors::Vectors;

/// What the peer does that it should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// It accepts, or sends, what must be rejected.
    Accepts,
    /// It rejects, or does not send, what must be accepted.
    Refuses,
    /// It decides rightly, but what it writes or does beyond that is wrong.
    Answers,
}

/// A difference that hangs on no single requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// Its decision depends on where the reads are cut.
    Split,
    /// It panics or dies. That is a failure, listed or not; a listed one is not new.
    Crash,
    /// It waits for more although nothing more comes, and nothing more is due.
    Hang,
    /// It loses octets behind the head, or reads some twice.
    Octets,
}

/// The delivery without which a difference does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// One read holds everything.
    Whole,
    /// There are several reads.
    Split,
}

impl Cut {
    /// Whether a delivery of `length` octets is of this sort.
    pub fn is(self, delivery: &Delivery, length: usize) -> bool {
        let several = delivery.ends(length).len() > 1;
        several == (self == Cut::Split)
    }
}

/// Which of several lines of one name the peer uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uses {
    /// The first line.
    First,
    /// The last line.
    Last,
    /// All lines, joined by a comma and a space.
    Joined,
}

/// How the peer reads a framing fault, or a key that is off its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A bare LF ends a line.
    LfEndsLine,
    /// A bare CR ends a line.
    CrEndsLine,
    /// The octet, or the fold, is read as SP.
    AsSp,
    /// The octet stays in the value.
    AsIs,
    /// The value ends before the octet or the fold.
    EndsValue,
    /// The line is passed over.
    SkipsLine,
    /// The line, which should be passed over, is used.
    UsesLine,
    /// The key is decoded, and what is answered is the encoding of its octets.
    EncodedAgain,
}

/// The smallest thing that shows a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reproducer {
    /// Octets that the peer reads.
    Octets(Exchange),
    /// Options that the peer builds from.
    Options(Building),
    /// Octets that are not published before the peer's maintainers know them (see SECURITY.md): their SHA-256 alone.
    Sealed(String),
}

/// One known difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// `<peer>/<role>/<slug>`.
    pub id: String,
    /// The role in which the peer shows it.
    pub role: Role,
    /// The requirement that it departs from, or that it stumbles over.
    pub requirement: Option<RequirementId>,
    /// The behaviour, where no single requirement tells it.
    pub behaviour: Option<Behaviour>,
    /// What it does.
    pub direction: Direction,
    /// The delivery that it needs, if any.
    pub delivery: Option<Cut>,
    /// A part of the peer's own error.
    pub error: Option<String>,
    /// Which of several lines it uses.
    pub uses: Option<Uses>,
    /// How it reads a framing fault.
    pub reads: Option<Reading>,
    /// The smallest thing that shows it.
    pub reproducer: Reproducer,
    /// Why it is a difference, in a sentence.
    pub reason: String,
    /// The clause that decides.
    pub clause: String,
    /// The thread in which its maintainers know of it.
    pub upstream: Option<String>,
    /// The requirement, and those that are the same test.
    pub covers: Vec<RequirementId>,
    /// The vectors that fail under it.
    pub record: Record,
    /// Whether the peer never looks for it: no vector of the requirement is rejected.
    pub is_never_checked: bool,
    /// What has to be violated beside it, where that is less than all that its reproducer violates.
    pub with: Option<Vec<RequirementId>>,
    /// What has to be violated beside it, once somebody has judged the reproducer: without that the entry explains nothing.
    pub companions: OnceLock<Vec<RequirementId>>,
    /// Where it stands: the file and the line.
    pub place: (String, Option<usize>),
}

impl Divergence {
    /// A difference that was seen: an exchange shows it, and it covers some requirements.
    pub fn seen(id: String, direction: Direction, exchange: Exchange, covers: Vec<RequirementId>) -> Divergence {
        Divergence {
            id,
            role: exchange.role,
            requirement: covers.first().copied(),
            behaviour: None,
            direction,
            delivery: None,
            error: None,
            uses: None,
            reads: None,
            reproducer: Reproducer::Octets(exchange),
            reason: String::new(),
            clause: String::new(),
            upstream: None,
            covers,
            record: Record::Open(Vec::new()),
            is_never_checked: false,
            with: None,
            companions: OnceLock::new(),
            place: Default::default(),
        }
    }

    /// Whether it speaks of the requirement, or of one that is the same test.
    pub fn covers(&self, requirement: RequirementId) -> bool {
        self.covers.contains(&requirement)
    }

    /// Whether it may show in an exchange: the role and the delivery are right.
    pub fn may_show_in(&self, exchange: &Exchange) -> bool {
        self.role == exchange.role
            && !matches!(self.reproducer, Reproducer::Options(_))
            && self.delivery.is_none_or(|cut| cut.is(&exchange.delivery, exchange.octets.len()))
            && (self.behaviour != Some(Behaviour::Split) || self.is_cut_in(exchange))
    }

    /// Whether octets come in as many reads as its reproducer, or more: with fewer, nothing is known.
    fn is_cut_in(&self, exchange: &Exchange) -> bool {
        let reads = |of: &Exchange| of.delivery.ends(of.octets.len()).len();
        let known = match &self.reproducer {
            Reproducer::Octets(own) => reads(own),
            Reproducer::Options(_) | Reproducer::Sealed(_) => 2,
        };
        reads(exchange) >= known
    }

    /// Whether the peer's own error is the one that it names, if it names one.
    pub fn has_error(&self, error: Option<&str>) -> bool {
        self.error.as_deref().is_none_or(|part| error.is_some_and(|error| error.contains(part)))
    }
}

/// What is known of one peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The name of the peer.
    pub peer: String,
    /// The exact versions of which it is known.
    pub versions: Vec<String>,
    /// Whether its entries list the vectors that fail today: any other that fails is new. It is so for a file, and not for
    /// what a live test taught.
    pub is_exact: bool,
    pub(in crate::suite) divergences: Vec<Divergence>,
}

impl Ledger {
    /// A ledger of a peer of which nothing is known.
    pub fn empty(peer: &str) -> Ledger {
        Ledger { peer: peer.to_owned(), versions: Vec::new(), is_exact: false, divergences: Vec::new() }
    }

    /// The ledger with further entries, behind its own.
    pub fn with(mut self, entries: impl IntoIterator<Item = Divergence>) -> Ledger {
        self.divergences.extend(entries);
        self
    }

    /// The ledger of the same implementation behind a socket, where its own error does not show, nor whether it fails each
    /// vector as it does in process.
    pub fn over_the_wire(&self) -> Ledger {
        let mut ledger = self.without_lists();
        ledger.divergences.iter_mut().for_each(|entry| entry.error = None);
        ledger
    }

    /// The ledger by what its entries explain alone: vectors are judged as other octets are.
    pub fn without_lists(&self) -> Ledger {
        Ledger { is_exact: false, ..self.clone() }
    }

    /// Reads `divergences/`, a ledger a file. Without the vectors nobody looks whether they bear out what is
    /// listed.
    pub fn load_all(
        source: &Source,
        register: &Register,
        marks: &Marks,
        vectors: Option<&Vectors>,
    ) -> Result<Vec<Ledger>, DataErrors> {
        Ledger::read_all(&source.folder("divergences", "toml")?, register, marks, vectors)
    }

    pub(in crate::suite) fn read_all(
        texts: &[Text],
        register: &Register,
        marks: &Marks,
        vectors: Option<&Vectors>,
    ) -> Result<Vec<Ledger>, DataErrors> {
        let mut errors = Vec::new();
        let ledgers = texts.iter().filter_map(|text| file::read(text, register, marks, vectors, &mut errors)).collect();
        if errors.is_empty() { Ok(ledgers) } else { Err(DataErrors(errors)) }
    }

    /// Every known difference, in the order of the file.
    pub fn divergences(&self) -> &[Divergence] {
        &self.divergences
    }

    /// The difference of an id.
    pub fn get(&self, id: &str) -> Option<&Divergence> {
        self.divergences.iter().find(|divergence| divergence.id == id)
    }

    /// The ledger without one entry: what is explained by it alone becomes new.
    pub fn without(&self, id: &str) -> Ledger {
        let mut ledger = self.clone();
        ledger.divergences.retain(|divergence| divergence.id != id);
        ledger
    }
}
