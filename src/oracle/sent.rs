//! What a client owes in its request: held against the URL that it was given by the reading of a server.

use crate::handshake::{ClientOptions, ClientRequest, Policy, judge_request};
use crate::judgement::{Finding, Kind, Requirement, requirements as r};
use crate::suite::wire::Head;
use crate::suite::{Failing, Fault, Needs, Register};

/// A request as it came, and what it was to be for.
#[derive(Clone, Copy, Debug)]
pub struct SentRequest<'a> {
    /// Every octet that came before there was an answer.
    pub octets: &'a [u8],
    /// How many of them the head takes.
    pub consumed: usize,
    /// The authority of the URL.
    pub authority: &'a str,
    /// The resource name of the URL.
    pub target: &'a str,
}

impl SentRequest<'_> {
    fn head(&self) -> Head<'_> {
        Head::read(&self.octets[..self.consumed])
    }

    /// The key, as text of U+0000–00FF; empty where there is none.
    pub fn key(&self) -> String {
        let head = self.head();
        let key = head.values("Sec-WebSocket-Key").next().unwrap_or_default();
        key.iter().copied().map(char::from).collect()
    }

    /// What the client offered.
    pub fn offer(&self) -> Needs {
        let head = self.head();
        let mut protocols = head.members("Sec-WebSocket-Protocol");
        // An empty member offers nothing.
        protocols.retain(|name| !name.is_empty());
        let extensions = head.members("Sec-WebSocket-Extensions").join(", ");
        Needs { protocols, extensions: Some(extensions).filter(|raw| !raw.is_empty()), ..Needs::default() }
    }

    /// What the client departs from in it, by what a sender owes.
    pub fn unlawful(&self, register: &Register) -> Vec<Fault> {
        let policy = Policy { deflate: true, ..Policy::default() };
        let mut faults: Vec<Fault> = Vec::new();
        let mut add = |requirement: &'static Requirement, message: String| {
            // Several readings of one slip are one fault.
            if faults.iter().all(|fault| fault.requirement != Some(requirement.id)) {
                let level = register.get(requirement.id).map_or(requirement.level, |entry| entry.level);
                faults.push(Fault { failing: Failing::Answers, requirement: Some(requirement.id), level, message });
            }
        };
        let findings = judge_request(self.octets, true, &policy).map(|outcome| outcome.judgement.findings);
        for finding in findings.iter().flatten() {
            if let Some(duty) = duty(finding) {
                add(duty, format!("a server finds in the request: {}", finding.message));
            }
        }
        let head = self.head();
        self.misaddressed(&head, &mut add);
        let is_first = head.fields().next().is_some_and(|field| field.name.eq_ignore_ascii_case(b"Host"));
        if head.has("Host") && !is_first {
            add(&r::RFC9110_7_2_HOST_FIRST, "Host is not the first field".to_owned());
        }
        if let [origin] = &head.values("Origin").collect::<Vec<_>>()[..] {
            // What our own client would not send.
            let options = ClientOptions {
                origin: Some(String::from_utf8_lossy(origin).into_owned()),
                ..ClientOptions::default()
            };
            if let Err(error) = ClientRequest::build("ws://h/", &options, [0; 16]) {
                add(error.requirement, format!("Origin is {}", origin.escape_ascii()));
            }
        }
        if !head.has("User-Agent") {
            add(&r::RFC9110_10_1_5_USER_AGENT, "the request has no User-Agent".to_owned());
        }
        faults
    }

    /// Whether the request is for the URL that the client was given.
    fn misaddressed(&self, head: &Head<'_>, add: &mut impl FnMut(&'static Requirement, String)) {
        let target = String::from_utf8_lossy(head.request_line().target);
        let (whole, path) = (self.target, self.target.split('?').next().unwrap_or_default());
        let absolute = format!("http://{}{whole}", self.authority);
        if target != whole && !target.eq_ignore_ascii_case(&absolute) {
            let requirement = if target == path { &r::RFC6455_3_QUERY_APPENDED } else { &r::RFC6455_4_1_REQ_TARGET };
            add(requirement, format!("the request-target is {target:?}, where the resource name is {whole:?}"));
        }
        let [host] = &head.values("Host").collect::<Vec<_>>()[..] else { return };
        let host = String::from_utf8_lossy(host);
        if host.eq_ignore_ascii_case(self.authority) {
            return;
        }
        let without_port = self.authority.rsplit_once(':').map_or(self.authority, |(host, _)| host);
        let requirement = match host.rsplit_once('@') {
            Some(_) => &r::RFC9110_4_2_4_CLIENT_NO_USERINFO,
            None if host.eq_ignore_ascii_case(without_port) => &r::RFC6455_4_1_REQ_HOST_PORT,
            None => &r::RFC9112_3_2_CLIENT_HOST_EQUALS_AUTHORITY,
        };
        add(requirement, format!("Host is {host:?}, where the authority of the URL is {:?}", self.authority));
    }
}

