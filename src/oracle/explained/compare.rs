//! A peer beside the reference: alike, explained by the ledger, or new.

use std::collections::BTreeSet;

use super::applies::applies;
use super::without::without;
use crate::judgement::{RequirementId, Role, requirements as r};
use crate::oracle::expected::Case;
use crate::oracle::expected::accepts;
use crate::oracle::expected::unlawful;
use crate::suite::ledger::{Behaviour, Direction, Divergence};
use crate::suite::verdict::judge;
use crate::suite::{Delivery, Exchange, Failing, Fault, Ledger, Observation, Outcome, Peer, Register, Verdict};

/// How often a feature may be taken out of an exchange before a refusal counts as unexplained.
const ROUNDS: usize = 8;

/// A peer with what is known of it.
#[derive(Clone, Copy)]
pub struct Oracle<'a> {
    /// The law.
    pub register: &'a Register,
    /// What is known of the peer.
    pub ledger: &'a Ledger,
    /// The peer.
    pub peer: &'a dyn Peer,
    /// Whether what is contested or non-strict counts as well.
    pub strict: bool,
}

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What the peer did.
    pub observation: Observation,
    /// The verdict, the ledger apart.
    pub verdict: Verdict,
    /// The faults that the ledger explains, each with the ids of the entries that do.
    pub explained: Vec<Explained>,
    /// The faults that nothing explains: each is a new divergence.
    pub new: Vec<Fault>,
}

/// A fault, and the ids of the ledger's entries that explain it.
pub type Explained = (Fault, Vec<String>);

/// The ids of the entries that explain something, in order.
pub fn entries(explained: &[Explained]) -> Vec<String> {
    let ids: BTreeSet<&String> = explained.iter().flat_map(|(_, entries)| entries).collect();
    ids.into_iter().cloned().collect()
}

impl Compared {
    /// The ids of the ledger's entries that explain some of its faults, in order.
    pub fn known(&self) -> Vec<String> {
        entries(&self.explained)
    }

    /// What makes two divergences one of a kind: the ways of failing with their requirements, what else the octets violate or
    /// exercise, and the peer's own words for a refusal.
    pub fn signature(&self, case: &Case) -> String {
        let mut parts = BTreeSet::new();
        for fault in &self.new {
            let requirement = fault.requirement.map(|id| format!(" {id}")).unwrap_or_default();
            parts.insert(format!("{}{requirement}", fault.failing.as_str()));
            match fault.failing {
                Failing::Accepts => parts.extend(case.violated().map(|id| format!("violates {id}"))),
                Failing::Refuses => parts.extend(case.exercised().map(|id| format!("uses {id}"))),
                Failing::Answers | Failing::Octets | Failing::Hang | Failing::Crash => {}
            }
        }
        if let Outcome::Refused(refused) = &self.observation.outcome {
            parts.extend(refused.error.as_deref().map(|error| format!("error {}", error.escape_debug())));
        }
        parts.into_iter().collect::<Vec<_>>().join("; ")
    }
}

