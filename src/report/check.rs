//! What the reference makes of a message: the object that other programs read, and the form that people read.

use serde_json::{Value, json};

use super::drawing::{Drawing, Mark};
use super::text::wrap;
use super::{BAD, GOOD, Look, NAME, ODD, OPEN};
use crate::judgement::{Decision, Finding, Judgement, Kind, Permitted, Role, Severity};
use crate::suite::Register;
use crate::suite::law::register::Entry;

/// A judged message.
#[derive(Clone, Debug)]
pub struct Check<'a> {
    /// Who reads it.
    pub role: Role,
    /// The octets.
    pub octets: &'a [u8],
    /// What is permitted, with every finding.
    pub judgement: &'a Judgement,
    /// The finding that decided over a refusal.
    pub deciding: Option<&'a Finding>,
    /// The status that a server answers with, or that of the response that a client reads.
    pub status: Option<u16>,
    /// The accept value of the answer.
    pub accept: Option<String>,
    /// How many octets the head takes.
    pub consumed: usize,
    /// What the two sides agree on, in words.
    pub agreed: Vec<String>,
    /// Whether the accept value of a response was left unjudged, for want of the key.
    pub accept_unjudged: bool,
    /// Whether people are told what is legal and seldom seen, too.
    pub all: bool,
}

impl Check<'_> {
    /// What the strict reference does.
    pub const fn decision(&self) -> Decision {
        if self.deciding.is_some() { Decision::Reject } else { Decision::Accept }
    }

    /// The object of `ws101 check --format json`, whose shape `conformance/schema/check.schema.json` fixes.
    pub fn json(&self) -> Value {
        let findings: Vec<Value> = self.judgement.findings.iter().map(finding).collect();
        json!({
            "role": self.role.as_str(),
            "decision": self.decision().as_str(),
            "permitted": permitted(self.judgement.permitted()),
            "class": self.deciding.map(|finding| finding.class.as_str()),
            "deciding": self.deciding.map(|finding| finding.requirement.id),
            "status": self.status,
            "accept": self.accept,
            "consumed": self.consumed,
            "findings": findings,
        })
    }

    /// The octets with every finding, and the verdict. `name` is where they come from.
    pub fn human(&self, name: &str, register: &Register, look: Look) -> String {
        let (message, reader) = match self.role {
            Role::Server => ("request", "server"),
            Role::Client => ("response", "client"),
        };
        let octets = self.octets.len();
        let title = match octets {
            0 => format!("no octets, where a {reader} expects a {message}"),
            1 => format!("1 octet, as a {reader} reads a {message}"),
            _ => format!("{octets} octets, as a {reader} reads a {message}"),
        };
        let is_told = |finding: &&Finding| self.all || finding.kind() != Kind::Exercised;
        let marks = self.judgement.findings.iter().filter(is_told).map(mark).collect();
        let divider = if self.has_head() { "(the head ends here)" } else { "(judged up to here)" };
        let drawing = Drawing { octets: self.octets, head: self.consumed, divider, marks };
        let mut lines = Vec::new();
        for line in self.verdict(register) {
            lines.extend(wrap(&line, look.width, 0, 2));
        }
        let style = if self.deciding.is_some() { BAD } else { GOOD };
        if let Some((word, rest)) = lines[0].split_once(' ') {
            lines[0] = format!("{} {rest}", look.paint(style, word));
        }
        format!("{}: {title}\n{}\n{}\n", look.paint(NAME, name), drawing.draw(look), lines.join("\n"))
    }

    /// Whether the empty line that ends a head was met.
    fn has_head(&self) -> bool {
        let read = &self.octets[..self.consumed];
        read.ends_with(b"\n\r\n") || read.ends_with(b"\n\n")
    }

    /// The verdict: first a line that says all, then what explains it.
    fn verdict(&self, register: &Register) -> Vec<String> {
        let permitted = match self.judgement.permitted() {
            Permitted::MustAccept => "accept",
            Permitted::MustReject => "reject",
            Permitted::Either => "accept or reject",
        };
        let decision = match (self.decision(), self.role, self.status) {
            (decision, Role::Server, Some(status)) => format!("{decision} with {status}"),
            (decision, Role::Client, Some(status)) => format!("{decision} the {status}"),
            (decision, _, None) => decision.to_string(),
        };
        let mut lines = Vec::new();
        match self.deciding {
            Some(finding) => {
                let id = finding.requirement.id;
                lines.push(format!("{decision} (permitted: {permitted}) by {id}"));
                lines.extend(register.get(id).map(|entry| self.clause(finding, entry)));
                let readings = register.get(id).map(Entry::readings).unwrap_or_default();
                lines.extend(
                    readings.iter().zip(["contested: strict", "other"]).map(|(its, name)| format!("{name}: {its}")),
                );
            }
            None => {
                lines.push(format!("{decision} (permitted: {permitted})"));
                let accept = self.accept.as_ref().filter(|_| self.role == Role::Server);
                lines.extend(accept.map(|accept| format!("Sec-WebSocket-Accept: {accept}")));
            }
        }
        lines.extend((!self.agreed.is_empty()).then(|| format!("agreed: {}", self.agreed.join(", "))));
        lines.push(self.counts());
        if let Some(stopped) = self.judgement.stopped {
            lines.push(format!(
                "Nothing behind octet {stopped} was judged: from a fault like this no single reading follows."
            ));
        }
        if self.accept_unjudged {
            lines.push("The accept value was not judged: give the key of the request with --key.".to_owned());
        }
        lines
    }

    fn clause(&self, finding: &Finding, entry: &Entry) -> String {
        let mut text = format!("{}: {}", entry.clause(), entry.summary);
        if let (Kind::Latitude, Some(why)) = (finding.kind(), &entry.strict_why) {
            text.push_str(" The reference rejects: ");
            text.push_str(why);
        }
        text
    }

    fn counts(&self) -> String {
        let count = |kind| self.judgement.of(kind).count();
        let counts: Vec<String> = [Kind::Violated, Kind::Latitude, Kind::Exercised]
            .map(|kind| (count(kind), kind))
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, kind)| format!("{count} {kind}"))
            .collect();
        let hidden = !self.all && count(Kind::Exercised) > 0;
        let hidden = if hidden { " (legal, seldom seen: shown with --all)" } else { "" };
        let findings = if counts.is_empty() { "none".to_owned() } else { format!("{}{hidden}", counts.join(", ")) };
        let read = if self.has_head() { "head" } else { "judged" };
        let octets = match self.octets.len() {
            0 => String::new(),
            all if all == self.consumed => format!("; {read}: all {all} octets"),
            all => format!("; {read}: {} of {all} octets", self.consumed),
        };
        format!("findings: {findings}{octets}")
    }
}

