//! Servers that accept what must be rejected: the fields of the handshake.

use super::head::{Head, holds, replaced, starts};
use super::{Planted, given, reading};
use crate::judgement::Role::Server;
use crate::judgement::requirements as r;
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
        &r::RFC6455_4_2_1_UPGRADE_OTHER,
        "Looks for the letters websocket anywhere in Upgrade, not for the token.",
        |head, _| head.set_where_any("Upgrade", |value| holds(value, b"websocket"), b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-prefix",
        &r::RFC6455_4_2_1_UPGRADE_OTHER,
        "Takes a member of Upgrade that only starts with websocket.",
        |head, _| head.set_where_any("Upgrade", |value| starts(value, b"websocket"), b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-any",
        &r::RFC6455_4_2_1_UPGRADE_OTHER,
        "Asks only whether there is an Upgrade, not for what.",
        |head, _| head.set_where_any("Upgrade", |_| true, b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-not-needed",
        &r::RFC6455_4_2_1_UPGRADE_MISSING,
        "Opens without an Upgrade.",
        |head, _| head.set_if_missing("Upgrade", b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-folded",
        &r::RFC6455_2_1_ASCII_FOLD_SERVER,
        "Folds the case of Upgrade by Unicode, so that the Kelvin sign is a k.",
        |head, _| head.each("Upgrade", |value| replaced(value, b"\xe2\x84\xaa", b"k")),
    ),
    reading(
        Server,
        "server-connection-substring",
        &r::RFC6455_4_2_1_CONNECTION_NO_TOKEN,
        "Looks for the letters upgrade anywhere in Connection, not for the token.",
        |head, _| head.set_where_any("Connection", |value| holds(value, b"upgrade"), b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-any",
        &r::RFC6455_4_2_1_CONNECTION_NO_TOKEN,
        "Asks only whether there is a Connection, not whether it has the token.",
        |head, _| head.set_where_any("Connection", |_| true, b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-not-needed",
        &r::RFC6455_4_2_1_CONNECTION_MISSING,
        "Opens without a Connection.",
        |head, _| head.set_if_missing("Connection", b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-cut-at-blanks",
        &r::RFC6455_4_2_1_CONNECTION_NO_TOKEN,
        "Cuts Connection into members at blanks as well as at commas.",
        |head, _| head.each("Connection", |value| replaced(value, b" ", b",")),
    ),
    reading(
        Server,
        "server-connection-unquoted",
        &r::RFC6455_4_2_1_CONNECTION_NO_TOKEN,
        "Takes a quoted string in Connection for a token.",
        |head, _| head.each("Connection", |value| replaced(value, b"\"", b"")),
    ),
    // Key.
    reading(Server, "server-key-not-needed", &r::RFC6455_4_2_1_KEY_MISSING, "Opens without a key.", |head, _| {
        head.set_if_missing(KEY, SOME_KEY)
    }),
    reading(Server, "server-key-empty", &r::RFC6455_4_2_1_KEY_EMPTY, "Takes an empty key for a key.", |head, _| {
        head.set_where(KEY, |value| value.is_empty(), SOME_KEY)
    }),
    reading(
        Server,
        "server-key-any-length",
        &r::RFC6455_4_2_1_KEY_LENGTH,
        "Takes base64 of any length for a key.",
        |head, _| head.set_where(KEY, is_base64, SOME_KEY),
    ),
    reading(
        Server,
        "server-key-of-24-characters",
        &r::RFC6455_4_2_1_KEY_ALPHABET,
        "Takes any 24 characters for a key.",
        |head, _| head.set_where(KEY, |value| value.len() == 24, SOME_KEY),
    ),
    reading(
        Server,
        "server-key-url-alphabet",
        &r::RFC6455_4_2_1_KEY_ALPHABET,
        "Decodes the key by the alphabet of URLs, too.",
        |head, _| head.each(KEY, |value| replaced(&replaced(value, b"-", b"+"), b"_", b"/")),
    ),
    reading(
        Server,
        "server-key-padding-optional",
        &r::RFC6455_4_2_1_KEY_PADDING,
        "Takes a key without its padding.",
        |head, _| head.set_where(KEY, |value| value.len() == 22 && is_base64(value), SOME_KEY),
    ),
    reading(
        Server,
        "server-key-blanks-inside",
        &r::RFC6455_4_2_1_KEY_ALPHABET,
        "Passes over blanks inside the key.",
        |head, _| head.each(KEY, |value| replaced(value, b" ", b"")),
    ),
    reading(
        Server,
        "server-key-first-line",
        &r::RFC6455_11_3_1_KEY_ONCE_SERVER,
        "Uses the first of several keys.",
        |head, _| head.keep_first(KEY),
    ),
    given(
        Server,
        "server-key-last-line",
        &r::RFC6455_11_3_1_KEY_ONCE_SERVER,
        "Uses the last of several keys.",
        |exchange| with(exchange, |head| head.keep_last(KEY)),
    ),
    // Version.
    reading(
        Server,
        "server-version-any",
        &r::RFC6455_4_2_1_VERSION_NOT_13,
        "Does not look at the version.",
        |head, _| head.set_where(VERSION, |_| true, b"13"),
    ),
    reading(
        Server,
        "server-version-not-needed",
        &r::RFC6455_4_2_1_VERSION_MISSING,
        "Opens without a version.",
        |head, _| head.set_if_missing(VERSION, b"13"),
    ),
    reading(
        Server,
        "server-version-prefix",
        &r::RFC6455_4_2_1_VERSION_SHAPE,
        "Takes a version that only starts with 13.",
        |head, _| head.set_where(VERSION, |value| value.starts_with(b"13"), b"13"),
    ),
    reading(
        Server,
        "server-version-first-digit",
        &r::RFC6455_4_2_1_VERSION_NOT_13,
        "Looks at the first digit of the version only.",
        |head, _| head.set_where(VERSION, |value| value.starts_with(b"1"), b"13"),
    ),
    reading(
        Server,
        "server-version-as-number",
        &r::RFC6455_4_2_1_VERSION_SHAPE,
        "Reads the version as a number, with leading zeros and a sign.",
        |head, _| head.set_where(VERSION, |value| number(value) == Some(13), b"13"),
    ),
    reading(
        Server,
        "server-version-at-least",
        &r::RFC6455_4_2_1_VERSION_NOT_13,
        "Takes every version from 13 on.",
        |head, _| head.set_where(VERSION, |value| number(value).is_some_and(|version| version >= 13), b"13"),
    ),
    reading(
        Server,
        "server-version-list",
        &r::RFC6455_4_2_1_VERSION_LIST,
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
        &r::RFC6455_11_3_5_VERSION_ONCE_SERVER,
        "Uses the first of several versions.",
        |head, _| head.keep_first(VERSION),
    ),
    // Offers.
    reading(
        Server,
        "server-extensions-not-read",
        &r::RFC6455_4_2_1_EXTENSIONS_GRAMMAR,
        "Does not read the extension offers, so that a malformed one goes through.",
        |head, _| head.remove("Sec-WebSocket-Extensions"),
    ),
    reading(
        Server,
        "server-extension-quoted-any",
        &r::RFC6455_4_3_EXTENSION_QUOTED_NONTOKEN,
        "Takes any octets in a quoted parameter value.",
        |head, _| head.each("Sec-WebSocket-Extensions", without_quoted),
    ),
    reading(
        Server,
        "server-extension-value-empty",
        &r::RFC6455_4_3_EXTENSION_EMPTY_VALUE,
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
        &r::RFC6455_4_2_1_PROTOCOL_GRAMMAR,
        "Does not read the subprotocols, so that a malformed one goes through.",
        |head, _| head.remove("Sec-WebSocket-Protocol"),
    ),
    reading(
        Server,
        "server-protocol-empty",
        &r::RFC6455_4_2_1_PROTOCOL_EMPTY,
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
        &r::RFC6455_4_2_1_VERSION_NOT_13,
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
