//! A live server of whose configuration nothing is known, as a peer: what it owes, and what becomes of it.

use std::borrow::Cow;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::Duration;

use super::policy::{may_refuse_octets, unconfigured};
use super::{lock, revived};
use crate::judgement::{Permitted, Role};
use crate::live::{Ending, Server, unconnected};
use crate::oracle::judge;
use crate::suite::law::vector::Expectation;
use crate::suite::{End, Exchange, Needs, Observation, Outcome, Peer};

/// A live server of whose configuration nothing is known.
#[derive(Debug)]
pub struct Stranger<'a> {
    server: &'a Server,
    stop: &'a AtomicBool,
    /// Held for reading by everyone who uses a connection, for writing by whoever must be alone.
    alone: RwLock<()>,
    /// Why it cannot be asked any more.
    gone: Mutex<Option<String>>,
}

impl<'a> Stranger<'a> {
    /// The server behind a URL. `stop` ends the waiting for one that went away.
    pub fn new(server: &'a Server, stop: &'a AtomicBool) -> Stranger<'a> {
        Stranger { server, stop, alone: RwLock::new(()), gone: Mutex::default() }
    }

    /// The exchange as this server is asked it: it serves its own authority, and a client that waits for an answer keeps its
    /// side open.
    pub fn asked(&self, exchange: Exchange) -> Exchange {
        let needs = Needs { authorities: Some(vec![self.server.endpoint.authority()]), ..exchange.needs };
        Exchange { needs, end: End::Open, ..exchange }
    }

    /// Why it cannot be asked any more, if it cannot.
    pub fn gone(&self) -> Option<String> {
        lock(&self.gone).clone()
    }

    /// One connection: what the server did, and whether it may have gone away.
    fn once(&self, exchange: &Exchange) -> (Observation, bool) {
        match self.server.talk(exchange) {
            Ok(talk) => {
                let went = talk.observation.outcome == Outcome::Closed || talk.ending == Ending::Reset;
                (talk.observation, went)
            }
            Err(error) => (harness(unconnected(&error)), true),
        }
    }

    /// It takes no connection behind this exchange, or one beside it: it is waited for, and asked again with nobody else. If
    /// it goes away again, this exchange is the cause.
    fn again(&self, exchange: &Exchange) -> Observation {
        let _alone = self.alone.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        let away = "it takes no connection any more";
        if self.gone().is_none() && !revived(self.server, self.stop) {
            lock(&self.gone).get_or_insert(away.to_owned());
        }
        if let Some(why) = self.gone() {
            return harness(why);
        }
        let (observation, _) = self.once(exchange);
        thread::sleep(Duration::from_millis(50));
        if self.server.reach().is_ok() {
            return observation;
        }
        let then = if revived(self.server, self.stop) {
            "it came back"
        } else {
            lock(&self.gone).get_or_insert(away.to_owned());
            "it did not come back"
        };
        let message = format!("took no connection afterwards, twice in a row; {then}");
        Observation { outcome: Outcome::Crashed(message), written: observation.written }
    }
}

fn harness(why: String) -> Observation {
    Observation { outcome: Outcome::Harness(why), written: Vec::new() }
}

impl Peer for Stranger<'_> {
    fn name(&self) -> &str {
        &self.server.endpoint.url
    }

    fn version(&self) -> &str {
        "live"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        if let Some(why) = self.gone() {
            return harness(why);
        }
        // Nothing is due on a head that is not at its end, before the sender's side is.
        let is_unfinished = judge(exchange).is_some_and(|judged| judged.judgement.is_none());
        let end = if is_unfinished { End::HalfClosed } else { exchange.end };
        let exchange = &Exchange { end, ..exchange.clone() };
        let (observation, went) = {
            let _one_of_many = self.alone.read().unwrap_or_else(|poisoned| poisoned.into_inner());
            self.once(exchange)
        };
        match observation.outcome {
            _ if went && self.server.reach().is_err() => self.again(exchange),
            // It takes connections, and did not take this one: a queue was full.
            Outcome::Harness(_) => self.once(exchange).0,
            _ => observation,
        }
    }

    fn owes<'e>(&self, exchange: &Exchange, expectation: &'e Expectation) -> Cow<'e, Expectation> {
        let mut owed = expectation.clone();
        unconfigured(&mut owed, &exchange.needs);
        if may_refuse_octets(&exchange.octets, &self.server.endpoint).is_some() {
            // Its own reason may come first.
            owed.form = None;
            if owed.permitted == Permitted::MustAccept {
                owed.permitted = Permitted::Either;
            }
        }
        Cow::Owned(owed)
    }
}
