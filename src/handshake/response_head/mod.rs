//! What a client looks for in a response head, step by step (RFC 6455 §4.1), and what HTTP asks of it (RFC 9112).

mod accept;
mod agreements;
mod http;
mod line;
mod lists;

use crate::handshake::client::{Offer, Opening};
use crate::handshake::judge::{self, large};
use crate::http::start_line::{Shape, StatusLine};
use crate::http::{Head, Progress, Side};
use crate::judgement::{Class, Finding, Requirement};

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
    let mut judge = Judge::of(head, line, offer, findings);
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
        if judge.fields.may_repeat {
            judge.repeats();
        }
        judge.response_size();
    }
    judge.own.facts
}

/// Reports what an interim response should not have.
pub(super) fn judge_interim(head: &Head<'_>, line: &StatusLine, offer: &Offer, findings: &mut Vec<Finding>) {
    Judge::of(head, line, offer, findings).interim();
}

/// What a client alone needs and makes.
struct Response<'j> {
    line: &'j StatusLine,
    offer: &'j Offer,
    facts: Facts,
}

type Judge<'j, 'h> = judge::Judge<'j, 'h, Response<'j>>;

impl<'j, 'h> Judge<'j, 'h> {
    fn of(head: &'j Head<'h>, line: &'j StatusLine, offer: &'j Offer, findings: &'j mut Vec<Finding>) -> Self {
        Judge::new(Side::Response, head, findings, Response { line, offer, facts: Facts::default() })
    }

    fn absent(&mut self, class: Class, requirement: &'static Requirement, message: &'static str) {
        if self.head.is_whole() {
            self.report(requirement, class, self.head.missing(), message);
        }
    }
}
