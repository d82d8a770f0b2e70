//! The law and the judge: register, vectors, exchanges, the trait of peers, observations, verdicts, the ledger.
//!
//! Pure, and ignorant of the reference: what is permitted comes in as a [`Judgement`](crate::judgement::Judgement).

mod exchange;
mod observation;
mod peer;
pub mod register;
pub mod source;
mod words;

pub use exchange::{Building, Delivery, End, Exchange, Needs};
pub use observation::{Built, Observation, Opened, Outcome, Refused};
pub use peer::Peer;
pub use register::Register;
pub use source::{DataError, DataErrors, Source};
