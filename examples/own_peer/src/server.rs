//! Yours goes here. This one is a strict server with a fault: to it, a version 14 that nobody has defined is as good as version 13.

use ws101::handshake::{Policy, Server, Step};

/// What a server writes to octets that come in these portions; `None` while it waits for more. Behind the last portion the
/// client has closed its side if it `ends`.
pub fn answer<'o>(portions: impl Iterator<Item = &'o [u8]>, ends: bool) -> Option<Vec<u8>> {
    let policy = Policy::default();
    // All that has come: its fault looks at the octets side by side.
    let read: Vec<u8> = portions.flatten().copied().collect();
    match Server::new(&policy).feed(&as_13(&read)) {
        Step::Done { outcome, .. } => Some(outcome.answer.octets()),
        Step::More(server) => ends.then(|| server.finish().answer.octets()),
    }
}

fn as_13(octets: &[u8]) -> Vec<u8> {
    const NEXT: &[u8] = b"Sec-WebSocket-Version: 14\r\n";
    match octets.windows(NEXT.len()).position(|window| window == NEXT) {
        Some(at) => [&octets[..at], b"Sec-WebSocket-Version: 13\r\n", &octets[at + NEXT.len()..]].concat(),
        None => octets.to_vec(),
    }
}
