//! Item 1 of RFC 6455 §4.2.1: the request-line.

use super::{Judge, large};
use crate::http::host::Authority;
use crate::http::start_line::{HttpVersion, RequestLine, Shape};
use crate::http::target;
use crate::http::target::{Misfit, Target};
use crate::judgement::{Class, Span, requirements as r};

impl Judge<'_, '_> {
    #[inline(never)]
    pub(super) fn broken_request_line(&mut self, line: Span) {
        let parts = RequestLine::read(self.text, line.clone());
        self.own.facts.method = parts.method.clone();
        let is_cut = self.head.raw().get(line.end) == Some(&b'\n') && self.octets(&parts.method) == b"GET";
        let is_short = parts.shape == Shape::NoVersion || parts.method.end == line.end;
        if is_cut && is_short {
            let message = "bare LF before the HTTP version";
            return self.report(&r::RFC9112_3_LF_IN_REQUEST_LINE, Class::RequestLine, line.end..line.end + 1, message);
        }
        match parts.shape {
            // HTTP/0.9 had no other method.
            Shape::NoVersion if self.octets(&parts.method).eq_ignore_ascii_case(b"GET") => {
                self.report(
                    &r::RFC6455_4_2_1_HTTP09,
                    Class::HttpVersion,
                    parts.target,
                    "request-line has no HTTP version",
                );
            }
            Shape::TooMany => self.report(
                &r::RFC6455_4_2_1_WORD_AFTER_VERSION,
                Class::HttpVersion,
                parts.version.start..line.end,
                "text after the HTTP version",
            ),
            _ => {
                self.report(
                    &r::RFC9112_2_2_BAD_GRAMMAR_400,
                    Class::RequestLine,
                    line.clone(),
                    "not an HTTP/1.1 request",
                );
                // Item 1 asks for a GET request of HTTP/1.1: what is no request-line at all is none.
                if self.octets(&parts.method) == b"GET" {
                    self.http_version(parts.method.end..line.end);
                } else {
                    self.method(parts.method);
                }
            }
        }
    }

    pub(super) fn request_line(&mut self) -> Option<Span> {
        let line = self.head.start_line.clone();
        let parts = self.head.request_line();
        if parts.shape == Shape::Spaced {
            let message = "request-line parts are not parted by one SP each";
            self.report(&r::RFC9112_3_REQUEST_LINE_SP, Class::RequestLine, line.clone(), message);
        }
        if parts.target.len() > large::TARGET {
            let message = "request-target that a server may find too long";
            self.report(&r::RFC9110_5_4_REQUEST_SIZE, Class::Size, parts.target.clone(), message);
        }
        if line.len() + 2 > large::START_LINE {
            let message = "request-line is long: a server should read 8000 octets";
            self.report(&r::RFC9112_3_REQUEST_LINE_LENGTH, Class::RequestLine, line, message);
        }
        self.method(parts.method);
        self.http_version(parts.version);
        match parts.shape {
            Shape::WideTarget => {
                let message = "whitespace in the request-target";
                self.report(&r::RFC9112_3_2_NO_WS_IN_TARGET, Class::Target, parts.target, message);
                None
            }
            Shape::NoTarget => {
                let span = parts.target.start - 1..parts.target.end + 1;
                self.report(&r::RFC9112_3_2_1_TARGET_NO_SLASH, Class::Target, span, "request-target is empty");
                None
            }
            _ => self.target(parts.target),
        }
    }

    /// A target without a resource name: where there are several services it names none of them.
    fn nameless(&mut self, span: Span) {
        if self.own.policy.resources.is_some() {
            let message = "request-target names no service";
            self.report(&r::RFC6455_4_2_2_RESOURCE_UNAVAILABLE, Class::Target, span, message);
        }
    }

    pub(super) fn method(&mut self, span: Span) {
        let method = self.octets(&span);
        if method != b"GET" {
            if method.eq_ignore_ascii_case(b"GET") {
                self.report(
                    &r::RFC6455_4_2_1_METHOD_CASE,
                    Class::Method,
                    span.clone(),
                    "methods are case-sensitive: not GET",
                );
            } else {
                self.report(&r::RFC6455_4_2_1_METHOD, Class::Method, span.clone(), "method is not GET");
            }
        }
        self.own.facts.method = span;
    }

    pub(super) fn http_version(&mut self, span: Span) {
        if self.octets(&span) == b"HTTP/1.1" {
            return;
        }
        let class = Class::HttpVersion;
        let Some(version) = HttpVersion::read(self.octets(&span)) else {
            return self.report(&r::RFC6455_4_2_1_HTTP_VERSION_SHAPE, class, span, "no HTTP version");
        };
        if version.is_below_1_1() {
            self.report(&r::RFC6455_4_2_1_HTTP10, class, span.clone(), "HTTP version is below 1.1");
        } else if version.major >= 2 {
            let message = "HTTP version of another message syntax";
            self.report(&r::RFC6455_4_2_1_HTTP2_ON_H1, class, span.clone(), message);
        } else if version.minor > 1 {
            self.report(&r::RFC6455_4_2_1_HTTP12, class, span.clone(), "HTTP version above 1.1");
        }
        if !version.exact_case {
            let message = "name of the HTTP version is not in uppercase";
            self.report(&r::RFC6455_4_2_1_HTTP_VERSION_CASE, class, span.clone(), message);
        }
        if !version.single_digits {
            let message = "HTTP version has more than one digit on a side";
            self.report(&r::RFC6455_4_2_1_HTTP_VERSION_DIGITS, class, span, message);
        }
    }

