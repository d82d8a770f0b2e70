//! What HTTP asks of a response beside: framing, spelling, size (RFC 9112, RFC 9110).

use super::{Judge, large};
use crate::handshake::fields::Field;
use crate::http::Side;
use crate::http::grammar::is_same;
use crate::judgement::{Class, Requirement, requirements as r};

/// Fields of a response that have one value (RFC 9110 §5.3, by the grammar of each).
const SINGLE: [&str; 10] = [
    "Age",
    "Content-Location",
    "Content-Type",
    "Date",
    "ETag",
    "Expires",
    "Last-Modified",
    "Location",
    "Retry-After",
    "Server",
];

/// Fields of which something else is said.
const OWN: [&str; 3] = ["Set-Cookie", "Content-Length", "Transfer-Encoding"];

impl Judge<'_, '_> {
    pub(super) fn interim(&mut self) {
        let parts = self.status_line_parts();
        self.own.facts.status = Some(parts.status(self.text));
        self.reason(parts.reason);
        self.response_size();
        let framed: [(&str, &'static Requirement, &'static str); 2] = [
            ("Content-Length", &r::RFC9110_8_6_NO_CL_IN_101, "an interim response has no Content-Length"),
            ("Transfer-Encoding", &r::RFC9112_6_1_NO_TE_IN_101, "an interim response has no Transfer-Encoding"),
        ];
        for (name, requirement, message) in framed {
            let span = self.fields.others(name).first().map(|line| line.line());
            if let Some(span) = span {
                self.report(requirement, Class::Body, span, message);
            }
        }
    }

    /// A field of one value on two lines: no clause tells a client to look.
    pub(super) fn repeats(&mut self) {
        let second = SINGLE.iter().find_map(|name| self.fields.others(name).second());
        if let Some(span) = second.map(|line| line.line()) {
            let message = "second line of a field that has one value";
            self.report(&r::RFC9110_5_3_SINGLETON_LINES_RESPONSE, Class::FieldLine, span, message);
        }
    }

    pub(super) fn framing(&mut self) {
        let framed = ["Content-Length", "Transfer-Encoding"].map(|name| self.fields.others(name).first());
        let span = framed.into_iter().flatten().next().map(|line| line.line());
        if let Some(span) = span {
            let message = "a 101 has no content to frame";
            self.report(&r::RFC9112_6_3_1XX_NO_BODY, Class::Body, span, message);
        }
    }

    /// Set-Cookie, and the first other field that the handshake has no use for.
    pub(super) fn other_fields(&mut self) {
        let class = Class::FieldLine;
        let head = self.head;
        if let Some(cookie) = self.fields.others("Set-Cookie").first() {
            self.report(&r::RFC6455_4_1_RESP_SET_COOKIE, class, cookie.name.clone(), "the 101 sets a cookie");
        }
        let unknown = head.fields.iter().find(|field| {
            let name = self.octets(&field.name);
            Field::read(name, Side::Response).is_none() && !OWN.iter().any(|its| is_same(name, its.as_bytes()))
        });
        if let Some(name) = unknown.map(|field| field.name.clone()) {
            let message = "field that the handshake has no use for";
            self.report(&r::RFC6455_4_1_RESP_UNKNOWN_FIELDS, class, name, message);
        }
    }

    pub(super) fn field_order(&mut self) {
        let first = self.head.fields.first().map(|field| field.name.clone());
        if let Some(name) = first.filter(|name| !is_same(self.octets(name), b"Upgrade")) {
            let message = "Upgrade is not the first field";
            self.report(&r::RFC6455_1_3_FIELD_ORDER_CLIENT, Class::FieldLine, name, message);
        }
    }

    pub(super) fn response_size(&mut self) {
        let reason = self.own.line.reason.clone();
        if reason.len() > large::VALUE {
            let message = "reason phrase that a client may find too long";
            return self.report(&r::RFC9110_5_4_RESPONSE_SIZE, Class::Size, reason, message);
        }
        // A value that the client offered is one that it can read.
        self.size(Some(Field::Protocol));
    }
}
