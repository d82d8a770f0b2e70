//! Servers that accept what must be rejected.

use super::head::{Head, holds, replaced, starts};
use super::{Planted, given, reading};
use crate::judgement::Role::Server;
use crate::suite::{End, Exchange, Needs};

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
        |head, _| when(head, "Upgrade", |value| holds(value, b"websocket"), b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-prefix",
        "rfc6455-4.2.1-upgrade-other",
        "Takes a member of Upgrade that only starts with websocket.",
        |head, _| when(head, "Upgrade", |value| starts(value, b"websocket"), b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-any",
        "rfc6455-4.2.1-upgrade-other",
        "Asks only whether there is an Upgrade, not for what.",
        |head, _| when(head, "Upgrade", |_| true, b"websocket"),
    ),
    reading(
        Server,
        "server-upgrade-not-needed",
        "rfc6455-4.2.1-upgrade-missing",
        "Opens without an Upgrade.",
        |head, _| if_missing(head, "Upgrade", b"websocket"),
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
        |head, _| when(head, "Connection", |value| holds(value, b"upgrade"), b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-any",
        "rfc6455-4.2.1-connection-no-token",
        "Asks only whether there is a Connection, not whether it has the token.",
        |head, _| when(head, "Connection", |_| true, b"Upgrade"),
    ),
    reading(
        Server,
        "server-connection-not-needed",
        "rfc6455-4.2.1-connection-missing",
        "Opens without a Connection.",
        |head, _| if_missing(head, "Connection", b"Upgrade"),
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
        if_missing(head, KEY, SOME_KEY)
    }),
    reading(Server, "server-key-empty", "rfc6455-4.2.1-key-empty", "Takes an empty key for a key.", |head, _| {
        when_value(head, KEY, |value| value.is_empty(), SOME_KEY)
    }),
    reading(
        Server,
        "server-key-any-length",
        "rfc6455-4.2.1-key-length",
        "Takes base64 of any length for a key.",
        |head, _| when_value(head, KEY, is_base64, SOME_KEY),
    ),
    reading(
        Server,
        "server-key-of-24-characters",
        "rfc6455-4.2.1-key-alphabet",
        "Takes any 24 characters for a key.",
        |head, _| when_value(head, KEY, |value| value.len() == 24, SOME_KEY),
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
        |head, _| when_value(head, KEY, |value| value.len() == 22 && is_base64(value), SOME_KEY),
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
        |head, _| when_value(head, VERSION, |_| true, b"13"),
    ),
    reading(
        Server,
        "server-version-not-needed",
        "rfc6455-4.2.1-version-missing",
        "Opens without a version.",
        |head, _| if_missing(head, VERSION, b"13"),
    ),
    reading(
        Server,
        "server-version-prefix",
        "rfc6455-4.2.1-version-shape",
        "Takes a version that only starts with 13.",
        |head, _| when_value(head, VERSION, |value| value.starts_with(b"13"), b"13"),
    ),
    reading(
        Server,
        "server-version-first-digit",
        "rfc6455-4.2.1-version-not-13",
        "Looks at the first digit of the version only.",
        |head, _| when_value(head, VERSION, |value| value.starts_with(b"1"), b"13"),
    ),
    reading(
        Server,
        "server-version-as-number",
        "rfc6455-4.2.1-version-shape",
        "Reads the version as a number, with leading zeros and a sign.",
        |head, _| when_value(head, VERSION, |value| number(value) == Some(13), b"13"),
    ),
    reading(
        Server,
        "server-version-at-least",
        "rfc6455-4.2.1-version-not-13",
        "Takes every version from 13 on.",
        |head, _| when_value(head, VERSION, |value| number(value).is_some_and(|version| version >= 13), b"13"),
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
    // Host, method, target and version of HTTP.
    reading(Server, "server-host-not-needed", "rfc6455-4.2.1-host-missing", "Opens without a Host.", |head, _| {
        if_missing(head, "Host", b"server.example.com")
    }),
    reading(
        Server,
        "server-host-first-line",
        "rfc9112-3.2-host-duplicate",
        "Uses the first of several Hosts.",
        |head, _| head.keep_first("Host"),
    ),
    reading(Server, "server-host-any", "rfc9112-3.2-host-invalid", "Takes anything for a host.", |head, _| {
        when_value(head, "Host", |value| !value.is_empty(), b"server.example.com")
    }),
    reading(Server, "server-http10", "rfc6455-4.2.1-http10", "Opens on HTTP/1.0.", |head, _| {
        if head.part(2) == b"HTTP/1.0" {
            head.set_part(2, b"HTTP/1.1");
        }
    }),
    reading(
        Server,
        "server-http-any",
        "rfc6455-4.2.1-http-version-shape",
        "Takes anything for the version of HTTP that starts like one.",
        |head, _| {
            if head.part(2).starts_with(b"HTTP") {
                head.set_part(2, b"HTTP/1.1");
            }
        },
    ),
    reading(Server, "server-method-any", "rfc6455-4.2.1-method", "Opens on any method.", |head, _| {
        if [&b"POST"[..], b"PUT", b"OPTIONS", b"HEAD"].contains(&head.part(0)) {
            head.set_part(0, b"GET");
        }
    }),
    reading(Server, "server-method-any-case", "rfc6455-4.2.1-method-case", "Takes get for GET.", |head, _| {
        if head.part(0).eq_ignore_ascii_case(b"GET") {
            head.set_part(0, b"GET");
        }
    }),
    reading(
        Server,
        "server-target-any-form",
        "rfc6455-4.2.1-target-other-forms",
        "Takes an asterisk or an authority for a target.",
        |head, _| {
            if matches!(head.part(1), b"*" | b"server.example.com:80") {
                head.set_part(1, b"/");
            }
        },
    ),
    reading(
        Server,
        "server-target-without-slash",
        "rfc9112-3.2.1-target-no-slash",
        "Puts a missing slash before the target.",
        |head, _| {
            if head.part(1).first().is_some_and(u8::is_ascii_alphabetic) && !head.part(1).contains(&b':') {
                head.set_part(1, &[b"/", head.part(1)].concat());
            }
        },
    ),
    // Lines.
    given(
        Server,
        "server-cr-ends-line",
        "rfc9112-2.2-bare-cr-not-line-end",
        "Takes a bare CR for a line end.",
        |exchange| with_octets(exchange, |octets| replaced(&replaced(octets, b"\r\n", b"\r"), b"\r", b"\r\n")),
    ),
    reading(
        Server,
        "server-space-before-colon",
        "rfc9112-5.1-no-ws-before-colon",
        "Passes over blanks before the colon.",
        |head, _| {
            for line in &mut head.lines {
                if !matches!(line.name.first(), Some(b' ' | b'\t')) && !line.colon.is_empty() {
                    line.name = line.name.trim_ascii_end().to_vec();
                }
            }
        },
    ),
    given(
        Server,
        "server-fold-without-blank",
        "rfc9112-5.2-obs-fold-splits-value",
        "Joins a folded line without the blank that stands for the fold.",
        |exchange| with_octets(exchange, |octets| replaced(&replaced(octets, b"\r\n ", b""), b"\r\n\t", b"")),
    ),
    given(
        Server,
        "server-blank-line-ends-head",
        "rfc9112-5.2-blank-fold-not-end",
        "Takes a line of blanks for the empty line.",
        |exchange| {
            with_octets(exchange, |octets| {
                replaced(&replaced(octets, b"\r\n \r\n", b"\r\n\r\n"), b"\r\n\t\r\n", b"\r\n\r\n")
            })
        },
    ),
    reading(
        Server,
        "server-blank-before-first-field",
        "rfc9112-2.2-ws-line-not-used",
        "Uses a first field line that starts with a blank.",
        |head, _| {
            if let Some(line) = head.lines.first_mut() {
                line.name = line.name.trim_ascii_start().to_vec();
            }
        },
    ),
    reading(
        Server,
        "server-trims-more-than-blanks",
        "rfc9112-5.1-trim-only-ows",
        "Trims every white space of Unicode around values.",
        |head, _| {
            let is_white = |octet: &u8| matches!(octet, b'\t' | 0x0b | 0x0c | b' ' | 0x85 | 0xa0);
            for line in &mut head.lines {
                let start = line.value.iter().position(|octet| !is_white(octet)).unwrap_or(line.value.len());
                let end = line.value.iter().rposition(|octet| !is_white(octet)).map_or(start, |at| at + 1);
                line.value = line.value[start..end].to_vec();
            }
        },
    ),
    reading(
        Server,
        "server-nul-skipped",
        "rfc9110-5.5-nul-in-required-field",
        "Passes over NUL in values.",
        |head, _| head.lines.iter_mut().for_each(|line| line.value.retain(|&octet| octet != 0)),
    ),
    reading(
        Server,
        "server-names-compared-by-case",
        "rfc9110-5.1-duplicate-in-other-case",
        "Counts lines of one name by its spelling, so that another spelling is another field.",
        |head, _| {
            let names: Vec<Vec<u8>> = head.lines.iter().map(|line| line.name.clone()).collect();
            let is_other =
                |at: usize| names[..at].iter().any(|name| name.eq_ignore_ascii_case(&names[at]) && *name != names[at]);
            let mut at = 0..names.len();
            head.lines.retain(|_| at.next().is_none_or(|at| !is_other(at)));
        },
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
    // Content and end.
    reading(
        Server,
        "server-content-length-any",
        "rfc9112-6.3-bad-cl",
        "Takes a Content-Length that is no number for none.",
        |head, _| {
            if head.values("Content-Length").any(|value| number(value).is_none()) {
                head.remove("Content-Length");
            }
        },
    ),
    reading(
        Server,
        "server-transfer-coding-any",
        "rfc9112-6.3-te-bad-final",
        "Takes any Transfer-Encoding for none.",
        |head, _| head.remove("Transfer-Encoding"),
    ),
    given(
        Server,
        "server-truncated",
        "rfc9112-2.1-truncated-request",
        "Takes the end of the connection for the end of the head.",
        |exchange| {
            let head = Head::read(Server, &exchange.octets);
            if exchange.end == End::Open || head.is_whole() {
                return exchange.clone();
            }
            let is_ended = exchange.octets.ends_with(b"\r\n");
            with_octets(exchange, |octets| [octets, if is_ended { b"\r\n" } else { b"\r\n\r\n" }].concat())
        },
    ),
    // Policy.
    given(Server, "server-origin-any", "rfc6455-4.2.2-origin-reject", "Lets every origin in.", |exchange| Exchange {
        needs: Needs { origins: None, ..exchange.needs.clone() },
        ..exchange.clone()
    }),
    given(
        Server,
        "server-origin-prefix",
        "rfc6455-4.2.2-origin-reject",
        "Lets an origin in that only starts like one that is let in.",
        |exchange| {
            let served = exchange.needs.origins.iter().flatten().cloned().collect::<Vec<_>>();
            with(exchange, |head| {
                let Some(asked) = head.first("Origin").map(<[u8]>::to_vec) else { return };
                if let Some(served) = served.iter().find(|served| asked.starts_with(served.as_bytes())) {
                    head.each("Origin", |_| served.clone().into_bytes());
                }
            })
        },
    ),
    given(Server, "server-resource-any", "rfc6455-4.2.2-resource-unavailable", "Serves every resource.", |exchange| {
        Exchange { needs: Needs { resources: None, ..exchange.needs.clone() }, ..exchange.clone() }
    }),
    reading(
        Server,
        "server-two-features",
        "rfc6455-4.2.1-version-not-13",
        "Takes version 12 from a client that also writes keep-alive into Connection.",
        |head, _| {
            if head.any("Connection", |member| member.eq_ignore_ascii_case(b"keep-alive")) {
                when_value(head, VERSION, |value| value == b"12", b"13");
            }
        },
    ),
];

/// Sets a list field where one of its members is such.
fn when(head: &mut Head, name: &str, is_such: impl Fn(&[u8]) -> bool, value: &[u8]) {
    if head.any(name, is_such) {
        head.set(name, value);
    }
}

/// Sets the value of each line that is such.
fn when_value(head: &mut Head, name: &str, is_such: impl Fn(&[u8]) -> bool, value: &[u8]) {
    head.each(name, |its| if is_such(its) { value.to_vec() } else { its.to_vec() });
}

/// Puts a field behind the others where there is none.
fn if_missing(head: &mut Head, name: &str, value: &[u8]) {
    if head.first(name).is_none() && head.is_whole() {
        head.set(name, value);
    }
}

fn is_base64(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"=").unwrap_or(value);
    let value = value.strip_suffix(b"=").unwrap_or(value);
    !value.is_empty() && value.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/'))
}

fn number(value: &[u8]) -> Option<u64> {
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

fn with(exchange: &Exchange, change: impl FnOnce(&mut Head)) -> Exchange {
    let mut head = Head::read(exchange.role, &exchange.octets);
    change(&mut head);
    Exchange { octets: head.octets(), ..exchange.clone() }
}

fn with_octets(exchange: &Exchange, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Exchange {
    Exchange { octets: change(&exchange.octets), ..exchange.clone() }
}
