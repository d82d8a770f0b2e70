//! Properties of the reference that hold for any input.

use proptest::prelude::*;
use ws101::generate::{Line, Message, Seeded, heads, mutate};
use ws101::handshake::{
    Client, ClientOptions, ClientRequest, ExtensionList, Policy, Server, judge_request, judge_response,
};
use ws101::http::{Limits, grammar};
use ws101::judgement::{Decision, Judgement, Permitted, Role};
use ws101::oracle;
use ws101::peer::reference::{Reference, offer, policy};
use ws101::suite::{Exchange, Needs, Observation, Outcome, Peer as _};

/// A well-formed head as an exchange.
fn exchange(role: Role, head: usize) -> (Exchange, Message) {
    let head = &heads(role)[head % heads(role).len()];
    let message = head.message();
    let mut exchange = Exchange { needs: head.needs(), ..Exchange::new(role, message.render()) };
    if role == Role::Client {
        // The key that the accept value of the head answers.
        let accept = &message.lines[message.places("Sec-WebSocket-Accept")[0]].value;
        let key = ["dGhlIHNhbXBsZSBub25jZQ==", "x3JJHMbDL1EzLkh9GBhXDw==", "AAAAAAAAAAAAAAAAAAAAAA=="]
            .into_iter()
            .find(|key| ws101::handshake::accept_value(key.as_bytes()).as_bytes() == accept);
        exchange.key = Some(key.expect("a head answers one of the keys").to_owned());
    }
    (exchange, message)
}

fn judged(exchange: &Exchange) -> Judgement {
    oracle::judge(exchange).expect("the needs are those of a head").judgement.expect("the head is at its end")
}

/// The accept value, the subprotocol and the extensions.
type Agreed = (Option<Vec<u8>>, Option<String>, Option<String>);

/// What has to stay as it is.
fn agreed(observation: &Observation) -> Option<Agreed> {
    match &observation.outcome {
        Outcome::Opened(opened) => {
            let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_ascii_lowercase());
            Some((opened.accept.clone(), opened.protocol.clone(), lower(&opened.extensions)))
        }
        _ => None,
    }
}

/// A way to write the same thing otherwise.
#[derive(Clone, Copy, Debug)]
enum Rewriting {
    NameCase,
    TokenCase,
    Ows,
    UnknownField,
    ListOverLines,
    EmptyMember,
    Order,
}

