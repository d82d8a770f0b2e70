//! What the readings of both sides share: the head, its fields, and where findings go.

use super::fields::{Field, Fields};
use super::list::Members;
use crate::http::grammar::{is_but_for_foreign_letters, is_same, trim_beyond_ows};
use crate::http::{FieldLine, Head, Named, Side};
use crate::judgement::{Class, Decision, Finding, Requirement, Span, requirements as r};

/// From this many octets or lines on, a recipient may have had enough although the reference has not (RFC 9110 §5.4): our
/// numbers, no clause's, which stand in the register as `ours`.
pub(super) mod large {
    pub(in crate::handshake) const START_LINE: usize = 1000;
    pub(in crate::handshake) const TARGET: usize = 128;
    pub(in crate::handshake) const VALUE: usize = 128;
    pub(in crate::handshake) const LINES: usize = 12;
    pub(in crate::handshake) const EMPTY_MEMBERS: usize = 20;
    /// So many elements of an extension list are told each on its own.
    pub(in crate::handshake) const ELEMENTS: usize = 8;
}

/// The requirements of a side for what is read alike on both.
pub(super) struct Law {
    name_case: &'static Requirement,
    beyond_ows: &'static Requirement,
    ascii_fold: &'static Requirement,
    size: &'static Requirement,
}

const REQUEST: Law = Law {
    name_case: &r::RFC6455_4_2_1_FIELD_NAME_CASE,
    beyond_ows: &r::RFC9112_5_1_TRIM_ONLY_OWS,
    ascii_fold: &r::RFC6455_2_1_ASCII_FOLD_SERVER,
    size: &r::RFC9110_5_4_REQUEST_SIZE,
};

const RESPONSE: Law = Law {
    name_case: &r::RFC6455_4_1_RESP_FIELD_NAME_CASE,
    beyond_ows: &r::RFC9112_5_1_TRIM_ONLY_OWS_RESPONSE,
    ascii_fold: &r::RFC6455_2_1_ASCII_FOLD_CLIENT,
    size: &r::RFC9110_5_4_RESPONSE_SIZE,
};

/// Reads the fields of one head. `own` is what the side alone needs and makes.
pub(super) struct Judge<'j, 'h, S> {
    pub(super) head: &'j Head<'h>,
    pub(super) text: &'j [u8],
    pub(super) fields: Fields<'j>,
    pub(super) findings: &'j mut Vec<Finding>,
    law: &'static Law,
    pub(super) own: S,
}

impl<'j, 'h, S> Judge<'j, 'h, S> {
    pub(super) fn new(side: Side, head: &'j Head<'h>, findings: &'j mut Vec<Finding>, own: S) -> Self {
        let law = if side == Side::Request { &REQUEST } else { &RESPONSE };
        Judge { head, text: head.text(), fields: Fields::read(head, side), findings, law, own }
    }

    // Out of the way of what is read when there is nothing to report.
    #[cold]
    #[inline(never)]
    pub(super) fn report(
        &mut self,
        requirement: &'static Requirement,
        class: Class,
        span: Span,
        message: &'static str,
    ) {
        self.findings.push(Finding::new(requirement, class, span, message));
    }

    /// Reports what a recipient may refuse, and the reference does not.
    #[cold]
    #[inline(never)]
    pub(super) fn note(&mut self, requirement: &'static Requirement, class: Class, span: Span, message: &'static str) {
        let finding = Finding::new(requirement, class, span, message);
        self.findings.push(Finding { strict: Decision::Accept, ..finding });
    }

    /// Reports something of the element of a list that has this index: the first elements each, all others together.
    pub(super) fn report_element(
        &mut self,
        index: usize,
        requirement: &'static Requirement,
        class: Class,
        span: Span,
        message: &'static str,
    ) {
        match self.findings.last_mut() {
            Some(last) if index >= large::ELEMENTS && last.requirement == requirement => last.span.end = span.end,
            _ => self.report(requirement, class, span, message),
        }
    }

    pub(super) fn octets(&self, span: &Span) -> &'j [u8] {
        &self.text[span.clone()]
    }

    pub(super) fn lines(&self, field: Field) -> Named<'j> {
        self.fields.named(field)
    }

    #[inline]
    pub(super) fn name_case(&mut self, field: Field) {
        if let Some(span) = self.fields.name_in_other_case(field) {
            self.report(self.law.name_case, Class::FieldLine, span, "field name differs in letter case");
        }
    }

    /// Whether a member is the token but for octets around it that are no OWS, which is reported.
    pub(super) fn is_beyond_ows(&mut self, member: &Span, token: &[u8], class: Class) -> bool {
        let beyond = trim_beyond_ows(self.octets(member)).is_some_and(|inner| inner.eq_ignore_ascii_case(token));
        if beyond {
            self.report(self.law.beyond_ows, class, member.clone(), "non-OWS octet adjacent to the token");
        }
        beyond
    }

    /// Reports the first member that is the token but for letters which are not ASCII.
    pub(super) fn foreign_letters(&mut self, members: &Members, token: &[u8], class: Class) {
        let found = members.iter().find(|member| is_but_for_foreign_letters(self.octets(member), token));
        if let Some(member) = found.cloned() {
            self.report(self.law.ascii_fold, class, member, "only ASCII letters are compared without regard to case");
        }
    }

    /// Reports a field line, or a head of so many, that others may find too large; but for one field.
    pub(super) fn size(&mut self, but: Option<Field>) {
        let head = self.head;
        // With the whitespace around the value, but for the usual SP.
        let is_large = |field: &&FieldLine| {
            field.name.len() > large::VALUE || field.end.saturating_sub(field.colon + 2) > large::VALUE
        };
        let is_other =
            |field: &&FieldLine| but.is_none_or(|but| !is_same(self.octets(&field.name), but.name().as_bytes()));
        if let Some(field) = head.fields.iter().filter(is_large).find(is_other) {
            let message = "field that a recipient may find too long";
            self.report(self.law.size, Class::Size, field.line(), message);
        } else if head.fields.len() > large::LINES {
            let message = "more field lines than a recipient may wish to read";
            self.report(self.law.size, Class::Size, head.missing(), message);
        }
    }
}
