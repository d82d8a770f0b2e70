//! What a client looks for in a response head, step by step (RFC 6455 §4.1), and what HTTP asks of it (RFC 9112).

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::accept_value;
use super::client::{Offer, Opening};
use super::deflate::{self, Breach, Deflate};
use super::extension::{Extension, ExtensionList, Fault};
use super::list::List;
use crate::http::content::{self, Coding, Length};
use crate::http::grammar::{is_other_control, is_ows, is_token, trim_beyond_ows};
use crate::http::start_line::{HttpVersion, Shape, StatusLine};
use crate::http::{FieldLine, Head, Progress};
use crate::judgement::requirements as r;
use crate::judgement::{Class, Decision, Finding, Requirement, Span};

/// From this many octets or lines on, a client may have had enough although the reference has not.
mod large {
    pub(super) const LINE: usize = 1024;
    pub(super) const HEAD: usize = 4096;
    pub(super) const LINES: usize = 50;
}

/// What the response says.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) status: Option<u16>,
    pub(super) opening: Opening,
}

/// Whether the head is that of an interim response other than 101 (RFC 9110 §15.2).
pub(super) fn is_interim(head: &Head<'_>) -> bool {
    let line = StatusLine::read(head.text(), head.start_line.clone());
    let status = line.status(head.text());
    matches!(line.shape, Shape::Exact | Shape::Spaced) && (100..200).contains(&status) && status != 101
}

/// Reports everything that the head departs from or makes unusual use of.
pub(super) fn judge(head: &Head<'_>, offer: &Offer, progress: Progress, findings: &mut Vec<Finding>) -> Reading {
    let mut judge = Judge { head, text: head.text(), offer, findings, reading: Reading::default() };
    if matches!(progress, Progress::Broken(_)) {
        judge.broken_status_line();
    } else if !head.start_line.is_empty() && !matches!(progress, Progress::StartLineTooLong(_)) && judge.status_line() {
        judge.upgrade();
        judge.connection();
        judge.accept();
        judge.protocol();
        judge.extensions();
        judge.framing();
        judge.spelling();
        judge.size();
    }
    judge.reading
}

struct Judge<'j, 'h> {
    head: &'j Head<'h>,
    text: &'j [u8],
    offer: &'j Offer,
    findings: &'j mut Vec<Finding>,
    reading: Reading,
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

    // The status-line.

