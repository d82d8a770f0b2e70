//! A requirement of the register, as the reference cites it.

use core::cmp::Reverse;
use core::fmt;

use super::RequirementId;

/// The end of the connection that reads the octets under judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads requests (RFC 6455 §4.2).
    Server,
    /// Builds requests and reads responses (RFC 6455 §4.1).
    Client,
}

impl Role {
    /// The name of the role: `server` or `client`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Server => "server",
            Role::Client => "client",
        }
    }
}

/// Whose duty a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Duty {
    ClientSends,
    ClientVerifies,
    ServerVerifies,
    ServerSends,
    Intermediary,
    Browser,
}

impl Duty {
    /// The duties of the two ends of a connection.
    pub const ENDPOINTS: [Duty; 4] = [Duty::ClientSends, Duty::ClientVerifies, Duty::ServerVerifies, Duty::ServerSends];

    /// The word of the register.
    pub const fn as_str(self) -> &'static str {
        match self {
            Duty::ClientSends => "client-sends",
            Duty::ClientVerifies => "client-verifies",
            Duty::ServerVerifies => "server-verifies",
            Duty::ServerSends => "server-sends",
            Duty::Intermediary => "intermediary",
            Duty::Browser => "browser",
        }
    }

    /// Whether it is a duty of one who reads.
    pub const fn is_reading(self) -> bool {
        matches!(self, Duty::ServerVerifies | Duty::ClientVerifies)
    }

    /// Whether it is a duty of the end of that role as it reads.
    pub const fn is_reading_of(self, role: Role) -> bool {
        matches!((self, role), (Duty::ServerVerifies, Role::Server) | (Duty::ClientVerifies, Role::Client))
    }

    /// Whether it is a duty of the end of that role, as it reads or as it writes.
    pub const fn is_of(self, role: Role) -> bool {
        match role {
            Role::Server => matches!(self, Duty::ServerVerifies | Duty::ServerSends),
            Role::Client => matches!(self, Duty::ClientVerifies | Duty::ClientSends),
        }
    }

    /// Whether it may speak of the same matter as a duty of the other end: one of the two at least sends.
    pub const fn faces(self, other: Duty) -> bool {
        use Duty::*;
        matches!(
            (self, other),
            (ClientSends, ServerVerifies | ServerSends)
                | (ServerSends, ClientVerifies | ClientSends)
                | (ServerVerifies, ClientSends)
                | (ClientVerifies, ServerSends)
        )
    }
}

/// What the sender of a message owes (RFC 2119 and RFC 8174).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Level {
    Must,
    MustNot,
    Should,
    ShouldNot,
    May,
    Info,
}

impl Level {
    /// The words of the level, as the register has them.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Must => "MUST",
            Level::MustNot => "MUST NOT",
            Level::Should => "SHOULD",
            Level::ShouldNot => "SHOULD NOT",
            Level::May => "MAY",
            Level::Info => "INFO",
        }
    }
}

/// What a violation of a requirement counts, the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A failure: a MUST or MUST NOT has one reading, and is violated.
    Fail,
    /// No failure unless the run is strict: a second careful reading leaves free what the strict one demands.
    Contested,
    /// No failure unless the run is strict: a SHOULD is not followed, or a MUST whose violation misleads nobody.
    NonStrict,
    /// Other than a MAY or a note has it.
    Informational,
}

impl Severity {
    /// Whether it makes a failure; `strict` adds what is contested and what is only non-strict.
    pub const fn counts(self, strict: bool) -> bool {
        matches!(self, Severity::Fail) || strict && matches!(self, Severity::Contested | Severity::NonStrict)
    }
}

/// What is owed by a requirement, and what its violation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owed {
    /// What the words say.
    pub level: Level,
    /// What a violation counts.
    pub severity: Severity,
}

/// What a wrong decision counts, and under which requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decided {
    /// The requirement that it violates; `None` where none is named.
    pub by: Option<RequirementId>,
    /// What is owed by it.
    pub owed: Owed,
}

impl Decided {
    /// What nobody argues about.
    pub const MUST: Decided = Decided { by: None, owed: Owed::MUST };
}

impl Owed {
    /// What nobody argues about.
    pub const MUST: Owed = Owed { level: Level::Must, severity: Severity::Fail };

