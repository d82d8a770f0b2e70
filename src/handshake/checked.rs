//! All that is to be said of octets that are at hand as a whole: past the limits of a reader, and what the reader does.

use super::client::{ClientOutcome, Offer, judge_response};
use super::refusal::deciding;
use super::server::{Policy, ServerOutcome, judge_request};
use crate::http::Limits;
use crate::judgement::{Class, Finding, Judgement, Kind};

/// What is permitted for all octets, beside what a reader with limits does with them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked<O> {
    /// Every finding in the octets, and that the reader has had enough of them, if it has.
    pub judgement: Judgement,
    /// How many octets the head takes, however large it is.
    pub consumed: usize,
    /// What the reader does, which stops at its limits.
    pub outcome: O,
}

impl<O> Checked<O> {
    /// The finding that decides over a refusal. That a reader had enough decides only where nothing is violated.
    pub fn deciding(&self) -> Option<&Finding> {
        let is_violated = self.judgement.of(Kind::Violated).next().is_some();
        deciding(self.judgement.findings.iter().filter(|finding| !is_violated || finding.class != Class::Size))
    }
}

/// Judges all octets of a client, which has sent them and nothing else.
pub fn check_request(octets: &[u8], policy: &Policy) -> Checked<ServerOutcome> {
    let judged = |policy: &Policy| {
        let outcome = judge_request(octets, true, policy).expect("octets that have ended have an outcome");
        (outcome.judgement.clone(), outcome.consumed, outcome)
    };
    checked(judged(policy), || judged(&policy.clone().limits(Limits::NONE)))
}

/// Judges all octets of a server, which has sent them and nothing else.
pub fn check_response(octets: &[u8], offer: &Offer, limits: Limits) -> Checked<ClientOutcome> {
    let judged = |limits| {
        let outcome = judge_response(octets, true, offer, limits).expect("octets that have ended have an outcome");
        (outcome.judgement.clone(), outcome.consumed, outcome)
    };
    checked(judged(limits), || judged(Limits::NONE))
}

type Judged<O> = (Judgement, usize, O);

fn checked<O>((judgement, consumed, outcome): Judged<O>, without_limits: impl FnOnce() -> Judged<O>) -> Checked<O> {
    // Where the judgement stopped is asked, not why: a second reading of a bare LF may have taken the limit out of it again.
    if judgement.stopped.is_none() {
        return Checked { judgement, consumed, outcome };
    }
    let (whole, consumed, _) = without_limits();
    let enough = judgement.findings.into_iter().filter(|finding| {
        let is_judged = whole.stopped.is_none_or(|stopped| finding.span.start <= stopped);
        is_judged && finding.class == Class::Size && finding.refuses()
    });
    let mut judgement = Judgement { findings: [whole.findings, enough.collect()].concat(), ..whole };
    judgement.findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    Checked { judgement, consumed, outcome }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::Permitted;

    const FIELDS: &str = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    #[test]
    fn a_violation_decides_before_a_limit_wherever_it_is() {
        let large = format!("X: {}\r\n", "a".repeat(66_000));
        let target = "a".repeat(66_000);
        for (octets, permitted, class, status) in [
            (format!("GET /{target} HTTP/1.1\r\n{FIELDS}\r\n"), Permitted::Either, Class::Size, 414),
            (format!("POST /{target} HTTP/1.1\r\n{FIELDS}\r\n"), Permitted::MustReject, Class::Method, 414),
            (format!("GET / HTTP/1.1\r\n{large}{FIELDS}\r\n"), Permitted::Either, Class::Size, 431),
            (format!("GET / HTTP/1.1\r\n{large}{FIELDS}Host: b\r\n\r\n"), Permitted::MustReject, Class::Host, 431),
            (format!("GET / HTTP/1.1\r\n{FIELDS}Host: b\r\n\r\n"), Permitted::MustReject, Class::Host, 400),
            (format!("GET / HTTP/1.1\r\n{large}{FIELDS}"), Permitted::MustReject, Class::Truncated, 431),
            // One of two readings of a bare LF has a second Host before the limit, both have one after it.
            (
                format!("GET / HTTP/1.1\r\nX: b\nHost: c\r\n{FIELDS}{large}Host: d\r\n\r\n"),
                Permitted::MustReject,
                Class::Host,
                400,
            ),
        ] {
            let checked = check_request(octets.as_bytes(), &Policy::default());
            let of = (checked.judgement.permitted(), checked.deciding().map(|finding| finding.class));
            assert_eq!(of, (permitted, Some(class)), "{}", &octets[..20]);
            assert_eq!((checked.outcome.answer.status(), checked.consumed), (status, octets.len()));
        }
    }

    #[test]
    fn a_client_is_told_of_all_octets_too() {
        let response = |fields: &str| {
            let large = format!("X: {}\r\n", "a".repeat(66_000));
            let octets = format!(
                "HTTP/1.1 101 Switching Protocols\r\n{large}Upgrade: websocket\r\n{fields}\
                 Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            );
            check_response(octets.as_bytes(), &Offer::of("dGhlIHNhbXBsZSBub25jZQ=="), Limits::default())
        };
        let (right, lacking) = (response("Connection: Upgrade\r\n"), response(""));
        let class = |checked: &Checked<ClientOutcome>| checked.deciding().map(|finding| finding.class);
        assert_eq!((right.judgement.permitted(), class(&right)), (Permitted::Either, Some(Class::Size)));
        assert_eq!((lacking.judgement.permitted(), class(&lacking)), (Permitted::MustReject, Some(Class::Connection)));
        assert!(right.outcome.opened.is_none());
    }
}
