//! What a server looks for in a request head, item by item (RFC 6455 §4.2.1), and what HTTP asks of it (RFC 9112).

use super::extension::{ExtensionList, Fault};
use super::list::List;
use super::server::Policy;
use super::{deflate, key};
use crate::http::content::{self, Coding, Length};
use crate::http::grammar::{is_ows, is_token, list_members, number, trim_beyond_ows};
use crate::http::head::{Break, Hidden};
use crate::http::host::{Authority, Form};
use crate::http::start_line::{HttpVersion, RequestLine, Shape};
use crate::http::target::{self, Misfit, Target};
use crate::http::{FieldLine, Head, Progress};
use crate::judgement::requirements as r;
use crate::judgement::{Class, Decision, Finding, Requirement, Span};

/// From this many octets or lines on, a recipient may have had enough although the reference has not.
mod large {
    pub(super) const REQUEST_LINE: usize = 1000;
    pub(super) const LINE: usize = 1024;
    pub(super) const HEAD: usize = 4096;
    pub(super) const LINES: usize = 50;
    pub(super) const EMPTY_MEMBERS: usize = 20;
}

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
    pub(super) protocols: Vec<String>,
    pub(super) extensions: Option<ExtensionList>,
    pub(super) content: Content,
}

/// Reports everything that the head departs from or makes unusual use of.
pub(super) fn judge(head: &Head<'_>, policy: &Policy, progress: Progress, findings: &mut Vec<Finding>) -> Facts {
    let mut judge = Judge { head, text: head.text(), policy, findings, facts: Facts::default() };
    let whole_line = !head.start_line.is_empty() && !matches!(progress, Progress::StartLineTooLong(_));
    if matches!(progress, Progress::Broken(_)) {
        let line = if head.start_line.is_empty() { head.end - 1..head.end } else { head.start_line.clone() };
        judge.broken_request_line(line);
    } else if whole_line {
        let authority = judge.request_line();
        judge.host(authority);
        judge.upgrade();
        judge.connection();
        judge.key();
        judge.version();
        judge.origin();
        judge.protocol();
        judge.extensions();
        judge.content();
        judge.expect();
        judge.spelling();
        judge.size();
    }
    judge.facts
}

struct Judge<'j, 'h> {
    head: &'j Head<'h>,
    text: &'j [u8],
    policy: &'j Policy,
    findings: &'j mut Vec<Finding>,
    facts: Facts,
}

