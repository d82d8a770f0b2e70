//! Peers: one file per in-process implementation.

mod answer;
pub mod broken;
mod panics;
pub mod reference;
pub mod stream;
pub mod tungstenite;

pub use answer::served;
pub use panics::{catch_panics, caught};

use crate::suite::Peer;

/// Every peer that is at hand, the reference first.
pub fn all() -> Vec<Box<dyn Peer>> {
    vec![Box::new(reference::Reference), Box::new(tungstenite::Tungstenite)]
}

/// The peer with the name.
pub fn by_name(name: &str) -> Option<Box<dyn Peer>> {
    all().into_iter().find(|peer| peer.name() == name)
}