    /// Judges the target; gives the authority of an absolute one.
    pub(super) fn target(&mut self, span: Span) -> Option<Span> {
        let class = Class::Target;
        let is_get = self.octets(&self.own.facts.method.clone()) == b"GET";
        self.own.facts.resource = span.clone();
        let mut named = None;
        match Target::read(self.text, span.clone()) {
            Target::Origin => {
                if let Some(query) = self.octets(&span).iter().position(|&octet| octet == b'?') {
                    let query = span.start + query..span.end;
                    if query.len() == 1 {
                        let message = "question mark without a query after it";
                        self.report(&r::RFC6455_3_EMPTY_QUERY, class, query.clone(), message);
                    }
                    self.report(&r::RFC6455_4_2_1_TARGET_ORIGIN_FORM, class, query, "request-target has a query");
                }
                self.misfits(span);
            }
            Target::Absolute { scheme, authority, resource } => {
                self.own.facts.resource = resource.clone();
                named = self.absolute(span, scheme, authority, resource);
            }
            Target::Asterisk | Target::Authority => {
                if is_get {
                    let message = "this form of request-target does not belong to GET";
                    self.report(&r::RFC6455_4_2_1_TARGET_OTHER_FORMS, class, span.clone(), message);
                    self.nameless(span);
                }
                return None;
            }
            Target::Other => {
                let message = "request-target does not begin with a slash";
                self.report(&r::RFC9112_3_2_1_TARGET_NO_SLASH, class, span, message);
                return None;
            }
        }
        let resource = self.own.facts.resource.clone();
        let name = target::resource_name(self.octets(&resource));
        if !self.own.policy.serves_resource(&name) {
            let message = "no WebSocket service has this resource name";
            self.report(&r::RFC6455_4_2_2_RESOURCE_UNAVAILABLE, class, resource, message);
        } else if self.own.policy.resources.is_none() && name.starts_with(b"/.well-known/") {
            let message = "well-known path, which a server may not serve";
            self.report(&r::RFC8307_1_WELL_KNOWN, class, resource, message);
        }
        named
    }

    pub(super) fn misfits(&mut self, span: Span) {
        for misfit in target::misfits(self.text, span) {
            match misfit {
                Misfit::Fragment(span) => {
                    self.report(
                        &r::RFC6455_4_2_1_TARGET_FRAGMENT,
                        Class::Target,
                        span,
                        "fragment in the request-target",
                    );
                }
                Misfit::Octets(span) => {
                    let message = "octets in the request-target that no URI holds";
                    self.report(&r::RFC6455_4_2_1_TARGET_BAD_CHARS, Class::Target, span, message);
                }
            }
        }
    }

    #[inline(never)]
    pub(super) fn absolute(
        &mut self,
        span: Span,
        scheme: Span,
        authority: Option<Span>,
        resource: Span,
    ) -> Option<Span> {
        let class = Class::Target;
        let name = self.octets(&scheme);
        match name.to_ascii_lowercase().as_slice() {
            b"http" => {}
            b"https" if self.own.policy.secure => {}
            b"https" => {
                let message = "https target on a connection without TLS";
                self.report(&r::RFC9110_7_4_HTTPS_TARGET_ON_CLEARTEXT, class, scheme.clone(), message);
            }
            b"ws" | b"wss" => {
                let message = "absolute target with a ws scheme: only http and https are described";
                self.report(&r::RFC6455_4_2_1_TARGET_WS_ABSOLUTE, class, scheme.clone(), message);
            }
            _ => {
                let message = "scheme of the request-target is neither http nor https";
                self.report(&r::RFC6455_4_2_1_TARGET_FOREIGN_SCHEME, class, scheme.clone(), message);
                return None;
            }
        }
        let mut folded = name.iter().any(u8::is_ascii_uppercase);
        self.report(&r::RFC6455_4_2_1_TARGET_ABSOLUTE_FORM, class, span.clone(), "request-target in absolute form");
        self.misfits(resource.clone());
        let Some(authority) = authority else {
            let message = "http URI without an authority";
            self.report(&r::RFC6455_4_2_1_TARGET_OTHER_FORMS, class, span, message);
            return None;
        };
        if authority.is_empty() {
            self.report(&r::RFC9110_4_2_1_ABSOLUTE_EMPTY_HOST, class, span, "http URI without a host");
            return None;
        }
        let octets = self.octets(&authority);
        let mut host = authority.clone();
        if let Some(at) = octets.iter().rposition(|&octet| octet == b'@') {
            let userinfo = authority.start..authority.start + at + 1;
            self.report(&r::RFC9110_4_2_4_TARGET_USERINFO, class, userinfo, "userinfo in the request-target");
            host.start = authority.start + at + 1;
        }
        match Authority::read(self.octets(&host)) {
            None => {
                let message = "octets in the authority that no URI holds";
                self.report(&r::RFC6455_4_2_1_TARGET_BAD_CHARS, class, host, message);
                return None;
            }
            Some(Authority { host: b"", .. }) => {
                self.report(&r::RFC9110_4_2_1_ABSOLUTE_EMPTY_HOST, class, host, "http URI without a host");
                return None;
            }
            Some(read) => {
                folded |= read.has_capitals();
                self.unusable(&read, class, host.clone());
            }
        }
        if folded {
            let message = "uppercase in the scheme or the host of the request-target";
            self.report(&r::RFC9110_4_2_3_HOST_SCHEME_CASE, class, scheme.start..host.end, message);
        }
        if !self.octets(&resource).starts_with(b"/") {
            let message = "empty path in an absolute target means the path /";
            self.report(&r::RFC9110_4_2_3_ABSOLUTE_EMPTY_PATH, class, host.end..host.end, message);
        }
        Some(host)
    }
}
