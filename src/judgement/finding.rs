//! A finding, and the judgement that findings add up to.

use core::ops::Range;

use super::{Class, Decision, Kind, Permitted, Requirement, RequirementId};

/// A half-open range of octet offsets in the octets under judgement.
pub type Span = Range<usize>;

/// One thing that the octets do, with the requirement that speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The requirement that the octets depart from, or whose latitude they use.
    pub requirement: &'static Requirement,
    /// The part of the message.
    pub class: Class,
    /// What the strict reference does about it. Differs from the requirement's only where the latitude has degrees, as
    /// with limits on length.
    pub strict: Decision,
    /// The octets. Empty and at the end of the head for what is missing.
    pub span: Span,
    /// What is wrong or unusual, for a person.
    pub message: &'static str,
}

impl Finding {
    /// A finding with the requirement's own strictness.
    pub const fn new(requirement: &'static Requirement, class: Class, span: Span, message: &'static str) -> Self {
        Finding { strict: requirement.strict, requirement, class, span, message }
    }

    /// How the finding bears on what is permitted.
    pub const fn kind(&self) -> Kind {
        self.requirement.kind()
    }

    /// Whether the strict reference refuses on this ground alone.
    pub const fn refuses(&self) -> bool {
        match self.kind() {
            Kind::Violated => true,
            Kind::Latitude => matches!(self.strict, Decision::Reject),
            Kind::Exercised => false,
        }
    }
}

/// What the RFCs permit for some octets, with every reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judgement {
    /// Every finding, in the order of the octets.
    pub findings: Vec<Finding>,
    /// Where the judgement stopped collecting, if a fault from which no single reading follows ended it.
    pub stopped: Option<usize>,
}

impl Judgement {
    /// What the RFCs permit the recipient.
    pub fn permitted(&self) -> Permitted {
        match self.findings.iter().map(Finding::kind).min() {
            Some(Kind::Violated) => Permitted::MustReject,
            Some(Kind::Latitude) => Permitted::Either,
            Some(Kind::Exercised) | None => Permitted::MustAccept,
        }
    }

    /// What the strict reference does.
    pub fn decision(&self) -> Decision {
        if self.findings.iter().any(Finding::refuses) { Decision::Reject } else { Decision::Accept }
    }

    /// The findings of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.kind() == kind)
    }

    /// Whether a finding cites the requirement.
    pub fn cites(&self, id: RequirementId) -> bool {
        self.findings.iter().any(|finding| finding.requirement.id == id)
    }
}
