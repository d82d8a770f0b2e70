//! A fault by itself: the lines that it is in, in a handshake that is plain otherwise. The control of what a peer accepts.
//!
//! A peer that takes a fault among others has to take it alone, where the same lines show it: else it is not that fault which it
//! takes. So an entry about a second key line says nothing of the first one, and one about a list that is split at blanks
//! nothing of a list without the token.

use std::collections::BTreeSet;

use super::without::{field_line, name_of, plain_host, start_line};
use crate::handshake::accept_value;
use crate::judgement::{Finding, Kind, RequirementId, Role, Span};
use crate::oracle::expected::{Case, judge};
use crate::suite::wire::Head;
use crate::suite::{Delivery, Exchange};

/// The key of a plain request: that of RFC 6455 §1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The field of the subprotocol that a server chose.
const PROTOCOL: &[u8] = b"sec-websocket-protocol";

/// The fields that say where content ends.
const FRAMING: [&[u8]; 2] = [b"content-length", b"transfer-encoding"];

/// The exchange with what its findings of some requirements are in, and all else plain. `None` where these are not violated by
/// that, so that there is nothing to ask.
pub(super) fn alone(case: &Case, requirements: &[RequirementId]) -> Option<Exchange> {
    let octets = &case.exchange.octets;
    let head = match case.exchange.role {
        Role::Server => Head::read(octets),
        Role::Client => Head::final_response(octets, None),
    };
    let lines: Vec<Span> = head.logical_lines().collect();
    let findings = &case.judged.judgement.as_ref()?.findings;
    let place = |finding: &Finding| lines.iter().position(|line| line.contains(&finding.span.start));
    let places: Vec<_> = findings.iter().filter(|its| requirements.contains(&its.requirement.id)).map(place).collect();
    let name = |line: &Span| name_of(&octets[line.clone()]);
    let mut touched: BTreeSet<Vec<u8>> =
        places.iter().flatten().filter(|at| **at > 0).map(|at| name(&lines[*at])).collect();
    // Where content ends is read from both fields (RFC 9112 §6.3).
    if FRAMING.iter().any(|its| touched.contains(*its)) {
        touched.extend(FRAMING.map(<[u8]>::to_vec));
    }
    let served = case.exchange.needs.resources.iter().flatten().next().map_or("/", String::as_str);
    let mut plain = plain_fields(&case.exchange);
    // A client that offers subprotocols may ask for the choice of one.
    if let (Role::Client, Some(first)) = (case.exchange.role, case.exchange.needs.protocols.first()) {
        let is_faulty = |at: usize| findings.iter().any(|its| its.kind() == Kind::Violated && place(its) == Some(at));
        let mut own = (1..lines.len()).filter(|&at| name(&lines[at]) == PROTOCOL).peekable();
        if own.peek().is_some() && !own.any(is_faulty) {
            touched.insert(PROTOCOL.to_vec());
        } else {
            plain.push((PROTOCOL, format!("Sec-WebSocket-Protocol: {first}\r\n").into_bytes()));
        }
    }
    let absent: Vec<&[u8]> =
        plain.iter().map(|(its, _)| *its).filter(|its| !lines.iter().skip(1).any(|line| name(line) == *its)).collect();
    let built = |left_out: &[&[u8]]| {
        let mut built = match lines.first() {
            Some(line) if places.contains(&Some(0)) => plainly_ended(&octets[line.clone()]),
            _ => start_line(case.exchange.role, served.as_bytes()),
        };
        let of = |wanted: &[u8]| -> Vec<u8> {
            lines
                .iter()
                .skip(1)
                .filter(|line| name(line) == wanted)
                .flat_map(|line| plainly_ended(&octets[line.clone()]))
                .collect()
        };
        for (its, line) in &plain {
            match its {
                its if touched.contains(*its) => built.extend(of(its)),
                its if left_out.contains(its) => {}
                _ => built.extend_from_slice(line),
            }
        }
        // In their own order, which matters to content.
        let is_other = |its: &[u8]| touched.contains(its) && !plain.iter().any(|(plain, _)| *plain == its);
        for line in lines.iter().skip(1).filter(|line| is_other(&name(line))) {
            built.extend(plainly_ended(&octets[line.clone()]));
        }
        built.extend_from_slice(b"\r\n");
        let mut delivery = Delivery::Whole;
        // What stands behind the head matters to content alone, in a read of its own where it was in one.
        if FRAMING.iter().any(|its| touched.contains(*its)) {
            let is_apart = |end| case.exchange.delivery.ends(octets.len()).contains(&end);
            if !head.after().is_empty() && head.end().is_some_and(is_apart) {
                delivery = Delivery::Split(vec![built.len()]);
            }
            built.extend_from_slice(head.after());
        }
        Exchange { octets: built, delivery, ..case.exchange.clone() }
    };
    // What is missing is in no line: some field that is not there.
    let mut ways = vec![Vec::new()];
    if places.contains(&None) {
        ways.extend(absent.iter().map(|its| vec![*its]));
        ways.push(absent.clone());
    }
    ways.into_iter().map(|left_out| built(&left_out)).find(|control| {
        let judged = judge(control).and_then(|judged| judged.judgement);
        judged.is_some_and(|judged| {
            requirements.iter().all(|id| judged.findings.iter().any(|finding| finding.requirement.id == *id))
        })
    })
}

/// A line that ends with CR LF: a bare LF is a choice, and no fault.
fn plainly_ended(line: &[u8]) -> Vec<u8> {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    [text.strip_suffix(b"\r").unwrap_or(text), b"\r\n"].concat()
}

