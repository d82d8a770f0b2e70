//! A peer beside the reference: alike, explained by the ledger, or new.

use super::answer::unlawful;
use super::case::Case;
use super::keys;
use super::without::without;
use crate::judgement::Role;
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
}

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What the peer did.
    pub observation: Observation,
    /// The verdict, the ledger apart.
    pub verdict: Verdict,
    /// The ids of the ledger's entries that explain it.
    pub known: Vec<String>,
    /// The faults that nothing explains: each is a new divergence.
    pub new: Vec<Fault>,
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
            verdict = Verdict::Fail(faults);
        }
        let mut compared = Compared { observation, verdict, known: Vec::new(), new: Vec::new() };
        if let Verdict::Fail(faults) = &compared.verdict {
            for fault in faults {
                match self.explain(case, &compared.observation, fault, ROUNDS) {
                    Some(entries) => compared.known.extend(entries),
                    None => compared.new.push(fault.clone()),
                }
            }
        }
        compared.known.sort_unstable();
        compared.known.dedup();
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
                entries().find(about).map(|entry| vec![entry.id.clone()])
            }
            Failing::Accepts => {
                let mut explaining = Vec::new();
                for id in case.breached() {
                    let about = |entry: &&Divergence| entry.direction == Direction::Accepts && entry.covers(id);
                    explaining.push(entries().find(about)?);
                }
                let is_right = !explaining.is_empty() && accept_is_right(case, observation, &explaining);
                is_right.then(|| ids(&explaining))
            }
            Failing::Refuses => self.explain_refusal(case, observation, rounds),
        }
    }

    /// An entry under `refuses` with the peer's error, and the same exchange without the feature is accepted; or refused
    /// again, which is explained likewise.
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
                let covered: Vec<&str> = case.exercised().filter(|id| entry.covers(id)).collect();
                without(&case.exchange, &covered)
            } else {
                None
            };
            let Some(control) = control.and_then(Case::judged) else { continue };
            let control_observation = self.peer.observe(&control.exchange);
            let verdict = self.verdict(&control, &control_observation);
            let explain = |fault: &Fault| {
                let may = matches!(fault.failing, Failing::Refuses | Failing::Answers);
                may.then(|| self.explain(&control, &control_observation, fault, rounds)).flatten()
            };
            let explained: Option<Vec<Vec<String>>> = verdict.faults().iter().map(explain).collect();
            if let Some(explained) = explained {
                let mut explained = explained.concat();
                explained.push(entry.id.clone());
                return Some(explained);
            }
        }
        None
    }
}

fn cites(case: &Case, about: impl Fn(&str) -> bool) -> bool {
    let judgement = case.judged.judgement.iter();
    judgement.flat_map(|judgement| &judgement.findings).any(|finding| about(finding.requirement.id))
}

/// Whether the accept value of a request that must be rejected is right for the line and the reading that the entries name.
fn accept_is_right(case: &Case, observation: &Observation, entries: &[&Divergence]) -> bool {
    let Outcome::Opened(opened) = &observation.outcome else { return false };
    if case.exchange.role == Role::Client {
        return true;
    }
    let right = keys::accepts(&case.exchange.octets, entries);
    opened.accept.as_ref().is_some_and(|accept| right.iter().any(|right| right.as_bytes() == accept))
}
