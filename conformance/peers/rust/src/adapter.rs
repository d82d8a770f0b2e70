//! An adapter: what a crate has for each role, and how what it did becomes an observation.

use http::HeaderMap;
use ws101::judgement::Role;
use ws101::peer::{caught, served};
use ws101::suite::{Building, Built, Exchange, Invocation, Observation, Opened, Outcome, Peer, Refused};

use crate::wire::Wire;

/// What a server did, beyond what it wrote.
pub enum Served {
    /// It has a connection open, and hands these octets on; `None` where it does not show them.
    Opened(Option<Vec<u8>>),
    /// It reports an error.
    Failed(String),
    /// What it wrote says everything.
    Answered,
    /// It waits for more although nothing more comes.
    Waits,
    /// It cannot be configured for what is needed.
    Unsupported(&'static str),
}

/// A crate, as its users call it.
#[derive(Clone, Copy)]
pub struct Adapter {
    /// The name of the peer.
    pub name: &'static str,
    /// The package of which the version is its version.
    pub package: &'static str,
    /// Its server on a connection.
    pub serve: Option<fn(&Exchange, &Wire) -> Served>,
    /// Its client on a connection.
    pub connect: Option<fn(&Exchange, &Wire) -> Outcome>,
    /// What its client sends for a URI and options.
    pub build: Option<fn(&Building) -> Built>,
}

impl Peer for Adapter {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> &str {
        locked_version(self.package).unwrap_or("unknown")
    }

    fn invocation(&self) -> Option<Invocation> {
        Some(Invocation::built_in("ws101-peers", self.name))
    }

    fn plays(&self, role: Role) -> bool {
        match role {
            Role::Server => self.serve.is_some(),
            Role::Client => self.connect.is_some(),
        }
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let wire = Wire::of(exchange);
        match (exchange.role, self.serve, self.connect) {
            (Role::Server, Some(serve), _) => match caught(|| serve(exchange, &wire)) {
                Ok(did) => server(&wire, did),
                Err(panic) => Observation { outcome: Outcome::Crashed(panic), written: wire.written() },
            },
            (Role::Client, _, Some(connect)) => {
                let outcome = caught(|| connect(exchange, &wire)).unwrap_or_else(Outcome::Crashed);
                Observation { outcome, written: wire.written_behind_request() }
            }
            (role, ..) => {
                let outcome = Outcome::Unsupported(format!("{} has no {role}", self.package));
                Observation { outcome, written: Vec::new() }
            }
        }
    }

    fn build(&self, building: &Building) -> Built {
        match self.build {
            Some(build) => caught(|| build(building)).unwrap_or_else(Built::Crashed),
            None => Built::Unsupported(format!("{} builds no request from a URI alone", self.package)),
        }
    }
}

/// What a server wrote, beside what it reports.
fn server(wire: &Wire, did: Served) -> Observation {
    let written = without_interim(wire.written());
    let (rest, error) = match did {
        Served::Unsupported(what) => {
            return Observation { outcome: Outcome::Unsupported(what.to_owned()), written };
        }
        Served::Waits if written.is_empty() => return Observation { outcome: Outcome::TimedOut, written },
        Served::Waits | Served::Answered => (None, None),
        Served::Failed(error) => (None, Some(error)),
        // On a connection that is kept, a later request may have opened: what the first answer says counts.
        Served::Opened(rest) => (rest, None),
    };
    let has_failed = error.is_some();
    let observation = served(written, rest, error);
    match observation.outcome {
        Outcome::Opened(_) if has_failed => {
            Observation { outcome: Outcome::Garbled("failed behind status 101".to_owned()), ..observation }
        }
        _ => observation,
    }
}

/// What was written without the interim responses before it, which a server may send as it likes (RFC 9110 §15.2). 101 is
/// none of them here: it ends HTTP.
fn without_interim(written: Vec<u8>) -> Vec<u8> {
    let is_interim = |octets: &[u8]| octets.starts_with(b"HTTP/1.1 1") && !octets.starts_with(b"HTTP/1.1 101");
    let mut rest = written.as_slice();
    while is_interim(rest) {
        let end = rest.windows(4).position(|end| end == b"\r\n\r\n").map_or(rest.len(), |end| end + 4);
        rest = &rest[end..];
    }
    rest.to_vec()
}

/// A client that opened, with the octets that it hands on.
pub fn opened(protocol: Option<String>, extensions: Option<String>, rest: Option<Vec<u8>>) -> Outcome {
    Outcome::Opened(Opened { protocol, extensions, rest, ..Opened::default() })
}

/// A client that failed: with the status that it read, if it tells, and its error.
pub fn refused(status: Option<u16>, error: impl ToString) -> Outcome {
    Outcome::Refused(Refused { status, fields: Vec::new(), error: Some(error.to_string()) })
}

/// A client that cannot be asked.
pub fn unsupported(what: &str) -> Outcome {
    Outcome::Unsupported(what.to_owned())
}

/// The lines of a field joined by a comma.
pub fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The version that the lock file names: no crate tells its own. Of several, the one of the manifest is the newest, last.
fn locked_version(package: &str) -> Option<&'static str> {
    let (_, entry) = include_str!("../Cargo.lock").rsplit_once(&format!("\nname = \"{package}\"\nversion = \""))?;
    entry.split_once('"').map(|(version, _)| version)
}