    fn broken_status_line(&mut self) {
        let class = Class::StatusLine;
        let line = self.head.start_line.clone();
        if line.is_empty() {
            let first = self.head.end - 1..self.head.end;
            return self.report(&r::RFC6455_1_6_FOREIGN_SERVER, class, first, "no HTTP response begins like this");
        }
        let parts = StatusLine::read(self.text, line.clone());
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

    /// Whether the status is 101, so that the rest of the head is a handshake.
    fn status_line(&mut self) -> bool {
        let class = Class::StatusLine;
        let line = self.head.start_line.clone();
        let parts = StatusLine::read(self.text, line.clone());
        if parts.shape == Shape::Spaced {
            let message = "status-line parts are not parted by one SP each";
            self.report(&r::RFC9112_4_STATUS_LINE_WS, class, line.clone(), message);
        }
        if !parts.spaced_code {
            let message = "no SP behind the status code";
            self.report(&r::RFC9112_4_MISSING_SP, class, parts.code.clone(), message);
        }
        self.http_version(parts.version.clone());
        self.reason(parts.reason.clone());
        let status = parts.status(self.text);
        self.reading.status = Some(status);
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

    fn http_version(&mut self, span: Span) {
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
        } else if version.major != 1 {
            let message = "HTTP version of another message syntax";
            self.report(&r::RFC9112_2_3_RESPONSE_HTTP2, class, span, message);
        }
    }

    fn reason(&mut self, span: Span) {
        let reason = self.octets(&span);
        let control = reason.iter().position(|&octet| is_other_control(octet));
        if let Some(at) = control {
            let at = span.start + at;
            let message = "control octet in the reason phrase";
            self.report(&r::RFC9112_4_REASON_CTL, Class::StatusLine, at..at + 1, message);
        } else if self.reading.status.is_none() && reason != b"Switching Protocols" {
            let message = "reason phrase of its own, which means nothing";
            self.report(&r::RFC9112_4_REASON_IGNORED, Class::StatusLine, span, message);
        }
    }

    // Step 2: Upgrade.

    fn upgrade(&mut self) {
        let class = Class::Upgrade;
        let head = self.head;
        let Some(list) = List::read(head, "Upgrade") else {
            return self.absent(class, &r::RFC6455_4_1_RESP_UPGRADE_MISSING, "there is no Upgrade");
        };
        self.name_case("Upgrade");
        let whole = list.whole.clone();
        let found: Vec<Span> = list.matching(self.text, "websocket").cloned().collect();
        let Some(first) = found.first() else {
            return self.no_websocket(&list);
        };
        if found.len() < list.members.len() {
            let message = "Upgrade names another protocol beside websocket";
            return self.report(&r::RFC6455_4_1_RESP_UPGRADE_LIST, class, whole, message);
        }
        if self.octets(first) != b"websocket" {
            self.report(&r::RFC6455_4_1_RESP_UPGRADE_CASE, class, first.clone(), "websocket is not in lower case");
        }
        if let Some(second) = found.get(1) {
            self.report(&r::RFC6455_4_1_RESP_UPGRADE_DUPLICATE, class, second.clone(), "websocket twice");
        }
        if let Some(empty) = list.empty {
            self.report(&r::RFC6455_4_1_RESP_UPGRADE_EMPTY_ELEMENT, class, empty, "empty list member");
        }
    }

    fn no_websocket(&mut self, list: &List) {
        let class = Class::Upgrade;
        let whole = list.whole.clone();
        let versioned = list.members.iter().find(|member| {
            self.octets(member).get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"websocket/"))
        });
        if let Some(member) = versioned.cloned() {
            let message = "websocket has a protocol version: another value";
            return self.report(&r::RFC6455_4_1_RESP_UPGRADE_VERSION_SUFFIX, class, member, message);
        }
        if let [member] = list.members.as_slice()
            && self.is_beyond_ows(member, b"websocket", class)
        {
            return;
        }
        self.report(&r::RFC6455_4_1_RESP_UPGRADE_OTHER, class, whole, "Upgrade does not name websocket");
        self.non_ascii(&list.members, class);
    }

    // Step 3: Connection.

    fn connection(&mut self) {
        let class = Class::Connection;
        let head = self.head;
        let Some(list) = List::read(head, "Connection") else {
            return self.absent(class, &r::RFC6455_4_1_RESP_CONNECTION_MISSING, "there is no Connection");
        };
        self.name_case("Connection");
        let whole = list.whole.clone();
        let found = list.matching(self.text, "upgrade").next().cloned();
        match found {
            Some(member) => {
                if self.octets(&member) != b"Upgrade" {
                    let message = "the Upgrade option is in another case";
                    self.report(&r::RFC6455_4_1_RESP_CONNECTION_CASE, class, member, message);
                }
                if list.members.len() > 1 || list.lines > 1 {
                    let message = "Upgrade is one of several connection options";
                    self.report(&r::RFC6455_4_1_RESP_CONNECTION_LIST, class, whole, message);
                }
                if let Some(empty) = list.empty.clone() {
                    self.tolerate(&r::RFC6455_4_2_2_VALID_HTTP_RESPONSE, class, empty, "empty list member");
                }
                if let Some(member) = list.malformed(self.text, false).cloned() {
                    let message = "connection option that is no token";
                    self.report(&r::RFC6455_4_2_2_VALID_HTTP_RESPONSE, class, member, message);
                }
            }
            None => {
                let beyond = list.members.iter().any(|member| self.is_beyond_ows(&member.clone(), b"upgrade", class));
                if !beyond {
                    let message = "Connection does not have the option Upgrade";
                    self.report(&r::RFC6455_4_1_RESP_CONNECTION_NO_TOKEN, class, whole, message);
                    self.non_ascii(&list.members, class);
                }
            }
        }
        if let Some(member) = list.matching(self.text, "close").next().cloned() {
            let message = "Connection has close beside Upgrade: no switch";
            self.report(&r::RFC6455_4_1_RESP_CONNECTION_CLOSE, class, member, message);
        }
    }

    // Step 4: the accept value.

    fn accept(&mut self) {
        let class = Class::Accept;
        let lines = self.lines("Sec-WebSocket-Accept");
        let Some(first) = lines.first() else {
            return self.absent(class, &r::RFC6455_4_1_RESP_ACCEPT_MISSING, "there is no Sec-WebSocket-Accept");
        };
        self.name_case("Sec-WebSocket-Accept");
        if let Some(second) = lines.get(1) {
            let line = second.line.clone();
            self.report(&r::RFC6455_11_3_3_ACCEPT_ONCE_CLIENT, class, line, "second Sec-WebSocket-Accept line");
        }
        for line in &lines {
            self.accept_line(line.value.clone());
        }
        if is_blank_unusual(self.text, first) {
            let span = first.name.end + 1..first.line.end;
            self.report(&r::RFC6455_4_1_RESP_ACCEPT_OWS, class, span, "blanks around the value");
        }
    }

    fn accept_line(&mut self, value: Span) {
        let class = Class::Accept;
        let octets = self.octets(&value);
        if octets.is_empty() {
            return self.report(&r::RFC6455_4_1_RESP_ACCEPT_MISSING, class, value, "Sec-WebSocket-Accept is empty");
        }
        let Some(expected) = self.offer.key.as_ref().map(|key| accept_value(key.as_bytes())) else { return };
        let expected = expected.as_bytes();
        if octets == expected {
            return;
        }
        let without_blanks = || octets.iter().copied().filter(|&octet| !is_ows(octet)).eq(expected.iter().copied());
        let (requirement, message) = if trim_beyond_ows(octets) == Some(expected) {
            // RFC 6455 §4.1 step 4 speaks of white space here without saying what that is.
            let message = "octet around the accept value that is no optional white space";
            (&r::RFC9112_5_1_TRIM_ONLY_OWS_RESPONSE, message)
        } else if without_blanks() {
            (&r::RFC6455_4_1_RESP_ACCEPT_INNER_WS, "blank inside the accept value")
        } else if octets.eq_ignore_ascii_case(expected) {
            (&r::RFC6455_4_1_RESP_ACCEPT_CASE, "accept value in another case")
        } else if is_other_spelling(octets, expected) {
            (&r::RFC6455_4_1_RESP_ACCEPT_NONCANONICAL, "accept value is another spelling of the same digest")
        } else {
            (&r::RFC6455_4_1_RESP_ACCEPT_WRONG, "accept value is not the one for the key")
        };
        self.report(requirement, class, value, message);
    }

    // Step 6: the subprotocol.

    fn protocol(&mut self) {
        let class = Class::Protocol;
        let lines = self.lines("Sec-WebSocket-Protocol");
        let Some(first) = lines.first() else {
            if !self.offer.protocols.is_empty() && self.head.is_whole() {
                let message = "no subprotocol although some were offered";
                self.report(&r::RFC6455_4_1_RESP_PROTOCOL_ABSENT, class, self.head.missing(), message);
            }
            return;
        };
        self.name_case("Sec-WebSocket-Protocol");
        if let Some(second) = lines.get(1) {
            let line = second.line.clone();
            return self.report(
                &r::RFC6455_11_3_4_PROTOCOL_ONCE_CLIENT,
                class,
                line,
                "second Sec-WebSocket-Protocol line",
            );
        }
        let value = first.value.clone();
        let octets = self.octets(&value);
        let offered = |test: &dyn Fn(&[u8]) -> bool| self.offer.protocols.iter().any(|name| test(name.as_bytes()));
        if offered(&|name| name == octets) {
            self.reading.opening.protocol = Some(octets.iter().map(|&octet| octet as char).collect());
            return;
        }
        if let Some(inner) = trim_beyond_ows(octets)
            && offered(&|name| name == inner)
        {
            let message = "octet around the subprotocol that is no optional white space";
            return self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS_RESPONSE, class, value, message);
        }
        let (requirement, message) = if octets.is_empty() {
            (&r::RFC6455_4_1_RESP_PROTOCOL_EMPTY, "Sec-WebSocket-Protocol is empty")
        } else if octets.contains(&b',') {
            (&r::RFC6455_4_1_RESP_PROTOCOL_LIST, "a response names one subprotocol, not a list")
        } else if offered(&|name| name.eq_ignore_ascii_case(octets)) {
            (&r::RFC6455_4_1_RESP_PROTOCOL_CASE, "subprotocol differs in case from the one offered")
        } else {
            (&r::RFC6455_4_1_RESP_PROTOCOL_UNREQUESTED, "subprotocol that was not offered")
        };
        self.report(requirement, class, value.clone(), message);
        if !octets.is_empty() && !octets.contains(&b',') && !is_token(octets) {
            self.report(&r::RFC6455_4_3_PROTOCOL_SERVER_ABNF, class, value, "subprotocol is no token");
        }
    }

    // Step 5: the extensions.

    fn extensions(&mut self) {
        let class = Class::Extensions;
        let lines = self.lines("Sec-WebSocket-Extensions");
        if lines.is_empty() {
            return;
        }
        self.name_case("Sec-WebSocket-Extensions");
        let list = match ExtensionList::read(self.text, lines.iter().map(|line| line.value.clone())) {
            Ok(list) => list,
            Err((fault, span)) => {
                let message = "extension list is malformed";
                self.report(&r::RFC6455_4_3_EXTENSION_MALFORMED_RESPONSE, class, span.clone(), message);
                if matches!(fault, Fault::QuotedNonToken | Fault::QuotedSeparator) {
                    let message = "quoted value is no token";
                    self.report(&r::RFC6455_4_3_EXTENSION_QUOTED_NONTOKEN_RESPONSE, class, span, message);
                }
                return;
            }
        };
        let mut habit = |span: Option<Span>, requirement, message| {
            if let Some(span) = span {
                self.findings.push(Finding::new(requirement, class, span, message));
            }
        };
        let spelling = list.white_space.clone().or(list.quoted.clone());
        habit(spelling, &r::RFC6455_4_3_EXTENSION_LWS_RESPONSE, "white space between tokens, or a quoted value");
        habit(list.escaped.clone(), &r::RFC9110_5_6_4_QUOTED_PAIR_RESPONSE, "backslash in a quoted value");
        let empty = list.empty_member.clone();
        habit(empty, &r::RFC6455_4_3_EXTENSION_EMPTY_ELEMENTS_RESPONSE, "empty list member");
        let second = lines.get(1).map(|line| line.value.clone());
        let message = "extensions on several field lines";
        habit(second, &r::RFC6455_11_3_2_EXTENSIONS_MULTI_RESPONSE_CLIENT, message);
        let mut deflates = 0;
        for element in &list.elements {
            let offered = self.offer.extensions.elements.iter().any(|offer| offer.name == element.name);
            if offered && element.name == deflate::NAME {
                deflates += 1;
                if deflates == 2 {
                    let message = "two agreements that both use RSV1";
                    self.report(&r::RFC7692_5_CLIENT_RSV1_CONFLICT, class, element.span.clone(), message);
                }
                self.agreement(element);
            } else if !offered {
                let in_other_case =
                    self.offer.extensions.elements.iter().any(|offer| offer.name.eq_ignore_ascii_case(&element.name));
                let (requirement, message) = if in_other_case {
                    (&r::RFC6455_4_1_RESP_EXTENSION_CASE, "extension name differs in case from the one offered")
                } else {
                    (&r::RFC6455_4_1_RESP_EXTENSION_UNREQUESTED, "extension that was not offered")
                };
                self.report(requirement, class, element.span.clone(), message);
            }
        }
        self.reading.opening.extensions = list;
    }

    /// An agreement on permessage-deflate against what was offered (RFC 7692 §7.1).
    fn agreement(&mut self, element: &Extension) {
        let class = Class::Extensions;
        let span = element.span.clone();
        let agreed = match Deflate::read(element, deflate::Side::Agreement) {
            Ok(agreed) => agreed,
            Err((fault, span)) => return self.bad_agreement(element, fault, span),
        };
        let offers: Vec<Deflate> = self
            .offer
            .extensions
            .elements
            .iter()
            .filter(|offer| offer.name == deflate::NAME)
            .filter_map(|offer| Deflate::read(offer, deflate::Side::Offer).ok())
            .collect();
        let fitting: Vec<&Deflate> = offers.iter().filter(|offer| offer.breaches(&agreed).is_empty()).collect();
        if fitting.is_empty() {
            for breach in offers.first().map(|offer| offer.breaches(&agreed)).unwrap_or_default() {
                let (requirement, message) = match breach {
                    Breach::NoServerNoContextTakeover => (
                        &r::RFC7692_7_1_1_1_CLIENT_MISSING_SNCT,
                        "agreement lacks the server_no_context_takeover that was asked for",
                    ),
                    Breach::LargerServerWindow => (
                        &r::RFC7692_7_1_2_1_CLIENT_LARGER_SMWB,
                        "agreement has a larger server window than was asked for",
                    ),
                    Breach::ClientWindowNotOffered => (
                        &r::RFC7692_7_1_2_2_CLIENT_UNOFFERED_CMWB,
                        "agreement has a client_max_window_bits that was not offered",
                    ),
                };
                self.report(requirement, class, span.clone(), message);
            }
            return;
        }
        if agreed.server_no_context_takeover && !fitting.iter().any(|offer| offer.server_no_context_takeover) {
            let message = "server_no_context_takeover that was not asked for";
            self.report(&r::RFC7692_7_1_1_1_CLIENT_UNSOLICITED_SNCT, class, span.clone(), message);
        }
        if agreed.server_max_window_bits.is_some()
            && !fitting.iter().any(|offer| offer.server_max_window_bits.is_some())
        {
            let message = "server_max_window_bits that was not asked for";
            self.report(&r::RFC7692_7_1_2_1_CLIENT_UNSOLICITED_SMWB, class, span.clone(), message);
        }
        if agreed.server_max_window_bits == Some(8) || agreed.client_max_window_bits == Some(Some(8)) {
            let message = "window of 256 octets, which not every client has";
            self.report(&r::RFC7692_7_CLIENT_UNSUPPORTED, class, span.clone(), message);
        }
        if let Some(Some(bits)) = agreed.client_max_window_bits {
            let hinted = |offer: &&Deflate| offer.client_max_window_bits.flatten().is_none_or(|hint| bits <= hint);
            if !fitting.iter().any(hinted) {
                let message = "client_max_window_bits above the hint of the offer";
                self.report(&r::RFC7692_7_1_2_2_CMWB_NOT_LARGER, class, span.clone(), message);
            }
        }
        if agreed.client_no_context_takeover {
            let message = "client_no_context_takeover, which every client has to bear";
            self.report(&r::RFC7692_7_1_1_2_CLIENT_SUPPORTS_CNCT, class, span, message);
        }
    }

    fn bad_agreement(&mut self, element: &Extension, fault: deflate::Fault, span: Span) {
        let class = Class::Extensions;
        if fault == deflate::Fault::UnknownParameter {
            let folded = Extension {
                parameters: element
                    .parameters
                    .iter()
                    .cloned()
                    .map(|parameter| super::Parameter { name: parameter.name.to_ascii_lowercase(), ..parameter })
                    .collect(),
                ..element.clone()
            };
            if Deflate::read(&folded, deflate::Side::Agreement).is_ok() {
                let message = "parameter name in another case";
                return self.report(&r::RFC6455_4_1_RESP_EXTENSION_CASE, class, span, message);
            }
        }
        let (requirement, message) = match fault {
            deflate::Fault::UnknownParameter => (&r::RFC7692_7_CLIENT_UNKNOWN_PARAM, "undefined parameter"),
            deflate::Fault::RepeatedParameter => (&r::RFC7692_7_CLIENT_DUPLICATE_PARAM, "parameter twice"),
            deflate::Fault::InvalidValue => (&r::RFC7692_7_CLIENT_INVALID_VALUE, "invalid parameter value"),
        };
        self.report(requirement, class, span, message);
    }

    // What HTTP asks beside.

    fn framing(&mut self) {
        let mut span = None;
        if content::length(self.head) != Length::Absent {
            span = self.head.named("Content-Length").next().map(|line| line.line.clone());
        }
        if content::coding(self.head) != Coding::Absent {
            span = span.or(self.head.named("Transfer-Encoding").next().map(|line| line.line.clone()));
        }
        if let Some(span) = span {
            let message = "a 101 has no content to frame";
            self.report(&r::RFC9112_6_3_1XX_NO_BODY, Class::Body, span, message);
        }
    }

    fn spelling(&mut self) {
        const KNOWN: [&str; 5] =
            ["Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];
        let head = self.head;
        let is = |field: &FieldLine, name: &str| self.octets(&field.name).eq_ignore_ascii_case(name.as_bytes());
        let cookie = head.fields.iter().find(|field| is(field, "Set-Cookie")).map(|field| field.name.clone());
        let unknown = head
            .fields
            .iter()
            .find(|field| !is(field, "Set-Cookie") && !KNOWN.iter().any(|name| is(field, name)))
            .map(|field| field.name.clone());
        let order = head.fields.first().filter(|field| !is(field, "Upgrade")).map(|field| field.name.clone());
        let class = Class::FieldLine;
        if let Some(name) = cookie {
            self.report(&r::RFC6455_4_1_RESP_SET_COOKIE, class, name, "the 101 sets a cookie");
        }
        if let Some(name) = unknown {
            let message = "field that the handshake has no use for";
            self.report(&r::RFC6455_4_1_RESP_UNKNOWN_FIELDS, class, name, message);
        }
        if let Some(name) = order {
            self.report(&r::RFC6455_1_3_FIELD_ORDER_CLIENT, class, name, "Upgrade is not the first field");
        }
    }

    fn size(&mut self) {
        let head = self.head;
        let class = Class::Size;
        if let Some(field) = head.fields.iter().find(|field| field.line.len() > large::LINE) {
            let message = "field line that a client may find too long";
            self.tolerate(&r::RFC9110_5_4_CLIENT_LIMIT, class, field.line.clone(), message);
        } else if head.end - head.start_line.start > large::HEAD || head.fields.len() > large::LINES {
            let message = "head that a client may find too large";
            self.tolerate(&r::RFC9110_5_4_CLIENT_LIMIT, class, head.missing(), message);
        }
    }

    // What several steps need.

    fn lines(&self, name: &'static str) -> Vec<FieldLine> {
        self.head.named(name).cloned().collect()
    }

    fn absent(&mut self, class: Class, requirement: &'static Requirement, message: &'static str) {
        if self.head.is_whole() {
            self.report(requirement, class, self.head.missing(), message);
        }
    }

    fn name_case(&mut self, name: &'static str) {
        let other = self.head.named(name).find(|line| self.octets(&line.name) != name.as_bytes());
        if let Some(span) = other.map(|line| line.name.clone()) {
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

    fn non_ascii(&mut self, members: &[Span], class: Class) {
        let found = members.iter().find(|member| self.octets(member).iter().any(|octet| !octet.is_ascii()));
        if let Some(member) = found.cloned() {
            let message = "only ASCII letters are folded in comparing";
            self.report(&r::RFC6455_2_1_ASCII_FOLD_CLIENT, class, member, message);
        }
    }
}

/// Whether the white space around a value is not one SP before it.
fn is_blank_unusual(text: &[u8], line: &FieldLine) -> bool {
    let colon = line.name.end + 1;
    !line.value.is_empty()
        && !line.folded
        && (line.value.start != colon + 1 || line.value.end != line.line.end || text[colon] != b' ')
}

/// Whether the octets decode to the digest of the expected value, in this or the URL-safe alphabet, however padded.
fn is_other_spelling(octets: &[u8], expected: &[u8]) -> bool {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let Ok(digest) = GeneralPurpose::new(&STANDARD, lenient).decode(expected) else { return false };
    [STANDARD, URL_SAFE]
        .iter()
        .any(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(octets).is_ok_and(|decoded| decoded == digest))
}

/// The registered final status codes (RFC 9110 §15 and the registry that §16.2 names).
const KNOWN_CODES: [u16; 57] = [
    200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404,
    405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451,
    500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
];
