//! Peers: one file per in-process implementation.
