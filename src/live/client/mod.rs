//! Clients that are told to connect here: started, listened to, answered, and watched on the wire alone.

pub mod answer;
pub mod launch;
pub mod listener;
pub mod speech;

pub use answer::{Patience, Seen, answer};
pub use launch::ClientCommand;
pub use listener::{Arrival, CAP, Expected, Listener};
