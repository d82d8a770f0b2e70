//! A server behind a URL, as a peer.

use std::io;
use std::time::Instant;

use super::connection::{Connection, Deadlines, Ending, LIMIT, unconnected};
use super::endpoint::Endpoint;
use super::message::{self, Progress};
use super::tls::Trust;
use crate::judgement::Role;
use crate::peer::served;
use crate::suite::{End, Exchange, Observation, Outcome, Peer};

/// Under which conditions a server is willing to open a connection at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Field lines that every request needs beside those of the handshake: name and value.
    pub fields: Vec<(String, String)>,
}

/// A server behind a URL.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub endpoint: Endpoint,
    /// Whom a wss connection trusts.
    pub trust: Option<Trust>,
    /// How long it may take.
    pub deadlines: Deadlines,
}

/// What a server did with an exchange on one connection.
#[derive(Debug)]
pub struct Talk {
    /// What it did.
    pub observation: Observation,
    /// How reading its answer ended.
    pub ending: Ending,
    /// The connection, for what comes behind a 101.
    pub connection: Connection,
    /// Where the octets behind the 101 start among those received; the end of them where there was none.
    pub behind: usize,
}

impl Server {
    /// A connection of its own for an exchange, and the answer.
    ///
    /// # Errors
    ///
    /// If the server takes no connection.
    pub fn talk(&self, exchange: &Exchange) -> io::Result<Talk> {
        let mut connection = Connection::open(&self.endpoint, self.trust.as_ref(), &self.deadlines)?;
        connection.send(&exchange.octets, &exchange.delivery);
        if exchange.end == End::HalfClosed {
            connection.half_close();
        }
        let is_head = exchange.octets.trim_ascii_start().starts_with(b"HEAD ");
        let mut behind = None;
        let until = Instant::now() + self.deadlines.answer;
        let mut ending = connection.receive(until, |received| match message::progress(received, is_head) {
            Progress::Switched(end) => {
                behind = Some(end);
                true
            }
            Progress::Complete | Progress::UntilClose => true,
            Progress::Partial => false,
        });
        if ending == Ending::Complete && behind.is_none() {
            let until = Instant::now() + self.deadlines.close.min(self.deadlines.answer);
            let is_complete = |received: &[u8]| message::progress(received, is_head) == Progress::Complete;
            ending = connection.receive(until, is_complete);
        }
        let behind = behind.unwrap_or(connection.received().len());
        let observation = observe(connection.received(), ending);
        Ok(Talk { observation, ending, connection, behind })
    }

    /// Whether the server takes a connection.
    ///
    /// # Errors
    ///
    /// If it does not: with the reason.
    pub fn reach(&self) -> io::Result<()> {
        Connection::open(&self.endpoint, self.trust.as_ref(), &self.deadlines).map(|_| ())
    }
}

/// What a server did, by all that it wrote and how that ended.
fn observe(received: &[u8], ending: Ending) -> Observation {
    let answer = &received[message::final_head(received)..];
    let has_head = message::head_end(answer).is_some();
    let outcome = match ending {
        _ if has_head => served(answer.to_vec(), None, None).outcome,
        Ending::TimedOut => Outcome::TimedOut,
        // No clause bounds a head: of what is cut off here nothing is known, and whoever sent it is not to blame.
        Ending::TooLong if answer.starts_with(b"HTTP/") => {
            Outcome::Harness(format!("more than {LIMIT} octets came without the end of a head, and no more are read"))
        }
        Ending::TooLong => Outcome::Garbled(format!("more than {LIMIT} octets without the end of a head")),
        Ending::Complete | Ending::Closed | Ending::Reset if answer.is_empty() => Outcome::Closed,
        Ending::Complete | Ending::Closed | Ending::Reset => served(answer.to_vec(), None, None).outcome,
    };
    Observation { outcome, written: received.to_vec() }
}

impl Peer for Server {
    fn name(&self) -> &str {
        &self.endpoint.url
    }

    fn version(&self) -> &str {
        "live"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        match self.talk(exchange) {
            Ok(talk) => talk.observation,
            Err(error) => Observation { outcome: Outcome::Harness(unconnected(&error)), written: Vec::new() },
        }
    }
}
