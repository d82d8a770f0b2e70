//! What HTTP asks of a request beside: content, expectations, spelling, size (RFC 9110, RFC 9112).

use super::{Content, Judge};
use crate::handshake::fields::Field;
use crate::http::Side;
use crate::http::content;
use crate::http::content::{Coding, Length};
use crate::http::grammar::is_same;
use crate::http::head::members;
use crate::judgement::{Class, requirements as r};

/// Fields about the message itself, which no recipient passes over.
const FRAMING: [&str; 4] = ["Content-Length", "Transfer-Encoding", "Expect", "Trailer"];

/// Fields of a request that have one value and that the handshake does not use (RFC 9110 §5.3, by the grammar of each).
const SINGLE: [&str; 8] =
    ["Authorization", "Content-Type", "Date", "From", "Max-Forwards", "Proxy-Authorization", "Referer", "User-Agent"];

impl Judge<'_, '_> {
    pub(super) fn content(&mut self) {
        let class = Class::Body;
        let mut length = content::length(self.text, self.fields.others("Content-Length"));
        let coding = content::coding(self.text, self.fields.others("Transfer-Encoding"));
        match &length {
            Length::Absent => {}
            Length::Invalid(span) => {
                self.report(&r::RFC9112_6_3_BAD_CL, class, span.clone(), "Content-Length is not a single number");
            }
            Length::Octets { number, repeated, span } => {
                if *repeated {
                    let message = "Content-Length written more than once";
                    self.report(&r::RFC9112_6_3_CL_IDENTICAL_LIST, class, span.clone(), message);
                }
                match number {
                    Some(0) => self.report(&r::RFC9110_9_3_1_CL_ZERO, class, span.clone(), "Content-Length: 0"),
                    // Beyond 32 bits, where counters wrap.
                    Some(number) if *number < 1 << 32 => {
                        self.report(&r::RFC9110_9_3_1_GET_CONTENT_SERVER, class, span.clone(), "content on the GET");
                    }
                    _ => {
                        let message = "Content-Length is too large";
                        self.report(&r::RFC9110_8_6_CL_OVERFLOW, class, span.clone(), message);
                    }
                }
            }
        }
        let coded = match coding {
            Coding::Absent => None,
            Coding::Chunked(span) => {
                self.report(&r::RFC9110_9_3_1_GET_CONTENT_SERVER, class, span.clone(), "chunked content on the GET");
                Some(span)
            }
            Coding::Unknown(span) => {
                self.report(&r::RFC9112_6_1_TE_UNKNOWN, class, span.clone(), "transfer coding that is not known");
                Some(span)
            }
            Coding::Repeated(span) => {
                let message = "chunked is applied more than once";
                self.report(&r::RFC9112_6_1_CHUNKED_TWICE, class, span.clone(), message);
                Some(span)
            }
            Coding::Parameter(span) => {
                let message = "chunked has a parameter";
                self.report(&r::RFC9112_7_1_CHUNKED_PARAMETER, class, span.clone(), message);
                Some(span)
            }
            Coding::Empty(span) => {
                let message = "Transfer-Encoding is empty";
                self.report(&r::RFC9112_6_3_TE_EMPTY, class, span.clone(), message);
                Some(span)
            }
            Coding::Endless(span) => {
                let message = "Transfer-Encoding does not end in chunked";
                self.report(&r::RFC9112_6_3_TE_BAD_FINAL, class, span.clone(), message);
                Some(span)
            }
        };
        if let Some(span) = coded {
            if length != Length::Absent {
                let message = "Content-Length and Transfer-Encoding together";
                self.report(&r::RFC9112_6_1_CL_AND_TE, class, span, message);
            }
            self.own.facts.content = Content::Coded;
            length = Length::Absent;
        }
        match length {
            Length::Octets { number, .. } if number != Some(0) => {
                self.own.facts.content = Content::Octets(number.unwrap_or(u64::MAX));
            }
            Length::Invalid(_) => self.own.facts.content = Content::Coded,
            _ => {}
        }
    }

    pub(super) fn expect(&mut self) {
        let found = self.fields.others("Expect").first().map(|line| line.value.clone());
        if let Some(value) = found {
            if self.octets(&value).eq_ignore_ascii_case(b"100-continue") {
                let (requirement, message) = match self.own.facts.content {
                    Content::None => {
                        let message = "100-continue is expected, and the request has no content";
                        (&r::RFC9110_10_1_1_EXPECT_NO_CONTENT, message)
                    }
                    Content::Octets(_) | Content::Coded => (&r::RFC9110_7_8_EXPECT_ORDER, "100-continue is expected"),
                };
                self.report(requirement, Class::Body, value, message);
            } else {
                self.report(&r::RFC9110_10_1_1_EXPECT_UNKNOWN, Class::Body, value, "expectation that is not defined");
            }
        }
    }

    /// The first field that the handshake has no use for and that does not frame the message. `from` is the place of the first one
    /// that is no field of the handshake.
    pub(super) fn other_field(&mut self, from: usize) {
        let fields = &self.head.fields[from..];
        let unknown = fields.iter().enumerate().find(|(place, field)| {
            let name = self.octets(&field.name);
            let is_framing = FRAMING.iter().any(|its| is_same(name, its.as_bytes()));
            !is_framing && (*place == 0 || Field::read(name, Side::Request).is_none())
        });
        if let Some(name) = unknown.map(|(_, field)| field.name.clone()) {
            let message = "field that the handshake has no use for";
            self.report(&r::RFC6455_4_2_1_UNKNOWN_FIELDS, Class::FieldLine, name, message);
        }
    }

    pub(super) fn field_order(&mut self) {
        let first = self.head.fields.first().map(|field| field.name.clone());
        if let Some(name) = first.filter(|name| !self.octets(name).eq_ignore_ascii_case(b"Host")) {
            self.report(&r::RFC6455_4_2_1_FIELD_ORDER, Class::FieldLine, name, "Host is not the first field");
        }
    }

    /// A field of one value on two lines: no clause tells a server to look.
    pub(super) fn repeats(&mut self) {
        let cookies = self.fields.others("Cookie").second().map(|line| line.line());
        if let Some(span) = cookies {
            self.report(&r::RFC6265_5_4_COOKIE_LINES, Class::FieldLine, span, "duplicate Cookie line");
        }
        let second = SINGLE.iter().find_map(|name| self.fields.others(name).second());
        if let Some(span) = second.map(|line| line.line()) {
            let message = "second line of a field that has one value";
            self.report(&r::RFC9110_5_3_SINGLETON_LINES_REQUEST, Class::FieldLine, span, message);
        }
    }

    /// Fields that are for the next recipient alone have to be named in Connection (RFC 9110 §7.6.1).
    pub(super) fn hop_by_hop(&mut self) {
        let head = self.head;
        let is_named =
            |name: &str| members(head, "Connection").any(|option| is_same(self.octets(&option), name.as_bytes()));
        let unnamed = ["TE", "Keep-Alive"].into_iter().filter_map(|name| {
            let field = self.fields.others(name).first()?;
            (!is_named(name)).then(|| field.name.clone())
        });
        if let Some(name) = unnamed.min_by_key(|name| name.start) {
            let message = "connection-specific field that Connection does not name";
            self.report(&r::RFC9110_7_6_1_LIST_HOP_BY_HOP, Class::FieldLine, name, message);
        }
    }
}