/// The requirement that a client departs from, by what a server finds. `None` for what a client may do.
fn duty(finding: &Finding) -> Option<&'static Requirement> {
    let id = finding.requirement.id;
    if let Some((_, duty)) = DUTIES.iter().find(|(found, _)| found.id == id) {
        return Some(duty);
    }
    let is_its_own = DUTIES.iter().any(|(_, duty)| duty.id == id);
    (is_its_own || finding.kind() == Kind::Violated).then_some(finding.requirement)
}

/// Every requirement that a request of a client is judged by, in the order of their ids.
pub fn duties() -> Vec<&'static Requirement> {
    let mut duties: Vec<_> = DUTIES.iter().map(|(_, duty)| *duty).chain(BESIDE).collect();
    duties.sort_by_key(|duty| duty.id);
    duties.dedup_by_key(|duty| duty.id);
    duties
}

/// What is judged beside what a server finds.
const BESIDE: [&Requirement; 7] = [
    &r::RFC6455_3_QUERY_APPENDED,
    &r::RFC6455_4_1_REQ_TARGET,
    &r::RFC6455_4_1_REQ_HOST_PORT,
    &r::RFC9110_4_2_4_CLIENT_NO_USERINFO,
    &r::RFC9112_3_2_CLIENT_HOST_EQUALS_AUTHORITY,
    &r::RFC9110_7_2_HOST_FIRST,
    &r::RFC9110_10_1_5_USER_AGENT,
];

