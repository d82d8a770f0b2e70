//! The canary: the planted fault that a fuzzer has to find.

use crate::judgement::Role;
use crate::peer::reference::Reference;
use crate::suite::{Building, Built, Exchange, Observation, Peer};

/// The reference with one fault: of the version it looks at the first digit only.
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
        const FIRST: &[u8] = b"sec-websocket-version: 1";
        let octets = &exchange.octets;
        let found = octets.windows(FIRST.len()).position(|window| window.eq_ignore_ascii_case(FIRST));
        let Some(behind) = found.map(|at| at + FIRST.len()) else { return Reference.observe(exchange) };
        let more = octets[behind..].iter().take_while(|octet| !matches!(octet, b'\r' | b'\n')).count();
        let octets = [&octets[..behind], b"3", &octets[behind + more..]].concat();
        Reference.observe(&Exchange { octets, ..exchange.clone() })
    }

    fn build(&self, building: &Building) -> Built {
        Reference.build(building)
    }
}
