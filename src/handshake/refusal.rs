//! Which ground for a refusal wins, and the answer that it asks for. The table is in `conformance/README.md`, too.

use super::answer::Answer;
use crate::judgement::{Class, Finding, Kind, Requirement, requirements as r};

/// The answer to a request that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The status code.
    pub status: u16,
    /// The requirement that decided.
    pub requirement: &'static Requirement,
    /// What is wrong, for a person.
    pub message: &'static str,
    /// Whether the content is sent: a response to HEAD announces it, but does not have it.
    pub has_content: bool,
    /// Whether the answer names the version of WebSocket that the server speaks (RFC 6455 §4.4).
    names_version: bool,
}

/// The finding that decides over a refusal: what is violated before latitude, then by rank, then the first in the octets.
/// `None` where nothing refuses.
pub(super) fn deciding<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Option<&'f Finding> {
    findings
        .into_iter()
        .filter(|finding| finding.refuses())
        .min_by_key(|finding| (finding.kind() != Kind::Violated, rank(finding), finding.span.start))
}

/// The rank of a ground: what has to be known before the next question makes sense comes first.
fn rank(finding: &Finding) -> u8 {
    let id = finding.requirement;
    match finding.class {
        // 1. Framing, and what RFC 9112 answers with 400 in any case.
        Class::Truncated | Class::RequestLine | Class::StatusLine | Class::FieldLine => 1,
        Class::Host if *id != r::RFC6455_4_2_1_HOST_AUTHORITY => 1,
        Class::Body if *id == r::RFC9112_6_3_BAD_CL || *id == r::RFC9112_6_3_TE_BAD_FINAL => 1,
        // 2. The version of HTTP.
        Class::HttpVersion => 2,
        // 3. Size.
        Class::Size => 3,
        // 4. Method.
        Class::Method | Class::Status => 4,
        // 5. Resource and authority.
        Class::Target | Class::Host => 5,
        // 6. No upgrade to WebSocket is asked for.
        Class::Upgrade => 6,
        // 7. The version of WebSocket.
        Class::Version => 7,
        // 8. Everything else.
        Class::Connection | Class::Key | Class::Protocol | Class::Extensions | Class::Accept | Class::Body => 8,
        // 9. Origin: only a proper handshake has one that means something.
        Class::Origin => 9,
    }
}

/// The methods that RFC 9110 §9.3 and RFC 5789 define: a server knows them, and does not allow them here.
const KNOWN_METHODS: [&[u8]; 9] =
    [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH"];

/// The answer that refuses on the ground of a finding. `method` is that of the request, as far as it could be read.
pub(super) fn refuse(finding: &Finding, method: &[u8]) -> Answer {
    let id = finding.requirement;
    let status = match finding.class {
        Class::Method if KNOWN_METHODS.contains(&method) => 405,
        Class::Method => 501,
        Class::HttpVersion if *id == r::RFC6455_4_2_1_HTTP2_ON_H1 => 505,
        Class::Size if *id == r::RFC9112_3_414 => 414,
        Class::Size => 431,
        Class::Target if *id == r::RFC6455_4_2_2_RESOURCE_UNAVAILABLE => 404,
        Class::Target if *id == r::RFC9110_7_4_HTTPS_TARGET_ON_CLEARTEXT => 421,
        Class::Host if *id == r::RFC6455_4_2_1_HOST_AUTHORITY => 421,
        Class::Upgrade if *id == r::RFC6455_4_2_1_UPGRADE_MISSING => 426,
        Class::Version => 426,
        Class::Body if *id == r::RFC9112_6_1_TE_UNKNOWN => 501,
        Class::Body if *id == r::RFC9110_8_6_CL_OVERFLOW => 413,
        Class::Body if *id == r::RFC9110_7_8_EXPECT_ORDER || *id == r::RFC9110_10_1_1_EXPECT_NO_CONTENT => 417,
        Class::Origin => 403,
        _ => 400,
    };
    Answer::Refuse(Refusal {
        status,
        requirement: id,
        message: finding.message,
        has_content: method != b"HEAD",
        names_version: finding.class == Class::Version,
    })
}

impl Refusal {
    /// The content, in parts. Words of ours only: nothing of the request comes back (RFC 9112 §11.1).
    pub const fn content(&self) -> [&'static str; 4] {
        [self.requirement.id.as_str(), ": ", self.message, "\n"]
    }

    pub(super) fn each_field(&self, mut field: impl FnMut(&'static str, &[u8])) {
        // The connection ends with the refusal: what follows a request that was not understood is nobody's (RFC 9112 §2.2,
        // RFC 6455 §7.1.7). Upgrade needs its connection option (RFC 9110 §7.8).
        if self.status == 426 {
            field("Connection", b"close, Upgrade");
            field("Upgrade", b"websocket");
        } else {
            field("Connection", b"close");
        }
        if self.names_version {
            field("Sec-WebSocket-Version", b"13");
        }
        if self.status == 405 {
            field("Allow", b"GET");
        }
        field("Content-Type", b"text/plain");
        let length: usize = self.content().iter().map(|part| part.len()).sum();
        field("Content-Length", length.to_string().as_bytes());
    }
}
