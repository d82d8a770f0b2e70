//! A vector: an opening handshake as data, with what the RFCs permit.

use crate::http::grammar::octets_of_latin1;
use serde::Deserialize;

use super::marks::MarkSpan;
use crate::judgement::{Decided, Owed, Permitted, RequirementId, Role};
use crate::suite::exchange::{Building, Exchange};

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
    pub requirement: RequirementId,
    /// What a server owes by it.
    pub owed: Owed,
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
    /// What the other decision counts.
    pub decided: Decided,
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
            decided: Decided::MUST,
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
    pub requirements: Vec<(RequirementId, Bearing)>,
    /// The reason for what is permitted.
    pub why: String,
    /// A vector that must be accepted and differs by one edit.
    pub control: Option<String>,
    /// Whether it is a whole message as some program sends it, without a control one edit away.
    pub sample: bool,
    /// Where else these octets were met: the topic, and the story.
    pub seen_in: Vec<String>,
    /// What is under judgement.
    pub subject: Subject,
    /// The spans of its octets that a live run replaces, in order.
    pub marks: Vec<MarkSpan>,
    /// The mark that is the accept value of its answer, where a live run replaces that.
    pub answer_mark: Option<String>,
    /// What the peer is expected to do.
    pub expectation: Expectation,
}

impl Vector {
    /// The vector with other values for its marks, and so without them; `None` leaves what stands there.
    pub fn rendered(&self, value: impl Fn(&str) -> Option<String>) -> Vector {
        let mut rendered = self.clone();
        rendered.marks.clear();
        if let (Some(name), Some(answer)) = (&self.answer_mark, &mut rendered.expectation.answer)
            && let Some(value) = value(name)
        {
            answer.accept = Some(octets_of_latin1(&value));
        }
        if let (Some(exchange), Subject::Octets(rendering)) = (self.exchange(), &mut rendered.subject) {
            let had = &exchange.octets;
            let behind = had.len() - self.expectation.rest.as_ref().map_or(0, Vec::len);
            let part = |from: usize, to: usize| {
                let (mut part, mut taken) = (Vec::new(), from);
                let spans = self.marks.iter().map(|span| (&span.octets, &span.mark));
                for (span, mark) in spans.filter(|(span, _)| (from..to).contains(&span.start)) {
                    part.extend_from_slice(&had[taken..span.start]);
                    part.extend(
                        value(mark).map_or_else(|| had[span.clone()].to_vec(), |value| octets_of_latin1(&value)),
                    );
                    taken = span.end;
                }
                part.extend_from_slice(&had[taken..to.max(taken)]);
                part
            };
            let rest = part(behind, had.len());
            rendering.octets = [part(0, behind), rest.clone()].concat();
            if let Some(its) = &mut rendered.expectation.rest {
                *its = rest;
            }
        }
        rendered
    }

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
    pub fn that(&self, bearing: Bearing) -> impl Iterator<Item = RequirementId> {
        self.requirements.iter().filter(move |(_, its)| *its == bearing).map(|(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use crate::suite::Conformance;

    #[test]
    fn a_live_run_puts_its_own_values_in() {
        let data = Conformance::embedded().unwrap();
        let minimal = data.vectors.get("server/opening/minimal").unwrap();
        let value = |name: &str| match name {
            "host" => Some("localhost:9001".to_owned()),
            "key" => Some("x3JJHMbDL1EzLkh9GBhXDw==".to_owned()),
            "accept" => Some("HSmrc0sMlYUkAGmm5OPpG2HaGWk=".to_owned()),
            _ => None,
        };
        let rendered = minimal.rendered(value);
        let octets = String::from_utf8(rendered.exchange().unwrap().octets.clone()).unwrap();
        assert!(octets.starts_with("GET /chat HTTP/1.1\r\nHost: localhost:9001\r\n"), "{octets}");
        assert!(octets.contains("Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"), "{octets}");
        let accept = rendered.expectation.answer.unwrap().accept.unwrap();
        assert_eq!(accept, b"HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
    }

    #[test]
    fn every_vector_stays_as_it_is_where_nothing_is_put_in() {
        let data = Conformance::embedded().unwrap();
        let canonical = |name: &str| data.marks.canonical(name).map(str::to_owned);
        for vector in data.vectors.all() {
            for rendered in [vector.rendered(|_| None), vector.rendered(canonical)] {
                assert_eq!((&rendered.subject, &rendered.expectation), (&vector.subject, &vector.expectation));
            }
            // What stands behind the head stays at the end, however long the values are.
            let long = vector.rendered(|_| Some("x".repeat(99)));
            if let (Some(exchange), Some(rest)) = (long.exchange(), &long.expectation.rest) {
                assert!(exchange.octets.ends_with(rest), "{}", vector.id);
                let had = vector.expectation.rest.as_ref().map_or(0, Vec::len);
                let marks =
                    vector.marks.iter().filter(|span| span.octets.end > vector.exchange().unwrap().octets.len() - had);
                if marks.count() == 0 {
                    assert_eq!(rest.len(), had, "{}", vector.id);
                }
            }
        }
    }
}
