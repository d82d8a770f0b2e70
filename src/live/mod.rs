//! Live implementations: sockets, clocks and processes.

pub mod client;
pub mod interrupt;
