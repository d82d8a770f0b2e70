//! Servers that accept what must be rejected: request-line, field lines, content, and what they serve.

use super::head::{Head, replaced};
use super::server_accepts::{number, with};
use super::{Planted, given, reading};
use crate::judgement::Role::Server;
use crate::judgement::requirements as r;
use crate::suite::{End, Exchange, Needs};

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    // Host, method, target and version of HTTP.
    reading(Server, "server-host-not-needed", &r::RFC6455_4_2_1_HOST_MISSING, "Opens without a Host.", |head, _| {
        head.set_if_missing("Host", b"server.example.com")
    }),
    reading(
        Server,
        "server-host-first-line",
        &r::RFC9112_3_2_HOST_DUPLICATE,
        "Uses the first of several Hosts.",
        |head, _| head.keep_first("Host"),
    ),
    reading(Server, "server-host-any", &r::RFC9112_3_2_HOST_INVALID, "Takes anything for a host.", |head, _| {
        head.set_where("Host", |value| !value.is_empty(), b"server.example.com")
    }),
    reading(Server, "server-http10", &r::RFC6455_4_2_1_HTTP10, "Opens on HTTP/1.0.", |head, _| {
        if head.part(2) == b"HTTP/1.0" {
            head.set_part(2, b"HTTP/1.1");
        }
    }),
    reading(
        Server,
        "server-http-any",
        &r::RFC6455_4_2_1_HTTP_VERSION_SHAPE,
        "Takes anything for the version of HTTP that starts like one.",
        |head, _| {
            if head.part(2).starts_with(b"HTTP") {
                head.set_part(2, b"HTTP/1.1");
            }
        },
    ),
    reading(Server, "server-method-any", &r::RFC6455_4_2_1_METHOD, "Opens on any method.", |head, _| {
        if [&b"POST"[..], b"PUT", b"OPTIONS", b"HEAD"].contains(&head.part(0)) {
            head.set_part(0, b"GET");
        }
    }),
    reading(Server, "server-method-any-case", &r::RFC6455_4_2_1_METHOD_CASE, "Takes get for GET.", |head, _| {
        if head.part(0).eq_ignore_ascii_case(b"GET") {
            head.set_part(0, b"GET");
        }
    }),
    reading(
        Server,
        "server-target-any-form",
        &r::RFC6455_4_2_1_TARGET_OTHER_FORMS,
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
        &r::RFC9112_3_2_1_TARGET_NO_SLASH,
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
        &r::RFC9112_2_2_BARE_CR_NOT_LINE_END,
        "Takes a bare CR for a line end.",
        |exchange| with_octets(exchange, |octets| replaced(&replaced(octets, b"\r\n", b"\r"), b"\r", b"\r\n")),
    ),
    reading(
        Server,
        "server-space-before-colon",
        &r::RFC9112_5_1_NO_WS_BEFORE_COLON,
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
        &r::RFC9112_5_2_OBS_FOLD_SPLITS_VALUE,
        "Joins a folded line without the blank that stands for the fold.",
        |exchange| with_octets(exchange, |octets| replaced(&replaced(octets, b"\r\n ", b""), b"\r\n\t", b"")),
    ),
    given(
        Server,
        "server-blank-line-ends-head",
        &r::RFC9112_5_2_BLANK_FOLD_NOT_END,
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
        &r::RFC9112_2_2_WS_LINE_NOT_USED,
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
        &r::RFC9112_5_1_TRIM_ONLY_OWS,
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
        &r::RFC9110_5_5_NUL_IN_REQUIRED_FIELD,
        "Passes over NUL in values.",
        |head, _| head.lines.iter_mut().for_each(|line| line.value.retain(|&octet| octet != 0)),
    ),
    reading(
        Server,
        "server-names-compared-by-case",
        &r::RFC9110_5_1_DUPLICATE_IN_OTHER_CASE,
        "Counts lines of one name by its spelling, so that another spelling is another field.",
        |head, _| {
            let names: Vec<Vec<u8>> = head.lines.iter().map(|line| line.name.clone()).collect();
            let is_other =
                |at: usize| names[..at].iter().any(|name| name.eq_ignore_ascii_case(&names[at]) && *name != names[at]);
            let mut at = 0..names.len();
            head.lines.retain(|_| at.next().is_none_or(|at| !is_other(at)));
        },
    ),
    // Content and end.
    reading(
        Server,
        "server-content-length-any",
        &r::RFC9112_6_3_BAD_CL,
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
        &r::RFC9112_6_3_TE_BAD_FINAL,
        "Takes any Transfer-Encoding for none.",
        |head, _| head.remove("Transfer-Encoding"),
    ),
    given(
        Server,
        "server-truncated",
        &r::RFC9112_2_1_TRUNCATED_REQUEST,
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
    given(Server, "server-origin-any", &r::RFC6455_4_2_2_ORIGIN_REJECT, "Lets every origin in.", |exchange| Exchange {
        needs: Needs { origins: None, ..exchange.needs.clone() },
        ..exchange.clone()
    }),
    given(
        Server,
        "server-origin-prefix",
        &r::RFC6455_4_2_2_ORIGIN_REJECT,
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
    given(
        Server,
        "server-resource-any",
        &r::RFC6455_4_2_2_RESOURCE_UNAVAILABLE,
        "Serves every resource.",
        |exchange| Exchange { needs: Needs { resources: None, ..exchange.needs.clone() }, ..exchange.clone() },
    ),
];

fn with_octets(exchange: &Exchange, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Exchange {
    Exchange { octets: change(&exchange.octets), ..exchange.clone() }
}
