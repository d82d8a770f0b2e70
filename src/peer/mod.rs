//! Peers: one file per in-process implementation.

pub mod reference;
