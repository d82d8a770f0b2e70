//! The bodies of the fuzz targets: each takes octets and tells what it found. `cargo test` replays the corpus through them.

mod pairs;
mod promises;

pub use pairs::agree;
pub use promises::keeps_promises;

use std::sync::LazyLock;

use arbitrary::Unstructured;

use crate::generate::{Entropy as _, Plan, Seeded, Situation};
use crate::handshake::deflate::{self, Deflate};
use crate::handshake::{ClientOptions, ClientRequest, ExtensionList, accept_value, judge_request};
use crate::http::Limits;
use crate::judgement::{Kind, Permitted, Requirement, Role, requirements};
use crate::oracle::expected::Case;
use crate::oracle::expected::Judged;
use crate::oracle::explained::{Compared, Oracle};
use crate::peer::broken::Canary;
use crate::peer::reference::{Reference, policy};
use crate::peer::tungstenite::Tungstenite;
use crate::suite::{
    Building, Conformance, Delivery, Discovery, End, Evidence, Exchange, Needs, NewDivergence, Outcome, Peer,
};

/// What a fuzz target came to.
pub type Found = Result<(), Box<Discovery>>;

/// The data that is built in. A fault in it is found by the tests, and ends a fuzz target at once.
pub fn data() -> &'static Conformance {
    static DATA: LazyLock<Conformance> =
        LazyLock::new(|| Conformance::embedded().unwrap_or_else(|errors| panic!("the data does not load:\n{errors}")));
    &DATA
}

fn broken(message: impl Into<String>) -> Found {
    Err(Box::new(Discovery::Broken(message.into())))
}

/// Raw octets with each configuration of a reader that makes a difference to them.
pub fn readings(role: Role, octets: &[u8]) -> Vec<Exchange> {
    let configured = |protocols: &[&str], extensions: Option<&str>| {
        let protocols = protocols.iter().map(|&name| name.to_owned()).collect();
        let needs = Needs { protocols, extensions: extensions.map(str::to_owned), ..Needs::default() };
        Exchange { needs, ..Exchange::new(role, octets) }
    };
    let both = ["superchat", "chat"];
    match role {
        Role::Server => vec![configured(&[], None), configured(&both, None)],
        // What an answer may agree to hangs on what was offered: nothing, nearly everything, or little.
        Role::Client => vec![
            configured(&[], None),
            configured(&both, Some("permessage-deflate; server_max_window_bits=12; client_max_window_bits, foo")),
            configured(&[], Some("permessage-deflate; server_no_context_takeover")),
        ],
    }
}

/// Raw octets of a request: does every server do what is permitted, however they are cut?
pub fn request(octets: &[u8]) -> Found {
    raw(Role::Server, octets, [&Tungstenite as &dyn Peer], data())
}

/// Raw octets of a response: does every client do what is permitted, however they are cut?
pub fn response(octets: &[u8]) -> Found {
    raw(Role::Client, octets, [&Tungstenite as &dyn Peer], data())
}

/// Raw octets of a request, for a server with a planted fault: is it found?
pub fn canary(octets: &[u8]) -> Found {
    raw(Role::Server, octets, [&Canary as &dyn Peer], data())
}

/// Raw octets for some peers: does each of those that play the role do what is permitted, or what its ledger in the data says,
/// however the octets are cut? This is the body of a fuzz target for an implementation of one's own (`examples/own_peer/`).
pub fn raw<'p>(role: Role, octets: &[u8], peers: impl IntoIterator<Item = &'p dyn Peer>, data: &Conformance) -> Found {
    watched(drawn(role, octets), peers, data, &mut |_, _, _| false)
}

/// Raw octets with a reader and a delivery. Which ones hangs on the octets, so that the input is the octets and nothing else.
pub fn drawn(role: Role, octets: &[u8]) -> Exchange {
    let mut entropy = Seeded::new(hash(octets));
    let mut readings = readings(role, octets);
    let exchange = readings.swap_remove(entropy.below(readings.len()));
    let behind_head = || octets.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
    let delivery = match entropy.below(8) {
        0 | 1 if (2..=512).contains(&octets.len()) => Delivery::Octets,
        2..=4 if octets.len() > 1 => Delivery::Split(vec![1 + entropy.below(octets.len() - 1)]),
        // What comes in a read of its own is not seen together with the head.
        5 => match behind_head() {
            Some(at) if at < octets.len() => Delivery::Split(vec![at]),
            _ => Delivery::Whole,
        },
        _ => Delivery::Whole,
    };
    let end = if entropy.once_in(8) { End::HalfClosed } else { End::Open };
    Exchange { delivery, end, ..exchange }
}

/// A plan of named faults: does every server do what is permitted?
pub fn request_structured(octets: &[u8]) -> Found {
    watched(planned(octets), [&Tungstenite as &dyn Peer], data(), &mut |_, _, _| false)
}

