//! A plan: a well-formed head and named faults, as plain data, which one renderer makes an exchange of.

use super::entropy::Entropy;
use super::fault::{FAULTS, Fault};
use super::message::{Destination, Message};
use crate::judgement::Role;
use crate::suite::{Delivery, End, Exchange, Needs};

/// A well-formed head, and what its reader is configured for.
#[derive(Clone, Debug)]
pub struct Head {
    start: &'static str,
    lines: &'static [(&'static str, &'static str)],
    protocols: &'static [&'static str],
    extensions: Option<&'static str>,
    key: Option<&'static str>,
    /// The only origins and resources that are served; empty for any.
    served: Served,
}

#[derive(Clone, Copy, Debug)]
struct Served {
    origins: &'static [&'static str],
    resources: &'static [&'static str],
}

const ANY: Served = Served { origins: &[], resources: &[] };

impl Head {
    /// The head in its parts.
    pub fn message(&self) -> Message {
        Message::new(self.start, self.lines)
    }

    /// The key that a response answers; `None` for a request.
    pub const fn key(&self) -> Option<&'static str> {
        self.key
    }

    /// What its reader is configured for.
    pub fn needs(&self) -> Needs {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let only = |names: &[&str]| (!names.is_empty()).then(|| owned(names));
        Needs {
            protocols: owned(self.protocols),
            origins: only(self.served.origins),
            resources: only(self.served.resources),
            extensions: self.extensions.map(str::to_owned),
            authorities: None,
        }
    }
}

const fn request(lines: &'static [(&'static str, &'static str)], protocols: &'static [&'static str]) -> Head {
    Head { start: "GET /chat HTTP/1.1", lines, protocols, extensions: None, key: None, served: ANY }
}

static REQUESTS: [Head; 7] = [
    request(
        &[
            ("Host", "server.example.com"),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Sec-WebSocket-Version", "13"),
        ],
        &[],
    ),
    request(
        &[
            ("Host", "server.example.com"),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Origin", "http://example.com"),
            ("Sec-WebSocket-Protocol", "chat, superchat"),
            ("Sec-WebSocket-Version", "13"),
        ],
        &["superchat", "chat"],
    ),
    // As a browser sends it.
    Head {
        extensions: Some("permessage-deflate"),
        ..request(
            &[
                ("Host", "server.example.com:8080"),
                ("Connection", "Upgrade"),
                ("Pragma", "no-cache"),
                ("Cache-Control", "no-cache"),
                (
                    "User-Agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0",
                ),
                ("Upgrade", "websocket"),
                ("Origin", "https://server.example.com:8080"),
                ("Sec-WebSocket-Version", "13"),
                ("Accept-Encoding", "gzip, deflate, br, zstd"),
                ("Accept-Language", "en-US,en;q=0.9"),
                ("Cookie", "session=a1b2c3"),
                ("Sec-WebSocket-Key", "x3JJHMbDL1EzLkh9GBhXDw=="),
                ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
            ],
            &[],
        )
    },
    // As another browser sends it: a list in Connection.
    request(
        &[
            ("Host", "server.example.com"),
            ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"),
            ("Accept", "*/*"),
            ("Sec-WebSocket-Version", "13"),
            ("Origin", "null"),
            ("Sec-WebSocket-Extensions", "permessage-deflate"),
            ("Sec-WebSocket-Key", "AAECAwQFBgcICQoLDA0ODw=="),
            ("Connection", "keep-alive, Upgrade"),
            ("Upgrade", "websocket"),
        ],
        &["chat"],
    ),
    Head {
        start: "GET /chat?a=b HTTP/1.1",
        extensions: Some("permessage-deflate"),
        protocols: &["chat"],
        ..REQUEST_WITH_EXTENSIONS
    },
    Head { start: "GET / HTTP/1.1", protocols: &["chat"], ..REQUEST_WITH_EXTENSIONS },
    // For a server that does not serve everybody everything.
    Head {
        served: Served { origins: &["http://example.com", "null"], resources: &["/chat", "/"] },
        ..request(
            &[
                ("Host", "server.example.com"),
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ("Origin", "http://example.com"),
                ("Sec-WebSocket-Version", "13"),
            ],
            &[],
        )
    },
];

const REQUEST_WITH_EXTENSIONS: Head = request(
    &[
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Protocol", "chat"),
        ("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=10, permessage-deflate"),
    ],
    &[],
);

const SAMPLE_KEY: Option<&str> = Some("dGhlIHNhbXBsZSBub25jZQ==");

static RESPONSES: [Head; 7] = [
    Head {
        start: "HTTP/1.1 101 Switching Protocols",
        lines: &[
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ],
        protocols: &[],
        extensions: None,
        key: SAMPLE_KEY,
        served: ANY,
    },
    Head {
        start: "HTTP/1.1 101 Switching Protocols",
        lines: &[
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("Sec-WebSocket-Protocol", "chat"),
        ],
        protocols: &["chat", "superchat"],
        extensions: None,
        key: SAMPLE_KEY,
        served: ANY,
    },
    Head {
        start: "HTTP/1.1 101 Switching Protocols",
        lines: &[
            ("Server", "nginx"),
            ("Date", "Tue, 01 Dec 2026 12:00:00 GMT"),
            ("Connection", "upgrade"),
            ("Upgrade", "WebSocket"),
            ("Sec-WebSocket-Accept", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
            ("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=10"),
        ],
        protocols: &[],
        extensions: Some("permessage-deflate; server_max_window_bits=12; client_max_window_bits"),
        key: Some("x3JJHMbDL1EzLkh9GBhXDw=="),
        served: ANY,
    },
    Head {
        start: "HTTP/1.1 101 Switching Protocols",
        lines: &[
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="),
        ],
        protocols: &[],
        extensions: Some("permessage-deflate"),
        key: Some("AAAAAAAAAAAAAAAAAAAAAA=="),
        served: ANY,
    },
    Head {
        start: "HTTP/1.1 101 Switching Protocols",
        lines: &[
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover"),
        ],
        protocols: &[],
        extensions: Some("permessage-deflate; server_no_context_takeover"),
        key: SAMPLE_KEY,
        served: ANY,
    },
    // Of the subprotocols that were offered the server chose none.
    Head {
        start: "HTTP/1.1 101 Switching Protocols",
        lines: &[
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ],
        protocols: &["chat"],
        extensions: Some("permessage-deflate"),
        key: SAMPLE_KEY,
        served: ANY,
    },
    Head {
        start: "HTTP/1.1 101 Web Socket Protocol Handshake",
        lines: &[
            ("upgrade", "websocket"),
            ("connection", "Upgrade"),
            ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("sec-websocket-protocol", "chat"),
            ("sec-websocket-extensions", "foo; a=b"),
        ],
        protocols: &["chat"],
        extensions: Some("foo, bar"),
        key: SAMPLE_KEY,
        served: ANY,
    },
];

/// The well-formed heads that a reader of the role may be given.
pub fn heads(role: Role) -> &'static [Head] {
    match role {
        Role::Server => &REQUESTS,
        Role::Client => &RESPONSES,
    }
}

/// A fault at its place in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Which one of [`FAULTS`].
    pub fault: usize,
    /// Which variant of it.
    pub seed: u64,
}

