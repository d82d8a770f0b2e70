//! Peers with planted faults: the reference behind a change of what goes in or of what comes out. Each has to be found.

/// Planted faults of one role: what is wrong, in a sentence; how the reference is changed; the name of the fault, what its
/// discovery has to name, and the change.
macro_rules! table {
    ($role:ident; $($(#[doc = $what:literal])+ $change:ident $name:literal $shows:ident $shown:ident => $how:expr;)*) => {
        &[$($crate::peer::broken::Planted {
            name: $name,
            role: $crate::judgement::Role::$role,
            what: concat!($($what),+).trim_ascii_start(),
            shows: $crate::peer::broken::table!($shows $shown),
            change: $crate::peer::broken::Change::$change($how),
        }),*]
    };
    (violates $requirement:ident) => {
        $crate::suite::Shows::Requirement($crate::judgement::requirements::$requirement.id)
    };
    (behaves $behaviour:ident) => {
        $crate::suite::Shows::Behaviour($crate::suite::ledger::Behaviour::$behaviour)
    };
}
pub(crate) use table;

mod answer;
mod build;
mod canary;
mod client_accepts;
mod client_does;
mod head;
mod server_accepts;
mod server_accepts_http;
mod server_answers;
mod server_refuses;

pub use canary::Canary;

use std::borrow::Cow;

use answer::{refuse, set_field};
use head::Head;

use super::panics::caught;
use super::reference::Reference;
use crate::handshake::accept_value;
use crate::judgement::Role;
use crate::suite::law::vector::Expectation;
use crate::suite::{Building, Built, Exchange, Observation, Outcome, Peer, Shows};

/// How the reference is changed.
#[derive(Clone, Copy)]
enum Change {
    /// It reads other lines than those that came in. The accept value stays that of the first key that came in.
    Reads(fn(&mut Head, &Exchange)),
    /// It is given another exchange.
    Given(fn(&Exchange) -> Exchange),
    /// It refuses some of what it would open.
    Refuses(fn(&Head, &Exchange) -> bool),
    /// It answers or reports otherwise.
    Does(fn(&Head, &Exchange, Observation) -> Observation),
    /// It builds from other options.
    Builds(fn(&Building) -> Building),
    /// It builds another request.
    Sends(fn(&Building, Built) -> Built),
}

/// The reference with one planted fault.
#[derive(Clone, Copy)]
pub struct Planted {
    /// The name, which starts with the role.
    pub name: &'static str,
    /// The role in which it shows.
    pub role: Role,
    /// What is wrong, in a sentence.
    pub what: &'static str,
    /// What its discovery has to name.
    pub shows: Shows,
    change: Change,
}

impl std::fmt::Debug for Planted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every planted fault.
pub fn planted() -> impl Iterator<Item = &'static Planted> {
    let tables = [
        server_accepts::ALL,
        server_accepts_http::ALL,
        server_refuses::ALL,
        server_answers::ALL,
        client_accepts::ALL,
        client_does::ALL,
        build::ALL,
    ];
    tables.into_iter().flatten()
}

impl Planted {
    /// Whether it is about what a client sends, which no octets show that a peer reads.
    pub const fn builds(&self) -> bool {
        matches!(self.change, Change::Builds(_) | Change::Sends(_))
    }

    /// The fault, planted in a peer.
    pub const fn behind<'p>(&'p self, base: &'p dyn Peer) -> Behind<'p> {
        Behind { planted: self, base }
    }

    fn observed(&self, base: &dyn Peer, exchange: &Exchange) -> Observation {
        let head = || Head::read(exchange.role, &exchange.octets);
        match self.change {
            Change::Reads(change) => reads(base, exchange, head(), change),
            Change::Given(change) => base.observe(&change(exchange)),
            Change::Refuses(stumbles) => {
                let observation = base.observe(exchange);
                let opens = matches!(observation.outcome, Outcome::Opened(_));
                if opens && stumbles(&head(), exchange) { refuse(observation, self.name) } else { observation }
            }
            Change::Does(change) => change(&head(), exchange, base.observe(exchange)),
            Change::Builds(_) | Change::Sends(_) => base.observe(exchange),
        }
    }

    fn built(&self, base: &dyn Peer, building: &Building) -> Built {
        match self.change {
            Change::Builds(change) => base.build(&change(building)),
            Change::Sends(change) => change(building, base.build(building)),
            _ => base.build(building),
        }
    }
}

/// A peer with one planted fault: it goes by its own name, so that it is held against its own ledger.
#[derive(Clone, Copy)]
pub struct Behind<'p> {
    planted: &'p Planted,
    base: &'p dyn Peer,
}

impl Peer for Behind<'_> {
    fn name(&self) -> &str {
        self.base.name()
    }

    fn version(&self) -> &str {
        self.base.version()
    }

    fn plays(&self, role: Role) -> bool {
        role == self.planted.role && self.base.plays(role)
    }

    fn owes<'e>(&self, exchange: &Exchange, expectation: &'e Expectation) -> Cow<'e, Expectation> {
        self.base.owes(exchange, expectation)
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        caught(|| self.planted.observed(self.base, exchange))
            .unwrap_or_else(|message| Observation { outcome: Outcome::Crashed(message), written: Vec::new() })
    }

    fn build(&self, building: &Building) -> Built {
        self.planted.built(self.base, building)
    }
}

/// What a peer makes of changed lines, with the accept value of the key that came in.
fn reads(base: &dyn Peer, exchange: &Exchange, mut head: Head, change: fn(&mut Head, &Exchange)) -> Observation {
    let key = head.first("Sec-WebSocket-Key").unwrap_or_default().to_vec();
    change(&mut head, exchange);
    let octets = head.octets();
    let mut observation = base.observe(&Exchange { octets, ..exchange.clone() });
    if exchange.role == Role::Server && head.first("Sec-WebSocket-Key") != Some(&key) {
        set_field(&mut observation, "Sec-WebSocket-Accept", &accept_value(&key));
    }
    observation
}

impl Peer for Planted {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn plays(&self, role: Role) -> bool {
        role == self.role
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        self.behind(&Reference).observe(exchange)
    }

    fn build(&self, building: &Building) -> Built {
        self.built(&Reference, building)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_planted_fault_has_a_name_of_its_own() {
        let mut names: Vec<&str> = planted().map(|planted| planted.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(count >= 60, "{count}");
        for planted in planted() {
            let start = if planted.builds() { "build" } else { planted.role.as_str() };
            assert!(planted.name.starts_with(start), "{}", planted.name);
            assert!(planted.what.ends_with('.'), "{}", planted.name);
        }
    }
}
