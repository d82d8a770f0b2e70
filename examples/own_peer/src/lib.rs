//! An implementation of one's own as a peer of ws101. Copy this crate and put your server in the place of [`server`].

pub mod server;

use std::path::Path;

use ws101::judgement::Role;
use ws101::peer;
use ws101::suite::{Conformance, End, Exchange, Invocation, Observation, Outcome, Peer};

/// The server under judgement.
pub struct Mine;

impl Peer for Mine {
    fn name(&self) -> &str {
        "mine"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    /// With this, what is found comes with a command that shows it again: `own-peer diff - --peer mine …`.
    fn invocation(&self) -> Option<Invocation> {
        Some(Invocation::built_in("own-peer", self.name()))
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let seen = |outcome| Observation { outcome, written: Vec::new() };
        // What a server cannot be told, it is not blamed for.
        if !exchange.needs.is_none() {
            return seen(Outcome::Unsupported("any subprotocol, extension, origin, resource or authority".to_owned()));
        }
        let ends = exchange.end == End::HalfClosed;
        match peer::caught(|| server::answer(exchange.portions(), ends)) {
            Ok(Some(written)) => peer::served(written, None, None),
            Ok(None) => seen(Outcome::TimedOut),
            Err(panic) => seen(Outcome::Crashed(panic)),
        }
    }
}

/// The law that is built into ws101, with what is known of this server: `known/divergences/mine.toml`.
///
/// # Panics
///
/// If what is written there is wrong: with the line, and what to do about it.
pub fn data() -> Conformance {
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("known");
    Conformance::from_dir(&known).unwrap_or_else(|errors| panic!("the ledger does not load:\n{errors}"))
}