/// How a plan is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutting {
    /// In one read.
    Whole,
    /// Octet by octet, where that is not too many.
    Octets,
    /// In two reads, cut at this share of 256 of the octets.
    At(u8),
    /// In three.
    AtTwo(u8, u8),
    /// In two reads, the second of which begins behind the first empty line.
    BehindHead,
}

/// A well-formed head, faults, and a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who reads.
    pub role: Role,
    /// Which one of [`heads`].
    pub head: usize,
    /// The faults, in the order in which they are applied.
    pub faults: Vec<Planned>,
    /// The delivery.
    pub cutting: Cutting,
    /// Whether the sender's side ends behind the octets.
    pub ends: bool,
}

impl Plan {
    /// Draws a plan: mostly one or two faults, sometimes none, sometimes several.
    pub fn draw(role: Role, entropy: &mut impl Entropy) -> Plan {
        let head = if entropy.once_in(2) { 0 } else { entropy.below(heads(role).len()) };
        let count = match entropy.below(16) {
            0 => 0,
            1..=7 => 1,
            8..=11 => 2,
            12..=13 => 3,
            _ => 4 + entropy.below(4),
        };
        let fitting = Fault::fitting(role);
        let mut planned = |_| Planned { fault: entropy.pick(&fitting), seed: entropy.below(1 << 16) as u64 };
        let mut faults: Vec<Planned> = (0..count).map(&mut planned).collect();
        let cutting = match entropy.below(16) {
            0 | 1 => Cutting::Octets,
            2 => Cutting::At(entropy.below(256) as u8),
            3 => Cutting::BehindHead,
            4 | 5 => Cutting::AtTwo(entropy.below(256) as u8, entropy.below(256) as u8),
            _ => Cutting::Whole,
        };
        let ends = entropy.once_in(8);
        // Clients draw their keys at random, and no answer may hang on which one it is.
        if role == Role::Server && entropy.once_in(4) {
            let nonce = FAULTS.iter().position(|fault| fault.name == "nonce").unwrap_or(0);
            faults.insert(0, Planned { fault: nonce, seed: entropy.below(1 << 16) as u64 });
        }
        Plan { role, head, faults, cutting, ends }
    }

