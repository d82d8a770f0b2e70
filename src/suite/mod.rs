//! The law and the judge: register, vectors, exchanges, the trait of peers, observations, verdicts, the ledger.
//!
//! Pure, and ignorant of the reference: what is permitted comes in as a [`Judgement`](crate::judgement::Judgement).

mod exchange;
pub mod law;
pub mod ledger;
mod observation;
mod peer;
pub mod results;
pub mod verdict;
pub mod wire;

pub use exchange::{Building, Delivery, End, Exchange, Needs};
pub use law::{Conformance, DataError, DataErrors, Register, Source, Vector, Vectors};
pub use ledger::Ledger;
pub use observation::{Built, Observation, Opened, Outcome, Refused};
pub use peer::{Invocation, Peer};
#[cfg(any(feature = "cli", test))]
pub use results::Selection;
pub use results::{
    Baseline, Catch, Differs, Discovery, Evidence, Known, NewDivergence, Origin, Results, Shows, Stale, Tally,
};
pub use verdict::{Failing, Fault, Verdict};
