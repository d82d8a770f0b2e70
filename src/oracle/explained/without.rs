//! The same exchange without some legal but unusual features: the control of a generated exchange.
//!
//! A peer that refuses a must-accept exchange on a known ground has to accept it once the ground is gone (see the ledger), and
//! what it must reject it then has to refuse in the form that is due.
//! The edit works on octets, so that it serves vectors, corpus and generated exchanges alike.

use crate::judgement::{Requirement, RequirementId, Role, Span, requirements as r};
use crate::oracle::expected::judge;
use crate::suite::Exchange;
use crate::suite::wire::Head;

/// The exchange with every feature that is cited by one of the requirements written plainly or taken out. `None` where that
/// cannot be done line by line.
pub fn without(exchange: &Exchange, requirements: &[RequirementId]) -> Option<Exchange> {
    let mut plain = exchange.clone();
    // Each round settles at least one line; a head has no more findings than this.
    for _ in 0..64 {
        let judgement = judge(&plain)?.judgement?;
        let cited = judgement.findings.iter().find(|finding| requirements.contains(&finding.requirement.id));
        let Some(finding) = cited else {
            return Some(plain);
        };
        let before = plain.octets.clone();
        rewrite(&mut plain, &finding.span, finding.requirement);
        if plain.octets == before {
            return None;
        }
    }
    None
}

fn rewrite(exchange: &mut Exchange, span: &Span, requirement: &Requirement) {
    let octets = &exchange.octets;
    let head = head_at(octets, span.start);
    let lines: Vec<Span> = head.logical_lines().collect();
    let is = |one: &Requirement| requirement == one;
    if is(&r::RFC6455_4_2_1_FIELD_ORDER) || is(&r::RFC6455_1_3_FIELD_ORDER_CLIENT) {
        return move_up(exchange, &lines);
    }
    if is(&r::RFC6455_2_1_ASCII_FOLD_SERVER) || is(&r::RFC6455_2_1_ASCII_FOLD_CLIENT) {
        return spell_otherwise(&mut exchange.octets[span.clone()]);
    }
    let (place, plain) = match lines.iter().position(|line| line.contains(&span.start)) {
        _ if is(&r::RFC9112_2_2_LEADING_CRLF) => (span.start..head.start(), Vec::new()),
        // An interim response goes with its fields.
        _ if is(&r::RFC9110_15_2_INTERIM) => (head.start()..head.end().unwrap_or(octets.len()), Vec::new()),
        None => return,
        Some(0) => (lines[0].clone(), start_line(exchange.role, head.request_line().target)),
        Some(at) => {
            let plain = field_line(&octets[lines[at].clone()], plain_host(exchange));
            if !plain.is_empty() {
                return say_plainly(&mut exchange.octets, &lines[1..], &lines[at], plain);
            }
            (lines[at].clone(), plain)
        }
    };
    exchange.octets.splice(place, plain);
}

/// The head that an offset lies in, or the last one: before the final response may stand interim ones.
fn head_at(octets: &[u8], at: usize) -> Head<'_> {
    let mut head = Head::read(octets);
    while head.end().is_some_and(|end| end <= at)
        && let Some(next) = head.next_response()
    {
        head = next;
    }
    head
}

pub(super) fn start_line(role: Role, target: &[u8]) -> Vec<u8> {
    match role {
        Role::Client => b"HTTP/1.1 101 Switching Protocols\r\n".to_vec(),
        Role::Server => {
            let path = match target.windows(3).position(|window| window == b"://") {
                None if target.is_empty() => b"/",
                None => target,
                Some(at) => {
                    let behind = &target[at + 3..];
                    behind.iter().position(|&octet| octet == b'/').map_or(b"/".as_slice(), |slash| &behind[slash..])
                }
            };
            let path = match path.split(|&octet| octet == b'?').next().unwrap_or_default() {
                b"" => b"/",
                path => path,
            };
            [b"GET ", path, b" HTTP/1.1\r\n"].concat()
        }
    }
}

/// Puts what nobody takes for a letter in the place of those that are not ASCII.
fn spell_otherwise(octets: &mut [u8]) {
    octets.iter_mut().filter(|octet| !octet.is_ascii()).for_each(|octet| *octet = b'-');
}

