//! Servers that accept what must be rejected: request-line, field lines, content, and what they serve.

use super::Planted;
use super::head::{Head, replaced};
use super::server_accepts::{number, with};
use crate::judgement::Role;
use crate::suite::{End, Exchange, Needs};

/// Every one of them.
pub(super) static ALL: &[Planted] = table! { Server;
    // Host, method, target and version of HTTP.
    /// Opens without a Host.
    Reads "server-host-not-needed" violates RFC6455_4_2_1_HOST_MISSING =>
        |head, _| head.set_if_missing("Host", b"server.example.com");
    /// Uses the first of several Hosts.
    Reads "server-host-first-line" violates RFC9112_3_2_HOST_DUPLICATE => |head, _| head.keep_first("Host");
    /// Takes anything for a host.
    Reads "server-host-any" violates RFC9112_3_2_HOST_INVALID =>
        |head, _| head.set_where("Host", |value| !value.is_empty(), b"server.example.com");
    /// Opens on HTTP/1.0.
    Reads "server-http10" violates RFC6455_4_2_1_HTTP10 =>
        |head, _| {
            if head.part(2) == b"HTTP/1.0" {
                head.set_part(2, b"HTTP/1.1");
            }
        };
    /// Takes anything for the version of HTTP that starts like one.
    Reads "server-http-any" violates RFC6455_4_2_1_HTTP_VERSION_SHAPE =>
        |head, _| {
            if head.part(2).starts_with(b"HTTP") {
                head.set_part(2, b"HTTP/1.1");
            }
        };
    /// Opens on any method.
    Reads "server-method-any" violates RFC6455_4_2_1_METHOD =>
        |head, _| {
            if [&b"POST"[..], b"PUT", b"OPTIONS", b"HEAD"].contains(&head.part(0)) {
                head.set_part(0, b"GET");
            }
        };
    /// Takes get for GET.
    Reads "server-method-any-case" violates RFC6455_4_2_1_METHOD_CASE =>
        |head, _| {
            if head.part(0).eq_ignore_ascii_case(b"GET") {
                head.set_part(0, b"GET");
            }
        };
    /// Takes an asterisk or an authority for the first of several services.
    Reads "server-target-any-service" violates RFC6455_4_2_2_RESOURCE_UNAVAILABLE =>
        |head, exchange| {
            let first = exchange.needs.resources.as_ref().and_then(|resources| resources.first());
            if let (b"*" | b"server.example.com:80", Some(first)) = (head.part(1), first) {
                head.set_part(1, first.as_bytes());
            }
        };
    /// Passes over what stands after the version.
    Given "server-words-after-version" violates RFC6455_4_2_1_WORD_AFTER_VERSION =>
        |exchange| with_octets(exchange, |octets| {
            let line = octets.windows(2).position(|window| window == b"\r\n").unwrap_or(octets.len());
            let version = octets[..line].windows(10).position(|window| window == b" HTTP/1.1 ");
            version.map_or_else(|| octets.to_vec(), |at| [&octets[..at + 9], &octets[line..]].concat())
        });
    // Lines.
    /// Takes a bare CR for a line end.
    Given "server-cr-ends-line" violates RFC9112_2_2_BARE_CR_NOT_LINE_END =>
        |exchange| with_octets(exchange, |octets| replaced(&replaced(octets, b"\r\n", b"\r"), b"\r", b"\r\n"));
    /// Passes over blanks before the colon.
    Reads "server-space-before-colon" violates RFC9112_5_1_NO_WS_BEFORE_COLON =>
        |head, _| {
            for line in &mut head.lines {
                if !matches!(line.name.first(), Some(b' ' | b'\t')) && !line.colon.is_empty() {
                    line.name = line.name.trim_ascii_end().to_vec();
                }
            }
        };
    /// Joins a folded line without the blank that stands for the fold.
    Given "server-fold-without-blank" violates RFC9112_5_2_OBS_FOLD_SPLITS_VALUE =>
        |exchange| with_octets(exchange, |octets| replaced(&replaced(octets, b"\r\n ", b""), b"\r\n\t", b""));
    /// Takes a line of blanks for the empty line.
    Given "server-blank-line-ends-head" violates RFC9112_5_2_BLANK_FOLD_NOT_END =>
        |exchange| {
            with_octets(exchange, |octets| {
                replaced(&replaced(octets, b"\r\n \r\n", b"\r\n\r\n"), b"\r\n\t\r\n", b"\r\n\r\n")
            })
        };
    /// Uses a first field line that starts with a blank.
    Reads "server-blank-before-first-field" violates RFC9112_2_2_WS_LINE_NOT_USED =>
        |head, _| {
            if let Some(line) = head.lines.first_mut() {
                line.name = line.name.trim_ascii_start().to_vec();
            }
        };
    /// Trims every white space of Unicode around values.
    Reads "server-trims-more-than-blanks" violates RFC9112_5_1_TRIM_ONLY_OWS =>
        |head, _| {
            let is_white = |octet: &u8| matches!(octet, b'\t' | 0x0b | 0x0c | b' ' | 0x85 | 0xa0);
            for line in &mut head.lines {
                let start = line.value.iter().position(|octet| !is_white(octet)).unwrap_or(line.value.len());
                let end = line.value.iter().rposition(|octet| !is_white(octet)).map_or(start, |at| at + 1);
                line.value = line.value[start..end].to_vec();
            }
        };
    /// Passes over NUL in values.
    Reads "server-nul-skipped" violates RFC9110_5_5_NUL_IN_REQUIRED_FIELD =>
        |head, _| head.lines.iter_mut().for_each(|line| line.value.retain(|&octet| octet != 0));
    /// Counts lines of one name by its spelling, so that another spelling is another field.
    Reads "server-names-compared-by-case" violates RFC9110_5_1_DUPLICATE_IN_OTHER_CASE =>
        |head, _| {
            let names: Vec<Vec<u8>> = head.lines.iter().map(|line| line.name.clone()).collect();
            let is_other =
                |at: usize| names[..at].iter().any(|name| name.eq_ignore_ascii_case(&names[at]) && *name != names[at]);
            let mut at = 0..names.len();
            head.lines.retain(|_| at.next().is_none_or(|at| !is_other(at)));
        };
    // Content and end.
    /// Takes a Content-Length that is no number for none.
    Reads "server-content-length-any" violates RFC9112_6_3_BAD_CL =>
        |head, _| {
            if head.values("Content-Length").any(|value| number(value).is_none()) {
                head.remove("Content-Length");
            }
        };
    /// Takes any Transfer-Encoding for none.
    Reads "server-transfer-coding-any" violates RFC9112_6_3_TE_BAD_FINAL => |head, _| head.remove("Transfer-Encoding");
    /// Takes the end of the connection for the end of the head.
    Given "server-truncated" violates RFC9112_2_1_TRUNCATED_REQUEST =>
        |exchange| {
            let head = Head::read(Role::Server, &exchange.octets);
            if exchange.end == End::Open || head.is_whole() {
                return exchange.clone();
            }
            let is_ended = exchange.octets.ends_with(b"\r\n");
            with_octets(exchange, |octets| [octets, if is_ended { b"\r\n" } else { b"\r\n\r\n" }].concat())
        };
    // Policy.
    /// Lets every origin in.
    Given "server-origin-any" violates RFC6455_4_2_2_ORIGIN_REJECT =>
        |exchange| Exchange {
            needs: Needs { origins: None, ..exchange.needs.clone() },
            ..exchange.clone()
        };
    /// Lets an origin in that only starts like one that is let in.
    Given "server-origin-prefix" violates RFC6455_4_2_2_ORIGIN_REJECT =>
        |exchange| {
            let served = exchange.needs.origins.iter().flatten().cloned().collect::<Vec<_>>();
            with(exchange, |head| {
                let Some(asked) = head.first("Origin").map(<[u8]>::to_vec) else { return };
                if let Some(served) = served.iter().find(|served| asked.starts_with(served.as_bytes())) {
                    head.each("Origin", |_| served.clone().into_bytes());
                }
            })
        };
    /// Serves every resource.
    Given "server-resource-any" violates RFC6455_4_2_2_RESOURCE_UNAVAILABLE =>
        |exchange| Exchange { needs: Needs { resources: None, ..exchange.needs.clone() }, ..exchange.clone() };
};

fn with_octets(exchange: &Exchange, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Exchange {
    Exchange { octets: change(&exchange.octets), ..exchange.clone() }
}