fn rewrite(message: &mut Message, rewriting: Rewriting, seed: u64, role: Role) {
    use ws101::generate::Entropy as _;
    let mut entropy = Seeded::new(seed);
    if message.lines.is_empty() {
        return;
    }
    let at = entropy.below(message.lines.len());
    match rewriting {
        Rewriting::NameCase => {
            for octet in &mut message.lines[at].name {
                if entropy.once_in(2) {
                    *octet = if entropy.once_in(2) { octet.to_ascii_lowercase() } else { octet.to_ascii_uppercase() };
                }
            }
        }
        Rewriting::TokenCase => {
            for name in ["Upgrade", "Connection"] {
                for at in message.places(name) {
                    for octet in &mut message.lines[at].value {
                        if entropy.once_in(2) {
                            *octet = if entropy.once_in(2) {
                                octet.to_ascii_lowercase()
                            } else {
                                octet.to_ascii_uppercase()
                            };
                        }
                    }
                }
            }
        }
        Rewriting::Ows => {
            let blanks: [&[u8]; 4] = [b"", b" ", b"\t", b" \t  "];
            message.lines[at].colon = [b":".as_slice(), entropy.pick(&blanks)].concat();
            let behind = entropy.pick(&blanks);
            message.lines[at].value.extend_from_slice(behind);
        }
        Rewriting::UnknownField => message.lines.insert(at, Line::new("X-Unknown", "\"a, b\"; c")),
        Rewriting::ListOverLines => {
            for name in ["Connection", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"] {
                // A response has one line of subprotocols, and may not repeat the extensions' line by its letter.
                if role == Role::Client && name != "Connection" {
                    continue;
                }
                for at in message.places(name) {
                    let line = message.lines[at].clone();
                    if let Some(comma) = line.value.iter().position(|&octet| octet == b',') {
                        message.lines[at].value.truncate(comma);
                        let value = line.value[comma + 1..].trim_ascii_start().to_vec();
                        message.lines.insert(at + 1, Line { value, ..line });
                        return;
                    }
                }
            }
        }
        Rewriting::EmptyMember => {
            let names: &[&str] = match role {
                Role::Server => &["Connection", "Upgrade", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"],
                // A response names one protocol and one subprotocol, not a list of them.
                Role::Client => &["Sec-WebSocket-Extensions"],
            };
            let name = entropy.pick(names);
            for at in message.places(name) {
                let value = &mut message.lines[at].value;
                *value = if entropy.once_in(2) {
                    [b", ", value.as_slice()].concat()
                } else {
                    [value, b" ,".as_slice()].concat()
                };
            }
        }
        Rewriting::Order => {
            let line = message.lines.remove(at);
            let place = entropy.below(message.lines.len() + 1);
            // Lines of one name keep their order among themselves: there it means something.
            if message.lines.iter().any(|other| other.name.eq_ignore_ascii_case(&line.name)) {
                message.lines.insert(at, line);
            } else {
                message.lines.insert(place, line);
            }
        }
    }
}

fn rewriting() -> impl Strategy<Value = Rewriting> {
    use Rewriting::*;
    prop::sample::select(vec![NameCase, TokenCase, Ows, UnknownField, ListOverLines, EmptyMember, Order])
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Server, Role::Client])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_means_the_same_is_decided_alike(
        role in role(),
        head in 0usize..7,
        rewritings in prop::collection::vec((rewriting(), any::<u64>()), 1..12),
    ) {
        let (before, mut message) = exchange(role, head);
        for (rewriting, seed) in rewritings {
            rewrite(&mut message, rewriting, seed, role);
        }
        let after = Exchange { octets: message.render(), ..before.clone() };
        prop_assert_eq!(agreed(&Reference.observe(&after)), agreed(&Reference.observe(&before)), "{}", after.octets.escape_ascii());
        prop_assert!(agreed(&Reference.observe(&before)).is_some());
        prop_assert_eq!(judged(&after).permitted(), judged(&before).permitted(), "{}", after.octets.escape_ascii());
    }

    #[test]
    fn what_must_be_rejected_stays_so_whatever_stands_beside_it(
        role in role(),
        head in 0usize..7,
        fault in 0usize..6,
        rewritings in prop::collection::vec((rewriting(), any::<u64>()), 0..6),
    ) {
        let (before, mut message) = exchange(role, head);
        let needed: &[&str] = match role {
            Role::Server => &["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"],
            Role::Client => &["Upgrade", "Connection", "Sec-WebSocket-Accept"],
        };
        match needed.get(fault) {
            Some(name) => message.lines.retain(|line| !line.is(name)),
            None if role == Role::Server => message.start = b"POST /chat HTTP/1.1".to_vec(),
            None => message.start = b"HTTP/1.1 200 OK".to_vec(),
        }
        for (rewriting, seed) in rewritings {
            rewrite(&mut message, rewriting, seed, role);
        }
        let after = Exchange { octets: message.render(), ..before };
        prop_assert_eq!(judged(&after).permitted(), Permitted::MustReject, "{}", after.octets.escape_ascii());
        prop_assert_eq!(agreed(&Reference.observe(&after)), None);
    }

    #[test]
    fn a_bad_octet_in_the_key_is_pointed_at(place in 0usize..22, octet in prop::sample::select(b"-_*.\"!:;".to_vec())) {
        let (before, mut message) = exchange(Role::Server, 0);
        let at = message.places("Sec-WebSocket-Key")[0];
        message.lines[at].value[place] = octet;
        let octets = message.render();
        let key = octets.windows(19).position(|window| window == b"Sec-WebSocket-Key: ").unwrap() + 19;
        let judgement = judged(&Exchange { octets, ..before });
        prop_assert!(judgement.findings.iter().any(|finding| {
            finding.requirement.id.as_str() == "rfc6455-4.2.1-key-alphabet" && finding.span == (key + place..key + place + 1)
        }), "{judgement:?}");
        prop_assert_eq!(judgement.decision(), Decision::Reject);
    }

    #[test]
    fn a_value_that_is_wrong_is_pointed_at(role in role(), extra in "[a-z]{1,9}") {
        let (before, mut message) = exchange(role, 0);
        let name = if role == Role::Server { "Sec-WebSocket-Version" } else { "Sec-WebSocket-Accept" };
        let at = message.places(name)[0];
        message.lines[at].value.extend_from_slice(extra.as_bytes());
        let octets = message.render();
        let start = octets.windows(name.len()).position(|window| window == name.as_bytes()).unwrap() + name.len() + 2;
        let value = start..start + message.lines[at].value.len();
        let judgement = judged(&Exchange { octets, ..before });
        let covers = |span: &std::ops::Range<usize>| span.start <= value.end && span.end >= value.start;
        prop_assert!(judgement.findings.iter().any(|finding| finding.refuses() && covers(&finding.span)), "{judgement:?}");
    }

    #[test]
    fn what_is_built_is_accepted_and_its_answer_opens(
        secure in any::<bool>(),
        host in "[a-z][a-z0-9-]{0,20}(\\.[a-z][a-z0-9]{0,9}){0,3}",
        port in prop::option::of(1u16..),
        path in "(/[a-zA-Z0-9._~!$&'()*+,;=:@%-]{0,12}){0,3}",
        query in prop::option::of("[a-zA-Z0-9._~/?-]{0,12}"),
        protocols in prop::collection::hash_set("[a-z][a-z0-9.+-]{0,9}", 0..4),
        deflate in any::<bool>(),
        origin in any::<bool>(),
        nonce in any::<[u8; 16]>(),
    ) {
        let scheme = if secure { "wss" } else { "ws" };
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let path = path.replace('%', "%25");
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let options = ClientOptions {
            protocols: protocols.iter().cloned().collect(),
            extensions: deflate.then(|| "permessage-deflate; client_max_window_bits".to_owned()),
            origin: origin.then(|| "https://example.com".to_owned()),
            fields: Vec::new(),
        };
        let uri = format!("{scheme}://{host}{port}{path}{query}");
        let request = ClientRequest::build(&uri, &options, nonce);
        let request = match request {
            Ok(request) => request,
            Err(error) => return Err(TestCaseError::fail(format!("{uri}: {error}"))),
        };
        let spoken: Vec<String> = options.protocols.iter().take(1).cloned().collect();
        let policy = Policy { protocols: spoken, deflate: true, secure, ..Policy::default() };
        let served = judge_request(&request.octets, false, &policy).expect("a whole head");
        prop_assert!(served.accepted().is_some(), "{}: {:?}", request.octets.escape_ascii(), served.judgement);
        let answered = judge_response(&served.answer.octets(), false, &request.offer, Limits::default()).expect("a whole head");
        let accepted = served.accepted().unwrap();
        let target = request.octets.split(|&octet| octet == b' ').nth(1).unwrap_or_default();
        prop_assert_eq!(accepted.resource(&request.octets).into_bytes(), target);
        prop_assert_eq!(accepted.origin(&request.octets), options.origin);
        let opened = answered.opened.unwrap_or_else(|| panic!("{:?}", answered.judgement));
        prop_assert_eq!(&opened.protocol, &accepted.protocol);
        prop_assert_eq!(opened.extensions.len(), usize::from(accepted.deflate.is_some()));
    }

    #[test]
    fn any_octets_are_judged_without_panic(role in role(), octets in prop::collection::vec(any::<u8>(), 0..400), closed in any::<bool>()) {
        let end = if closed { ws101::suite::End::HalfClosed } else { ws101::suite::End::Open };
        let exchange = Exchange { end, ..Exchange::new(role, octets) };
        let judged = oracle::judge(&exchange).unwrap();
        for finding in judged.judgement.iter().flat_map(|judgement| &judgement.findings) {
            prop_assert!(finding.span.start <= finding.span.end && finding.span.end <= exchange.octets.len());
        }
        prop_assert_eq!(judged.judgement.is_some() || !closed, true);
    }

    #[test]
    fn octets_near_a_head_are_judged_alike_however_they_are_cut(role in role(), seeds in prop::collection::vec(any::<u64>(), 1..8), cuts in prop::collection::vec(1usize..600, 0..4)) {
        let mut octets = heads(role)[0].message().render();
        for seed in seeds {
            octets = mutate(role, &octets, seed, 4096);
        }
        let needs = Needs::default();
        match role {
            Role::Server => {
                let policy = policy(&needs).unwrap();
                let mut at_once = Server::new(&policy);
                let mut in_parts = at_once.clone();
                let whole = at_once.feed(&octets);
                prop_assert_eq!(feed_in_parts(&octets, &cuts, |part| in_parts.feed(part)), whole);
            }
            Role::Client => {
                let key = Some("dGhlIHNhbXBsZSBub25jZQ==");
                let offer = offer(key, &needs).unwrap();
                let mut at_once = Client::new(&offer, Limits::default());
                let mut in_parts = at_once.clone();
                let whole = at_once.feed(&octets);
                prop_assert_eq!(feed_in_parts(&octets, &cuts, |part| in_parts.feed(part)), whole);
            }
        }
    }

    #[test]
    fn a_text_has_a_character_for_each_octet(octets in prop::collection::vec(any::<u8>(), 0..40), text in "\\PC{0,20}") {
        for octets in [octets, text.into_bytes()] {
            let characters: Vec<u32> = grammar::characters(&octets).chars().map(u32::from).collect();
            prop_assert_eq!(characters, octets.into_iter().map(u32::from).collect::<Vec<_>>());
        }
    }

    #[test]
    fn taking_apart_and_rendering_are_inverse(octets in prop::collection::vec(prop::sample::select(b"aZ: \t\r\n\0\xff,".to_vec()), 0..120)) {
        prop_assert_eq!(Message::read(&octets).render(), octets);
    }

    #[test]
    fn an_extension_list_written_is_read_again(
        elements in prop::collection::vec(("[a-z][a-z-]{0,9}", prop::collection::vec(("[a-z_]{1,9}", prop::option::of("[a-z0-9]{1,5}")), 0..4)), 1..5),
    ) {
        let write = |(name, parameters): &(String, Vec<(String, Option<String>)>)| {
            let mut text = name.clone();
            for (name, value) in parameters {
                text.push_str("; ");
                text.push_str(name);
                if let Some(value) = value {
                    text.push_str(&format!("={value}"));
                }
            }
            text
        };
        let raw = elements.iter().map(write).collect::<Vec<_>>().join(", ");
        let list = ExtensionList::parse(&raw).unwrap();
        let read: Vec<_> = list.elements.into_iter().map(|element| {
            (element.name.into_owned(), element.parameters.into_iter().map(|parameter| (parameter.name.into_owned(), parameter.value)).collect::<Vec<_>>())
        }).collect();
        prop_assert_eq!(read, elements);
    }
}

fn feed_in_parts<T>(octets: &[u8], cuts: &[usize], mut feed: impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
    let mut cuts: Vec<usize> = cuts.iter().copied().filter(|&at| at < octets.len()).collect();
    cuts.push(octets.len());
    cuts.sort_unstable();
    let mut start = 0;
    for end in cuts {
        if let Some(outcome) = feed(&octets[start..end]) {
            return Some(outcome);
        }
        start = end;
    }
    None
}