/// Puts one plain line in the place of all lines of the name of a line in its head, and takes out what Connection named for
/// this hop.
fn say_plainly(octets: &mut Vec<u8>, lines: &[Span], line: &Span, mut plain: Vec<u8>) {
    let own = name_of(&octets[line.clone()]);
    let mut kept = Vec::new();
    for line in lines {
        let text = &octets[line.clone()];
        match name_of(text) {
            its if its == own => kept.append(&mut plain),
            its if own == b"connection" && matches!(&its[..], b"keep-alive" | b"te") => {}
            _ => kept.extend_from_slice(text),
        }
    }
    octets.splice(lines[0].start..lines[lines.len() - 1].end, kept);
}

/// The name of a field line, in lower case.
pub(super) fn name_of(line: &[u8]) -> Vec<u8> {
    line.split(|&octet| octet == b':').next().unwrap_or_default().trim_ascii().to_ascii_lowercase()
}

/// The Host of a request that nobody takes offence at: an authority that is served.
pub(super) fn plain_host(exchange: &Exchange) -> &str {
    exchange.needs.authorities.iter().flatten().next().map_or("server.example.com", String::as_str)
}

/// A field of the handshake in its plain spelling; nothing for a field that the handshake does not need.
pub(super) fn field_line(line: &[u8], host: &str) -> Vec<u8> {
    let Some(colon) = line.iter().position(|&octet| octet == b':') else { return Vec::new() };
    let value: Vec<u8> = line[colon + 1..].iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
    let value = value.trim_ascii();
    let plain = match line[..colon].trim_ascii().to_ascii_lowercase().as_slice() {
        b"host" => [b"Host: ", host.as_bytes()].concat(),
        b"upgrade" => b"Upgrade: websocket".to_vec(),
        b"connection" => b"Connection: Upgrade".to_vec(),
        b"sec-websocket-key" => [b"Sec-WebSocket-Key: ", value].concat(),
        b"sec-websocket-accept" => [b"Sec-WebSocket-Accept: ", value].concat(),
        b"sec-websocket-version" => b"Sec-WebSocket-Version: 13".to_vec(),
        _ => return Vec::new(),
    };
    [plain, b"\r\n".to_vec()].concat()
}

/// Moves the field that usually comes first to the place behind the start-line.
fn move_up(exchange: &mut Exchange, lines: &[Span]) {
    let name: &[u8] = if exchange.role == Role::Server { b"host:" } else { b"upgrade:" };
    let is_it = |line: &&Span| {
        exchange.octets[(*line).clone()].get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let Some(line) = lines.iter().skip(1).find(is_it) else { return };
    exchange.octets[lines[1].start..line.end].rotate_right(line.len());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::Permitted;

    #[test]
    fn a_line_is_written_plainly_in_its_own_head() {
        let interim = "HTTP/1.1 100 Continue\r\nConnection: Upgrade\r\n\r\n";
        let response = |connection: &str| {
            let octets = format!(
                "{interim}HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: {connection}\r\n\
                 Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nConnection: x"
            );
            Exchange::new(Role::Client, octets)
        };
        let plain = without(&response("Upgrade, keep-alive"), &[r::RFC6455_4_1_RESP_CONNECTION_LIST.id]);
        assert_eq!(plain, Some(response("Upgrade")));
    }

    #[test]
    fn a_letter_beyond_ascii_gives_way_to_none() {
        let request = |connection: &[u8]| {
            let before = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: ".as_slice();
            let behind = b"\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
            Exchange::new(Role::Server, [before, connection, behind].concat())
        };
        let ids = [r::RFC6455_2_1_ASCII_FOLD_SERVER.id];
        let plain = without(&request(b"Upgr\xe1de, \xdcpgrade, \xe1"), &ids).expect("a control");
        assert_eq!(plain, request(b"Upgr-de, -pgrade, \xe1"));
        let judged = judge(&plain).expect("known needs").judgement.expect("a whole head");
        assert_eq!(judged.permitted(), Permitted::MustReject);
    }
}
