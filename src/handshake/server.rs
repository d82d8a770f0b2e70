//! The server: judges a request under a policy and writes the answer (RFC 6455 §4.2).

use super::accept::accept_octets;
use super::answer::{Accepted, Answer};
use super::bare_lf;
use super::refusal::{self, deciding};
use super::request_head::{self, Content, Facts};
use super::step::{Step, receive};
use crate::http::host::Authority;
use crate::http::{Head, HeadReader, Limits, Progress, Side};
use crate::judgement::{Class, Finding, Judgement, requirements as r};

/// What a server serves. The default serves every resource, authority and origin, without subprotocol and extension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    pub(crate) resources: Option<Vec<String>>,
    pub(crate) authorities: Option<Vec<String>>,
    pub(crate) origins: Option<Vec<String>>,
    pub(crate) protocols: Vec<String>,
    pub(crate) deflate: bool,
    pub(crate) secure: bool,
    pub(crate) limits: Limits,
}

impl Policy {
    /// Serves these resource names only: by their path, or by path and query where one of these has a query.
    pub fn resources(self, served: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Policy { resources: Some(served.into_iter().map(Into::into).collect()), ..self }
    }

    /// Serves these authorities only, each `host` or `host:port`.
    pub fn authorities(self, served: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Policy { authorities: Some(served.into_iter().map(Into::into).collect()), ..self }
    }

    /// Allows these origins only, `null` being one that can be named. A request without Origin is from no browser, and allowed.
    pub fn origins(self, allowed: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Policy { origins: Some(allowed.into_iter().map(Into::into).collect()), ..self }
    }

    /// Speaks these subprotocols, best first.
    pub fn protocols(self, spoken: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Policy { protocols: spoken.into_iter().map(Into::into).collect(), ..self }
    }

    /// Whether it agrees to permessage-deflate (RFC 7692).
    pub fn deflate(self, deflate: bool) -> Self {
        Policy { deflate, ..self }
    }

    /// Whether the connection is TLS, so that `https` targets and port 443 are its own.
    pub fn secure(self, secure: bool) -> Self {
        Policy { secure, ..self }
    }

    /// How much it reads.
    pub fn limits(self, limits: Limits) -> Self {
        Policy { limits, ..self }
    }

    /// The port of the scheme (RFC 6455 §3).
    pub(super) const fn default_port(&self) -> &'static [u8] {
        if self.secure { b"443" } else { b"80" }
    }

    pub(super) fn serves_authority(&self, asked: &Authority<'_>) -> bool {
        self.authorities.as_ref().is_none_or(|served| {
            served.iter().any(|served| {
                Authority::read(served.as_bytes()).is_some_and(|served| served.is_same(asked, self.default_port()))
            })
        })
    }

    /// Whether the resource name is served: the path decides, and the query where the list has one.
    pub(super) fn serves_resource(&self, resource: &[u8]) -> bool {
        self.resources.as_ref().is_none_or(|served| {
            // A fragment belongs to no resource name: that there is one is another question.
            let path = resource.split(|octet| matches!(octet, b'?' | b'#')).next().unwrap_or_default();
            served.iter().any(|served| served.as_bytes() == resource || served.as_bytes() == path)
        })
    }
}

/// The end of a handshake, for a server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerOutcome {
    /// Every finding.
    pub judgement: Judgement,
    /// What to send.
    pub answer: Answer,
    /// How many octets the head took: those behind it belong to whoever reads next.
    pub consumed: usize,
}

impl ServerOutcome {
    /// The finding that decided over a refusal; `None` after an acceptance.
    pub fn deciding(&self) -> Option<&Finding> {
        deciding(&self.judgement.findings)
    }

    /// Of the octets that were fed or judged, those after the head.
    pub fn rest<'o>(&self, octets: &'o [u8]) -> &'o [u8] {
        &octets[self.consumed..]
    }

    /// The open connection; `None` after a refusal.
    pub const fn accepted(&self) -> Option<&Accepted> {
        match &self.answer {
            Answer::Accept(accepted) => Some(accepted),
            Answer::Refuse(_) => None,
        }
    }
}