/// The request of the plan that a fuzzer's octets choose.
pub fn planned(octets: &[u8]) -> Exchange {
    Plan::draw(Role::Server, &mut Unstructured::new(octets)).render()
}

/// The octets of a fuzzer, as FNV-1a sums them up.
fn hash(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

/// One exchange: the reference keeps its own promises, and each peer does what is permitted or known. `watch` sees every
/// comparison, and says whether a new divergence is passed over.
pub fn watched<'p>(
    exchange: Exchange,
    peers: impl IntoIterator<Item = &'p dyn Peer>,
    data: &Conformance,
    watch: &mut dyn FnMut(&Oracle<'_>, &Case, &Compared) -> bool,
) -> Found {
    let mut entropy = Seeded::new(hash(&exchange.octets));
    // The promises are the reference's own, and keeping them costs as much as all else: some inputs stand for all.
    if entropy.once_in(8) {
        keeps_promises(&Situation::of(exchange.clone(), &mut entropy)).or_else(broken)?;
    }
    let Some(case) = Case::judged(exchange) else { return Ok(()) };
    for peer in peers.into_iter().filter(|peer| peer.plays(case.exchange.role)) {
        let ledger = data.ledger(peer.name());
        let oracle = Oracle { register: &data.register, ledger: &ledger, peer, strict: false };
        let compared = oracle.compare(&case);
        let is_passed_over = watch(&oracle, &case, &compared);
        if !compared.new.is_empty() && !is_passed_over {
            return Err(Box::new(discovery(peer, case, compared)));
        }
    }
    Ok(())
}

fn discovery(peer: &dyn Peer, case: Case, compared: Compared) -> Discovery {
    let signature = compared.signature(&case);
    let Judged { judgement, consumed, .. } = case.judged;
    Discovery::new(
        peer,
        NewDivergence {
            source: "a fuzz target".to_owned(),
            signature,
            evidence: Evidence::Octets { exchange: case.exchange, judgement, consumed },
            faults: compared.new,
            unlisted: Vec::new(),
            did: compared.observation.words(),
            count: 1,
        },
    )
}

/// Do reference and tungstenite, as client and server in all four pairings, open and agree?
pub fn handshake(octets: &[u8]) -> Found {
    let mut entropy = Unstructured::new(octets);
    let building = Building {
        uri: entropy.pick(&URIS).to_owned(),
        protocols: some(&mut entropy, &["chat", "superchat", "x"]),
        extensions: if entropy.once_in(2) { None } else { Some(entropy.pick(&OFFERS).to_owned()) },
        origin: if entropy.once_in(2) { None } else { Some("http://example.com".to_owned()) },
        fields: if entropy.once_in(2) { Vec::new() } else { vec![("Cookie".to_owned(), "a=b".to_owned())] },
        nonce: std::array::from_fn(|_| entropy.below(256) as u8),
    };
    let spoken = Needs {
        protocols: some(&mut entropy, &["superchat", "chat", "y"]),
        extensions: entropy.once_in(2).then(|| deflate::NAME.to_owned()),
        ..Needs::default()
    };
    let peers: [&dyn Peer; 2] = [&Reference, &Tungstenite];
    for client in peers {
        for server in peers {
            if let Err(message) = agree(client, server, &building, &spoken) {
                return broken(format!("{message}; {building:?} {spoken:?}"));
            }
        }
    }
    Ok(())
}

const URIS: [&str; 6] = [
    "ws://server.example.com/chat",
    "ws://server.example.com",
    "wss://server.example.com/chat",
    "ws://server.example.com:8080/a/b?c=d&e",
    "ws://[2001:db8::1]/",
    "ws://192.0.2.1:80/%41",
];

const OFFERS: [&str; 5] = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=10, permessage-deflate",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "foo; a=b, permessage-deflate; client_max_window_bits=12",
];

fn some(entropy: &mut Unstructured<'_>, names: &[&str]) -> Vec<String> {
    names.iter().filter(|_| entropy.below(2) == 1).map(|&name| name.to_owned()).collect()
}

/// Does every server answer a key with the value that it has to answer, and nothing but 16 octets of base64?
pub fn accept_key(octets: &[u8]) -> Found {
    let mut request =
        b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            .to_vec();
    request.extend_from_slice(octets);
    request.extend_from_slice(b"\r\n\r\n");
    let exchange = Exchange::new(Role::Server, request);
    let is_plain = octets.iter().all(u8::is_ascii_graphic);
    let peers: [&dyn Peer; 2] = [&Reference, &Tungstenite];
    for peer in peers.into_iter().filter(|_| is_plain) {
        if let Outcome::Opened(opened) = peer.observe(&exchange).outcome
            && opened.accept != Some(accept_value(octets).into_bytes())
        {
            return broken(format!("{} answers {} with {:?}", peer.name(), octets.escape_ascii(), opened.accept));
        }
    }
    watched(exchange, [&Tungstenite as &dyn Peer], data(), &mut |_, _, _| false)
}

