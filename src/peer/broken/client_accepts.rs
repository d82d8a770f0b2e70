//! Clients that open on what must be rejected.

use super::Planted;
use super::head::{Head, holds, replaced};
use crate::handshake::accept_value;
use crate::judgement::Role;
use crate::suite::{End, Exchange, Needs};

const ACCEPT: &str = "Sec-WebSocket-Accept";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// Every one of them.
pub(super) static ALL: &[Planted] = table! { Client;
    // Status line.
    /// Does not look at the status.
    Reads "client-status-any" violates RFC6455_4_1_RESP_STATUS_NOT_101 =>
        |head, _| {
            if head.part(1).len() == 3 && head.part(1).iter().all(u8::is_ascii_digit) {
                head.set_part(1, b"101");
            }
        };
    /// Takes a status that only starts with 101.
    Reads "client-status-prefix" violates RFC9112_4_STATUS_LINE_GRAMMAR =>
        |head, _| {
            if head.part(1).starts_with(b"101") {
                head.set_part(1, b"101");
            }
        };
    /// Takes anything for the version of HTTP.
    Reads "client-http-any" violates RFC9112_2_3_RESPONSE_OTHER_VERSION => |head, _| head.set_part(0, b"HTTP/1.1");
    // Upgrade and Connection.
    /// Opens without an Upgrade.
    Reads "client-upgrade-not-needed" violates RFC6455_4_1_RESP_UPGRADE_MISSING =>
        |head, _| head.set_if_missing("Upgrade", b"websocket");
    /// Looks for the letters websocket anywhere in Upgrade.
    Reads "client-upgrade-substring" violates RFC6455_4_1_RESP_UPGRADE_OTHER =>
        |head, _| {
            if head.values("Upgrade").any(|value| holds(value, b"websocket")) {
                head.set("Upgrade", b"websocket");
            }
        };
    /// Takes an Upgrade in which websocket is one of several.
    Reads "client-upgrade-list" violates RFC6455_4_1_RESP_UPGRADE_LIST =>
        |head, _| {
            if head.any("Upgrade", |member| member.eq_ignore_ascii_case(b"websocket")) {
                head.set("Upgrade", b"websocket");
            }
        };
    /// Folds the case of Upgrade by Unicode, so that the Kelvin sign is a k.
    Reads "client-upgrade-folded" violates RFC6455_2_1_ASCII_FOLD_CLIENT =>
        |head, _| head.each("Upgrade", |value| replaced(value, b"\xe2\x84\xaa", b"k"));
    /// Opens without a Connection.
    Reads "client-connection-not-needed" violates RFC6455_4_1_RESP_CONNECTION_MISSING =>
        |head, _| head.set_if_missing("Connection", b"Upgrade");
    /// Looks for the letters upgrade anywhere in Connection.
    Reads "client-connection-substring" violates RFC6455_4_1_RESP_CONNECTION_NO_TOKEN =>
        |head, _| {
            if head.values("Connection").any(|value| holds(value, b"upgrade")) {
                head.set("Connection", b"Upgrade");
            }
        };
    // Accept.
    /// Does not look at the accept value.
    Reads "client-accept-any" violates RFC6455_4_1_RESP_ACCEPT_WRONG =>
        |head, exchange| compared(head, exchange, |_, _| true);
    /// Opens without an accept value.
    Reads "client-accept-not-needed" violates RFC6455_4_1_RESP_ACCEPT_MISSING =>
        |head, exchange| head.set_if_missing(ACCEPT, right(exchange).as_bytes());
    /// Compares the accept value without its case.
    Reads "client-accept-of-any-case" violates RFC6455_4_1_RESP_ACCEPT_CASE =>
        |head, exchange| compared(head, exchange, |its, right| its.eq_ignore_ascii_case(right));
    /// Compares only as much of the accept value as came.
    Reads "client-accept-prefix" violates RFC6455_4_1_RESP_ACCEPT_WRONG =>
        |head, exchange| compared(head, exchange, |its, right| !its.is_empty() && right.starts_with(its));
    /// Compares the digest that the accept value stands for, without the bits of the padding.
    Reads "client-accept-decoded" violates RFC6455_4_1_RESP_ACCEPT_NONCANONICAL =>
        |head, exchange| {
            compared(head, exchange, |its, right| {
                its.len() == right.len()
                    && its[..26] == right[..26]
                    && its.ends_with(b"=")
                    && digit(its[26]) / 4 == digit(right[26]) / 4
            })
        };
    /// Passes over blanks inside the accept value.
    Reads "client-accept-blanks-inside" violates RFC6455_4_1_RESP_ACCEPT_INNER_WS =>
        |head, _| head.each(ACCEPT, |value| replaced(value, b" ", b""));
    /// Uses the first of several accept values.
    Reads "client-accept-first-line" violates RFC6455_11_3_3_ACCEPT_ONCE_CLIENT => |head, _| head.keep_first(ACCEPT);
    /// Uses the last of several accept values.
    Reads "client-accept-last-line" violates RFC6455_11_3_3_ACCEPT_ONCE_CLIENT => |head, _| head.keep_last(ACCEPT);
    // Subprotocols and extensions.
    /// Takes a subprotocol that it did not offer.
    Given "client-protocol-any" violates RFC6455_4_1_RESP_PROTOCOL_UNREQUESTED =>
        |exchange| {
            let head = Head::read(Role::Client, &exchange.octets);
            let came = head.first(PROTOCOL).and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default();
            let protocols = exchange.needs.protocols.iter().cloned().chain([came.to_owned()]).collect();
            if came.is_empty() {
                return exchange.clone();
            }
            Exchange { needs: Needs { protocols, ..exchange.needs.clone() }, ..exchange.clone() }
        };
    /// Compares the subprotocol without its case.
    Reads "client-protocol-of-any-case" violates RFC6455_4_1_RESP_PROTOCOL_CASE =>
        |head, exchange| {
            for offered in &exchange.needs.protocols {
                if head.first(PROTOCOL).is_some_and(|its| its.eq_ignore_ascii_case(offered.as_bytes())) {
                    head.set(PROTOCOL, offered.as_bytes());
                }
            }
        };
    /// Uses the first of a list of subprotocols.
    Reads "client-protocol-list" violates RFC6455_4_1_RESP_PROTOCOL_LIST =>
        |head, _| {
            head.each(PROTOCOL, |value| {
                value.split(|&octet| octet == b',').next().unwrap_or_default().trim_ascii().to_vec()
            })
        };
    /// Takes an empty subprotocol for none.
    Reads "client-protocol-empty" violates RFC6455_4_1_RESP_PROTOCOL_EMPTY =>
        |head, _| {
            if head.first(PROTOCOL).is_some_and(<[u8]>::is_empty) {
                head.remove(PROTOCOL);
            }
        };
    /// Uses the first of several lines of subprotocols.
    Reads "client-protocol-first-line" violates RFC6455_11_3_4_PROTOCOL_ONCE_CLIENT =>
        |head, _| head.keep_first(PROTOCOL);
    /// Does not look at the extensions.
    Reads "client-extension-any" violates RFC6455_4_1_RESP_EXTENSION_UNREQUESTED => |head, _| head.remove(EXTENSIONS);
    /// Passes over an extension that it cannot read.
    Reads "client-extension-malformed" violates RFC6455_4_3_EXTENSION_MALFORMED_RESPONSE =>
        |head, _| {
            if head.any(EXTENSIONS, |member| {
                holds(member, b"=;") || holds(member, b" b") || member.ends_with(b";") || member.ends_with(b"=")
            }) {
                head.remove(EXTENSIONS);
            }
        };
    /// Passes over a parameter of permessage-deflate that it does not know.
    Reads "client-deflate-unknown-parameter" violates RFC7692_7_CLIENT_UNKNOWN_PARAM =>
        |head, _| {
            head.each(EXTENSIONS, |value| {
                if !value.starts_with(b"permessage-deflate") {
                    return value.to_vec();
                }
                let is_known = |part: &&[u8]| {
                    let name = part.split(|&octet| octet == b'=').next().unwrap_or_default().trim_ascii();
                    name == b"permessage-deflate" || name.ends_with(b"_bits") || name.ends_with(b"_takeover")
                };
                value.split(|&octet| octet == b';').filter(is_known).collect::<Vec<_>>().join(&b';')
            })
        };
    /// Takes a window of any size.
    Reads "client-deflate-bad-value" violates RFC7692_7_CLIENT_INVALID_VALUE =>
        |head, _| {
            head.each(EXTENSIONS, |value| {
                [&b"bits=7"[..], b"bits=16", b"bits=010"]
                    .iter()
                    .fold(value.to_vec(), |value, bad| replaced(&value, bad, b"bits=10"))
            })
        };
    /// Takes a larger window than it offered.
    Given "client-deflate-larger-window" violates RFC7692_7_1_2_1_CLIENT_LARGER_SMWB =>
        |exchange| {
            let extensions = exchange.needs.extensions.as_ref().map(|raw| {
                raw.replace("server_max_window_bits=12", "server_max_window_bits=15")
                    .replace("server_max_window_bits=10", "server_max_window_bits=15")
            });
            Exchange { needs: Needs { extensions, ..exchange.needs.clone() }, ..exchange.clone() }
        };
    // End.
    /// Takes the end of the connection for the end of the head.
    Given "client-truncated" violates RFC9112_2_1_TRUNCATED_RESPONSE =>
        |exchange| {
            if exchange.end == End::Open || Head::read(Role::Client, &exchange.octets).is_whole() {
                return exchange.clone();
            }
            let end: &[u8] = if exchange.octets.ends_with(b"\r\n") { b"\r\n" } else { b"\r\n\r\n" };
            Exchange { octets: [&exchange.octets, end].concat(), ..exchange.clone() }
        };
    /// Takes a bare CR for a line end.
    Given "client-cr-ends-line" violates RFC6455_4_1_RESP_CONNECTION_MISSING =>
        |exchange| {
            let octets = replaced(&replaced(&exchange.octets, b"\r\n", b"\r"), b"\r", b"\r\n");
            Exchange { octets, ..exchange.clone() }
        };
};

fn right(exchange: &Exchange) -> String {
    accept_value(exchange.key.as_deref().unwrap_or_default().as_bytes())
}

/// Puts the right accept value in place of one that compares like it.
fn compared(head: &mut Head, exchange: &Exchange, is_alike: impl Fn(&[u8], &[u8]) -> bool) {
    let right = right(exchange).into_bytes();
    head.each(ACCEPT, |its| if is_alike(its, &right) { right.clone() } else { its.to_vec() });
}

/// The number that a character of base64 stands for (RFC 4648 §4).
fn digit(character: u8) -> u8 {
    match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => u8::MAX,
    }
}
