//! Around crates that read octets in hand: the connection is read as their users read it, until they have what they need.

use std::io::Read as _;

use crate::wire::Wire;

/// How reading a head ended.
pub enum Head<T> {
    /// It was read, of these octets.
    Read(T, Vec<u8>),
    /// The octets ended inside it.
    Ended,
    /// Nothing more comes, and its end is not there.
    Waits,
}

/// Reads until what the octets so far are made of is something.
pub fn read_head<T>(wire: &Wire, mut read: impl FnMut(&[u8]) -> Option<T>) -> Head<T> {
    let (mut octets, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match wire.clone().read(&mut buffer) {
            Ok(0) => return Head::Ended,
            Ok(count) => octets.extend_from_slice(&buffer[..count]),
            Err(_) => return Head::Waits,
        }
        if let Some(done) = read(&octets) {
            return Head::Read(done, octets);
        }
    }
}
