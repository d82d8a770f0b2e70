//! What a server looks for in a request head, item by item (RFC 6455 §4.2.1), and what HTTP asks of it (RFC 9112).

mod host;
mod http;
mod key;
mod line;
mod lists;
mod offers;
mod origin;

use crate::handshake::deflate::Deflate;
use crate::handshake::fields::Field;
use crate::handshake::judge::{self, large};
use crate::handshake::server::Policy;
use crate::http::grammar::is_tchar;
use crate::http::head::{Break, Hidden};
use crate::http::{FieldLine, Head, Progress, Side};
use crate::judgement::{Class, Finding, Requirement, Span, requirements as r};

/// What a head announces behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Content {
    #[default]
    None,
    Octets(u64),
    /// Chunked, or what nobody can tell.
    Coded,
}

/// What the answer is made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) method: Span,
    pub(super) resource: Span,
    pub(super) key: Option<Span>,
    pub(super) origin: Option<Span>,
    /// The place in the policy of the best subprotocol of the server that was offered.
    pub(super) protocol: Option<usize>,
    /// The first offer of permessage-deflate that is valid.
    pub(super) deflate: Option<Deflate>,
    pub(super) content: Content,
    /// How many octets the head took.
    pub(super) consumed: usize,
}

/// Reports everything that the head departs from or makes unusual use of.
pub(super) fn judge(head: &Head<'_>, policy: &Policy, progress: Progress, findings: &mut Vec<Finding>) -> Facts {
    let mut judge = Judge::new(Side::Request, head, findings, Request { policy, facts: Facts::default() });
    if let Progress::StartLineTooLong(end) = progress {
        // Of a line without its end the method is known all the same: an answer to HEAD has no content.
        let text = &head.raw()[..end];
        let start = text.iter().position(|octet| !matches!(octet, b'\r' | b'\n')).unwrap_or(end);
        let method = text[start..].iter().take_while(|&&octet| is_tchar(octet)).count();
        judge.own.facts.method = start..start + method;
    } else if matches!(progress, Progress::Broken(_)) {
        let line = if head.start_line.is_empty() { head.end - 1..head.end } else { head.start_line.clone() };
        judge.broken_request_line(line);
    } else if !head.start_line.is_empty() {
        let authority = judge.request_line();
        judge.host(authority);
        judge.upgrade();
        judge.connection();
        judge.key();
        judge.version();
        judge.origin();
        judge.protocol();
        judge.extensions();
        if let Some(other) = judge.fields.other {
            judge.content();
            judge.expect();
            judge.other_field(other);
        }
        judge.field_order();
        if judge.fields.other.is_some() {
            judge.hop_by_hop();
        }
        if judge.fields.may_repeat {
            judge.repeats();
        }
        judge.size(None);
    }
    judge.own.facts
}

/// What a server alone needs and makes.
struct Request<'j> {
    policy: &'j Policy,
    facts: Facts,
}

type Judge<'j, 'h> = judge::Judge<'j, 'h, Request<'j>>;

impl<'j> Judge<'j, '_> {
    /// Reports a field that is not there, unless it may stand where nothing was read.
    fn absent(&mut self, field: Field, class: Class, requirement: &'static Requirement, message: &'static str) {
        if !self.head.is_whole() {
            return;
        }
        self.report(requirement, class, self.head.missing(), message);
        match self.head.hidden(field.name()) {
            None => {}
            Some((Hidden::WhiteLine, span)) => {
                let message = "a line led by whitespace before the first field never counts";
                self.report(&r::RFC9112_2_2_WS_LINE_NOT_USED, class, span, message);
            }
            Some((Hidden::BehindBareCr, span)) => {
                let message = "no field begins after a bare CR";
                self.report(&r::RFC9112_2_2_BARE_CR_NOT_LINE_END, class, span, message);
            }
        }
    }

    fn broken_inside(&mut self, value: Span, class: Class) {
        if let Some((kind, span)) = self.head.break_in(value) {
            match kind {
                Break::Nul => {
                    let message = "NUL in a value that the handshake needs";
                    self.report(&r::RFC9110_5_5_NUL_IN_REQUIRED_FIELD, class, span, message);
                }
                Break::Fold => {
                    let message = "fold in the middle of a value that the handshake needs";
                    self.report(&r::RFC9112_5_2_OBS_FOLD_SPLITS_VALUE, class, span, message);
                }
            }
        }
    }

    fn other_case(&mut self, first: &FieldLine, mut lines: impl Iterator<Item = &'j FieldLine>, class: Class) {
        let first = self.octets(&first.name);
        if let Some(other) = lines.find(|line| self.octets(&line.name) != first) {
            let message = "repeated field whose name differs in letter case";
            self.report(&r::RFC9110_5_1_DUPLICATE_IN_OTHER_CASE, class, other.name.clone(), message);
        }
    }

    fn ows(&mut self, line: &FieldLine, class: Class, requirement: &'static Requirement) {
        if let Some(span) = line.unusual_ows(self.text) {
            self.report(requirement, class, span, "OWS around the value other than one SP before it");
        }
    }
}
