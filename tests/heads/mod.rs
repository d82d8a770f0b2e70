//! Heads of which there is nothing to say, and what is said of those that depart from them in a line.
// Each test has use for some of it.
#![allow(dead_code)]

use ws101::handshake::{Limits, Offer, Policy, judge_request, judge_response};
use ws101::judgement::Judgement;

pub(crate) const REQUEST: [&str; 6] = [
    "GET /chat HTTP/1.1",
    "Host: server.example",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
];

pub(crate) const RESPONSE: [&str; 4] = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];

/// The head with the lines in place of those of their names, the others behind. A line with a version is the start-line.
pub(crate) fn with(base: &[&str], text: &str) -> String {
    let name = |line: &str| line.replace(['⟦', '⟧'], "").split(':').next().unwrap_or_default().to_ascii_lowercase();
    let mut lines: Vec<String> = base.iter().map(|line| (*line).to_owned()).collect();
    let is_start_line = text.to_ascii_uppercase().contains("HTTP/");
    let at = if is_start_line { Some(0) } else { (1..lines.len()).find(|&at| name(&lines[at]) == name(text)) };
    match at {
        Some(at) => lines[at] = text.to_owned(),
        None => lines.push(text.to_owned()),
    }
    lines.iter().map(|line| format!("{line}\r\n")).collect::<String>() + "\r\n"
}

/// Whether the text is a head, not a line of one.
pub(crate) fn is_whole(text: &str) -> bool {
    text.contains("HTTP/") && text.contains(": ")
}

/// A server of one subprotocol that agrees to permessage-deflate.
pub(crate) fn policy() -> Policy {
    Policy::default().protocols(["chat"]).deflate(true)
}

/// What the client asked for to which `RESPONSE` is the answer.
pub(crate) fn offer() -> Offer {
    Offer::of("dGhlIHNhbXBsZSBub25jZQ==")
}

/// The judgement of all that a client sent.
pub(crate) fn of_request(octets: &[u8], policy: &Policy) -> Judgement {
    judge_request(octets, true, policy).expect("an outcome").judgement
}

/// The judgement of all that a server sent.
pub(crate) fn of_response(octets: &[u8], offer: &Offer) -> Judgement {
    judge_response(octets, true, offer, Limits::default()).expect("an outcome").judgement
}