impl<'j> Judge<'j, '_> {
    fn report(&mut self, requirement: &'static Requirement, class: Class, span: Span, message: &'static str) {
        self.findings.push(Finding::new(requirement, class, span, message));
    }

    fn tolerate(&mut self, requirement: &'static Requirement, class: Class, span: Span, message: &'static str) {
        let finding = Finding::new(requirement, class, span, message);
        self.findings.push(Finding { strict: Decision::Accept, ..finding });
    }

    fn octets(&self, span: &Span) -> &'j [u8] {
        &self.text[span.clone()]
    }

    // Item 1: the request-line.

    fn broken_request_line(&mut self, line: Span) {
        let parts = RequestLine::read(self.text, line.clone());
        self.facts.method = parts.method.clone();
        match parts.shape {
            Shape::NoTarget => self.report(
                &r::RFC9112_3_2_1_TARGET_NO_SLASH,
                Class::Target,
                parts.target.start - 1..parts.target.end + 1,
                "request-target is empty",
            ),
            Shape::NoVersion => {
                self.report(
                    &r::RFC6455_4_2_1_HTTP09,
                    Class::HttpVersion,
                    parts.target,
                    "request-line has no HTTP version",
                );
            }
            Shape::TooMany => self.report(
                &r::RFC9112_3_2_NO_WS_IN_TARGET,
                Class::Target,
                parts.target,
                "white space in the request-target, or text behind the HTTP version",
            ),
            Shape::Exact | Shape::Spaced | Shape::Other => self.report(
                &r::RFC9112_2_2_BAD_GRAMMAR_400,
                Class::RequestLine,
                line,
                "no HTTP/1.1 request begins like this",
            ),
        }
    }

    fn request_line(&mut self) -> Option<Span> {
        let line = self.head.start_line.clone();
        let parts = RequestLine::read(self.text, line.clone());
        if parts.shape == Shape::Spaced {
            let message = "request-line parts are not parted by one SP each";
            self.report(&r::RFC9112_3_REQUEST_LINE_SP, Class::RequestLine, line.clone(), message);
        }
        if line.len() + 2 > large::REQUEST_LINE {
            let message = "request-line is long: a server should read 8000 octets";
            self.report(&r::RFC9112_3_REQUEST_LINE_LENGTH, Class::RequestLine, line, message);
        }
        self.method(parts.method);
        self.http_version(parts.version);
        self.target(parts.target)
    }

    fn method(&mut self, span: Span) {
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
        self.facts.method = span;
    }

    fn http_version(&mut self, span: Span) {
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
            let message = "name of the HTTP version is not in capitals";
            self.report(&r::RFC6455_4_2_1_HTTP_VERSION_CASE, class, span.clone(), message);
        }
        if !version.single_digits {
            let message = "HTTP version has more than one digit on a side";
            self.report(&r::RFC6455_4_2_1_HTTP_VERSION_DIGITS, class, span, message);
        }
    }

    /// Judges the target; gives the authority of an absolute one.
    fn target(&mut self, span: Span) -> Option<Span> {
        let class = Class::Target;
        let is_get = self.octets(&self.facts.method.clone()) == b"GET";
        self.facts.resource = span.clone();
        let mut named = None;
        match Target::read(self.text, span.clone()) {
            Target::Origin => {
                if let Some(query) = self.octets(&span).iter().position(|&octet| octet == b'?') {
                    let query = span.start + query..span.end;
                    self.report(&r::RFC6455_4_2_1_TARGET_ORIGIN_FORM, class, query, "request-target has a query");
                }
                self.misfits(span);
            }
            Target::Absolute { scheme, authority, resource } => {
                self.facts.resource = resource.clone();
                named = self.absolute(span, scheme, authority, resource);
            }
            Target::Asterisk | Target::Authority if is_get => {
                let message = "this form of request-target does not belong to GET";
                self.report(&r::RFC6455_4_2_1_TARGET_OTHER_FORMS, class, span, message);
            }
            Target::Asterisk | Target::Authority => {}
            Target::Other => {
                let message = "request-target does not begin with a slash";
                self.report(&r::RFC9112_3_2_1_TARGET_NO_SLASH, class, span, message);
            }
        }
        let resource = self.facts.resource.clone();
        let octets = if resource.is_empty() { b"/".as_slice() } else { self.octets(&resource) };
        if !self.policy.serves_resource(octets) {
            let message = "no WebSocket service has this resource name";
            self.report(&r::RFC6455_4_2_2_RESOURCE_UNAVAILABLE, class, resource, message);
        }
        named
    }

    fn misfits(&mut self, span: Span) {
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

    fn absolute(&mut self, span: Span, scheme: Span, authority: Option<Span>, resource: Span) -> Option<Span> {
        let class = Class::Target;
        let name = self.octets(&scheme);
        match name.to_ascii_lowercase().as_slice() {
            b"http" => {}
            b"https" if self.policy.secure => {}
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
        let Some(authority) = authority.filter(|authority| !authority.is_empty()) else {
            self.report(&r::RFC9110_4_2_1_ABSOLUTE_EMPTY_HOST, class, span, "http URI without a host");
            return None;
        };
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
                folded |= read.host.iter().any(u8::is_ascii_uppercase);
                if read.form() == Form::Unusable {
                    self.report(&r::RFC9112_3_2_HOST_UNUSABLE, class, host.clone(), "nobody has this host and port");
                }
            }
        }
        if folded {
            let message = "capitals in the scheme or the host of the request-target";
            self.report(&r::RFC9110_4_2_3_HOST_SCHEME_CASE, class, scheme.start..host.end, message);
        }
        if resource.first_is_not(self.text, b'/') {
            let message = "empty path in an absolute target means the path /";
            self.report(&r::RFC9110_4_2_3_ABSOLUTE_EMPTY_PATH, class, host.end..host.end, message);
        }
        Some(host)
    }

    // Item 2: Host.

    fn host(&mut self, named: Option<Span>) {
        let class = Class::Host;
        let lines = self.lines("Host");
        let Some(first) = lines.first() else {
            return self.absent("Host", class, &r::RFC6455_4_2_1_HOST_MISSING, "there is no Host");
        };
        if let Some(second) = lines.get(1) {
            let line = second.line.clone();
            self.report(&r::RFC9112_3_2_HOST_DUPLICATE, class, line, "second Host line");
            self.other_case(&lines, class);
        }
        self.name_case(first, "Host");
        for line in &lines {
            self.host_value(&line.value, named.as_ref());
        }
    }

    fn host_value(&mut self, value: &Span, named: Option<&Span>) {
        let class = Class::Host;
        let octets = self.octets(value);
        if octets.is_empty() {
            let message = "Host is empty";
            return self.report(&r::RFC6455_4_2_1_HOST_EMPTY, class, value.clone(), message);
        }
        let Some(authority) = Authority::read(octets) else {
            self.broken_inside(value.clone(), class);
            return self.report(
                &r::RFC9112_3_2_HOST_INVALID,
                class,
                value.clone(),
                "Host is no host with an optional port",
            );
        };
        if authority.host.is_empty() {
            let message = "Host has a port and no host";
            return self.report(&r::RFC6455_4_2_1_HOST_EMPTY, class, value.clone(), message);
        }
        match authority.form() {
            Form::Plain => {}
            Form::Literal => {
                let message = "Host is an IP literal or has an empty port";
                self.report(&r::RFC9110_7_2_HOST_VALID_FORMS, class, value.clone(), message);
            }
            Form::Odd => {
                let message = "Host is a registered name that is no DNS name";
                self.report(&r::RFC9112_3_2_HOST_ODD_REGNAME, class, value.clone(), message);
            }
            Form::Unusable => {
                self.report(&r::RFC9112_3_2_HOST_UNUSABLE, class, value.clone(), "nobody has this host and port");
            }
        }
        if authority.host.iter().any(u8::is_ascii_uppercase) {
            self.report(&r::RFC9110_4_2_3_HOST_SCHEME_CASE, class, value.clone(), "capitals in Host");
        }
        let mut asked = authority;
        if let Some(span) = named
            && let Some(target) = Authority::read(self.octets(span))
        {
            if !target.is_same(&authority, self.policy.default_port()) {
                let message = "Host differs from the authority of the request-target, which counts";
                self.report(&r::RFC9112_3_2_2_ABSOLUTE_OVERRIDES_HOST, class, value.clone(), message);
            }
            asked = target;
        }
        if !self.policy.serves_authority(&asked) {
            let message = "authority is not one of this server";
            self.report(&r::RFC6455_4_2_1_HOST_AUTHORITY, class, value.clone(), message);
        }
    }

    // Items 3 and 4: Upgrade and Connection.

    fn upgrade(&mut self) {
        let class = Class::Upgrade;
        let head = self.head;
        let Some(list) = List::read(head, "Upgrade") else {
            return self.absent("Upgrade", class, &r::RFC6455_4_2_1_UPGRADE_MISSING, "there is no Upgrade");
        };
        let found = list.matching(self.text, "websocket").next().cloned();
        if let Some(member) = found {
            if self.octets(&member) != b"websocket" {
                self.report(&r::RFC6455_4_2_1_UPGRADE_CASE, class, member, "websocket is not in lower case");
            }
            if list.members.len() > 1 {
                let message = "websocket is one of several protocols";
                self.report(&r::RFC6455_4_2_1_UPGRADE_LIST, class, list.whole.clone(), message);
            }
            self.list_habits(&list, class, true);
        } else {
            let versioned = list.members.iter().find(|member| {
                self.octets(member).get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"websocket/"))
            });
            if let Some(member) = versioned.cloned() {
                let message = "websocket has a protocol version, which RFC 6455 does not define";
                self.report(&r::RFC6455_4_2_1_UPGRADE_VERSION_SUFFIX, class, member, message);
                self.list_habits(&list, class, true);
            } else {
                let message = "Upgrade does not name websocket";
                self.report(&r::RFC6455_4_2_1_UPGRADE_OTHER, class, list.whole.clone(), message);
                self.near_miss(&list.members, b"websocket", class);
                self.broken_inside(list.whole.clone(), class);
            }
        }
        self.name_case_of("Upgrade");
    }

    fn connection(&mut self) {
        let class = Class::Connection;
        let head = self.head;
        let Some(list) = List::read(head, "Connection") else {
            return self.absent("Connection", class, &r::RFC6455_4_2_1_CONNECTION_MISSING, "there is no Connection");
        };
        let found = list.matching(self.text, "upgrade").next().cloned();
        if let Some(member) = found {
            if self.octets(&member) != b"Upgrade" {
                let message = "the Upgrade option is in another case";
                self.report(&r::RFC6455_4_2_1_CONNECTION_CASE, class, member, message);
            }
            if list.members.len() > 1 {
                let message = "Upgrade is one of several connection options";
                self.report(&r::RFC6455_4_2_1_CONNECTION_LIST, class, list.whole.clone(), message);
            }
            self.list_habits(&list, class, false);
        } else {
            let message = "Connection does not have the option Upgrade";
            self.report(&r::RFC6455_4_2_1_CONNECTION_NO_TOKEN, class, list.whole.clone(), message);
            self.near_miss(&list.members, b"upgrade", class);
            self.broken_inside(list.whole.clone(), class);
        }
        if let Some(member) = list.matching(self.text, "close").next().cloned() {
            let message = "Connection has close beside Upgrade";
            self.report(&r::RFC6455_4_2_1_CONNECTION_CLOSE, class, member, message);
        }
        let named = list.members.iter().find(|member| {
            HANDSHAKE_FIELDS.iter().any(|name| {
                !matches!(*name, "Upgrade" | "Connection") && self.octets(member).eq_ignore_ascii_case(name.as_bytes())
            })
        });
        if let Some(member) = named.cloned() {
            let message = "Connection names a field of the handshake";
            self.report(&r::RFC6455_4_2_1_CONNECTION_NAMES_HANDSHAKE_FIELDS, class, member, message);
        }
        self.name_case_of("Connection");
    }

    fn list_habits(&mut self, list: &List, class: Class, with_version: bool) {
        if let Some(second) = list.second.clone() {
            self.report(&r::RFC9110_5_2_COMBINED_VALUE, class, second, "list over several field lines");
        }
        if let Some(empty) = list.empty.clone() {
            let message = "empty list member";
            self.report(&r::RFC9110_5_6_1_2_ACCEPT_EMPTY_ELEMENTS, class, empty.clone(), message);
            if list.empties > large::EMPTY_MEMBERS {
                let message = "more empty list members than a recipient has to bear";
                self.tolerate(&r::RFC9110_5_4_TOO_LARGE, Class::Size, empty, message);
            }
        }
        if let Some(member) = list.malformed(self.text, with_version).cloned() {
            let message = "list member that is no token beside the one needed";
            self.report(&r::RFC9110_7_6_1_MALFORMED_LIST_MEMBER, class, member, message);
        }
    }

    /// Says why a member that looks like the token is not the token.
    fn near_miss(&mut self, members: &[Span], token: &[u8], class: Class) {
        for member in members {
            let octets = self.octets(member);
            let beyond = trim_beyond_ows(octets).is_some_and(|inner| inner.eq_ignore_ascii_case(token));
            if beyond {
                let message = "octet beside the token that is no optional white space";
                return self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS, class, member.clone(), message);
            }
            if octets.iter().any(|octet| !octet.is_ascii()) {
                let message = "only ASCII letters are folded in comparing";
                return self.report(&r::RFC6455_2_1_ASCII_FOLD_SERVER, class, member.clone(), message);
            }
        }
    }

    // Item 5: the key.

    fn key(&mut self) {
        let class = Class::Key;
        let name = "Sec-WebSocket-Key";
        let lines = self.lines(name);
        let Some(first) = lines.first() else {
            return self.absent(name, class, &r::RFC6455_4_2_1_KEY_MISSING, "there is no Sec-WebSocket-Key");
        };
        if let Some(second) = lines.get(1) {
            let line = second.line.clone();
            self.report(&r::RFC6455_11_3_1_KEY_ONCE_SERVER, class, line, "second Sec-WebSocket-Key line");
            self.other_case(&lines, class);
        }
        self.name_case(first, name);
        for line in &lines {
            let value = line.value.clone();
            let octets = self.octets(&value);
            for (requirement, span, message) in key::faults(octets) {
                let span = value.start + span.start..value.start + span.end;
                self.report(requirement, class, span, message);
            }
            if octets.contains(&b',') && lines.len() == 1 {
                let message = "comma in the key, as where two lines were joined";
                self.report(&r::RFC6455_11_3_1_KEY_ONCE_SERVER, class, value.clone(), message);
            }
            if trim_beyond_ows(octets).is_some_and(|inner| key::faults(inner).is_empty()) {
                let message = "octet beside the key that is no optional white space";
                self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS, class, value.clone(), message);
            }
            self.broken_inside(value, class);
        }
        self.blanks(first, class, &r::RFC6455_4_2_1_KEY_OWS);
        self.facts.key = Some(first.value.clone());
    }

    // Item 6: the version.

    fn version(&mut self) {
        let class = Class::Version;
        let name = "Sec-WebSocket-Version";
        let lines = self.lines(name);
        let Some(first) = lines.first() else {
            return self.absent(name, class, &r::RFC6455_4_2_1_VERSION_MISSING, "there is no Sec-WebSocket-Version");
        };
        if let Some(second) = lines.get(1) {
            let line = second.line.clone();
            self.report(&r::RFC6455_11_3_5_VERSION_ONCE_SERVER, class, line, "second Sec-WebSocket-Version line");
            self.other_case(&lines, class);
        }
        self.name_case(first, name);
        for line in &lines {
            let value = line.value.clone();
            let octets = self.octets(&value);
            let plain = !octets.is_empty() && octets.len() <= 3 && octets.iter().all(u8::is_ascii_digit);
            let canonical = plain && (octets.len() == 1 || octets[0] != b'0') && number(octets).unwrap_or(256) < 256;
            let (requirement, message) = match octets {
                b"13" => continue,
                b"7" | b"8" => (&r::RFC6455_4_2_1_VERSION_DRAFT, "version of an interim draft"),
                _ if canonical => (&r::RFC6455_4_2_1_VERSION_NOT_13, "version is not 13"),
                _ if octets.contains(&b',') => {
                    (&r::RFC6455_4_2_1_VERSION_LIST, "a request names one version, not a list")
                }
                _ => (&r::RFC6455_4_2_1_VERSION_SHAPE, "version is no number from 0 to 255 without leading zeros"),
            };
            self.report(requirement, class, value.clone(), message);
            if trim_beyond_ows(octets) == Some(b"13") {
                let message = "octet beside the version that is no optional white space";
                self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS, class, value.clone(), message);
            }
            self.broken_inside(value, class);
        }
        self.blanks(first, class, &r::RFC6455_4_2_1_VERSION_OWS);
    }

    // Item 7: Origin.

    fn origin(&mut self) {
        let class = Class::Origin;
        let lines = self.lines("Origin");
        let Some(first) = lines.first() else {
            if self.policy.origins.is_some() && self.head.is_whole() {
                let message = "there is no Origin: not a browser";
                self.report(&r::RFC6455_4_2_1_ORIGIN_ABSENT_NOT_BROWSER, class, self.head.missing(), message);
            }
            return;
        };
        if let Some(second) = lines.get(1) {
            let line = second.line.clone();
            self.report(&r::RFC6454_7_3_TWO_ORIGINS_SERVER, class, line, "second Origin line");
        }
        for line in &lines {
            self.origin_value(line.value.clone());
        }
        self.facts.origin = Some(first.value.clone());
    }

    fn origin_value(&mut self, value: Span) {
        let class = Class::Origin;
        let octets = self.octets(&value);
        let parts: Vec<&[u8]> = octets.split(|&octet| octet == b' ').filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 && parts.iter().all(|part| is_origin(part)) {
            return self.report(&r::RFC6454_7_1_ORIGIN_LIST, class, value, "list of origins");
        }
        if !is_origin(octets) {
            let message = "Origin is neither null nor scheme, host and port";
            self.report(&r::RFC6455_10_1_UNTRUSTED_ORIGIN, class, value.clone(), message);
        }
        let Some(allowed) = &self.policy.origins else { return };
        let is = |test: &dyn Fn(&[u8]) -> bool| allowed.iter().any(|origin| test(origin.as_bytes()));
        if is(&|origin| origin == octets) {
            return;
        }
        let (requirement, message) = if is(&|origin| origin.eq_ignore_ascii_case(octets)) {
            (&r::RFC6455_4_2_2_ORIGIN_LOWERCASE, "Origin is on the list but for its case")
        } else if octets == b"null" {
            (&r::RFC6454_7_1_ORIGIN_NULL, "Origin null is not on the list")
        } else {
            (&r::RFC6455_10_2_VERIFY_ORIGIN, "Origin is not on the list")
        };
        self.report(requirement, class, value, message);
    }

    // Item 8: subprotocols.

    fn protocol(&mut self) {
        let class = Class::Protocol;
        let name = "Sec-WebSocket-Protocol";
        let lines = self.lines(name);
        let Some(first) = lines.first() else { return };
        self.name_case(first, name);
        let whole = first.value.start..lines[lines.len() - 1].value.end;
        let mut offered: Vec<Span> = Vec::new();
        let (mut empty, mut bad) = (None, None);
        for line in &lines {
            for member in list_members(self.text, line.value.clone()) {
                if member.is_empty() {
                    empty = empty.or(Some(member));
                } else if !is_token(self.octets(&member)) {
                    bad = bad.or(Some(member));
                } else {
                    offered.push(member);
                }
            }
        }
        if let Some(member) = bad {
            self.broken_inside(member.clone(), class);
            return self.report(&r::RFC6455_4_2_1_PROTOCOL_GRAMMAR, class, member, "subprotocol name is no token");
        }
        if offered.is_empty() {
            return self.report(&r::RFC6455_4_2_1_PROTOCOL_EMPTY, class, whole, "subprotocol list has no member");
        }
        if let Some(member) = empty {
            let around = member.start.saturating_sub(1).max(whole.start)..(member.end + 1).min(whole.end);
            self.report(&r::RFC6455_4_2_1_PROTOCOL_EMPTY_ELEMENTS, class, around, "empty list member");
        }
        if let Some(second) = lines.get(1) {
            let message = "subprotocols on several field lines";
            self.report(&r::RFC6455_11_3_4_PROTOCOL_MULTI_SERVER, class, second.value.clone(), message);
        }
        let mut sorted: Vec<&Span> = offered.iter().collect();
        sorted.sort_by_key(|span| (self.octets(span), span.start));
        let twice = sorted.windows(2).find(|pair| self.octets(pair[0]) == self.octets(pair[1]));
        if let Some(span) = twice.map(|pair| pair[1].clone()) {
            self.report(&r::RFC6455_4_2_1_PROTOCOL_DUPLICATE_NAME, class, span, "subprotocol offered twice");
        }
        let (spoken, text) = (&self.policy.protocols, self.text);
        let exact = |span: &Span| spoken.iter().any(|name| name.as_bytes() == &text[span.clone()]);
        if !offered.iter().any(exact) {
            let message = "no subprotocol that this server speaks";
            self.report(&r::RFC6455_4_2_2_SUBPROTOCOL_NO_MATCH, class, whole, message);
        }
        let folded = offered.iter().find(|span| {
            !exact(span) && spoken.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(&text[(*span).clone()]))
        });
        if let Some(span) = folded.cloned() {
            let message = "subprotocol differs from a spoken one in case alone: another name";
            self.report(&r::RFC7936_2_CASE_SENSITIVE, class, span, message);
        }
        self.facts.protocols =
            offered.iter().map(|span| self.octets(span).iter().map(|&octet| octet as char).collect()).collect();
    }

    // Item 9: extensions.

    fn extensions(&mut self) {
        let class = Class::Extensions;
        let name = "Sec-WebSocket-Extensions";
        let lines = self.lines(name);
        let Some(first) = lines.first() else { return };
        self.name_case(first, name);
        let list = match ExtensionList::read(self.text, lines.iter().map(|line| line.value.clone())) {
            Ok(list) => list,
            Err((fault, span)) => return self.malformed_extensions(fault, span),
        };
        let mut habit = |span: &Option<Span>, requirement, message| {
            if let Some(span) = span.clone() {
                self.findings.push(Finding::new(requirement, class, span, message));
            }
        };
        habit(&list.white_space, &r::RFC6455_4_3_EXTENSION_LWS, "white space between tokens of an extension");
        habit(&list.quoted, &r::RFC6455_4_3_EXTENSION_QUOTED, "quoted parameter value");
        habit(&list.empty_member, &r::RFC6455_4_3_EXTENSION_EMPTY_ELEMENTS, "empty list member");
        let second = lines.get(1).map(|line| line.value.clone());
        habit(&second, &r::RFC6455_9_1_EXTENSION_LINES, "extensions on several field lines");
        for element in &list.elements {
            if element.name == deflate::NAME {
                self.deflate_offer(element);
            } else if element.name.eq_ignore_ascii_case(deflate::NAME) {
                let message = "extension name in another case: taken as unknown";
                self.report(&r::RFC6455_4_3_EXTENSION_TOKEN_CASE, class, element.span.clone(), message);
            } else {
                let message = "extension that this server does not know";
                self.report(&r::RFC6455_4_2_1_EXTENSIONS_UNKNOWN, class, element.span.clone(), message);
            }
        }
        self.facts.extensions = Some(list);
    }

    fn malformed_extensions(&mut self, fault: Fault, span: Span) {
        let (requirement, message) = match fault {
            Fault::EmptyField => (&r::RFC6455_4_3_EXTENSION_EMPTY_FIELD, "extension list has no element"),
            Fault::EmptyParameter => (&r::RFC6455_4_3_EXTENSION_EMPTY_PARAM, "no parameter behind a semicolon"),
            Fault::EmptyValue => (&r::RFC6455_4_3_EXTENSION_EMPTY_VALUE, "no value behind an equals sign"),
            Fault::QuotedNonToken => (&r::RFC6455_4_3_EXTENSION_QUOTED_NONTOKEN, "quoted value is no token"),
            Fault::QuotedSeparator => (&r::RFC6455_4_3_EXTENSION_QUOTED_COMMA, "quoted value has a separator in it"),
            Fault::Malformed => (&r::RFC6455_4_2_1_EXTENSIONS_GRAMMAR, "extension list is malformed"),
        };
        self.broken_inside(span.clone(), Class::Extensions);
        if fault != Fault::Malformed {
            let message = "extension list is malformed";
            self.report(&r::RFC6455_4_2_1_EXTENSIONS_GRAMMAR, Class::Extensions, span.clone(), message);
        }
        self.report(requirement, Class::Extensions, span, message);
    }

    fn deflate_offer(&mut self, element: &super::Extension) {
        let class = Class::Extensions;
        match deflate::Deflate::read(element, deflate::Side::Offer) {
            Err((fault, span)) => {
                let (requirement, message) = match fault {
                    deflate::Fault::UnknownParameter => {
                        (&r::RFC7692_7_DECLINE_UNKNOWN_PARAM, "undefined parameter: the offer is declined")
                    }
                    deflate::Fault::RepeatedParameter => {
                        (&r::RFC7692_7_DECLINE_DUPLICATE_PARAM, "parameter twice: the offer is declined")
                    }
                    deflate::Fault::InvalidValue => {
                        (&r::RFC7692_7_DECLINE_INVALID_VALUE, "invalid parameter value: the offer is declined")
                    }
                };
                self.report(requirement, class, span, message);
            }
            Ok(offer) if offer.server_max_window_bits == Some(8) => {
                let message = "window of 256 octets, which not every deflate has: may be declined";
                self.report(&r::RFC7692_7_DECLINE_UNSUPPORTED, class, element.span.clone(), message);
            }
            Ok(_) => {}
        }
    }

    // What HTTP asks beside.

    fn content(&mut self) {
        let class = Class::Body;
        let head = self.head;
        let mut length = content::length(head);
        let coding = content::coding(head);
        match &length {
            Length::Absent => {}
            Length::Invalid(span) => {
                self.report(&r::RFC9112_6_3_BAD_CL, class, span.clone(), "Content-Length is no single number");
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
                        let message = "more content announced than anybody reads";
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
            self.facts.content = Content::Coded;
            length = Length::Absent;
        }
        match length {
            Length::Octets { number, .. } if number != Some(0) => {
                self.facts.content = Content::Octets(number.unwrap_or(u64::MAX));
            }
            Length::Invalid(_) => self.facts.content = Content::Coded,
            _ => {}
        }
    }

    fn expect(&mut self) {
        let found = self.head.named("Expect").next().map(|line| line.value.clone());
        if let Some(value) = found {
            if self.octets(&value).eq_ignore_ascii_case(b"100-continue") {
                let message = "expectation of 100 (Continue) on a request without content";
                self.report(&r::RFC9110_7_8_EXPECT_ORDER, Class::Body, value, message);
            } else {
                self.report(&r::RFC9110_10_1_1_EXPECT_UNKNOWN, Class::Body, value, "expectation that is not defined");
            }
        }
    }

    fn spelling(&mut self) {
        let unknown = self.head.fields.iter().find(|field| {
            let name = self.octets(&field.name);
            !HANDSHAKE_FIELDS.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        });
        if let Some(name) = unknown.map(|field| field.name.clone()) {
            let message = "field that the handshake has no use for";
            self.report(&r::RFC6455_4_2_1_UNKNOWN_FIELDS, Class::FieldLine, name, message);
        }
        let first = self.head.fields.first().map(|field| field.name.clone());
        if let Some(name) = first.filter(|name| !self.octets(name).eq_ignore_ascii_case(b"Host")) {
            self.report(&r::RFC6455_4_2_1_FIELD_ORDER, Class::FieldLine, name, "Host is not the first field");
        }
    }

    fn size(&mut self) {
        let head = self.head;
        let class = Class::Size;
        if let Some(field) = head.fields.iter().find(|field| field.line.len() > large::LINE) {
            let message = "field line that a server may find too long";
            self.tolerate(&r::RFC9110_5_4_TOO_LARGE, class, field.line.clone(), message);
        } else if head.end - head.start_line.end > large::HEAD || head.fields.len() > large::LINES {
            let message = "head that a server may find too large";
            self.tolerate(&r::RFC9110_5_4_TOO_LARGE, class, head.missing(), message);
        }
    }

    // What several items need.

    fn lines(&self, name: &'static str) -> Vec<FieldLine> {
        self.head.named(name).cloned().collect()
    }

    /// Reports a field that is not there, unless it may stand where nothing was read.
    fn absent(&mut self, name: &str, class: Class, requirement: &'static Requirement, message: &'static str) {
        if !self.head.is_whole() {
            return;
        }
        self.report(requirement, class, self.head.missing(), message);
        match self.head.hidden(name) {
            None => {}
            Some((Hidden::WhiteLine, span)) => {
                let message = "a line led by white space before the first field never counts";
                self.report(&r::RFC9112_2_2_WS_LINE_NOT_USED, class, span, message);
            }
            Some((Hidden::BehindBareCr, span)) => {
                let message = "no field begins behind a bare CR";
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
                Break::BareCr => {}
            }
        }
    }

    fn other_case(&mut self, lines: &[FieldLine], class: Class) {
        let first = self.octets(&lines[0].name);
        if let Some(other) = lines[1..].iter().find(|line| self.octets(&line.name) != first) {
            let message = "repeated field with its name in another case";
            self.report(&r::RFC9110_5_1_DUPLICATE_IN_OTHER_CASE, class, other.name.clone(), message);
        }
    }

    fn name_case_of(&mut self, name: &'static str) {
        if let Some(first) = self.lines(name).first() {
            self.name_case(first, name);
        }
    }

    fn name_case(&mut self, line: &FieldLine, name: &'static str) {
        if self.octets(&line.name) != name.as_bytes() {
            let message = "field name in another case";
            self.report(&r::RFC6455_4_2_1_FIELD_NAME_CASE, Class::FieldLine, line.name.clone(), message);
        }
    }

    fn blanks(&mut self, line: &FieldLine, class: Class, requirement: &'static Requirement) {
        let colon = line.name.end + 1;
        if line.value.is_empty() || line.folded {
            return;
        }
        if line.value.start != colon + 1 || line.value.end != line.line.end || !is_ows(self.text[colon]) {
            self.report(requirement, class, colon..line.line.end, "blanks around the value");
        }
    }
}

/// The fields that a server reads for the handshake (RFC 6455 §4.2.1).
const HANDSHAKE_FIELDS: [&str; 8] = [
    "Host",
    "Upgrade",
    "Connection",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Origin",
];

/// `null`, or scheme, host and an optional port (RFC 6454 §7.1).
fn is_origin(octets: &[u8]) -> bool {
    if octets == b"null" {
        return true;
    }
    let Some(at) = octets.windows(3).position(|window| window == b"://") else { return false };
    let (scheme, authority) = (&octets[..at], &octets[at + 3..]);
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|&octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'))
        && Authority::read(authority).is_some()
}

trait FirstIsNot {
    fn first_is_not(&self, text: &[u8], octet: u8) -> bool;
}

impl FirstIsNot for Span {
    fn first_is_not(&self, text: &[u8], octet: u8) -> bool {
        self.is_empty() || text[self.start] != octet
    }
}