/// What a server verifies, and what a client owes so that it can.
const DUTIES: &[(&Requirement, &Requirement)] = &[
    // The request-line.
    (&r::RFC9112_2_2_BAD_GRAMMAR_400, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC9112_3_REQUEST_LINE_SP, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC6455_4_2_1_HTTP_VERSION_SHAPE, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC6455_4_2_1_HTTP_VERSION_DIGITS, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC6455_4_2_1_HTTP_VERSION_CASE, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC6455_4_2_1_TARGET_BAD_CHARS, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC9112_2_1_TRUNCATED_REQUEST, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC9110_7_6_1_MALFORMED_LIST_MEMBER, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC6455_4_2_1_HTTP09, &r::RFC6455_4_1_REQ_VERSION),
    (&r::RFC6455_4_2_1_HTTP10, &r::RFC6455_4_1_REQ_VERSION),
    (&r::RFC6455_4_2_1_HTTP12, &r::RFC9110_6_2_CLIENT_VERSION),
    (&r::RFC6455_4_2_1_HTTP2_ON_H1, &r::RFC9110_6_2_CLIENT_VERSION),
    (&r::RFC6455_4_2_1_METHOD, &r::RFC6455_4_1_REQ_METHOD),
    (&r::RFC6455_4_2_1_METHOD_CASE, &r::RFC6455_4_1_REQ_METHOD),
    (&r::RFC9112_3_2_NO_WS_IN_TARGET, &r::RFC9112_3_2_CLIENT_NO_WS_IN_TARGET),
    (&r::RFC9112_3_2_1_TARGET_NO_SLASH, &r::RFC6455_4_1_REQ_TARGET),
    (&r::RFC6455_4_2_1_TARGET_OTHER_FORMS, &r::RFC6455_4_1_REQ_TARGET),
    (&r::RFC6455_4_2_1_TARGET_FOREIGN_SCHEME, &r::RFC6455_4_1_REQ_TARGET),
    (&r::RFC6455_4_2_1_TARGET_WS_ABSOLUTE, &r::RFC6455_4_1_REQ_TARGET),
    (&r::RFC6455_4_2_1_TARGET_FRAGMENT, &r::RFC6455_3_NO_FRAGMENT),
    (&r::RFC9110_4_2_4_TARGET_USERINFO, &r::RFC9110_4_2_4_CLIENT_NO_USERINFO),
    // Lines.
    (&r::RFC9112_2_2_BARE_LF_REQUEST, &r::RFC9112_2_1_CLIENT_CRLF),
    (&r::RFC9112_2_2_BARE_CR_REQUEST, &r::RFC9112_2_2_CLIENT_NO_BARE_CR),
    (&r::RFC9112_2_2_BARE_CR_NOT_LINE_END, &r::RFC9112_2_2_CLIENT_NO_BARE_CR),
    (&r::RFC9112_2_2_WS_BEFORE_FIRST_FIELD, &r::RFC9112_2_2_CLIENT_NO_WS_BEFORE_FIRST_FIELD),
    (&r::RFC9112_2_2_WS_LINE_NOT_USED, &r::RFC9112_2_2_CLIENT_NO_WS_BEFORE_FIRST_FIELD),
    (&r::RFC9112_2_2_LEADING_CRLF, &r::RFC9112_2_2_NO_EXTRA_CRLF),
    (&r::RFC9112_5_1_NO_WS_BEFORE_COLON, &r::RFC9112_5_1_CLIENT_NO_WS_BEFORE_COLON),
    (&r::RFC9112_5_2_OBS_FOLD_REQUEST, &r::RFC9112_5_2_CLIENT_NO_OBS_FOLD),
    (&r::RFC9112_5_2_OBS_FOLD_SPLITS_VALUE, &r::RFC9112_5_2_CLIENT_NO_OBS_FOLD),
    (&r::RFC9112_5_2_BLANK_FOLD_NOT_END, &r::RFC9112_5_2_CLIENT_NO_OBS_FOLD),
    (&r::RFC9112_5_FIELDNAME_TOKEN, &r::RFC9110_2_2_CLIENT_FIELD_GRAMMAR),
    (&r::RFC9110_5_5_NUL_CR_LF_REQUEST, &r::RFC9110_2_2_CLIENT_FIELD_GRAMMAR),
    (&r::RFC9110_5_5_NUL_IN_REQUIRED_FIELD, &r::RFC9110_2_2_CLIENT_FIELD_GRAMMAR),
    (&r::RFC9110_5_5_OTHER_CTL_REQUEST, &r::RFC9110_2_2_CLIENT_FIELD_GRAMMAR),
    // Content.
    (&r::RFC9112_6_1_CL_AND_TE, &r::RFC9112_6_2_CLIENT_NO_CL_WITH_TE),
    (&r::RFC9112_6_3_BAD_CL, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC9112_6_3_TE_BAD_FINAL, &r::RFC6455_4_1_REQ_VALID_HTTP),
    (&r::RFC9110_9_3_1_CL_ZERO, &r::RFC9110_8_6_CLIENT_NO_CL),
    (&r::RFC9110_9_3_1_GET_CONTENT_SERVER, &r::RFC9110_9_3_1_GET_CONTENT_CLIENT),
    (&r::RFC6455_4_1_EARLY_OCTETS_SERVER, &r::RFC6455_4_1_WAIT_FOR_RESPONSE),
    // Host.
    (&r::RFC6455_4_2_1_HOST_MISSING, &r::RFC6455_4_1_REQ_HOST),
    (&r::RFC6455_4_2_1_HOST_EMPTY, &r::RFC6455_4_1_REQ_HOST),
    (&r::RFC9112_3_2_HOST_INVALID, &r::RFC6455_4_1_REQ_HOST),
    (&r::RFC9112_3_2_HOST_DUPLICATE, &r::RFC9110_5_3_NO_ILLEGAL_REPEAT_CLIENT),
    (&r::RFC9110_5_1_DUPLICATE_IN_OTHER_CASE, &r::RFC9110_5_3_NO_ILLEGAL_REPEAT_CLIENT),
    (&r::RFC6454_7_3_TWO_ORIGINS_SERVER, &r::RFC9110_5_3_NO_ILLEGAL_REPEAT_CLIENT),
    // Upgrade and Connection.
    (&r::RFC6455_4_2_1_UPGRADE_MISSING, &r::RFC6455_4_1_REQ_UPGRADE),
    (&r::RFC6455_4_2_1_UPGRADE_OTHER, &r::RFC6455_4_1_REQ_UPGRADE),
    (&r::RFC6455_4_2_1_UPGRADE_VERSION_SUFFIX, &r::RFC6455_4_1_REQ_UPGRADE),
    (&r::RFC6455_4_2_1_CONNECTION_MISSING, &r::RFC6455_4_1_REQ_CONNECTION),
    (&r::RFC6455_4_2_1_CONNECTION_NO_TOKEN, &r::RFC6455_4_1_REQ_CONNECTION),
    (&r::RFC6455_4_2_1_CONNECTION_NAMES_HANDSHAKE_FIELDS, &r::RFC9110_7_6_1_NO_END_TO_END_OPTION),
    (&r::RFC9110_7_6_1_LIST_HOP_BY_HOP, &r::RFC9110_7_6_1_LIST_HOP_BY_HOP),
    // The key.
    (&r::RFC6455_4_2_1_KEY_MISSING, &r::RFC6455_4_1_REQ_KEY_PRESENT),
    (&r::RFC6455_4_2_1_KEY_EMPTY, &r::RFC6455_4_3_KEY_ABNF),
    (&r::RFC6455_4_2_1_KEY_ALPHABET, &r::RFC6455_4_3_KEY_ABNF),
    (&r::RFC6455_4_2_1_KEY_PADDING, &r::RFC4648_3_2_PADDING),
    (&r::RFC6455_4_2_1_KEY_LENGTH, &r::RFC6455_4_1_REQ_KEY_16_BYTES),
    (&r::RFC6455_4_2_1_KEY_NONCANONICAL, &r::RFC6455_4_1_REQ_KEY_CANONICAL),
    (&r::RFC6455_11_3_1_KEY_ONCE_SERVER, &r::RFC6455_11_3_1_KEY_ONCE_CLIENT),
    // The version.
    (&r::RFC6455_4_2_1_VERSION_MISSING, &r::RFC6455_4_1_REQ_VERSION_PRESENT),
    (&r::RFC6455_4_2_1_VERSION_NOT_13, &r::RFC6455_4_1_REQ_VERSION_13),
    (&r::RFC6455_4_2_1_VERSION_DRAFT, &r::RFC6455_4_1_REQ_VERSION_13),
    (&r::RFC6455_4_2_1_VERSION_SHAPE, &r::RFC6455_4_3_VERSION_CLIENT_ABNF),
    (&r::RFC6455_4_2_1_VERSION_LIST, &r::RFC6455_4_3_VERSION_CLIENT_ABNF),
    (&r::RFC6455_11_3_5_VERSION_ONCE_SERVER, &r::RFC6455_11_3_5_VERSION_ONCE_CLIENT),
    // Offers.
    (&r::RFC6455_4_2_1_PROTOCOL_GRAMMAR, &r::RFC6455_4_1_REQ_PROTOCOL_TOKEN),
    (&r::RFC6455_4_2_1_PROTOCOL_EMPTY, &r::RFC6455_4_1_REQ_PROTOCOL_NONEMPTY),
    (&r::RFC6455_4_2_1_PROTOCOL_DUPLICATE_NAME, &r::RFC6455_4_1_REQ_PROTOCOL_UNIQUE),
    (&r::RFC6455_4_2_1_PROTOCOL_EMPTY_ELEMENTS, &r::RFC9110_5_6_1_1_NO_EMPTY_ELEMENTS),
    (&r::RFC9110_5_6_1_2_ACCEPT_EMPTY_ELEMENTS, &r::RFC9110_5_6_1_1_NO_EMPTY_ELEMENTS),
    (&r::RFC6455_4_3_EXTENSION_EMPTY_ELEMENTS, &r::RFC9110_5_6_1_1_NO_EMPTY_ELEMENTS),
    (&r::RFC6455_4_2_1_EXTENSIONS_GRAMMAR, &r::RFC6455_9_1_EXTENSIONS_CLIENT_ABNF),
    (&r::RFC6455_4_3_EXTENSION_QUOTED_NONTOKEN, &r::RFC6455_9_1_EXTENSIONS_CLIENT_ABNF),
    (&r::RFC6455_4_3_EXTENSION_QUOTED_COMMA, &r::RFC6455_9_1_EXTENSIONS_CLIENT_ABNF),
    (&r::RFC6455_4_3_EXTENSION_EMPTY_VALUE, &r::RFC6455_9_1_EXTENSIONS_CLIENT_ABNF),
    (&r::RFC6455_4_3_EXTENSION_EMPTY_PARAM, &r::RFC6455_9_1_EXTENSIONS_CLIENT_ABNF),
    (&r::RFC6455_4_3_EXTENSION_EMPTY_FIELD, &r::RFC6455_9_1_EXTENSIONS_CLIENT_ABNF),
    (&r::RFC7692_7_DECLINE_UNKNOWN_PARAM, &r::RFC7692_7_CLIENT_DEFINED_PARAMS),
    (&r::RFC7692_7_DECLINE_INVALID_VALUE, &r::RFC7692_7_CLIENT_DEFINED_PARAMS),
    (&r::RFC7692_7_DECLINE_DUPLICATE_PARAM, &r::RFC7692_7_CLIENT_DEFINED_PARAMS),
    // Origin.
    (&r::RFC6454_7_1_ORIGIN_LIST, &r::RFC6455_4_1_REQ_ORIGIN_SERIALIZATION),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::register::{Duty, of_the_project};

    const RIGHT: &str = "GET /a?b HTTP/1.1\r\nHost: h:9\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUser-Agent: u\r\n\r\n";

    fn found(request: &str) -> Vec<&'static str> {
        let consumed = request.find("\r\n\r\n").map_or(request.len(), |end| end + 4);
        let sent = SentRequest { octets: request.as_bytes(), consumed, authority: "h:9", target: "/a?b" };
        sent.unlawful(of_the_project()).into_iter().filter_map(|fault| fault.requirement).collect()
    }

    #[test]
    fn a_right_request_owes_nothing() {
        let nothing = [""; 0];
        assert_eq!(found(RIGHT), nothing);
        for (from, to) in [
            ("GET /a?b", "GET http://h:9/a?b"),
            ("h:9", "H:9"),
            (
                "Upgrade\r\n",
                "keep-alive, Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nOrigin: http://h\r\n",
            ),
            ("User-Agent", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nUser-Agent"),
            ("User-Agent", "Sec-WebSocket-Protocol: a, b\r\nsec-websocket-protocol: c\r\nuser-agent"),
        ] {
            assert_eq!(found(&RIGHT.replace(from, to)), nothing, "{to}");
        }
    }

    #[test]
    fn each_slip_of_a_client_is_named_by_its_own_duty() {
        for (from, to, id) in [
            ("GET", "get", "rfc6455-4.1-req-method"),
            ("/a?b", "/a", "rfc6455-3-query-appended"),
            ("/a?b", "/c?b", "rfc6455-4.1-req-target"),
            ("/a?b", "ws://h:9/a?b", "rfc6455-4.1-req-target"),
            ("/1.1", "/1.0", "rfc6455-4.1-req-version"),
            ("Host: h:9\r\n", "", "rfc6455-4.1-req-host"),
            ("h:9", "h", "rfc6455-4.1-req-host-port"),
            ("h:9", "i:9", "rfc9112-3.2-client-host-equals-authority"),
            ("Host: h:9\r\n", "Host: h:9\r\nHost: h:9\r\n", "rfc9110-5.3-no-illegal-repeat-client"),
            (": websocket", ": h2c", "rfc6455-4.1-req-upgrade"),
            (": Upgrade", ": close", "rfc6455-4.1-req-connection"),
            (": Upgrade", ": Upgrade, ", "rfc9110-5.6.1.1-no-empty-elements"),
            ("Sec-WebSocket-Key", "X", "rfc6455-4.1-req-key-present"),
            ("dGhlIHNhbXBsZSBub25jZQ==", "AAECAwQFBgcICQoLDA0O", "rfc6455-4.1-req-key-16-bytes"),
            ("jZQ==", "jZR==", "rfc6455-4.1-req-key-canonical"),
            ("jZQ==", "jZQ", "rfc4648-3.2-padding"),
            (": 13", ": 8", "rfc6455-4.1-req-version-13"),
            (": 13", ": 013", "rfc6455-4.3-version-client-abnf"),
            ("User-Agent: u\r\n", "", "rfc9110-10.1.5-user-agent"),
            ("User-Agent", "Sec-WebSocket-Protocol: a a\r\nUser-Agent", "rfc6455-4.1-req-protocol-token"),
            (
                "User-Agent",
                "Sec-WebSocket-Extensions: permessage-deflate; x\r\nUser-Agent",
                "rfc7692-7-client-defined-params",
            ),
            ("User-Agent: u", "Origin: http://h/p\r\nUser-Agent: u", "rfc6455-4.1-req-origin-serialization"),
            ("u\r\n\r\n", "u\r\n\r\nx", "rfc6455-4.1-wait-for-response"),
            ("Upgrade: websocket\r\n", "Upgrade: websocket\n", "rfc9112-2.1-client-crlf"),
            ("Host: h:9\r\nUpgrade: websocket\r\n", "Upgrade: websocket\r\nHost: h:9\r\n", "rfc9110-7.2-host-first"),
        ] {
            assert!(RIGHT.contains(from), "{from}");
            let ids = found(&RIGHT.replacen(from, to, 1));
            assert!(ids.contains(&id), "{from} -> {to}: {ids:?}");
        }
    }

    #[test]
    fn every_duty_is_a_client_s() {
        for requirement in duties() {
            assert_eq!(of_the_project().get(requirement.id).unwrap().duty, Duty::ClientSends, "{}", requirement.id);
        }
        assert!(duties().len() > 35, "{}", duties().len());
    }
}
