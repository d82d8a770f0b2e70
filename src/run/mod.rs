//! The loop: which exchanges go to which peers, in which deliveries, and what they come to.

mod broken;
#[cfg(feature = "live")]
pub mod clients;
pub mod deliveries;
mod diff;
mod found;
mod generated;
#[cfg(feature = "live")]
pub mod servers;
mod shrink;

pub use broken::{SEED, catch};
pub use diff::{Diff, Progress};
pub use shrink::shrink;
