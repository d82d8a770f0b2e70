//! Properties of the reference that hold for any input.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use ws101::generate::{Line, Message, Seeded, Situation, heads};
use ws101::handshake::{
    Client, ClientOptions, ClientRequest, ExtensionList, Limits, Policy, judge_request, judge_response,
};
use ws101::internal::grammar;
use ws101::judgement::{Class, Decision, Judgement, Permitted, Role};
use ws101::oracle;
use ws101::peer::reference::{Reference, fed, offer};
use ws101::run::Diff;
use ws101::suite::{Delivery, End, Exchange, Needs, Observation, Outcome, Peer};

/// A well-formed head as an exchange.
fn exchange(role: Role, head: usize) -> (Exchange, Message) {
    let head = &heads(role)[head % heads(role).len()];
    let message = head.message();
    let key = head.key().map(str::to_owned);
    (Exchange { needs: head.needs(), key, ..Exchange::new(role, message.render()) }, message)
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
        // So many fields more may be more than others wish to read: that alone is left out.
        let whatever_size = |exchange: &Exchange| {
            let mut judgement = judged(exchange);
            judgement.findings.retain(|finding| finding.class != Class::Size);
            judgement.permitted()
        };
        prop_assert_eq!(whatever_size(&after), whatever_size(&before), "{}", after.octets.escape_ascii());
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
        let refusing: Vec<_> = judgement.findings.iter().filter(|finding| finding.refuses()).collect();
        prop_assert!(!refusing.is_empty() && refusing.iter().all(|finding| finding.span == value), "{judgement:?}");
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
        let mut options = ClientOptions::default().protocols(&protocols);
        if deflate {
            options = options.extensions("permessage-deflate; client_max_window_bits");
        }
        if origin {
            options = options.origin("https://example.com");
        }
        let uri = format!("{scheme}://{host}{port}{path}{query}");
        let request = ClientRequest::build(&uri, &options, nonce);
        let request = match request {
            Ok(request) => request,
            Err(error) => return Err(TestCaseError::fail(format!("{uri}: {error}"))),
        };
        let policy = Policy::default().protocols(protocols.iter().take(1)).deflate(true).secure(secure);
        let served = judge_request(&request.octets, false, &policy).expect("a whole head");
        prop_assert!(served.accepted().is_some(), "{}: {:?}", request.octets.escape_ascii(), served.judgement);
        let answered = judge_response(&served.answer.octets(), false, &request.offer, Limits::default()).expect("a whole head");
        let accepted = served.accepted().unwrap();
        let target = request.octets.split(|&octet| octet == b' ').nth(1).unwrap_or_default();
        prop_assert_eq!(accepted.resource(&request.octets).into_bytes(), target);
        prop_assert_eq!(accepted.origin(&request.octets), origin.then(|| "https://example.com".to_owned()));
        let opened = answered.opened.unwrap_or_else(|| panic!("{:?}", answered.judgement));
        prop_assert_eq!(&opened.protocol, &accepted.protocol);
        prop_assert_eq!(opened.extensions.len(), usize::from(accepted.deflate.is_some()));
    }

    /// Limits, policy, offer, cuts and end are drawn along with the octets: nothing of it is constant.
    #[test]
    fn octets_near_a_head_keep_every_promise(role in role(), seeds in prop::collection::vec(any::<u64>(), 30)) {
        for seed in seeds {
            let situation = Situation::draw(role, &mut Seeded::new(seed), 4096);
            prop_assert_eq!(oracle::keeps_promises(&situation), Ok(()), "{:?}", situation);
        }
    }

    /// However many empty lines come before it, whatever the limit is, and wherever the octets are cut.
    #[test]
    fn empty_lines_before_a_head_keep_every_promise(
        role in role(),
        ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n"]), 0..40),
        start in prop::sample::select(vec!["", "G", "(", "\r", "GET / HTTP/1.1", "HTTP/1.1 101 a"]),
        behind in prop::sample::select(vec!["", "\r\n", "\r\nHost: a\r\n\r\n", "\n\n"]),
        limit in -2isize..4,
        parts in prop::collection::vec(0usize..90, 0..5),
        closed in any::<bool>(),
    ) {
        let leading = ends.concat();
        let octets = [leading.as_str(), start, behind].concat();
        let limit = leading.len().saturating_add_signed(limit);
        let limits = [Limits::NONE.start_line(limit), Limits::NONE.head(limit), Limits::default()];
        for (limits, delivery) in limits.into_iter().flat_map(|its| [(its, Delivery::Octets), (its, Delivery::Split(parts.clone()))]) {
            let end = if closed { End::HalfClosed } else { End::Open };
            let exchange = Exchange { delivery, end, ..Exchange::new(role, octets.as_bytes()) };
            let situation = Situation { exchange, limits, secure: false };
            prop_assert_eq!(oracle::keeps_promises(&situation), Ok(()), "{:?}", situation);
        }
    }

    /// Octets that are no head in any part, too: the start-line stops most of them.
    #[test]
    fn any_octets_keep_every_promise(role in role(), octets in prop::collection::vec(any::<u8>(), 0..400), seed in any::<u64>()) {
        let delivery = if seed % 2 == 0 { Delivery::Octets } else { Delivery::Split(vec![seed as usize % 400]) };
        let end = if seed % 3 == 0 { End::Open } else { End::HalfClosed };
        let exchange = Exchange { delivery, end, ..Exchange::new(role, octets) };
        let situation = Situation::of(exchange, &mut Seeded::new(seed));
        prop_assert_eq!(oracle::keeps_promises(&situation), Ok(()), "{:?}", situation);
    }

    /// Whitespace before the colon is one thing, whitespace around the value another, and each is pointed at exactly.
    #[test]
    fn whitespace_around_a_colon_is_pointed_at(
        name in prop::sample::select(vec!["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Accept"]),
        before in "[ \t]{0,2}",
        after in "[ \t]{0,2}",
        at_the_end in "[ \t]{0,2}",
    ) {
        let role = if name == "Sec-WebSocket-Accept" { Role::Client } else { Role::Server };
        let (exchange, mut message) = exchange(role, 0);
        let at = message.places(name)[0];
        message.lines[at].colon = format!("{before}:{after}").into_bytes();
        message.lines[at].value.extend_from_slice(at_the_end.as_bytes());
        let start = message.render().windows(name.len()).position(|window| window == name.as_bytes()).expect("the field");
        let colon = start + name.len() + before.len();
        let end = colon + 1 + after.len() + message.lines[at].value.len();
        let of_the_value = match name {
            "Sec-WebSocket-Key" => "rfc6455-4.2.1-key-ows",
            "Sec-WebSocket-Version" => "rfc6455-4.2.1-version-ows",
            _ => "rfc6455-4.1-resp-accept-ows",
        };
        let of_the_colon = match role {
            Role::Server => "rfc9112-5.1-no-ws-before-colon",
            Role::Client => "rfc9112-5.1-ws-before-colon-response",
        };
        let usual = (after.as_str(), at_the_end.as_str()) == (" ", "");
        let expected = [
            (of_the_colon, (!before.is_empty()).then_some(start + name.len()..colon)),
            (of_the_value, (!usual).then_some(colon + 1..end)),
        ];
        let judgement = judged(&Exchange { octets: message.render(), ..exchange });
        for (id, span) in expected {
            let found: Vec<_> = judgement.findings.iter().filter(|finding| finding.requirement.id.as_str() == id).collect();
            prop_assert_eq!(found.iter().map(|finding| finding.span.clone()).collect::<Vec<_>>(), Vec::from_iter(span), "{}", id);
        }
    }

    /// An empty path is the path `/` (RFC 9110 §4.2.3), whatever stands after it and whatever is served.
    #[test]
    fn an_empty_path_is_a_slash(
        scheme in prop::sample::select(vec!["http", "HTTP", "https"]),
        behind in prop::sample::select(vec!["", "?", "?x", "?x=/y", "#f", "?x#f"]),
        served in prop::option::of(prop::collection::vec(prop::sample::select(vec!["/", "/?x", "/chat", "?x", ""]), 0..3)),
    ) {
        let policy = match served {
            Some(served) => Policy::default().resources(served),
            None => Policy::default(),
        };
        let policy = policy.secure(scheme == "https");
        let [without, with] = ["", "/"].map(|path| {
            let (_, mut message) = exchange(Role::Server, 0);
            message.start = format!("GET {scheme}://server.example.com{path}{behind} HTTP/1.1").into_bytes();
            let octets = message.render();
            let outcome = judge_request(&octets, false, &policy).expect("a whole head");
            let resource = outcome.accepted().map(|accepted| accepted.resource(&octets));
            (outcome.judgement.permitted(), outcome.answer.status(), resource)
        });
        prop_assert_eq!(without, with);
    }

    /// What a response agrees to has to be within what was offered, and a malformed offer is none (RFC 7692 §7).
    #[test]
    fn what_was_not_offered_is_not_agreed_to(
        offers in prop::collection::vec(prop::sample::select(vec![
            ("foo", "foo", true),
            ("permessage-deflate", "permessage-deflate", true),
            ("permessage-deflate; client_max_window_bits", "permessage-deflate", true),
            ("permessage-deflate; foo", "permessage-deflate", false),
            ("permessage-deflate; client_max_window_bits=7", "permessage-deflate", false),
            ("permessage-deflate; server_max_window_bits", "permessage-deflate", false),
            ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", "permessage-deflate", false),
        ]), 0..4),
        agreed in prop::sample::select(vec!["foo", "permessage-deflate", "permessage-deflate; client_max_window_bits=10"]),
    ) {
        let (exchange, mut message) = exchange(Role::Client, 0);
        message.lines.retain(|line| !line.is("Sec-WebSocket-Extensions"));
        message.lines.push(Line::new("Sec-WebSocket-Extensions", agreed));
        let raw = offers.iter().map(|(raw, ..)| *raw).collect::<Vec<_>>().join(", ");
        let extensions = (!raw.is_empty()).then_some(raw);
        let needs = Needs { extensions, ..exchange.needs };
        let judgement = judged(&Exchange { octets: message.render(), needs, ..exchange });
        let name = agreed.split(';').next().unwrap_or_default();
        let fits = |offer: &str| !agreed.contains("client_max_window_bits") || offer.contains("client_max_window_bits");
        let is_offered = offers.iter().any(|(raw, its, valid)| *its == name && *valid && fits(raw));
        let permitted = judgement.permitted();
        prop_assert_eq!(permitted == Permitted::MustReject, !is_offered, "{:?} {} {:?}", offers, agreed, judgement);
    }

    /// What is found in an interim response is told with the final one, however the octets are cut.
    #[test]
    fn interim_responses_are_told(
        count in 0usize..4,
        length in any::<bool>(),
        parts in prop::collection::vec(0usize..400, 0..6),
        closed in any::<bool>(),
    ) {
        let (exchange, message) = exchange(Role::Client, 0);
        let interim = if length { "HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n" } else { "HTTP/1.1 100 Continue\r\n\r\n" };
        let octets = [interim.repeat(count).into_bytes(), message.render()].concat();
        let end = if closed { End::HalfClosed } else { End::Open };
        let exchange = Exchange { octets, end, delivery: Delivery::Split(parts), ..exchange };
        let offer = offer(exchange.key.as_deref(), &exchange.needs).expect("an offer");
        let fed = fed(&exchange, Client::new(&offer, Limits::default()), Client::feed, Client::finish).expect("a whole head");
        let told = |id: &str| fed.judgement.findings.iter().filter(|finding| finding.requirement.id.as_str() == id).count();
        prop_assert_eq!(told("rfc9110-15.2-interim"), count);
        prop_assert_eq!(told("rfc9110-8.6-no-cl-in-101"), if length { count } else { 0 });
        // The reference refuses a length where none may be.
        prop_assert_eq!(fed.opened.is_some(), count == 0 || !length);
    }

    #[test]
    fn a_text_has_a_character_for_each_octet(octets in prop::collection::vec(any::<u8>(), 0..40), text in "\\PC{0,20}") {
        for octets in [octets, text.into_bytes()] {
            let characters: Vec<u32> = grammar::latin1(&octets).chars().map(u32::from).collect();
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

/// Does as the reference, and panics on the exchange of this number.
struct Panicking {
    seen: AtomicU64,
    at: u64,
}

impl Peer for Panicking {
    fn name(&self) -> &str {
        "panicking"
    }

    fn version(&self) -> &str {
        "1.0.0"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Client
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        assert_ne!(self.seen.fetch_add(1, Ordering::Relaxed), self.at, "a planted panic");
        Reference.observe(exchange)
    }
}

/// A run whose worker panicked did not do what was asked, and must not end as if it had.
#[test]
fn a_panic_in_a_worker_ends_the_run() {
    let data = oracle::data();
    let run = |at, cases| {
        let peer = Panicking { seen: AtomicU64::new(0), at };
        let diff = Diff { roles: vec![Role::Client], corpus: Vec::new(), cases, threads: 2, ..Diff::new(data) };
        catch_unwind(AssertUnwindSafe(|| diff.run(&peer, &|_| {}).total())).ok().map(|_| peer.seen.into_inner())
    };
    let vectors = run(u64::MAX, 0).expect("a run without a panic");
    let all = run(u64::MAX, 600).expect("a run without a panic");
    assert!(all >= vectors + 600);
    for at in [vectors, vectors + 599] {
        assert_eq!(run(at, 600), None, "{at}");
    }
}