    /// The names of its faults.
    pub fn names(&self) -> Vec<&'static str> {
        self.faults.iter().map(|planned| FAULTS[planned.fault % FAULTS.len()].name).collect()
    }

    /// The octets with everything around them.
    pub fn render(&self) -> Exchange {
        let head = self.head();
        Exchange { needs: head.needs(), key: head.key.map(str::to_owned), ..self.rendered(head.message()) }
    }

    /// A request for somebody in particular, of whose configuration nothing is known but the authority that it serves.
    pub fn render_to(&self, to: &Destination) -> Exchange {
        let mut message = self.head().message();
        message.direct(to);
        let needs = Needs { authorities: Some(vec![to.authority.clone()]), ..Needs::default() };
        Exchange { needs, ..self.rendered(message) }
    }

    fn head(&self) -> &'static Head {
        &heads(self.role)[self.head % heads(self.role).len()]
    }

    fn rendered(&self, mut message: Message) -> Exchange {
        for planned in &self.faults {
            FAULTS[planned.fault % FAULTS.len()].apply(&mut message, planned.seed);
        }
        let octets = message.render();
        let share = |share: u8| (octets.len() * usize::from(share) / 256).clamp(1, octets.len().max(2) - 1);
        let delivery = match self.cutting {
            Cutting::Whole => Delivery::Whole,
            Cutting::Octets if octets.len() <= 2048 => Delivery::Octets,
            Cutting::Octets => Delivery::Split(vec![octets.len() / 2]),
            Cutting::At(at) => Delivery::Split(vec![share(at)]),
            Cutting::BehindHead => {
                let end = octets.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
                match end.filter(|&end| end < octets.len()) {
                    Some(end) => Delivery::Split(vec![end]),
                    None => Delivery::Whole,
                }
            }
            Cutting::AtTwo(a, b) => {
                let mut at = vec![share(a), share(b)];
                at.sort_unstable();
                at.dedup();
                Delivery::Split(at)
            }
        };
        let delivery = if octets.len() < 2 { Delivery::Whole } else { delivery };
        Exchange {
            delivery,
            end: if self.ends { End::HalfClosed } else { End::Open },
            ..Exchange::new(self.role, octets)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Seeded;

    #[test]
    fn a_seed_gives_one_exchange_and_all_seeds_give_many() {
        for role in [Role::Server, Role::Client] {
            let render = |number| Plan::draw(role, &mut Seeded::of(1, 0, number)).render();
            assert_eq!(render(7), render(7));
            let different: std::collections::HashSet<_> = (0..2000).map(|number| render(number).octets).collect();
            assert!(different.len() > 1500, "{}", different.len());
        }
    }

    #[test]
    fn a_request_goes_where_it_is_sent() {
        let fields = vec![("Origin".to_owned(), "http://a".to_owned()), ("X-Token".to_owned(), "b".to_owned())];
        let to = Destination { authority: "127.0.0.1:9001".to_owned(), target: "/x?y".to_owned(), fields };
        for head in 0..heads(Role::Server).len() {
            let plan = Plan { role: Role::Server, head, faults: Vec::new(), cutting: Cutting::Whole, ends: false };
            let text = String::from_utf8(plan.render_to(&to).octets).unwrap();
            assert!(text.starts_with("GET /x?y HTTP/1.1\r\n"), "{text}");
            for line in ["Host: 127.0.0.1:9001", "Origin: http://a", "X-Token: b"] {
                assert_eq!(text.matches(&format!("\r\n{line}\r\n")).count(), 1, "{text}");
            }
        }
    }

    #[test]
    fn every_fault_is_drawn() {
        let mut drawn = vec![false; FAULTS.len()];
        for role in [Role::Server, Role::Client] {
            for number in 0..2000 {
                for planned in Plan::draw(role, &mut Seeded::of(1, 0, number)).faults {
                    drawn[planned.fault] = true;
                }
            }
        }
        assert!(drawn.iter().all(|drawn| *drawn), "{drawn:?}");
    }
}
