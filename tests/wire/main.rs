//! The tolerant reader: what it reads, and that the reference's reader finds the same.

mod beside;
mod read;