/// Is what the grammar of extensions reads written again the same, and is what the server agrees to within the offer?
pub fn extensions(octets: &[u8]) -> Found {
    let Ok(raw) = std::str::from_utf8(octets) else { return Ok(()) };
    let Ok(list) = ExtensionList::parse(raw) else { return Ok(()) };
    for element in &list.elements {
        if raw.get(element.span.clone()).is_none_or(|text| !text.starts_with(&*element.name)) {
            return broken(format!("{raw:?}: the element {element:?} is not where its span says"));
        }
        for side in [deflate::Side::Offer, deflate::Side::Agreement] {
            let Ok(read) = Deflate::read(element, side) else { continue };
            let written = ExtensionList::parse(&read.to_string()).map_err(|fault| format!("{fault:?}"));
            let again = written.map(|list| Deflate::read(&list.elements[0], side));
            if again != Ok(Ok(read)) {
                return broken(format!("{raw:?}: {read} is read as {again:?}"));
            }
            if side == deflate::Side::Offer && !read.breaches(&read.agree()).is_empty() {
                return broken(format!("{raw:?}: the agreement {} is not within the offer", read.agree()));
            }
        }
    }
    // A server has a limit for heads, which such an offer may exceed.
    let is_long = raw.len() > Limits::default().head / 2;
    if is_long || raw.bytes().any(|octet| octet.is_ascii_control() && octet != b'\t') {
        return Ok(());
    }
    let building = Building {
        uri: URIS[0].to_owned(),
        protocols: Vec::new(),
        extensions: Some(raw.to_owned()),
        origin: None,
        fields: Vec::new(),
        nonce: [7; 16],
    };
    let spoken = Needs { extensions: Some(deflate::NAME.to_owned()), ..Needs::default() };
    agree(&Reference, &Reference, &building, &spoken).map(|_| ()).or_else(broken)
}

/// Whatever the options: is no octet sent that must not be sent? The first line is the URI; each further one is an option:
/// `protocol NAME`, `extensions VALUE`, `origin VALUE`, `field NAME: VALUE`.
pub fn client_request(octets: &[u8]) -> Found {
    let text = String::from_utf8_lossy(octets);
    let mut lines = text.split('\n');
    let uri = lines.next().unwrap_or_default();
    let mut options = ClientOptions::default();
    for line in lines {
        match line.split_once(' ') {
            Some(("protocol", name)) => options.protocols.push(name.to_owned()),
            Some(("extensions", raw)) => options.extensions = Some(raw.to_owned()),
            Some(("origin", origin)) => options.origin = Some(origin.to_owned()),
            Some(("field", field)) => {
                let (name, value) = field.split_once(':').unwrap_or((field, ""));
                options.fields.push((name.to_owned(), value.trim_start().to_owned()));
            }
            _ => {}
        }
    }
    let Ok(request) = ClientRequest::build(uri, &options, [7; 16]) else { return Ok(()) };
    // A server that speaks what is offered, so that the offer is no ground for anything.
    let needs = Needs { protocols: options.protocols, ..Needs::default() };
    let Some(mut policy) = policy(&needs) else { return Ok(()) };
    // How much a server reads is its own affair: here all of it is judged.
    policy.limits = Limits::NONE;
    let Some(outcome) = judge_request(&request.octets, false, &policy) else {
        return broken(format!("the request has no end: {}", request.octets.escape_ascii()));
    };
    let is_whole = outcome.consumed == request.octets.len();
    // A long field, or a host that nobody has, is the user's to send: refusing it is the server's choice.
    let is_sent = |requirement: &Requirement| !LEFT_TO_THE_USER.contains(&requirement);
    let wrong = outcome.judgement.findings.iter().find(|finding| {
        finding.kind() == Kind::Violated || finding.kind() == Kind::Latitude && is_sent(finding.requirement)
    });
    match wrong {
        Some(finding) => broken(format!("sends {}: {}", finding.requirement.id, request.octets.escape_ascii())),
        None if !is_whole || outcome.judgement.permitted() == Permitted::MustReject => {
            broken(format!("more than one head: {}", request.octets.escape_ascii()))
        }
        None => Ok(()),
    }
}

/// Findings of a request that its user may have wanted: limits of servers, and resources or names that not all have.
const LEFT_TO_THE_USER: [&Requirement; 7] = [
    &requirements::RFC9110_5_4_REQUEST_SIZE,
    &requirements::RFC9110_5_4_TOO_LARGE,
    &requirements::RFC9112_3_REQUEST_LINE_LENGTH,
    &requirements::RFC9112_3_2_HOST_ODD_REGNAME,
    &requirements::RFC9112_3_2_HOST_UNUSABLE,
    &requirements::RFC8307_1_WELL_KNOWN,
    &requirements::RFC6455_4_1_REQ_HOST_PORT,
];
