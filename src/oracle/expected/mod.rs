//! What a peer may do with octets, known before it has seen them, and what it owes in what it writes.

mod answer;
mod case;
mod judged;
mod keys;
mod nonces;
mod sent;

pub(super) use answer::unlawful;
pub use case::Case;
pub use judged::{Judged, judge};
pub(super) use keys::accepts;
pub use nonces::{ENOUGH as ENOUGH_NONCES, Weakness, weaknesses};
pub use sent::{SentRequest, duties};
