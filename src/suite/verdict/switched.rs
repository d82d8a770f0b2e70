//! A 101 that switches to something else than WebSocket of version 13: no clause of its opening handshake is about that.

use super::holds;
use crate::suite::observation::Opened;

/// Whether a 101 without an accept value switches to another protocol: to one that the request offers beside websocket or in
/// its place (RFC 9110 §7.8), or to the draft that had two keys, which a server may still speak (RFC 6455 §4.4).
pub fn speaks_another(request: &[u8], opened: &Opened) -> bool {
    if opened.accept.is_some() {
        return false;
    }
    let lines: Vec<Vec<u8>> =
        request.split(|&octet| octet == b'\n').map(|line| line.trim_ascii().to_ascii_lowercase()).collect();
    let values = |name: &'static str| {
        lines.iter().filter_map(move |line| line.strip_prefix(name.as_bytes())?.strip_prefix(b":"))
    };
    let is_of_the_draft = values("sec-websocket-key1").next().is_some()
        && values("sec-websocket-key").next().is_none()
        && holds(&opened.fields, "Sec-WebSocket-Location", None);
    let offered: Vec<Vec<u8>> = values("upgrade").flat_map(members).collect();
    let granted = opened.fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Upgrade"));
    let granted: Vec<Vec<u8>> = granted.flat_map(|(_, value)| members(value)).collect();
    let is_foreign = |name: &Vec<u8>| name != b"websocket" && offered.contains(name);
    is_of_the_draft || !granted.is_empty() && granted.iter().all(is_foreign)
}

/// The members of a list, in lower case.
fn members(value: &[u8]) -> Vec<Vec<u8>> {
    value.split(|&octet| octet == b',').map(|member| member.trim_ascii().to_ascii_lowercase()).collect()
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
