//! What a client owes in its request: held against the URL that it was given by the reading of a server.

use crate::handshake::{ClientOptions, ClientRequest, Policy, judge_request};
use crate::http::grammar::latin1;
use crate::judgement::{Duty, Finding, Requirement, requirements as r};
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
        latin1(&key)
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
                let owed = register.owed(requirement);
                faults.push(Fault { failing: Failing::Answers, requirement: Some(requirement.id), owed, message });
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
    let found = finding.requirement;
    [Some(found), found.counterpart].into_iter().flatten().find(|its| its.duty == Duty::ClientSends)
}

/// What a client owes so that a server can verify it.
fn counterparts() -> impl Iterator<Item = &'static Requirement> {
    let verified = r::ALL.iter().filter(|its| its.duty == Duty::ServerVerifies);
    verified.filter_map(|its| its.counterpart).filter(|its| its.duty == Duty::ClientSends)
}

/// Every requirement that a request of a client is judged by, in the order of their ids.
pub fn duties() -> Vec<&'static Requirement> {
    let mut duties: Vec<_> = counterparts().chain(BESIDE).collect();
    duties.sort_by_key(|duty| duty.id);
    duties.dedup();
    duties
}

/// What is judged beside that: on the request alone, or of the client itself by a server.
const BESIDE: [&Requirement; 8] = [
    &r::RFC6455_3_QUERY_APPENDED,
    &r::RFC6455_4_1_REQ_TARGET,
    &r::RFC6455_4_1_REQ_HOST_PORT,
    &r::RFC9110_4_2_4_CLIENT_NO_USERINFO,
    &r::RFC9112_3_2_CLIENT_HOST_EQUALS_AUTHORITY,
    &r::RFC9110_7_2_HOST_FIRST,
    &r::RFC9110_7_6_1_LIST_HOP_BY_HOP,
    &r::RFC9110_10_1_5_USER_AGENT,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::RequirementId;
    use crate::suite::law::register::of_the_project;

    const RIGHT: &str = "GET /a?b HTTP/1.1\r\nHost: h:9\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUser-Agent: u\r\n\r\n";

    fn found(request: &str) -> Vec<RequirementId> {
        let consumed = request.find("\r\n\r\n").map_or(request.len(), |end| end + 4);
        let sent = SentRequest { octets: request.as_bytes(), consumed, authority: "h:9", target: "/a?b" };
        sent.unlawful(of_the_project()).into_iter().filter_map(|fault| fault.requirement).collect()
    }

    #[test]
    fn a_right_request_owes_nothing() {
        let nothing: [RequirementId; 0] = [];
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
        for (from, to, duty) in [
            ("GET", "get", &r::RFC6455_4_1_REQ_METHOD),
            ("/a?b", "/a", &r::RFC6455_3_QUERY_APPENDED),
            ("/a?b", "/c?b", &r::RFC6455_4_1_REQ_TARGET),
            ("/a?b", "ws://h:9/a?b", &r::RFC6455_4_1_REQ_TARGET),
            ("/1.1", "/1.0", &r::RFC6455_4_1_REQ_VERSION),
            ("Host: h:9\r\n", "", &r::RFC6455_4_1_REQ_HOST),
            ("h:9", "h", &r::RFC6455_4_1_REQ_HOST_PORT),
            ("h:9", "i:9", &r::RFC9112_3_2_CLIENT_HOST_EQUALS_AUTHORITY),
            ("Host: h:9\r\n", "Host: h:9\r\nHost: h:9\r\n", &r::RFC9110_5_3_NO_ILLEGAL_REPEAT_CLIENT),
            (": websocket", ": h2c", &r::RFC6455_4_1_REQ_UPGRADE),
            (": Upgrade", ": close", &r::RFC6455_4_1_REQ_CONNECTION),
            (": Upgrade", ": Upgrade, ", &r::RFC9110_5_6_1_1_NO_EMPTY_ELEMENTS),
            ("Sec-WebSocket-Key", "X", &r::RFC6455_4_1_REQ_KEY_PRESENT),
            ("dGhlIHNhbXBsZSBub25jZQ==", "AAECAwQFBgcICQoLDA0O", &r::RFC6455_4_1_REQ_KEY_16_BYTES),
            ("jZQ==", "jZR==", &r::RFC6455_4_1_REQ_KEY_CANONICAL),
            ("jZQ==", "jZQ", &r::RFC6455_4_3_KEY_ABNF),
            (": 13", ": 25", &r::RFC6455_4_4_CLIENT_FIRST_VERSION),
            (": 13", ": 8", &r::RFC6455_4_4_CLIENT_FIRST_VERSION),
            (": 13", ": 013", &r::RFC6455_4_3_VERSION_CLIENT_ABNF),
            ("User-Agent: u\r\n", "", &r::RFC9110_10_1_5_USER_AGENT),
            ("User-Agent", "Sec-WebSocket-Protocol: a a\r\nUser-Agent", &r::RFC6455_4_1_REQ_PROTOCOL_TOKEN),
            (
                "User-Agent",
                "Sec-WebSocket-Extensions: permessage-deflate; x\r\nUser-Agent",
                &r::RFC7692_7_CLIENT_DEFINED_PARAMS,
            ),
            ("User-Agent: u", "Origin: http://h/p\r\nUser-Agent: u", &r::RFC6455_4_1_REQ_ORIGIN_SERIALIZATION),
            ("u\r\n\r\n", "u\r\n\r\nx", &r::RFC6455_4_1_WAIT_FOR_RESPONSE),
            ("Upgrade: websocket\r\n", "Upgrade: websocket\n", &r::RFC9112_2_1_CLIENT_CRLF),
            ("Host: h:9\r\nUpgrade: websocket\r\n", "Upgrade: websocket\r\nHost: h:9\r\n", &r::RFC9110_7_2_HOST_FIRST),
        ] {
            assert!(RIGHT.contains(from), "{from}");
            let ids = found(&RIGHT.replacen(from, to, 1));
            assert!(ids.contains(&duty.id), "{from} -> {to}: {ids:?}");
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