/// A server that reads one request, in any portions.
///
/// ```
/// use ws101::handshake::{Policy, Server};
///
/// let policy = Policy::default();
/// let server = Server::new(&policy);
/// let server = server.feed(b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\n").more().expect("no end yet");
/// let outcome = server.feed(b"\r\n").outcome().expect("the head is complete");
/// assert_eq!(outcome.answer.status(), 426);
/// ```
#[derive(Clone, Debug)]
pub struct Server<'p> {
    policy: &'p Policy,
    octets: Vec<u8>,
    reader: HeadReader,
}

impl<'p> Server<'p> {
    /// A server with the policy.
    #[inline]
    pub fn new(policy: &'p Policy) -> Self {
        let reader = HeadReader::new(Side::Request, policy.limits, 0);
        Server { policy, octets: Vec::new(), reader }
    }

    /// Takes octets that came in; gives the outcome as soon as it is certain. Octets after the head do not change it.
    #[inline]
    pub fn feed(mut self, octets: &[u8]) -> Step<Self, ServerOutcome> {
        receive(&mut self.octets, octets);
        match self.reader.read(&self.octets) {
            Progress::NeedMore => Step::More(self),
            progress => Step::Done { outcome: self.conclude(progress), octets: self.octets },
        }
    }

    /// Tells that the client's side of the connection has ended before there was an outcome.
    pub fn finish(mut self) -> ServerOutcome {
        let progress = self.reader.read(&self.octets);
        self.conclude(progress)
    }

    /// The octets that came in.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    fn conclude(&self, progress: Progress) -> ServerOutcome {
        let (judgement, facts) = self.policy.judge(&self.octets, &self.reader, progress);
        self.policy.answer(judgement, &facts, &self.octets)
    }
}

/// Judging and answering, wherever the octets are.
impl Policy {
    /// The judgement of the octets that a reader has come to an end with, or up to which it came.
    #[inline]
    fn judge(&self, octets: &[u8], reader: &HeadReader, progress: Progress) -> (Judgement, Facts) {
        let (mut judgement, facts) = self.read(octets, reader, progress);
        if let Some((at, as_text)) = bare_lf::other_reading(&judgement, &octets[..facts.consumed]) {
            let mut reader = HeadReader::new(Side::Request, self.limits, 0);
            let progress = reader.read(&as_text);
            let (other, _) = self.read(&as_text, &reader, progress);
            bare_lf::stop(&mut judgement, &other, at);
        }
        (judgement, facts)
    }

    fn read(&self, octets: &[u8], reader: &HeadReader, progress: Progress) -> (Judgement, Facts) {
        let mut judgement = Judgement::default();
        let findings = &mut judgement.findings;
        let (end, complete) = match progress {
            Progress::Complete(end) => (end, true),
            Progress::Broken(end) | Progress::StartLineTooLong(end) | Progress::TooLarge(end) => (end, false),
            Progress::NeedMore => (octets.len(), false),
        };
        let head = Head::read(Side::Request, octets, reader, end, complete, findings);
        let mut facts = request_head::judge(&head, self, progress, findings);
        facts.consumed = end;
        match progress {
            Progress::Complete(_) => {}
            Progress::Broken(_) => judgement.stopped = Some(end),
            Progress::StartLineTooLong(_) => {
                let message = "start-line is longer than this server reads";
                judgement.findings.push(Finding::new(
                    &r::RFC9112_3_414,
                    Class::Size,
                    head.start_line.start..end,
                    message,
                ));
                judgement.stopped = Some(end);
            }
            Progress::TooLarge(_) => {
                let message = "head is larger than this server reads";
                judgement.findings.push(Finding::new(&r::RFC9110_5_4_TOO_LARGE, Class::Size, end..end, message));
                judgement.stopped = Some(end);
            }
            Progress::NeedMore => {
                let (class, message) = (Class::Truncated, "head ends without its empty line");
                judgement.findings.push(Finding::new(&r::RFC9112_2_1_TRUNCATED_REQUEST, class, end..end, message));
                if let Some(fold) = head.blank_fold.clone() {
                    let message = "a line of whitespace is a fold, not the empty line that ends the head";
                    judgement.findings.push(Finding::new(&r::RFC9112_5_2_BLANK_FOLD_NOT_END, class, fold, message));
                }
            }
        }
        judgement.findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
        (judgement, facts)
    }

