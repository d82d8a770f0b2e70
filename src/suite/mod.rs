//! The law and the judge: register, vectors, exchanges, the trait of peers, observations, verdicts, the ledger.
//!
//! Pure, and ignorant of the reference: what is permitted comes in as a [`Judgement`](crate::judgement::Judgement).

pub mod baseline;
mod conformance;
pub mod corpus;
mod exchange;
pub mod ledger;
mod ledger_file;
pub mod marks;
mod members;
mod observation;
mod ordered;
mod peer;
mod planted;
pub mod register;
pub mod reproduce;
pub mod results;
#[cfg(any(feature = "cli", test))]
pub mod selection;
pub mod source;
mod tally;
pub mod unshown;
pub mod vector;
mod vector_file;
pub mod vectors;
pub mod verdict;
pub mod wire;
mod words;

pub use baseline::{Baseline, Differs};
pub use conformance::Conformance;
pub use exchange::{Building, Delivery, End, Exchange, Needs};
pub use ledger::Ledger;
pub use observation::{Built, Observation, Opened, Outcome, Refused};
pub use peer::Peer;
pub use planted::{Catch, Shows};
pub use register::Register;
pub use results::Results;
#[cfg(any(feature = "cli", test))]
pub use selection::Selection;
pub use source::{DataError, DataErrors, Source};
pub use tally::{Discovery, Evidence, Known, NewDivergence, Origin, Tally};
pub use vector::Vector;
pub use vectors::Vectors;
pub use verdict::{Failing, Fault, Verdict};