    /// What the other decision counts than the one that is permitted, by what makes it wrong. Whoever accepts what violates
    /// several requirements violates the most severe of them; whoever refuses may have stumbled over the least severe of those
    /// that are used. It is never nothing: no clause permits it.
    /// The first one of several that count alike stands for them.
    pub fn decided(permitted: Permitted, by: impl Iterator<Item = (RequirementId, Owed)>) -> Decided {
        let decided = match permitted {
            Permitted::MustReject => by.min_by_key(|(_, owed)| owed.severity),
            Permitted::MustAccept => by.min_by_key(|(_, owed)| Reverse(owed.severity)),
            Permitted::Either => None,
        };
        let Some((id, Owed { level, severity })) = decided else { return Decided::MUST };
        Decided { by: Some(id), owed: Owed { level, severity: severity.min(Severity::NonStrict) } }
    }
}

/// What the RFCs permit the recipient of a message to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permitted {
    /// Nothing in the message is a ground for refusal.
    MustAccept,
    /// A clause that binds the recipient is violated.
    MustReject,
    /// The RFCs leave a choice.
    Either,
}

impl Permitted {
    /// The name of the value, as vectors and the register have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Permitted::MustAccept => "must-accept",
            Permitted::MustReject => "must-reject",
            Permitted::Either => "either",
        }
    }

    /// Whether the decision is among the permitted ones.
    pub const fn allows(self, decision: Decision) -> bool {
        !matches!(
            (self, decision),
            (Permitted::MustAccept, Decision::Reject) | (Permitted::MustReject, Decision::Accept)
        )
    }
}

/// What a recipient does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Decision {
    Accept,
    Reject,
}

impl Decision {
    /// The name of the decision: `accept` or `reject`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Decision::Accept => "accept",
            Decision::Reject => "reject",
        }
    }
}

/// How a finding bears on what is permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Makes the message must-reject.
    Violated,
    /// The RFC leaves the recipient a choice.
    Latitude,
    /// Legal but unusual: tells why a peer stumbles that refuses it.
    Exercised,
}

impl Kind {
    /// The name of the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Violated => "violated",
            Kind::Latitude => "latitude",
            Kind::Exercised => "exercised",
        }
    }
}

/// The part of the message that a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Class {
    RequestLine,
    Method,
    Target,
    HttpVersion,
    StatusLine,
    Status,
    FieldLine,
    Host,
    Upgrade,
    Connection,
    Key,
    Version,
    Protocol,
    Extensions,
    Accept,
    Origin,
    Body,
    Size,
    Truncated,
}

impl Class {
    /// The name of the class, as `check` prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::RequestLine => "request-line",
            Class::Method => "method",
            Class::Target => "target",
            Class::HttpVersion => "http-version",
            Class::StatusLine => "status-line",
            Class::Status => "status",
            Class::FieldLine => "field-line",
            Class::Host => "host",
            Class::Upgrade => "upgrade",
            Class::Connection => "connection",
            Class::Key => "key",
            Class::Version => "version",
            Class::Protocol => "protocol",
            Class::Extensions => "extensions",
            Class::Accept => "accept",
            Class::Origin => "origin",
            Class::Body => "body",
            Class::Size => "size",
            Class::Truncated => "truncated",
        }
    }
}

/// One entry of the register, as far as a judgement needs it.
///
/// The register itself, with clause and explanation, is data (`conformance/requirements/`). Two requirements are the same
/// if their ids are.
#[derive(Clone, Copy)]
pub struct Requirement {
    /// The id in the register: document, section and slug.
    pub id: RequirementId,
    /// Whose duty it is.
    pub duty: Duty,
    /// What the sender owes.
    pub level: Level,
    /// What a violation counts.
    pub severity: Severity,
    /// What a recipient may do with a message that departs from it or uses it.
    pub expected: Permitted,
    /// What the strict reference does.
    pub strict: Decision,
    /// The statuses of a refusal, where the clause fixes them.
    pub status: &'static [u16],
    /// The same matter as the other end's duty.
    pub counterpart: Option<&'static Requirement>,
}

impl Requirement {
    /// What is owed by it.
    pub const fn owed(&self) -> Owed {
        Owed { level: self.level, severity: self.severity }
    }

    /// The kind of a finding that cites this requirement.
    pub const fn kind(&self) -> Kind {
        match self.expected {
            Permitted::MustReject => Kind::Violated,
            Permitted::Either => Kind::Latitude,
            Permitted::MustAccept => Kind::Exercised,
        }
    }
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Requirement) -> bool {
        self.id == other.id
    }
}

impl Eq for Requirement {}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

macro_rules! display {
    ($($name:ty),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}
display!(Role, Duty, Level, Permitted, Decision, Kind, Class);