    #[inline]
    fn answer(&self, judgement: Judgement, facts: &Facts, octets: &[u8]) -> ServerOutcome {
        let answer = match deciding(&judgement.findings) {
            Some(ground) => refusal::refuse(ground, &octets[facts.method.clone()]),
            None => Answer::Accept(self.accept(facts, octets)),
        };
        ServerOutcome { judgement, answer, consumed: facts.consumed }
    }

    fn accept(&self, facts: &Facts, octets: &[u8]) -> Accepted {
        Accepted {
            resource: facts.resource.clone(),
            origin: facts.origin.clone(),
            accept: accept_octets(facts.key.as_ref().map_or(b"", |key| &octets[key.clone()])),
            protocol: facts.protocol.map(|place| self.protocols[place].clone()),
            // RFC 7692 §5
            deflate: facts.deflate.filter(|_| self.deflate).map(|offer| offer.agree()),
        }
    }
}

/// Judges octets that a client sent without waiting for an answer: the head, and what stands behind it. `None` where the
/// head is not at its end and `closed` does not tell that nothing more comes.
pub fn judge_request(octets: &[u8], closed: bool, policy: &Policy) -> Option<ServerOutcome> {
    let mut reader = HeadReader::new(Side::Request, policy.limits, 0);
    let progress = reader.read(octets);
    if progress == Progress::NeedMore && !closed {
        return None;
    }
    let (mut judgement, facts) = policy.judge(octets, &reader, progress);
    let behind = facts.consumed..octets.len();
    match (progress, facts.content) {
        (Progress::Complete(_), Content::None) if !behind.is_empty() => judgement.findings.push(Finding::new(
            &r::RFC6455_4_1_EARLY_OCTETS_SERVER,
            Class::Body,
            behind,
            "octets behind the head, sent before there was an answer",
        )),
        (Progress::Complete(_), Content::Octets(length)) if closed && length > behind.len() as u64 => {
            judgement.findings.push(Finding::new(
                &r::RFC9112_6_3_INCOMPLETE_CONTENT,
                Class::Body,
                behind,
                "fewer octets of content than Content-Length announces",
            ));
        }
        _ => {}
    }
    Some(policy.answer(judgement, &facts, octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_head_has_no_content_however_long_the_target_is() {
        for (method, has_content) in [("HEAD", false), ("GET", true)] {
            let request = format!("{method} /{} HTTP/1.1\r\n", "a".repeat(70_000));
            let outcome = judge_request(request.as_bytes(), false, &Policy::default()).expect("an outcome");
            let Answer::Refuse(refusal) = outcome.answer else { panic!("accepted") };
            assert_eq!((refusal.status, refusal.has_content), (414, has_content));
        }
    }

    #[test]
    fn what_came_is_kept_and_what_stands_behind_the_head_is_left_to_others() {
        let policy = Policy::default();
        let server = Server::new(&policy).feed(b"GET / HTTP/1.1\r\nHost: a\r\n").more().expect("no end yet");
        assert_eq!(server.octets(), b"GET / HTTP/1.1\r\nHost: a\r\n");
        let Step::Done { outcome, octets } = server.feed(b"\r\n\x81\x80abcd") else { panic!("no outcome") };
        assert_eq!(octets, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n\x81\x80abcd");
        assert_eq!(outcome.rest(&octets), b"\x81\x80abcd");
    }
}