/// How a finding is drawn.
pub(super) fn mark(finding: &Finding) -> Mark {
    let (glyph, style, choice) = match (finding.kind(), finding.strict) {
        (Kind::Violated, _) => ('^', BAD, ""),
        (Kind::Latitude, Decision::Reject) => ('~', OPEN, " (rejected)"),
        (Kind::Latitude, Decision::Accept) => ('~', OPEN, " (accepted)"),
        (Kind::Exercised, _) => ('-', ODD, ""),
    };
    Mark {
        span: finding.span.clone(),
        glyph,
        style,
        name: format!("{} {}", finding.kind(), finding.requirement.id),
        text: format!("{}{choice}", finding.message),
    }
}

fn finding(finding: &Finding) -> Value {
    json!({
        "requirement": finding.requirement.id,
        "level": finding.requirement.level.as_str(),
        "contested": finding.requirement.severity == Severity::Contested,
        "class": finding.class.as_str(),
        "kind": finding.kind().as_str(),
        "span": [finding.span.start, finding.span.end],
        "message": finding.message,
    })
}

/// The permitted decisions.
fn permitted(permitted: Permitted) -> Vec<&'static str> {
    [Decision::Accept, Decision::Reject]
        .into_iter()
        .filter(|&decision| permitted.allows(decision))
        .map(Decision::as_str)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::{Class, requirements as r};

    #[test]
    fn a_finding_is_told_by_how_it_bears() {
        for (requirement, kind) in [
            (&r::RFC6455_4_2_1_UPGRADE_MISSING, "violated"),
            (&r::RFC6455_4_2_1_VERSION_DRAFT, "latitude"),
            (&r::RFC6455_4_2_1_UPGRADE_CASE, "exercised"),
            (&r::RFC6455_4_2_1_KEY_LENGTH, "violated"),
        ] {
            let found = Finding::new(requirement, Class::Upgrade, 3..5, "m");
            assert_eq!(finding(&found)["kind"], kind);
            assert_eq!(finding(&found)["contested"], *requirement == r::RFC6455_4_2_1_KEY_LENGTH);
            assert_eq!(mark(&found).name, format!("{kind} {}", requirement.id));
        }
    }

    #[test]
    fn what_is_permitted_is_a_list_of_decisions() {
        assert_eq!(permitted(Permitted::MustAccept), ["accept"]);
        assert_eq!(permitted(Permitted::MustReject), ["reject"]);
        assert_eq!(permitted(Permitted::Either), ["accept", "reject"]);
    }
}
