//! What a client looks for in a response head, step by step (RFC 6455 §4.1), and what HTTP asks of it (RFC 9112).

mod accept;
mod agreements;
mod http;
mod line;
mod lists;

use crate::handshake::client::{Offer, Opening};
use crate::handshake::fields::{Field, Fields};
use crate::handshake::list::Members;
use crate::http::grammar::{is_but_for_foreign_letters, trim_beyond_ows};
use crate::http::start_line::{Shape, StatusLine};
use crate::http::{Head, Named, Progress, Side};
use crate::judgement::{Class, Decision, Finding, Requirement, Span, requirements as r};

/// From this many octets or lines on, a client may have had enough although the reference has not.
mod large {
    pub(super) const LINE: usize = 1000;
    pub(super) const HEAD: usize = 4096;
    pub(super) const LINES: usize = 50;
}

/// What the response says.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) status: Option<u16>,
    pub(super) opening: Opening,
}

/// Whether the status-line is that of an interim response other than 101 (RFC 9110 §15.2).
pub(super) fn is_interim(head: &Head<'_>, line: &StatusLine) -> bool {
    let status = line.status(head.text());
    matches!(line.shape, Shape::Exact | Shape::Spaced) && (100..200).contains(&status) && status != 101
}

/// Reports everything that the head departs from or makes unusual use of.
pub(super) fn judge(
    head: &Head<'_>,
    line: &StatusLine,
    offer: &Offer,
    progress: Progress,
    findings: &mut Vec<Finding>,
) -> Facts {
    let mut judge = Judge::new(head, line, offer, findings);
    if matches!(progress, Progress::Broken(_)) {
        judge.broken_status_line();
    } else if !head.start_line.is_empty() && judge.status_line() {
        judge.upgrade();
        judge.connection();
        judge.accept();
        judge.protocol();
        judge.extensions();
        if judge.fields.other.is_some() {
            judge.framing();
            judge.other_fields();
        }
        judge.field_order();
        if judge.fields.other.is_some() {
            judge.repeats();
        }
        judge.size();
    }
    judge.facts
}

/// Reports what an interim response should not have.
pub(super) fn judge_interim(head: &Head<'_>, line: &StatusLine, offer: &Offer, findings: &mut Vec<Finding>) {
    Judge::new(head, line, offer, findings).interim();
}

struct Judge<'j, 'h> {
    head: &'j Head<'h>,
    line: &'j StatusLine,
    text: &'j [u8],
    fields: Fields<'j>,
    offer: &'j Offer,
    findings: &'j mut Vec<Finding>,
    facts: Facts,
}

impl<'j, 'h> Judge<'j, 'h> {
    fn new(head: &'j Head<'h>, line: &'j StatusLine, offer: &'j Offer, findings: &'j mut Vec<Finding>) -> Self {
        let fields = Fields::read(head, Side::Response);
        Judge { head, line, text: head.text(), fields, offer, findings, facts: Facts::default() }
    }

    // Out of the way of what is read when there is nothing to report.
    #[cold]
    #[inline(never)]
    fn report(&mut self, requirement: &'static Requirement, class: Class, span: Span, message: &'static str) {
        self.findings.push(Finding::new(requirement, class, span, message));
    }

    #[cold]
    #[inline(never)]
    fn tolerate(&mut self, requirement: &'static Requirement, class: Class, span: Span, message: &'static str) {
        let finding = Finding::new(requirement, class, span, message);
        self.findings.push(Finding { strict: Decision::Accept, ..finding });
    }

    fn octets(&self, span: &Span) -> &'j [u8] {
        &self.text[span.clone()]
    }

    fn lines(&self, field: Field) -> Named<'j> {
        self.fields.named(field)
    }

    fn absent(&mut self, class: Class, requirement: &'static Requirement, message: &'static str) {
        if self.head.is_whole() {
            self.report(requirement, class, self.head.missing(), message);
        }
    }

    fn name_case(&mut self, field: Field) {
        if let Some(span) = self.fields.name_in_other_case(field) {
            let message = "field name in another case";
            self.report(&r::RFC6455_4_1_RESP_FIELD_NAME_CASE, Class::FieldLine, span, message);
        }
    }

    fn is_beyond_ows(&mut self, member: &Span, token: &[u8], class: Class) -> bool {
        let beyond = trim_beyond_ows(self.octets(member)).is_some_and(|inner| inner.eq_ignore_ascii_case(token));
        if beyond {
            let message = "octet beside the token that is no optional white space";
            self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS_RESPONSE, class, member.clone(), message);
        }
        beyond
    }

    fn non_ascii(&mut self, members: &Members, token: &[u8], class: Class) {
        let found = members.iter().find(|member| is_but_for_foreign_letters(self.octets(member), token));
        if let Some(member) = found.cloned() {
            let message = "only ASCII letters are folded in comparing";
            self.report(&r::RFC6455_2_1_ASCII_FOLD_CLIENT, class, member, message);
        }
    }
}
