//! The loop: which exchanges go to which peers, in which deliveries.

pub mod deliveries;
