//! The loop: which exchanges go to which peers, in which deliveries, and what they come to.

pub mod deliveries;
mod diff;
mod shrink;

pub use diff::{Diff, Progress};
pub use shrink::shrink;
