//! Peers with planted faults: they have to be found.

use super::reference::Reference;
use crate::judgement::Role;
use crate::suite::{Building, Built, Exchange, Observation, Peer};

/// The reference with one fault: it takes a connection option that only begins with Upgrade for Upgrade.
#[derive(Clone, Copy, Debug, Default)]
pub struct Canary;

impl Peer for Canary {
    fn name(&self) -> &str {
        "canary"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        const OPTION: &[u8] = b"connection: upgrade";
        let octets = &exchange.octets;
        let found = octets.windows(OPTION.len()).position(|window| window.eq_ignore_ascii_case(OPTION));
        let Some(behind) = found.map(|at| at + OPTION.len()) else { return Reference.observe(exchange) };
        let more = octets[behind..].iter().take_while(|octet| octet.is_ascii_alphanumeric()).count();
        let octets = [&octets[..behind], &octets[behind + more..]].concat();
        Reference.observe(&Exchange { octets, ..exchange.clone() })
    }

    fn build(&self, building: &Building) -> Built {
        Reference.build(building)
    }
}
