//! Servers that accept what must be rejected: the fields of the handshake.

use super::head::{Head, holds, replaced, starts};
use super::{Planted, given, reading};
use crate::judgement::Role::Server;
use crate::suite::Exchange;

const KEY: &str = "Sec-WebSocket-Key";
const VERSION: &str = "Sec-WebSocket-Version";
const SOME_KEY: &[u8] = b"AAAAAAAAAAAAAAAAAAAAAA==";

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    // Upgrade and Connection.
    reading(
        Server,
        "server-upgrade-substring",
        "rfc6455-4.2.1-upgrade-other",
        "Looks for the letters websocket anywhere in Upgrade, not for the token.",
        |head, _| head.set_where_any("Upgrade", |value| holds(value, b"websocket"), b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-prefix",
        "rfc6455-4.2.1-upgrade-other",
        "Takes a member of Upgrade that only starts with websocket.",
        |head, _| head.set_where_any("Upgrade", |value| starts(value, b"websocket"), b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-any",
        "rfc6455-4.2.1-upgrade-other",
        "Asks only whether there is an Upgrade, not for what.",
        |head, _| head.set_where_any("Upgrade", |_| true, b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-not-needed",
        "rfc6455-4.2.1-upgrade-missing",
        "Opens without an Upgrade.",
        |head, _| head.set_if_missing("Upgrade", b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-folded",
        "rfc6455-2.1-ascii-fold-server",
        "Folds the case of Upgrade by Unicode, so that the Kelvin sign is a k.",
        |head, _| head.each("Upgrade", |value| replaced(value, b"\xe2\x84\xaa", b"k")),
    ),
    reading(
        Server,
        "server-connection-substring",
        "rfc6455-4.2.1-connection-no-token",
        "Looks for the letters upgrade anywhere in Connection, not for the token.",
        |head, _| head.set_where_any("Connection", |value| holds(value, b"upgrade"), b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-any",
        "rfc6455-4.2.1-connection-no-token",
        "Asks only whether there is a Connection, not whether it has the token.",
        |head, _| head.set_where_any("Connection", |_| true, b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-not-needed",
        "rfc6455-4.2.1-connection-missing",
        "Opens without a Connection.",
        |head, _| head.set_if_missing("Connection", b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-cut-at-blanks",
        "rfc6455-4.2.1-connection-no-token",
        "Cuts Connection into members at blanks as well as at commas.",
        |head, _| head.each("Connection", |value| replaced(value, b" ", b",")),
    ),
    reading(
        Server,
        "server-connection-unquoted",
        "rfc6455-4.2.1-connection-no-token",
        "Takes a quoted string in Connection for a token.",
        |head, _| head.each("Connection", |value| replaced(value, b"\"", b"")),
    ),
    // Key.
    reading(Server, "server-key-not-needed", "rfc6455-4.2.1-key-missing", "Opens without a key.", |head, _| {
        head.set_if_missing(KEY, SOME_KEY)
    }),
    reading(Server, "server-key-empty", "rfc6455-4.2.1-key-empty", "Takes an empty key for a key.", |head, _| {
        head.set_where(KEY, |value| value.is_empty(), SOME_KEY)
    }),
    reading(
        Server,
        "server-key-any-length",
        "rfc6455-4.2.1-key-length",
        "Takes base64 of any length for a key.",
        |head, _| head.set_where(KEY, is_base64, SOME_KEY),
    ),
    reading(
        Server,
        "server-key-of-24-characters",
        "rfc6455-4.2.1-key-alphabet",
        "Takes any 24 characters for a key.",
        |head, _| head.set_where(KEY, |value| value.len() == 24, SOME_KEY),
    ),
    reading(
        Server,
        "server-key-url-alphabet",
        "rfc6455-4.2.1-key-alphabet",
        "Decodes the key by the alphabet of URLs, too.",
        |head, _| head.each(KEY, |value| replaced(&replaced(value, b"-", b"+"), b"_", b"/")),
    ),
    reading(
        Server,
        "server-key-padding-optional",
        "rfc6455-4.2.1-key-padding",
        "Takes a key without its padding.",
        |head, _| head.set_where(KEY, |value| value.len() == 22 && is_base64(value), SOME_KEY),
    ),
    reading(
        Server,
        "server-key-blanks-inside",
        "rfc6455-4.2.1-key-alphabet",
        "Passes over blanks inside the key.",
        |head, _| head.each(KEY, |value| replaced(value, b" ", b"")),
    ),
    reading(
        Server,
        "server-key-first-line",
        "rfc6455-11.3.1-key-once-server",
        "Uses the first of several keys.",
        |head, _| head.keep_first(KEY),
    ),
    given(
        Server,
        "server-key-last-line",
        "rfc6455-11.3.1-key-once-server",
        "Uses the last of several keys.",
        |exchange| with(exchange, |head| head.keep_last(KEY)),
    ),
    // Version.
    reading(
        Server,
        "server-version-any",
        "rfc6455-4.2.1-version-not-13",
        "Does not look at the version.",
        |head, _| head.set_where(VERSION, |_| true, b"13"),
    ),
    reading(
        Server,
        "server-version-not-needed",
        "rfc6455-4.2.1-version-missing",
        "Opens without a version.",
        |head, _| head.set_if_missing(VERSION, b"13"),
    ),
    reading(
        Server,
        "server-version-prefix",
        "rfc6455-4.2.1-version-shape",
        "Takes a version that only starts with 13.",
        |head, _| head.set_where(VERSION, |value| value.starts_with(b"13"), b"13"),
    ),
    reading(
        Server,
        "server-version-first-digit",
        "rfc6455-4.2.1-version-not-13",
        "Looks at the first digit of the version only.",
        |head, _| head.set_where(VERSION, |value| value.starts_with(b"1"), b"13"),
    ),
    reading(
        Server,
        "server-version-as-number",
        "rfc6455-4.2.1-version-shape",
        "Reads the version as a number, with leading zeros and a sign.",
        |head, _| head.set_where(VERSION, |value| number(value) == Some(13), b"13"),
    ),
    reading(
        Server,
        "server-version-at-least",
        "rfc6455-4.2.1-version-not-13",
        "Takes every version from 13 on.",
        |head, _| head.set_where(VERSION, |value| number(value).is_some_and(|version| version >= 13), b"13"),
    ),
    reading(
        Server,
        "server-version-list",
        "rfc6455-4.2.1-version-list",
        "Takes a list of versions in which 13 is one.",
        |head, _| {
            if head.any(VERSION, |member| member == b"13") {
                head.set(VERSION, b"13");
            }
        },
    ),
    reading(
        Server,
        "server-version-first-line",
        "rfc6455-11.3.5-version-once-server",
        "Uses the first of several versions.",
        |head, _| head.keep_first(VERSION),
    ),
    // Offers.
    reading(
        Server,
        "server-extensions-not-read",
        "rfc6455-4.2.1-extensions-grammar",
        "Does not read the extension offers, so that a malformed one goes through.",
        |head, _| head.remove("Sec-WebSocket-Extensions"),
    ),
    reading(
        Server,
        "server-extension-quoted-any",
        "rfc6455-4.3-extension-quoted-nontoken",
        "Takes any octets in a quoted parameter value.",
        |head, _| head.each("Sec-WebSocket-Extensions", without_quoted),
    ),
    reading(
        Server,
        "server-extension-value-empty",
        "rfc6455-4.3-extension-empty-value",
        "Takes a parameter with = and no value for one without value.",
        |head, _| {
            head.each("Sec-WebSocket-Extensions", |value| {
                let members: Vec<&[u8]> = value.split(|&octet| octet == b';').collect();
                let members: Vec<&[u8]> =
                    members.iter().map(|member| member.strip_suffix(b"=").unwrap_or(member)).collect();
                members.join(&b';')
            })
        },
    ),
    reading(
        Server,
        "server-protocols-not-read",
        "rfc6455-4.2.1-protocol-grammar",
        "Does not read the subprotocols, so that a malformed one goes through.",
        |head, _| head.remove("Sec-WebSocket-Protocol"),
    ),
    reading(
        Server,
        "server-protocol-empty",
        "rfc6455-4.2.1-protocol-empty",
        "Takes an empty subprotocol field for none.",
        |head, _| {
            if head.members("Sec-WebSocket-Protocol").is_empty() {
                head.remove("Sec-WebSocket-Protocol");
            }
        },
    ),
    reading(
        Server,
        "server-two-features",
        "rfc6455-4.2.1-version-not-13",
        "Takes version 12 from a client that also writes keep-alive into Connection.",
        |head, _| {
            if head.any("Connection", |member| member.eq_ignore_ascii_case(b"keep-alive")) {
                head.set_where(VERSION, |value| value == b"12", b"13");
            }
        },
    ),
];

fn is_base64(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"=").unwrap_or(value);
    let value = value.strip_suffix(b"=").unwrap_or(value);
    !value.is_empty() && value.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/'))
}

pub(super) fn number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// A parameter value in quotes becomes a token.
fn without_quoted(value: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = value.split(|&octet| octet == b'"').collect();
    if parts.len().is_multiple_of(2) {
        return value.to_vec();
    }
    parts.iter().enumerate().flat_map(|(at, part)| if at % 2 == 0 { part.to_vec() } else { b"q".to_vec() }).collect()
}

/// Another exchange by a change of its head.
pub(super) fn with(exchange: &Exchange, change: impl FnOnce(&mut Head)) -> Exchange {
    let mut head = Head::read(exchange.role, &exchange.octets);
    change(&mut head);
    Exchange { octets: head.octets(), ..exchange.clone() }
}