impl Oracle<'_> {
    /// Gives the peer an exchange and judges what it does.
    pub fn compare(&self, case: &Case) -> Compared {
        let observation = self.peer.observe(&case.exchange);
        self.judge(case, observation)
    }

    /// Judges what the peer did.
    pub fn judge(&self, case: &Case, observation: Observation) -> Compared {
        let mut verdict = self.verdict(case, &observation);
        let answered = unlawful(case, &observation, self.register);
        if !answered.is_empty() {
            let faults = verdict.faults().iter().cloned().chain(answered).collect();
            verdict = Verdict::of(faults, case.expectation.permitted);
        }
        let mut compared = Compared { observation, verdict, explained: Vec::new(), new: Vec::new() };
        for fault in compared.verdict.faults() {
            match self.explain(case, &compared.observation, fault, ROUNDS) {
                Some(entries) => compared.explained.push((fault.clone(), entries)),
                None if fault.owed.severity.counts(self.strict) => compared.new.push(fault.clone()),
                None => {}
            }
        }
        compared
    }

    /// The verdict on what the peer can be held to.
    fn verdict(&self, case: &Case, observation: &Observation) -> Verdict {
        let owed = self.peer.owes(&case.exchange, &case.expectation);
        judge(&owed, &case.exchange, observation, self.register)
    }

    /// The entries that explain a fault; `None` where nothing does.
    fn explain(&self, case: &Case, observation: &Observation, fault: &Fault, rounds: usize) -> Option<Vec<String>> {
        let entries = || self.ledger.divergences().iter().filter(|entry| entry.may_show_in(&case.exchange));
        let ids = |entries: &[&Divergence]| entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>();
        let behaves = |behaviour: Behaviour, error: Option<&str>| {
            let about = |entry: &&Divergence| {
                entry.behaviour == Some(behaviour)
                    && entry.has_error(error)
                    && entry.requirement.as_ref().is_none_or(|_| cites(case, |id| entry.covers(id)))
            };
            entries().find(about).map(|entry| vec![entry.id.clone()])
        };
        match fault.failing {
            Failing::Crash => {
                let Outcome::Crashed(message) = &observation.outcome else { return None };
                behaves(Behaviour::Crash, Some(message))
            }
            Failing::Hang => behaves(Behaviour::Hang, None),
            Failing::Octets => behaves(Behaviour::Octets, None),
            Failing::Answers => {
                let requirement = fault.requirement?;
                // An entry about a behaviour speaks of that behaviour alone.
                let about = |entry: &&Divergence| {
                    entry.direction == Direction::Answers && entry.behaviour.is_none() && entry.covers(requirement)
                };
                let known = entries().find(about).map(|entry| vec![entry.id.clone()]);
                let is_of_form = || case.expectation.form.as_ref().is_some_and(|form| form.requirement == requirement);
                // Who stumbles over a feature first does not come to what has a form.
                known.or_else(|| is_of_form().then(|| self.explain_refusal(case, observation, rounds)).flatten())
            }
            Failing::Accepts => {
                let mut explaining = Vec::new();
                for id in case.breached() {
                    let about = |entry: &&Divergence| entry.direction == Direction::Accepts && entry.covers(id);
                    match entries().filter(about).find(|entry| applies(self, entry, case, id)) {
                        Some(entry) => explaining.push(entry),
                        None => return self.explain_without_folding(case, id, rounds),
                    }
                }
                let is_right = !explaining.is_empty() && accept_is_right(case, observation, &explaining);
                is_right.then(|| ids(&explaining))
            }
            Failing::Refuses => self.explain_refusal(case, observation, rounds),
        }
    }

    /// An entry under `refuses` with the peer's error, and the same exchange without the feature is accepted, or refused in
    /// the form that is due; or refused again, which is explained likewise.
    fn explain_refusal(&self, case: &Case, observation: &Observation, rounds: usize) -> Option<Vec<String>> {
        let rounds = rounds.checked_sub(1)?;
        let error = match &observation.outcome {
            Outcome::Refused(refused) => refused.error.as_deref(),
            // Over the wire a refusal may be no more than the end of the connection.
            Outcome::Closed => None,
            _ => return None,
        };
        for entry in self.ledger.divergences() {
            let may =
                entry.direction == Direction::Refuses && entry.may_show_in(&case.exchange) && entry.has_error(error);
            if !may {
                continue;
            }
            let exercised = || case.exercised().any(|id| entry.covers(id));
            let control = if entry.behaviour == Some(Behaviour::Split) {
                Some(Exchange { delivery: Delivery::Whole, ..case.exchange.clone() })
            } else if exercised() {
                let covered: Vec<_> = case.exercised().filter(|id| entry.covers(*id)).collect();
                without(&case.exchange, &covered)
            } else {
                None
            };
            let is_alike = |control: &Case| {
                let (own, its) = (&case.expectation, &control.expectation);
                own.permitted == its.permitted && own.form.is_some() == its.form.is_some()
            };
            let Some(control) = control.and_then(Case::judged).filter(is_alike) else { continue };
            if let Some(mut explained) = self.explain_control(&control, &[Failing::Refuses, Failing::Answers], rounds) {
                explained.push(entry.id.clone());
                return Some(explained);
            }
        }
        None
    }

    /// A member with letters beyond ASCII need not be the one that the peer took for the token: the same exchange with no such
    /// letters is accepted as well, which is explained.
    fn explain_without_folding(&self, case: &Case, id: RequirementId, rounds: usize) -> Option<Vec<String>> {
        let rounds = rounds.checked_sub(1)?;
        let is_folding = [r::RFC6455_2_1_ASCII_FOLD_SERVER.id, r::RFC6455_2_1_ASCII_FOLD_CLIENT.id].contains(&id);
        let control = is_folding.then(|| without(&case.exchange, &[id])).flatten().and_then(Case::judged)?;
        self.explain_control(&control, &[Failing::Accepts], rounds).filter(|explained| !explained.is_empty())
    }

    /// The entries that explain what the peer does with a control: nothing but what is known, in some of the ways to fail.
    fn explain_control(&self, control: &Case, ways: &[Failing], rounds: usize) -> Option<Vec<String>> {
        let observation = self.peer.observe(&control.exchange);
        let verdict = self.verdict(control, &observation);
        let explain = |fault: &Fault| {
            ways.contains(&fault.failing).then(|| self.explain(control, &observation, fault, rounds)).flatten()
        };
        let explained: Option<Vec<Vec<String>>> = verdict.faults().iter().map(explain).collect();
        explained.map(|explained| explained.concat())
    }
}

fn cites(case: &Case, about: impl Fn(RequirementId) -> bool) -> bool {
    let judgement = case.judged.judgement.iter();
    judgement.flat_map(|judgement| &judgement.findings).any(|finding| about(finding.requirement.id))
}

