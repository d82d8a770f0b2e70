//! The plan of a run: every case of the suite for servers, and what each is about.

use std::iter;

use super::checks::Check;
use crate::judgement::{Permitted, RequirementId, Role};
use crate::suite::{Conformance, Exchange, Vector};

/// The topics whose vectors are delivered otherwise than whole, too.
const DELIVERED: [&str; 3] = ["server/opening/", "server/examples/", "server/zoo-websocket/"];

/// One case of the suite for servers.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    pub(super) what: What<'a>,
    pub(super) delivery: Cut,
    /// What it is about, as it binds a server.
    pub(super) about: About,
}

/// What a case is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum About {
    Requirement(RequirementId),
    /// A clause that is none of the opening handshake, and so stands in no register.
    Clause {
        document: &'static str,
        section: &'static str,
        summary: &'static str,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What<'a> {
    Vector(&'a Vector),
    Check(Check),
}

/// How octets are cut, as far as a plan knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Whole,
    Octets,
    /// In the middle of the head.
    Halves,
}

impl<'a> Planned<'a> {
    /// A vector in one read.
    pub(super) fn whole(data: &Conformance, vector: &'a Vector) -> Planned<'a> {
        Planned { what: What::Vector(vector), delivery: Cut::Whole, about: About::Requirement(data.about(vector)) }
    }

    /// The id: the vector's, with its delivery behind where that is another than whole.
    pub fn id(&self) -> String {
        let id = match self.what {
            What::Vector(vector) => vector.id.as_str(),
            What::Check(check) => check.id(),
        };
        match self.delivery {
            Cut::Whole => id.to_owned(),
            Cut::Octets => format!("{id} + octets"),
            Cut::Halves => format!("{id} + split"),
        }
    }

    /// The vector; none for a check.
    pub(super) const fn vector(&self) -> Option<&'a Vector> {
        match self.what {
            What::Vector(vector) => Some(vector),
            What::Check(_) => None,
        }
    }

    /// Whether a server without a policy has to accept it.
    pub(super) fn is_due(&self) -> bool {
        self.vector().is_some_and(|vector| vector.permitted() == Permitted::MustAccept)
    }

    /// The requirements that it shows, the one that it is about first.
    pub fn requirements(&self) -> Vec<RequirementId> {
        let About::Requirement(about) = self.about else { return Vec::new() };
        let others = self.vector().map_or(&[][..], |vector| &vector.requirements);
        iter::once(about).chain(others.iter().map(|(id, _)| *id).filter(|id| *id != about)).collect()
    }

    /// The document and the clause, for a check that is about none of the register.
    pub const fn clause(&self) -> Option<(&'static str, &'static str)> {
        match self.about {
            About::Requirement(_) => None,
            About::Clause { document, section, .. } => Some((document, section)),
        }
    }

    /// The octets that it sends, canonically; none for a check.
    pub const fn octets(&self) -> Option<&'a Exchange> {
        match self.vector() {
            Some(vector) => vector.exchange(),
            None => None,
        }
    }
}

/// Every case of the suite for servers, in its order.
pub fn planned(data: &Conformance) -> Vec<Planned<'_>> {
    let mut planned = Vec::new();
    for vector in
        data.vectors.all().iter().filter(|vector| vector.role() == Role::Server && vector.building().is_none())
    {
        let whole = Planned::whole(data, vector);
        planned.push(whole);
        let is_delivered = vector.expectation.permitted == Permitted::MustAccept
            && vector.exchange().is_some_and(|exchange| exchange.needs.is_none())
            && DELIVERED.iter().any(|topic| vector.id.starts_with(topic));
        if is_delivered {
            planned.extend([Cut::Halves, Cut::Octets].map(|delivery| Planned { delivery, ..whole }));
        }
    }
    planned.extend(Check::ALL.map(|check| Planned {
        what: What::Check(check),
        delivery: Cut::Whole,
        about: check.about(),
    }));
    planned
}
