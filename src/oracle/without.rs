//! The same exchange without some legal but unusual features: the control of a generated exchange.
//!
//! A peer that refuses a must-accept exchange on a known ground has to accept it once the ground is gone (see the ledger), and
//! what it must reject it then has to refuse in the form that is due.
//! The edit works on octets, so that it serves vectors, corpus and generated exchanges alike.

use super::judged::judge;
use crate::judgement::{Requirement, RequirementId, Role, Span, requirements as r};
use crate::suite::Exchange;

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
    let at = span.start.min(octets.len().saturating_sub(1));
    let line = logical_line(octets, at);
    let text = &octets[line.clone()];
    let is = |one: &Requirement| requirement == one;
    let is_interim = is(&r::RFC9110_15_2_INTERIM);
    let replacement = if is_interim || is(&r::RFC9112_2_2_LEADING_CRLF) {
        Vec::new()
    } else if is(&r::RFC6455_4_2_1_FIELD_ORDER) || is(&r::RFC6455_1_3_FIELD_ORDER_CLIENT) {
        return move_up(exchange);
    } else if is(&r::RFC6455_2_1_ASCII_FOLD_SERVER) || is(&r::RFC6455_2_1_ASCII_FOLD_CLIENT) {
        return spell_otherwise(&mut exchange.octets[span.clone()]);
    } else if is_start_line(octets, line.start) {
        start_line(exchange.role, text)
    } else {
        let plain = field_line(text, plain_host(exchange));
        return if plain.is_empty() { drop(exchange.octets.drain(line)) } else { say_plainly(exchange, &line, plain) };
    };
    // An interim response goes with its fields.
    let end = if is_interim { head_end(octets, line.start) } else { line.end };
    exchange.octets.splice(line.start..end, replacement);
}

/// The line around an offset with its line end, with the lines that fold it.
fn logical_line(octets: &[u8], at: usize) -> Span {
    let mut start = line_start(octets, at);
    while start > 0 && matches!(octets[start], b' ' | b'\t') {
        start = line_start(octets, start - 1);
    }
    let mut end = line_end(octets, start);
    while matches!(octets.get(end), Some(b' ' | b'\t')) {
        end = line_end(octets, end);
    }
    start..end
}

fn line_start(octets: &[u8], at: usize) -> usize {
    octets[..at].iter().rposition(|&octet| octet == b'\n').map_or(0, |feed| feed + 1)
}

fn line_end(octets: &[u8], from: usize) -> usize {
    octets[from..].iter().position(|&octet| octet == b'\n').map_or(octets.len(), |feed| from + feed + 1)
}

/// Behind the first empty line from an offset on.
fn head_end(octets: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < octets.len() {
        let end = line_end(octets, at);
        if octets[at..end].trim_ascii().is_empty() {
            return end;
        }
        at = end;
    }
    octets.len()
}

/// Whether a line is the first one that is not empty, or stands behind the empty line of an interim response.
fn is_start_line(octets: &[u8], start: usize) -> bool {
    let before = &octets[..start];
    before.iter().all(|octet| matches!(octet, b'\r' | b'\n'))
        || before.ends_with(b"\n\r\n")
        || before.ends_with(b"\n\n")
}

fn start_line(role: Role, line: &[u8]) -> Vec<u8> {
    match role {
        Role::Client => b"HTTP/1.1 101 Switching Protocols\r\n".to_vec(),
        Role::Server => {
            let target = line.split(|octet| octet.is_ascii_whitespace()).filter(|part| !part.is_empty()).nth(1);
            let target = target.unwrap_or(b"/");
            let path = match target.windows(3).position(|window| window == b"://") {
                None => target,
                Some(at) => {
                    let behind = &target[at + 3..];
                    behind.iter().position(|&octet| octet == b'/').map_or(b"/".as_slice(), |slash| &behind[slash..])
                }
            };
            let path = path.split(|&octet| octet == b'?').next().unwrap_or_default();
            [b"GET ", path, b" HTTP/1.1\r\n"].concat()
        }
    }
}

/// Puts what nobody takes for a letter in the place of those that are not ASCII.
fn spell_otherwise(octets: &mut [u8]) {
    octets.iter_mut().filter(|octet| !octet.is_ascii()).for_each(|octet| *octet = b'-');
}

/// Puts one plain line in the place of all lines of a name in the head of the line, and takes out what Connection named for
/// this hop.
fn say_plainly(exchange: &mut Exchange, line: &Span, plain: Vec<u8>) {
    let name =
        |line: &[u8]| line.split(|&octet| octet == b':').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    let own = name(&exchange.octets[line.clone()]);
    let goes = |its: &[u8]| its == own || own == b"connection" && matches!(its, b"keep-alive" | b"te");
    let mut place = None;
    // Before the head of the line may stand that of an interim response.
    let mut at = exchange.octets[..line.start].windows(3).rposition(|end| end == b"\n\r\n").map_or(0, |end| end + 3);
    let mut kept = exchange.octets[..at].to_vec();
    while at < exchange.octets.len() {
        // Behind the head of the line stands nothing of it.
        let is_over = at > line.end && exchange.octets[..at].ends_with(b"\n\r\n");
        let other = if is_over { at..exchange.octets.len() } else { logical_line(&exchange.octets, at) };
        let text = &exchange.octets[other.clone()];
        let its = name(text);
        if is_over || !goes(&its) {
            kept.extend_from_slice(text);
        } else if its == own && place.is_none() {
            place = Some(kept.len());
        }
        at = other.end;
    }
    let place = place.unwrap_or(kept.len());
    kept.splice(place..place, plain);
    exchange.octets = kept;
}

/// The Host of a request that nobody takes offence at: an authority that is served.
fn plain_host(exchange: &Exchange) -> &str {
    exchange.needs.authorities.iter().flatten().next().map_or("server.example.com", String::as_str)
}

/// A field of the handshake in its plain spelling; nothing for a field that the handshake does not need.
fn field_line(line: &[u8], host: &str) -> Vec<u8> {
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
fn move_up(exchange: &mut Exchange) {
    let name: &[u8] = if exchange.role == Role::Server { b"host:" } else { b"upgrade:" };
    let octets = &exchange.octets;
    let mut at = 0;
    while at < octets.len() && octets[at..line_end(octets, at)].trim_ascii().is_empty() {
        at = line_end(octets, at);
    }
    let behind_start_line = line_end(octets, at);
    at = behind_start_line;
    while at < octets.len() {
        let line = logical_line(octets, at);
        if octets[line.clone()].get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            let moved: Vec<u8> = exchange.octets.drain(line).collect();
            exchange.octets.splice(behind_start_line..behind_start_line, moved);
            return;
        }
        at = line.end;
    }
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
