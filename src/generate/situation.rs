//! Octets near a head, with everything that their reading hangs on: limits, configuration, cuts, end. Nothing of it is constant.

use super::entropy::{Entropy, Seeded};
use super::mutate::mutate;
use super::plan::heads;
use crate::http::Limits;
use crate::judgement::Role;
use crate::suite::{Delivery, End, Exchange, Needs};

/// An exchange, and the reader that takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// The octets, their delivery and their end; what the reader is configured for.
    pub exchange: Exchange,
    /// How much the reader reads.
    pub limits: Limits,
    /// Whether the connection is TLS.
    pub secure: bool,
}

impl Situation {
    /// A well-formed head after some mutations, of at most so many octets, and a reader for it.
    pub fn draw(role: Role, entropy: &mut Seeded, longest: usize) -> Self {
        let head = &heads(role)[entropy.below(heads(role).len())];
        let mut octets = head.message().render();
        for _ in 0..entropy.below(4) {
            octets = mutate(role, &octets, entropy.next(), longest);
        }
        // More empty lines before the start-line than any mutation puts there.
        if entropy.once_in(4) {
            let end = entropy.pick(&[b"\n".as_slice(), b"\r\n"]);
            let most = entropy.pick(&[4, 64, longest / 2]);
            octets.splice(0..0, end.repeat(entropy.below(most.max(1)))).for_each(drop);
            octets.truncate(longest);
        }
        let needs = if entropy.once_in(4) { head.needs() } else { needs(role, entropy) };
        let key = head.key().filter(|_| !entropy.once_in(4)).map(str::to_owned);
        let mut exchange = Exchange { needs, key, ..Exchange::new(role, octets) };
        exchange.delivery = delivery(&exchange.octets, entropy);
        exchange.end = if entropy.once_in(2) { End::HalfClosed } else { End::Open };
        Situation::of(exchange, entropy)
    }

    /// A reader for the octets of an exchange, as the exchange has them delivered.
    pub fn of(exchange: Exchange, entropy: &mut Seeded) -> Self {
        Situation { limits: limits(&exchange.octets, entropy), secure: entropy.once_in(4), exchange }
    }
}

/// The default limits, none, or such that end near the end of a line of the octets.
fn limits(octets: &[u8], entropy: &mut Seeded) -> Limits {
    match entropy.below(8) {
        0 => Limits::default(),
        1 => Limits::NONE,
        _ => {
            let ends = octets.iter().enumerate().filter(|(_, octet)| **octet == b'\n').map(|(at, _)| at + 1);
            let ends: Vec<usize> = [0, octets.len()].into_iter().chain(ends).collect();
            let mut near = || match entropy.below(3) {
                0 => usize::MAX,
                // The first lines decide more than all others.
                1 => (ends[entropy.below(ends.len().min(4))] + entropy.below(3)).saturating_sub(1),
                _ => (ends[entropy.below(ends.len())] + entropy.below(3)).saturating_sub(1),
            };
            let (start_line, head) = (near(), near());
            let lines = if entropy.once_in(2) { usize::MAX } else { entropy.below(ends.len() + 2) };
            Limits::NONE.start_line(start_line).head(head).lines(lines)
        }
    }
}

/// Whole, octet by octet, or in up to four portions.
fn delivery(octets: &[u8], entropy: &mut Seeded) -> Delivery {
    match entropy.below(4) {
        0 if octets.len() <= 2048 => Delivery::Octets,
        1 => Delivery::Whole,
        _ => Delivery::Split((0..1 + entropy.below(3)).map(|_| entropy.below(octets.len() + 1)).collect()),
    }
}

const PROTOCOLS: [&str; 6] = ["chat", "superchat", "Chat", "x", "a.b", ""];
const ORIGINS: [&str; 5] =
    ["http://example.com", "https://server.example.com:8080", "null", "HTTP://EXAMPLE.COM", "http://example.com:80"];
const RESOURCES: [&str; 6] = ["/", "/chat", "/chat?a=b", "/?x", "chat", ""];
const AUTHORITIES: [&str; 6] = [
    "server.example.com",
    "server.example.com:80",
    "SERVER.example.com:8080",
    "[::1]",
    "server.example.com:99999999999999999999",
    ":",
];
/// What a client offers, malformed offers included.
const OFFERS: [&str; 14] = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9",
    "permessage-deflate; server_max_window_bits=15, permessage-deflate",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; foo",
    "permessage-deflate; server_max_window_bits",
    "permessage-deflate; client_max_window_bits=7, permessage-deflate; server_max_window_bits=12",
    "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    "Permessage-Deflate",
    "foo, bar",
    "foo; a=b, permessage-deflate; client_max_window_bits=\"12\"",
    "foo, foo; a",
    ", foo,",
];

fn needs(role: Role, entropy: &mut Seeded) -> Needs {
    let protocols = some(entropy, &PROTOCOLS);
    match role {
        Role::Client => {
            let extensions = (!entropy.once_in(3)).then(|| entropy.pick(&OFFERS).to_owned());
            Needs { protocols, extensions, ..Needs::default() }
        }
        Role::Server => {
            let mut only = |names: &[&str]| entropy.once_in(3).then(|| some(entropy, names));
            let (origins, resources, authorities) = (only(&ORIGINS), only(&RESOURCES), only(&AUTHORITIES));
            let extensions = entropy.once_in(2).then(|| OFFERS[0].to_owned());
            Needs { protocols, extensions, origins, resources, authorities }
        }
    }
}

/// Some of the names, in an order of their own.
fn some(entropy: &mut Seeded, names: &[&str]) -> Vec<String> {
    (0..entropy.below(4)).map(|_| entropy.pick(names).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// What was constant once is not so again.
    #[test]
    fn nothing_is_constant() {
        for role in [Role::Server, Role::Client] {
            let drawn: Vec<Situation> =
                (0..4000).map(|seed| Situation::draw(role, &mut Seeded::new(seed), 4096)).collect();
            let kinds = |of: &dyn Fn(&Situation) -> String| drawn.iter().map(of).collect::<HashSet<_>>().len();
            assert!(kinds(&|its| format!("{:?}", its.limits)) > 400);
            assert!(kinds(&|its| format!("{:?}", its.exchange.needs)) > 400);
            assert!(kinds(&|its| format!("{:?}", its.exchange.delivery)) > 400);
            assert_eq!(kinds(&|its| format!("{:?} {:?}", its.exchange.end, its.secure)), 4);
            assert!(drawn.iter().all(|its| its.exchange.octets.len() <= 4096));
            let leading = |its: &&Situation| its.exchange.octets.starts_with(b"\n\n");
            assert!(drawn.iter().filter(leading).count() > 100);
        }
    }
}
