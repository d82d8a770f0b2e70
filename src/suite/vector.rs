//! A vector: an opening handshake as data, with what the RFCs permit.

use serde::Deserialize;

use super::exchange::{Building, Exchange};
use crate::judgement::{Permitted, Role};

/// What a vector holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VectorKind {
    /// A request, which a server reads.
    Request,
    /// A response, which a client reads.
    Response,
    /// A URI and options, from which a client builds a request or refuses to.
    Build,
}

impl VectorKind {
    /// The directory below `vectors/`, and the first part of every id.
    pub const fn directory(self) -> &'static str {
        match self {
            VectorKind::Request => "server",
            VectorKind::Response => "client",
            VectorKind::Build => "build",
        }
    }

    /// The role of the peer under judgement.
    pub const fn role(self) -> Role {
        match self {
            VectorKind::Request => Role::Server,
            VectorKind::Response | VectorKind::Build => Role::Client,
        }
    }
}

/// What a vector does with a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bearing {
    /// Its octets breach it.
    Departs,
    /// Its octets do the unusual but legal thing that it speaks of.
    Uses,
    /// Its octets meet it where they could have breached or used it.
    Keeps,
}

/// What is under judgement: octets that a peer reads, or options that it builds from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Octets to read.
    Octets(Exchange),
    /// Options to build from.
    Options(Building),
}

/// The form of a refusal, where a clause fixes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Every status that meets the clause; empty for any.
    pub status: Vec<u16>,
    /// The fields that have to be there, each with a member that its list has to hold; `None` for any value.
    pub fields: Vec<(String, Option<String>)>,
    /// The requirement that fixes the form.
    pub requirement: String,
}

/// The parameters of an extension that a server may agree to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The parameters, each with the values that are permitted; `None` among them for no value.
    pub parameters: Vec<(String, Vec<Option<String>>)>,
    /// Names that must not be there.
    pub forbidden: Vec<String>,
    /// Names that must be there.
    pub required: Vec<String>,
    /// Whether the extension may be left out.
    pub optional: bool,
}

/// How the answer of a server that accepts has to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// The exact `Sec-WebSocket-Accept`.
    pub accept: Option<Vec<u8>>,
    /// The subprotocols that are permitted; `None` among them for no field.
    pub protocol: Option<Vec<Option<String>>>,
    /// The extensions that may be agreed to; `Some(empty)` for none.
    pub grant: Option<Vec<(String, Terms)>>,
    /// The fields that have to be there, as in [`Form`].
    pub fields: Vec<(String, Option<String>)>,
    /// The names of fields that must not be there.
    pub absent: Vec<String>,
}

/// What a client that accepts has open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The subprotocol in use.
    pub protocol: Option<String>,
    /// The names of the extensions in use, in order.
    pub extensions: Vec<String>,
}

/// How a built request has to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// The exact request-target.
    pub target: Option<String>,
    /// The fields that have to be there, each with its exact value; `None` for any.
    pub fields: Vec<(String, Option<Vec<u8>>)>,
    /// The names of fields that must not be there.
    pub absent: Vec<String>,
    /// Octets that the request must not contain.
    pub octets_absent: Vec<Vec<u8>>,
}

/// Where a client has to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// The host, without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Whether TLS is used.
    pub tls: bool,
}

/// What a peer is expected to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// What the RFCs permit. For a building, must-accept means that the request has to be sent.
    pub permitted: Permitted,
    /// Whether the head is known not to be at its end, so that waiting for more is right.
    pub unfinished: bool,
    /// The octets behind the head, which must not be lost; `None` where the vector does not say.
    pub rest: Option<Vec<u8>>,
    /// The form of a server's refusal.
    pub form: Option<Form>,
    /// The form of a server's acceptance.
    pub answer: Option<Acceptance>,
    /// What a client has open.
    pub opened: Option<Opening>,
    /// The form of a built request.
    pub request: Option<Writing>,
    /// Where a client has to connect to.
    pub connect: Option<Connect>,
}

impl Expectation {
    /// A decision alone, whatever its form.
    pub const fn of(permitted: Permitted) -> Expectation {
        Expectation {
            permitted,
            unfinished: false,
            rest: None,
            form: None,
            answer: None,
            opened: None,
            request: None,
            connect: None,
        }
    }
}

/// One vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector {
    /// `<directory>/<topic>/<slug>`.
    pub id: String,
    /// What it holds.
    pub kind: VectorKind,
    /// The clauses that its file is about.
    pub section: String,
    /// The requirements that it shows. The first one is what it is about.
    pub requirements: Vec<(String, Bearing)>,
    /// The reason for what is permitted.
    pub why: String,
    /// A vector that must be accepted and differs by one edit.
    pub control: Option<String>,
    /// Whether it is a whole message as some program sends it, without a control one edit away.
    pub sample: bool,
    /// What is under judgement.
    pub subject: Subject,
    /// What the peer is expected to do.
    pub expectation: Expectation,
}

impl Vector {
    /// The role of the peer under judgement.
    pub const fn role(&self) -> Role {
        self.kind.role()
    }

    /// What the RFCs permit.
    pub const fn permitted(&self) -> Permitted {
        self.expectation.permitted
    }

    /// The octets that a peer reads, whole; `None` for a building.
    pub const fn exchange(&self) -> Option<&Exchange> {
        match &self.subject {
            Subject::Octets(exchange) => Some(exchange),
            Subject::Options(_) => None,
        }
    }

    /// The options that a client builds from; `None` for octets.
    pub const fn building(&self) -> Option<&Building> {
        match &self.subject {
            Subject::Octets(_) => None,
            Subject::Options(building) => Some(building),
        }
    }

    /// The ids of the requirements with the bearing.
    pub fn that(&self, bearing: Bearing) -> impl Iterator<Item = &str> {
        self.requirements.iter().filter(move |(_, its)| *its == bearing).map(|(id, _)| id.as_str())
    }
}
