//! The loop: which exchanges go to which peers, and what comes of it.
