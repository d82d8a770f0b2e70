//! What the reference promises of any octets under any limits, policy and offer: no panic, no verdict that hangs on the cut,
//! no finding that points elsewhere than into the octets.

use crate::generate::Situation;
use crate::handshake::{Client, Server, judge_request, judge_response};
use crate::judgement::{Decision, Finding, Judgement, Requirement, Role, requirements as r};
use crate::peer::reference;
use crate::suite::End;

/// What is judged only by who knows that the octets after the head were sent early.
const AFTER_THE_HEAD: [&Requirement; 2] = [&r::RFC9112_6_3_INCOMPLETE_CONTENT, &r::RFC6455_4_1_EARLY_OCTETS_SERVER];

/// A judgement, how many octets it took, whether the reference opens, and all that it answers or has open.
struct Seen {
    judgement: Judgement,
    consumed: usize,
    opens: bool,
    made: String,
}

/// Judges the octets whole and as they are delivered, by the reader of the situation. The error says which promise is broken.
pub fn keeps_promises(situation: &Situation) -> Result<(), String> {
    let Situation { exchange, limits, secure } = situation;
    let (octets, closed) = (exchange.octets.as_slice(), exchange.end == End::HalfClosed);
    let (whole, cut) = match exchange.role {
        Role::Server => {
            let Some(policy) = reference::policy(&exchange.needs) else { return Ok(()) };
            let policy = policy.limits(*limits).secure(*secure);
            let seen = |outcome: crate::handshake::ServerOutcome| Seen {
                opens: outcome.accepted().is_some(),
                made: format!("{:?}", outcome.answer),
                consumed: outcome.consumed,
                judgement: outcome.judgement,
            };
            let cut = reference::fed(exchange, Server::new(&policy), Server::feed, Server::finish);
            (judge_request(octets, closed, &policy).map(seen), cut.map(seen))
        }
        Role::Client => {
            let Some(offer) = reference::offer(exchange.key.as_deref(), &exchange.needs) else { return Ok(()) };
            let seen = |outcome: crate::handshake::ClientOutcome| Seen {
                opens: outcome.opened.is_some(),
                made: format!("{:?} {:?}", outcome.status, outcome.opened),
                consumed: outcome.consumed,
                judgement: outcome.judgement,
            };
            let cut = reference::fed(exchange, Client::new(&offer, *limits), Client::feed, Client::finish);
            (judge_response(octets, closed, &offer, *limits).map(seen), cut.map(seen))
        }
    };
    for seen in whole.iter().chain(&cut) {
        seen.points_inside(octets.len())?;
    }
    // Nobody is fed no octets.
    if octets.is_empty() {
        return Ok(());
    }
    match (whole, cut) {
        (None, None) => Ok(()),
        (Some(mut whole), Some(cut)) => {
            let is_of_the_head = |finding: &Finding| !AFTER_THE_HEAD.contains(&finding.requirement);
            let all = whole.judgement.findings.len();
            whole.judgement.findings.retain(is_of_the_head);
            if (&whole.judgement, whole.consumed) != (&cut.judgement, cut.consumed) {
                return Err(format!("cutting changes {:?} to {:?}", whole.judgement, cut.judgement));
            }
            // An answer to more than the head may be another one.
            if whole.judgement.findings.len() == all && whole.made != cut.made {
                return Err(format!("cutting changes {} to {}", whole.made, cut.made));
            }
            Ok(())
        }
        (whole, _) => {
            Err(format!("there is an outcome {}", if whole.is_some() { "of the whole only" } else { "if cut only" }))
        }
    }
}

impl Seen {
    fn points_inside(&self, length: usize) -> Result<(), String> {
        let Judgement { findings, stopped } = &self.judgement;
        for finding in findings {
            let end = if AFTER_THE_HEAD.contains(&finding.requirement) { length } else { self.consumed };
            if finding.span.start > finding.span.end || finding.span.end > end {
                return Err(format!("{} points outside: {:?} of {end}", finding.requirement.id, finding.span));
            }
        }
        if self.consumed > length || stopped.is_some_and(|at| at > length) {
            return Err(format!("{} octets are taken, {stopped:?} is where it stops, of {length}", self.consumed));
        }
        if self.opens != (self.judgement.decision() == Decision::Accept) {
            return Err(format!("opens: {}, against its own judgement {:?}", self.opens, self.judgement));
        }
        Ok(())
    }
}
