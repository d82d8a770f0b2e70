//! Step 1 of RFC 6455 §4.1: the status-line.

use super::Judge;
use crate::http::grammar::is_other_control;
use crate::http::start_line::{HttpVersion, Shape, StatusLine};
use crate::judgement::{Class, Span, requirements as r};

impl Judge<'_, '_> {
    #[inline(never)]
    pub(super) fn broken_status_line(&mut self) {
        let class = Class::StatusLine;
        let line = self.head.start_line.clone();
        if line.is_empty() {
            let first = self.head.end - 1..self.head.end;
            return self.report(&r::RFC6455_1_6_FOREIGN_SERVER, class, first, "no HTTP response begins like this");
        }
        let parts = self.own.line.clone();
        let version = self.octets(&parts.version);
        let code = self.octets(&parts.code);
        if version.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"HTTP/")) {
            let span = if parts.code.is_empty() { line } else { parts.code };
            self.report(&r::RFC9112_4_STATUS_LINE_GRAMMAR, class, span, "status code is not three digits");
        } else if code.len() == 3 && code.iter().all(u8::is_ascii_digit) {
            let message = "status-line of another protocol than HTTP";
            self.report(&r::RFC9112_2_3_RESPONSE_OTHER_VERSION, class, parts.version, message);
        } else {
            self.report(&r::RFC6455_1_6_FOREIGN_SERVER, class, line, "no HTTP response begins like this");
        }
    }

    /// The parts of the status-line, with a report on their form.
    pub(super) fn status_line_parts(&mut self) -> StatusLine {
        let class = Class::StatusLine;
        let line = self.head.start_line.clone();
        let parts = self.own.line.clone();
        if parts.shape == Shape::Spaced {
            let message = "status-line parts are not parted by one SP each";
            self.report(&r::RFC9112_4_STATUS_LINE_WS, class, line.clone(), message);
        }
        if !parts.spaced_code {
            let message = "no SP after the status code";
            self.report(&r::RFC9112_4_MISSING_SP, class, parts.code.clone(), message);
        }
        self.http_version(parts.version.clone());
        parts
    }

    /// Whether the status is 101, so that the rest of the head is a handshake.
    pub(super) fn status_line(&mut self) -> bool {
        let parts = self.status_line_parts();
        self.reason(parts.reason.clone());
        let status = parts.status(self.text);
        self.own.facts.status = Some(status);
        if status == 101 {
            return true;
        }
        if !self.head.is_whole() {
            return false;
        }
        let code = parts.code.clone();
        self.report(&r::RFC6455_4_1_RESP_STATUS_NOT_101, Class::Status, code.clone(), "status is not 101");
        if status == 401 {
            let message = "the server asks for authentication: not an open connection";
            self.report(&r::RFC6455_4_1_RESP_401, Class::Status, code, message);
        } else if !KNOWN_CODES.contains(&status) {
            let message = "status code that is not registered is not 101";
            self.report(&r::RFC9110_15_STATUS_CLASS, Class::Status, code, message);
        }
        false
    }

    pub(super) fn http_version(&mut self, span: Span) {
        if self.octets(&span) == b"HTTP/1.1" {
            return;
        }
        let class = Class::HttpVersion;
        let Some(version) = HttpVersion::read(self.octets(&span)) else {
            return self.report(&r::RFC9112_2_3_RESPONSE_OTHER_VERSION, class, span, "no HTTP version");
        };
        if !version.exact_case || !version.single_digits {
            let message = "HTTP version in a spelling that only RFC 2616 reads";
            self.report(&r::RFC9112_2_3_RESPONSE_VERSION_2616_FORMS, class, span.clone(), message);
        }
        if version.major == 1 && version.minor == 0 {
            self.report(&r::RFC9112_2_3_RESPONSE_HTTP10, class, span, "101 labelled HTTP/1.0");
        } else if version.major == 1 && version.minor > 1 {
            self.report(&r::RFC9112_2_3_RESPONSE_VERSION, class, span, "HTTP version above 1.1");
        } else if version.major == 0 {
            let message = "HTTP version without status lines";
            self.report(&r::RFC9112_2_3_RESPONSE_HTTP09, class, span, message);
        } else if version.major != 1 {
            let message = "HTTP version of another message syntax";
            self.report(&r::RFC9112_2_3_RESPONSE_HTTP2, class, span, message);
        }
    }

    pub(super) fn reason(&mut self, span: Span) {
        let reason = self.octets(&span);
        if reason.is_empty() || reason == b"Switching Protocols" {
            return;
        }
        let control = reason.iter().position(|&octet| octet == 0 || is_other_control(octet));
        if let Some(at) = control {
            let at = span.start + at;
            let message = "control octet in the reason phrase";
            self.report(&r::RFC9112_4_REASON_CTL, Class::StatusLine, at..at + 1, message);
        } else if self.own.facts.status.is_none() {
            let message = "reason phrase of its own, which means nothing";
            self.report(&r::RFC9112_4_REASON_IGNORED, Class::StatusLine, span, message);
        }
    }
}

/// The registered final status codes (RFC 9110 §15 and the registry that §16.2 names).
const KNOWN_CODES: [u16; 57] = [
    200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404,
    405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451,
    500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
];
