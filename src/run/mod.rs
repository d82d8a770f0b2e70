//! The loop: which exchanges go to which peers, in which deliveries, and what they come to.

mod broken;
#[cfg(feature = "live")]
pub mod clients;
pub mod deliveries;
mod diff;
mod found;
mod generated;
pub mod power;
mod record;
#[cfg(feature = "live")]
pub mod servers;
mod shrink;

use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

pub use broken::{SEED, catch};
pub use diff::{Diff, Progress};
pub use found::{Patience, smallest};
pub use record::Records;
pub use shrink::shrink;

/// What a thread made. Its panic goes on here: work that nobody did must not be passed over.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
