//! The loop: which exchanges go to which peers, in which deliveries, and what they come to.

pub mod deliveries;
mod diff;
mod shrink;

pub use diff::{Diff, Progress};
pub use shrink::shrink;

use crate::judgement::Role;
use crate::suite::{Exchange, Needs};

/// Raw octets with each configuration of a reader that makes a difference to them.
pub fn readings(role: Role, octets: &[u8]) -> Vec<Exchange> {
    let plain = Exchange::new(role, octets);
    let needs = Needs {
        protocols: vec!["superchat".to_owned(), "chat".to_owned()],
        extensions: (role == Role::Client)
            .then(|| "permessage-deflate; server_max_window_bits=12; client_max_window_bits, foo".to_owned()),
        ..Needs::default()
    };
    let configured = Exchange { needs, ..plain.clone() };
    vec![plain, configured]
}