/// Whether the accept value of a request that must be rejected is right for the line and the reading that the entries name.
fn accept_is_right(case: &Case, observation: &Observation, entries: &[&Divergence]) -> bool {
    let Outcome::Opened(opened) = &observation.outcome else { return false };
    if case.exchange.role == Role::Client {
        return true;
    }
    let right = accepts(&case.exchange.octets, entries);
    opened.accept.as_ref().is_some_and(|accept| right.iter().any(|right| right.as_bytes() == accept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::reference::Reference;
    use crate::suite::Refused;
    use crate::suite::law::register::of_the_project;

    /// A server that does what a function makes of an exchange.
    struct Acting<F>(F);

    impl<F: Fn(&Exchange) -> Observation + Sync> Peer for Acting<F> {
        fn name(&self) -> &str {
            "acting"
        }

        fn version(&self) -> &str {
            "1.0.0"
        }

        fn plays(&self, role: Role) -> bool {
            role == Role::Server
        }

        fn observe(&self, exchange: &Exchange) -> Observation {
            self.0(exchange)
        }
    }

    /// Refuses an Upgrade that names another protocol first, and every other request as the reference does, with the field
    /// that a wrong version asks for or without it.
    fn stumbling(names_versions: bool) -> impl Peer {
        Acting(move |exchange: &Exchange| {
            let is_list = exchange.octets.windows(12).any(|window| window == b"Upgrade: foo");
            let version = ("Sec-WebSocket-Version".to_owned(), b"13".to_vec());
            let refused = |fields, error: &str| {
                let outcome = Outcome::Refused(Refused { status: Some(400), fields, error: Some(error.to_owned()) });
                Observation { outcome, written: Vec::new() }
            };
            let observed = Reference.observe(exchange);
            match observed.outcome {
                _ if is_list => refused(Vec::new(), "no WebSocket"),
                Outcome::Refused(_) if names_versions => refused(vec![version], "version"),
                Outcome::Refused(_) => refused(Vec::new(), "version"),
                _ => observed,
            }
        })
    }

    /// Opens where some line has the letters of Upgrade, or, where it folds, letters beyond ASCII in the place of them.
    fn lax(folds: bool) -> impl Peer {
        Acting(move |exchange: &Exchange| {
            let text = String::from_utf8_lossy(&exchange.octets);
            let is_taken = text.contains("Upgraded") || folds && text.contains("Upgr\u{e1}de");
            if is_taken { Reference.observe(&request("websocket", "13")) } else { Reference.observe(exchange) }
        })
    }

    fn request(upgrade: &str, version: &str) -> Exchange {
        let octets = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: {upgrade}\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: {version}\r\n\r\n"
        );
        Exchange::new(Role::Server, octets)
    }

    #[test]
    fn folding_is_no_ground_where_another_member_was_taken_for_the_token() {
        let request = |connection: &str| {
            let octets = String::from_utf8(request("websocket", "13").octets).unwrap();
            Exchange::new(Role::Server, octets.replace("Connection: Upgrade", &format!("Connection: {connection}")))
        };
        let id = "acting/server/connection-no-token";
        let covers = vec![r::RFC6455_4_2_1_CONNECTION_NO_TOKEN.id];
        let entry = Divergence::seen(id.to_owned(), Direction::Accepts, request("Upgraded"), covers);
        let ledger = Ledger::empty("acting").with([entry]);
        let compared = |folds, connection: &str| {
            let oracle = Oracle { register: of_the_project(), ledger: &ledger, peer: &lax(folds), strict: true };
            let compared = oracle.compare(&Case::judged(request(connection)).unwrap());
            (compared.known(), compared.new.len())
        };
        assert_eq!(compared(false, "Upgr\u{e1}de"), (vec![], 0));
        assert_eq!(compared(false, "Upgr\u{e1}de, Upgraded"), (vec![id.to_owned()], 0));
        assert_eq!(compared(true, "Upgr\u{e1}de"), (vec![], 1));
    }

    /// A peer that refuses a feature on a known ground never looks at the version behind it; without the feature it has to say
    /// which versions it speaks.
    #[test]
    fn a_form_is_owed_where_no_known_ground_for_a_refusal_comes_before_it() {
        let covers = vec![r::RFC6455_4_2_1_UPGRADE_LIST.id];
        let shown = request("foo, websocket", "13");
        let id = "acting/server/refuses-upgrade-list".to_owned();
        let entry = Divergence {
            error: Some("no WebSocket".to_owned()),
            ..Divergence::seen(id.clone(), Direction::Refuses, shown.clone(), covers)
        };
        let compared = |names_versions, entries: &[Divergence], exchange: &Exchange| {
            let ledger = Ledger::empty("acting").with(entries.to_vec());
            let oracle =
                Oracle { register: of_the_project(), ledger: &ledger, peer: &stumbling(names_versions), strict: true };
            oracle.compare(&Case::judged(exchange.clone()).unwrap())
        };
        let lacking = request("foo, websocket", "14");
        for exchange in [&shown, &lacking] {
            assert_eq!(compared(true, &[], exchange).new.len(), 1);
            let known = compared(true, std::slice::from_ref(&entry), exchange);
            assert_eq!((known.known(), known.new), (vec![id.clone()], Vec::new()));
        }
        assert_eq!(compared(false, &[entry], &lacking).new.len(), 1);
        assert_eq!(compared(true, &[], &request("websocket", "14")).new, []);
        assert_eq!(compared(false, &[], &request("websocket", "14")).new.len(), 1);
    }
}
