//! What the reference says of an exchange: what is permitted, and why.

use crate::handshake::{Opening, judge_request, judge_response};
use crate::http::Limits;
use crate::judgement::{Judgement, Role};
use crate::peer::reference;
use crate::suite::{End, Exchange};

/// The reference's judgement of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What is permitted, and why. `None` where the head is not at its end and more may come.
    pub judgement: Option<Judgement>,
    /// How many octets the head takes, all of them where it is not at its end.
    pub consumed: usize,
    /// What a client has open, where the reference opens.
    pub opening: Option<Opening>,
}

impl Judged {
    /// The octets of the head: all there are where the reference stopped reading before its end, as others need not.
    pub fn head<'o>(&self, exchange: &'o Exchange) -> &'o [u8] {
        let is_whole = self.judgement.as_ref().is_some_and(|judgement| judgement.stopped.is_none());
        if is_whole { &exchange.octets[..self.consumed] } else { &exchange.octets }
    }

    /// The octets behind the head.
    pub fn rest<'o>(&self, exchange: &'o Exchange) -> &'o [u8] {
        exchange.octets.get(self.consumed..).unwrap_or_default()
    }
}

/// Judges the octets of an exchange, all of which were sent before there was an answer. How they are cut into reads does
/// not matter. `None` where the needs are none that the reference knows.
pub fn judge(exchange: &Exchange) -> Option<Judged> {
    let closed = exchange.end == End::HalfClosed;
    let octets = exchange.octets.as_slice();
    let outcome = match exchange.role {
        Role::Server => {
            let policy = reference::policy(&exchange.needs)?;
            let outcome = judge_request(octets, closed, &policy);
            outcome.map(|outcome| (outcome.judgement, outcome.consumed, None))
        }
        Role::Client => {
            let offer = reference::offer(exchange.key.as_deref(), &exchange.needs)?;
            let outcome = judge_response(octets, closed, &offer, Limits::default());
            outcome.map(|outcome| (outcome.judgement, outcome.consumed, outcome.opened))
        }
    };
    Some(match outcome {
        None => Judged { judgement: None, consumed: octets.len(), opening: None },
        Some((judgement, consumed, opening)) => Judged { judgement: Some(judgement), consumed, opening },
    })
}
