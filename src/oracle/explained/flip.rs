//! What a peer would do that opens a connection where it must not: whether the ledger would tell it as new.

use std::collections::BTreeSet;

use super::compare::Oracle;
use crate::judgement::{Permitted, Role};
use crate::oracle::expected::{Case, accepts};
use crate::peer::served;
use crate::suite::ledger::Direction;
use crate::suite::{Delivery, Observation, Opened, Outcome, Verdict};

/// What an opening comes to of a case that has to be rejected, and is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flipped {
    /// It is told.
    New,
    /// It passes for known.
    Hidden,
    /// It says nothing of a check: the peer may refuse, or does, for something else.
    Apart,
}

impl Oracle<'_> {
    /// The openings of a case that the peer rejects today as it must; `None` where it does not, or need not.
    pub(crate) fn opened(&self, case: &Case) -> Option<Vec<Observation>> {
        if case.expectation.permitted != Permitted::MustReject || case.expectation.unfinished {
            return None;
        }
        let is_refused =
            |observation: &Observation| matches!(observation.outcome, Outcome::Refused(_) | Outcome::Closed);
        let today = self.compare(case);
        if !is_refused(&today.observation) || today.verdict != Verdict::Pass {
            return None;
        }
        Some(self.openings(case))
    }

    /// What an opening of a case would come to that the peer rejects today as it must; `None` where it does not, or need not.
    pub fn flipped(&self, case: &Case) -> Option<Flipped> {
        let openings = self.opened(case)?;
        if self.is_refused_for_something_else(case) {
            return Some(Flipped::Apart);
        }
        let is_hidden = openings.into_iter().any(|opening| self.judge(case, opening).new.is_empty());
        Some(if is_hidden { Flipped::Hidden } else { Flipped::New })
    }

    /// Whether the refusal need not rest on a check of what the case violates: the peer never looks for any of that, or may
    /// refuse for something else, or is known to refuse for it, or opens where the octets come in one read, or the head in one of its own. An opening then
    /// says of no check that it is lost.
    fn is_refused_for_something_else(&self, case: &Case) -> bool {
        let entries = || self.ledger.divergences().iter().filter(|entry| entry.may_show_in(&case.exchange));
        let is_never_checked = |id| entries().any(|entry| entry.is_never_checked && entry.covers(id));
        let is_stumbled_over = |id| entries().any(|entry| entry.direction == Direction::Refuses && entry.covers(id));
        let opens_otherwise = || {
            let mut others = [Delivery::Whole, Delivery::Split(vec![case.judged.consumed])].into_iter();
            others.any(|other| {
                let other = case.delivered(other);
                matches!(self.peer.observe(&other.exchange).outcome, Outcome::Opened(_))
            })
        };
        case.breached().into_iter().all(is_never_checked)
            || case.grounds().count() > case.violated().count()
            || case.exercised().any(is_stumbled_over)
            || case.exchange.delivery != Delivery::Whole && opens_otherwise()
    }

    /// The openings that an entry might stand for: one for each accept value that some reading makes right.
    fn openings(&self, case: &Case) -> Vec<Observation> {
        if case.exchange.role == Role::Client {
            return vec![Observation { outcome: Outcome::Opened(Opened::default()), written: Vec::new() }];
        }
        let entries: Vec<_> =
            self.ledger.divergences().iter().filter(|entry| entry.direction == Direction::Accepts).collect();
        let values: BTreeSet<String> = accepts(&case.exchange.octets, &entries).into_iter().collect();
        let opening = |value: &String| {
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {value}\r\n\r\n"
            );
            served(answer.into_bytes(), None, None)
        };
        values.iter().map(opening).collect()
    }
}
