//! A 101 that switches to something else than WebSocket of version 13: no clause of its opening handshake is about that.

use crate::suite::observation::Opened;
use crate::suite::wire::{Head, holds, members, values};

/// Whether a 101 without an accept value switches to another protocol: to one that the request offers beside websocket or in
/// its place (RFC 9110 §7.8), or to the draft that had two keys, which a server may still speak (RFC 6455 §4.4).
pub fn speaks_another(request: &[u8], opened: &Opened) -> bool {
    if opened.accept.is_some() {
        return false;
    }
    let head = Head::read(request);
    let is_of_the_draft = head.has("Sec-WebSocket-Key1")
        && !head.has("Sec-WebSocket-Key")
        && holds(&opened.fields, "Sec-WebSocket-Location", None);
    let offers =
        |name: &[u8]| head.values("Upgrade").any(|offered| members(&offered).any(|its| its.eq_ignore_ascii_case(name)));
    let mut granted = values(&opened.fields, "Upgrade").flat_map(members).peekable();
    let is_foreign = |name: &[u8]| !name.eq_ignore_ascii_case(b"websocket") && offers(name);
    is_of_the_draft || granted.peek().is_some() && granted.all(is_foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_protocol_is_one_that_was_offered_or_the_draft_of_two_keys() {
        let h2c = b"GET / HTTP/1.1\r\nUpgrade: h2c, websocket\r\nSec-WebSocket-Key: k\r\n\r\n";
        let draft = b"GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 1 2\r\n\r\n12345678";
        let both = b"GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key: k\r\n\r\n";
        let neither = b"GET / HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n";
        for (request, fields, accept, another) in [
            (&h2c[..], &[("Upgrade", "h2c")][..], None, true),
            (h2c, &[("upgrade", "H2C")], None, true),
            (h2c, &[("Upgrade", "h2c")], Some("a"), false),
            (h2c, &[("Upgrade", "h2c, websocket")], None, false),
            (h2c, &[("Upgrade", "foo")], None, false),
            (h2c, &[("Upgrade", "WebSocket")], None, false),
            (h2c, &[], None, false),
            (draft, &[("Upgrade", "WebSocket"), ("Sec-WebSocket-Location", "ws://h/")], None, true),
            (draft, &[("Upgrade", "WebSocket")], None, false),
            (draft, &[("Upgrade", "WebSocket"), ("Sec-WebSocket-Location", "ws://h/")], Some("a"), false),
            (h2c, &[("Upgrade", "WebSocket"), ("Sec-WebSocket-Location", "ws://h/")], None, false),
            (both, &[("Upgrade", "WebSocket"), ("Sec-WebSocket-Location", "ws://h/")], None, false),
            (neither, &[("Upgrade", "WebSocket"), ("Sec-WebSocket-Location", "ws://h/")], None, false),
        ] {
            let fields = fields.iter().map(|&(name, value)| (name.to_owned(), value.as_bytes().to_vec())).collect();
            let opened =
                Opened { accept: accept.map(|accept| accept.as_bytes().to_vec()), fields, ..Opened::default() };
            assert_eq!(speaks_another(request, &opened), another, "{} {opened:?}", request.escape_ascii());
        }
    }
}