/// The fields that a handshake needs, each with its plain line.
fn plain_fields(exchange: &Exchange) -> Vec<(&'static [u8], Vec<u8>)> {
    let sent = exchange.key.as_deref().filter(|_| exchange.role == Role::Client);
    let accept = sent.map(|key| accept_value(key.as_bytes())).unwrap_or_default();
    let fields: &[(&'static str, &str)] = match exchange.role {
        Role::Server => &[
            ("host", ""),
            ("upgrade", ""),
            ("connection", ""),
            ("sec-websocket-key", KEY),
            ("sec-websocket-version", ""),
        ],
        Role::Client => &[("upgrade", ""), ("connection", ""), ("sec-websocket-accept", &accept)],
    };
    let plain = |&(name, value): &(&'static str, &str)| {
        (name.as_bytes(), field_line(format!("{name}:{value}").as_bytes(), plain_host(exchange)))
    };
    fields.iter().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::requirements as r;

    /// A request with further lines, or others, behind the start-line.
    fn request(lines: &[&str]) -> Exchange {
        let octets = format!("GET /long?query HTTP/1.1\r\n{}\r\n\r\nbehind", lines.join("\r\n"));
        Exchange::new(Role::Server, octets)
    }

    fn shown(exchange: &Exchange, requirements: &[RequirementId]) -> Option<String> {
        let control = alone(&Case::judged(exchange.clone()).unwrap(), requirements)?;
        assert_eq!(control.delivery, Delivery::Whole);
        Some(String::from_utf8(control.octets).unwrap())
    }

    const HOST: &str = "Host: a";
    const UPGRADE: &str = "Upgrade: websocket";
    const CONNECTION: &str = "Connection: keep-alive, Upgrade";
    const SHORT: &str = "Sec-WebSocket-Key: c2hvcnQ=";
    const GOOD: &str = "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==";
    const VERSION: &str = "Sec-WebSocket-Version: 13";

    #[test]
    fn all_lines_of_a_faulty_field_stay_and_the_others_are_plain() {
        let two = request(&[HOST, UPGRADE, CONNECTION, GOOD, "X-Note: a", "sec-websocket-KEY: c2hvcnQ=", VERSION]);
        let control = shown(&two, &[r::RFC6455_4_2_1_KEY_LENGTH.id]).unwrap();
        assert_eq!(
            control,
            format!(
                "GET / HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{GOOD}\r\n\
                 sec-websocket-KEY: c2hvcnQ=\r\n{VERSION}\r\n\r\n"
            )
        );
        // A fault of another field is no part of it.
        let both = request(&["Host: a/b", UPGRADE, CONNECTION, SHORT, VERSION]);
        let control = shown(&both, &[r::RFC9112_3_2_HOST_INVALID.id]).unwrap();
        assert!(control.contains("Host: a/b\r\n") && !control.contains(SHORT), "{control}");
    }

    #[test]
    fn what_is_missing_is_left_out() {
        let control =
            shown(&request(&[UPGRADE, CONNECTION, SHORT, VERSION]), &[r::RFC6455_4_2_1_HOST_MISSING.id]).unwrap();
        assert!(!control.contains("Host") && control.contains("Sec-WebSocket-Key: dGhl"), "{control}");
        let neither = shown(&request(&[CONNECTION, GOOD, VERSION]), &[r::RFC6455_4_2_1_UPGRADE_MISSING.id]).unwrap();
        assert!(!neither.contains("Upgrade: ") && neither.contains("Host: server.example.com"), "{neither}");
    }

    #[test]
    fn content_keeps_both_fields_in_their_order_and_what_stands_behind() {
        let framed =
            request(&[HOST, UPGRADE, "Transfer-Encoding: chunked", CONNECTION, GOOD, VERSION, "Content-Length: x"]);
        let control = shown(&framed, &[r::RFC9112_6_3_BAD_CL.id]).unwrap();
        assert!(control.ends_with("Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\nbehind"), "{control}");
    }

    #[test]
    fn a_bare_line_feed_is_no_part_of_a_fault() {
        let octets = format!("GET / HTTP/1.1\r\n{HOST}\r\n{UPGRADE}\n{CONNECTION}\r\n{SHORT}\n{VERSION}\r\n\r\n");
        let control = shown(&Exchange::new(Role::Server, octets), &[r::RFC6455_4_2_1_KEY_LENGTH.id]).unwrap();
        assert!(control.contains(&format!("{SHORT}\r\n")), "{control}");
    }

    #[test]
    fn a_client_gets_the_subprotocol_that_it_waits_for() {
        let octets = "HTTP/1.1 101 Hi\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                      Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nsec-websocket-protocol: chat\r\n\r\n";
        let mut response = Exchange::new(Role::Client, octets);
        response.needs.protocols = vec!["chat".to_owned()];
        let control = shown(&response, &[r::RFC6455_4_1_RESP_ACCEPT_WRONG.id]).unwrap();
        assert!(control.contains("\r\nsec-websocket-protocol: chat\r\n") && control.contains("AAAAAAAA"), "{control}");
        response.octets = octets.replace(": chat", ": other").into_bytes();
        let control = shown(&response, &[r::RFC6455_4_1_RESP_ACCEPT_WRONG.id]).unwrap();
        assert!(control.contains("\r\nSec-WebSocket-Protocol: chat\r\n"), "{control}");
    }
}
