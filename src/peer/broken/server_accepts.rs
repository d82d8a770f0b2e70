//! Servers that accept what must be rejected: the fields of the handshake.

use super::Planted;
use super::head::{Head, holds, replaced, starts};
use crate::suite::Exchange;

const KEY: &str = "Sec-WebSocket-Key";
const VERSION: &str = "Sec-WebSocket-Version";
const SOME_KEY: &[u8] = b"AAAAAAAAAAAAAAAAAAAAAA==";

/// Every one of them.
pub(super) static ALL: &[Planted] = table! { Server;
    // Upgrade and Connection.
    /// Looks for the letters websocket anywhere in Upgrade, not for the token.
    Reads "server-upgrade-substring" violates RFC6455_4_2_1_UPGRADE_OTHER =>
        |head, _| head.set_where_any("Upgrade", |value| holds(value, b"websocket"), b"websocket");
    /// Takes a member of Upgrade that only starts with websocket.
    Reads "server-upgrade-prefix" violates RFC6455_4_2_1_UPGRADE_OTHER =>
        |head, _| head.set_where_any("Upgrade", |value| starts(value, b"websocket"), b"websocket");
    /// Asks only whether there is an Upgrade, not for what.
    Reads "server-upgrade-any" violates RFC6455_4_2_1_UPGRADE_OTHER =>
        |head, _| head.set_where_any("Upgrade", |_| true, b"websocket");
    /// Opens without an Upgrade.
    Reads "server-upgrade-not-needed" violates RFC6455_4_2_1_UPGRADE_MISSING =>
        |head, _| head.set_if_missing("Upgrade", b"websocket");
    /// Folds the case of Upgrade by Unicode, so that the Kelvin sign is a k.
    Reads "server-upgrade-folded" violates RFC6455_2_1_ASCII_FOLD_SERVER =>
        |head, _| head.each("Upgrade", |value| replaced(value, b"\xe2\x84\xaa", b"k"));
    /// Looks for the letters upgrade anywhere in Connection, not for the token.
    Reads "server-connection-substring" violates RFC6455_4_2_1_CONNECTION_NO_TOKEN =>
        |head, _| head.set_where_any("Connection", |value| holds(value, b"upgrade"), b"Upgrade");
    /// Asks only whether there is a Connection, not whether it has the token.
    Reads "server-connection-any" violates RFC6455_4_2_1_CONNECTION_NO_TOKEN =>
        |head, _| head.set_where_any("Connection", |_| true, b"Upgrade");
    /// Opens without a Connection.
    Reads "server-connection-not-needed" violates RFC6455_4_2_1_CONNECTION_MISSING =>
        |head, _| head.set_if_missing("Connection", b"Upgrade");
    /// Cuts Connection into members at blanks as well as at commas.
    Reads "server-connection-cut-at-blanks" violates RFC6455_4_2_1_CONNECTION_NO_TOKEN =>
        |head, _| head.each("Connection", |value| replaced(value, b" ", b","));
    /// Takes a quoted string in Connection for a token.
    Reads "server-connection-unquoted" violates RFC6455_4_2_1_CONNECTION_NO_TOKEN =>
        |head, _| head.each("Connection", |value| replaced(value, b"\"", b""));
    // Key.
    /// Opens without a key.
    Reads "server-key-not-needed" violates RFC6455_4_2_1_KEY_MISSING => |head, _| head.set_if_missing(KEY, SOME_KEY);
    /// Takes an empty key for a key.
    Reads "server-key-empty" violates RFC6455_4_2_1_KEY_EMPTY =>
        |head, _| head.set_where(KEY, |value| value.is_empty(), SOME_KEY);
    /// Takes base64 of any length for a key.
    Reads "server-key-any-length" violates RFC6455_4_2_1_KEY_LENGTH =>
        |head, _| head.set_where(KEY, is_base64, SOME_KEY);
    /// Takes any 24 characters for a key.
    Reads "server-key-of-24-characters" violates RFC6455_4_2_1_KEY_ALPHABET =>
        |head, _| head.set_where(KEY, |value| value.len() == 24, SOME_KEY);
    /// Decodes the key by the alphabet of URLs, too.
    Reads "server-key-url-alphabet" violates RFC6455_4_2_1_KEY_ALPHABET =>
        |head, _| head.each(KEY, |value| replaced(&replaced(value, b"-", b"+"), b"_", b"/"));
    /// Takes a key without its padding.
    Reads "server-key-padding-optional" violates RFC6455_4_2_1_KEY_PADDING =>
        |head, _| head.set_where(KEY, |value| value.len() == 22 && is_base64(value), SOME_KEY);
    /// Passes over blanks inside the key.
    Reads "server-key-blanks-inside" violates RFC6455_4_2_1_KEY_ALPHABET =>
        |head, _| head.each(KEY, |value| replaced(value, b" ", b""));
    /// Uses the first of several keys.
    Reads "server-key-first-line" violates RFC6455_11_3_1_KEY_ONCE_SERVER => |head, _| head.keep_first(KEY);
    /// Uses the last of several keys.
    Given "server-key-last-line" violates RFC6455_11_3_1_KEY_ONCE_SERVER =>
        |exchange| with(exchange, |head| head.keep_last(KEY));
    // Version.
    /// Does not look at the version.
    Reads "server-version-any" violates RFC6455_4_2_1_VERSION_NOT_13 =>
        |head, _| head.set_where(VERSION, |_| true, b"13");
    /// Opens without a version.
    Reads "server-version-not-needed" violates RFC6455_4_2_1_VERSION_MISSING =>
        |head, _| head.set_if_missing(VERSION, b"13");
    /// Takes a version that only starts with 13.
    Reads "server-version-prefix" violates RFC6455_4_2_1_VERSION_SHAPE =>
        |head, _| head.set_where(VERSION, |value| value.starts_with(b"13"), b"13");
    /// Looks at the first digit of the version only.
    Reads "server-version-first-digit" violates RFC6455_4_2_1_VERSION_NOT_13 =>
        |head, _| head.set_where(VERSION, |value| value.starts_with(b"1"), b"13");
    /// Reads the version as a number, with leading zeros and a sign.
    Reads "server-version-as-number" violates RFC6455_4_2_1_VERSION_SHAPE =>
        |head, _| head.set_where(VERSION, |value| number(value) == Some(13), b"13");
    /// Takes every version from 13 on.
    Reads "server-version-at-least" violates RFC6455_4_2_1_VERSION_NOT_13 =>
        |head, _| head.set_where(VERSION, |value| number(value).is_some_and(|version| version >= 13), b"13");
    /// Takes a list of versions in which 13 is one.
    Reads "server-version-list" violates RFC6455_4_2_1_VERSION_LIST =>
        |head, _| {
            if head.any(VERSION, |member| member == b"13") {
                head.set(VERSION, b"13");
            }
        };
    /// Uses the first of several versions.
    Reads "server-version-first-line" violates RFC6455_11_3_5_VERSION_ONCE_SERVER => |head, _| head.keep_first(VERSION);
    // Offers.
    /// Does not read the extension offers, so that a malformed one goes through.
    Reads "server-extensions-not-read" violates RFC6455_4_2_1_EXTENSIONS_GRAMMAR =>
        |head, _| head.remove("Sec-WebSocket-Extensions");
    /// Takes any octets in a quoted parameter value.
    Reads "server-extension-quoted-any" violates RFC6455_4_3_EXTENSION_QUOTED_NONTOKEN =>
        |head, _| head.each("Sec-WebSocket-Extensions", without_quoted);
    /// Takes a parameter with = and no value for one without value.
    Reads "server-extension-value-empty" violates RFC6455_4_3_EXTENSION_EMPTY_VALUE =>
        |head, _| {
            head.each("Sec-WebSocket-Extensions", |value| {
                let members: Vec<&[u8]> = value.split(|&octet| octet == b';').collect();
                let members: Vec<&[u8]> =
                    members.iter().map(|member| member.strip_suffix(b"=").unwrap_or(member)).collect();
                members.join(&b';')
            })
        };
    /// Does not read the subprotocols, so that a malformed one goes through.
    Reads "server-protocols-not-read" violates RFC6455_4_2_1_PROTOCOL_GRAMMAR =>
        |head, _| head.remove("Sec-WebSocket-Protocol");
    /// Takes an empty subprotocol field for none.
    Reads "server-protocol-empty" violates RFC6455_4_2_1_PROTOCOL_EMPTY =>
        |head, _| {
            if head.members("Sec-WebSocket-Protocol").is_empty() {
                head.remove("Sec-WebSocket-Protocol");
            }
        };
    /// Takes version 12 from a client that also writes keep-alive into Connection.
    Reads "server-two-features" violates RFC6455_4_2_1_VERSION_NOT_13 =>
        |head, _| {
            if head.any("Connection", |member| member.eq_ignore_ascii_case(b"keep-alive")) {
                head.set_where(VERSION, |value| value == b"12", b"13");
            }
        };
};

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
