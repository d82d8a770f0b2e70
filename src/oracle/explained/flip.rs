//! What a peer would do that opens a connection where it must not: whether the ledger would tell it as new.

use std::collections::BTreeSet;

use super::compare::Oracle;
use crate::judgement::{Permitted, Role};
use crate::oracle::expected::{Case, accepts};
use crate::peer::served;
use crate::suite::ledger::Direction;
use crate::suite::{Observation, Opened, Outcome, Verdict};

impl Oracle<'_> {
    /// Whether an opening would pass for known, of a case that the peer rejects today as it must; `None` where it does not, or
    /// need not.
    pub fn hides_opening(&self, case: &Case) -> Option<bool> {
        if case.expectation.permitted != Permitted::MustReject || case.expectation.unfinished {
            return None;
        }
        let today = self.compare(case);
        if !matches!(
            (&today.observation.outcome, &today.verdict),
            (Outcome::Refused(_) | Outcome::Closed, Verdict::Pass)
        ) {
            return None;
        }
        Some(self.openings(case).into_iter().any(|opening| self.judge(case, opening).new.is_empty()))
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
