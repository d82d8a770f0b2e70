//! Servers that are right, also slow, lenient or unusual ones: none is accused.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use ws101::judgement::{RequirementId, Role};
use ws101::oracle::data;
use ws101::peer::reference::Reference;
use ws101::peer::served;
use ws101::run::servers::planned;
use ws101::suite::results::{CaseResult, Ended, Standing};
use ws101::suite::{Exchange, Needs, Observation, Outcome, Peer};

use super::{Local, strict_failures, told};

/// The reference behind a change of what goes in or comes out.
struct Variant {
    given: fn(Vec<u8>) -> Vec<u8>,
    written: fn(Vec<u8>) -> Vec<u8>,
}

impl Peer for Variant {
    fn name(&self) -> &str {
        "variant"
    }

    fn version(&self) -> &str {
        "0"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let octets = (self.given)(exchange.octets.clone());
        let mut observation = Reference.observe(&Exchange { octets, ..exchange.clone() });
        observation.written = (self.written)(observation.written);
        observation
    }
}

fn same(octets: Vec<u8>) -> Vec<u8> {
    octets
}

fn replaced(octets: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let text: String = octets.iter().map(|&octet| char::from(octet)).collect();
    text.replace(from, to).chars().map(|character| character as u8).collect()
}

fn right(local: &Local) {
    let results = local.try_all();
    assert!(results.control.opened && results.ended == Ended::Complete, "{:?} {:?}", results.control, results.ended);
    assert_eq!(told(&results), [""; 0]);
}

#[test]
fn the_reference() {
    right(&Local::peer(Reference, Needs::default()));
}

#[test]
fn one_that_supports_what_nobody_told_us_of() {
    let needs = Needs {
        protocols: vec!["chat".to_owned(), "superchat".to_owned()],
        extensions: Some("permessage-deflate".to_owned()),
        ..Needs::default()
    };
    right(&Local::peer(Reference, needs));
}

#[test]
fn one_whose_support_is_known() {
    let extensions = Needs { extensions: Some("permessage-deflate".to_owned()), ..Needs::default() };
    let protocols = Needs { protocols: vec!["chat".to_owned()], ..Needs::default() };
    for needs in [extensions, protocols] {
        let local = Local::peer(Reference, needs.clone());
        let results = local.try_cases(needs, |_| true);
        assert_eq!(told(&results), [""; 0]);
    }
}

#[test]
fn one_that_answers_400_where_others_answer_426() {
    let written = |octets: Vec<u8>| {
        if octets.windows(22).any(|window| window == b"Sec-WebSocket-Version:") {
            return octets;
        }
        replaced(octets, "HTTP/1.1 426 Upgrade Required", "HTTP/1.1 400 Bad Request")
    };
    right(&Local::peer(Variant { given: same, written }, Needs::default()));
}

#[test]
fn one_that_refuses_in_http_1_0() {
    let written = |octets: Vec<u8>| {
        if octets.starts_with(b"HTTP/1.1 101") { octets } else { replaced(octets, "HTTP/1.1 ", "HTTP/1.0 ") }
    };
    right(&Local::peer(Variant { given: same, written }, Needs::default()));
}

#[test]
fn one_that_takes_a_bare_line_feed_for_a_line_end() {
    let given = |octets: Vec<u8>| {
        let mut given: Vec<u8> = Vec::with_capacity(octets.len());
        for (at, &octet) in octets.iter().enumerate() {
            if octet == b'\n' && (at == 0 || octets[at - 1] != b'\r') {
                given.push(b'\r');
            }
            given.push(octet);
        }
        given
    };
    right(&Local::peer(Variant { given, written: same }, Needs::default()));
}

/// It has a policy: certain origins, one resource, its own authority, a subprotocol that it wants.
#[test]
fn one_with_a_policy() {
    let local = Local::with(move |listener, stop| {
        let port = listener.local_addr().expect("an address").port();
        let needs = Needs {
            origins: Some(vec!["http://own.example".to_owned()]),
            resources: Some(vec!["/chat".to_owned()]),
            authorities: Some(vec![format!("127.0.0.1:{port}")]),
            ..Needs::default()
        };
        ws101::live::serve(&listener, &Reference, &needs, stop).expect("a listener");
    });
    right(&local);
}

/// It has a status of its own for versions that it does not speak; the clause asks for no certain one.
#[test]
fn one_that_answers_another_error_for_a_version() {
    let written = |octets: Vec<u8>| {
        if octets.windows(22).any(|window| window == b"Sec-WebSocket-Version:") {
            return replaced(octets, "HTTP/1.1 426 Upgrade Required", "HTTP/1.1 500 Internal Server Error");
        }
        octets
    };
    right(&Local::peer(Variant { given: same, written }, Needs::default()));
}

/// It knows the keys of the draft hixie-76, and will have nothing to do with them.
#[test]
fn one_that_refuses_the_fields_of_an_old_draft() {
    let given = |octets: Vec<u8>| replaced(octets, "Sec-WebSocket-Key1:", "Sec-WebSocket-Key1 :");
    right(&Local::peer(Variant { given, written: same }, Needs::default()));
}

/// It grants HTTP/2 to whoever asks for that alone, and speaks hixie-76 still: neither is an answer to a handshake of
/// version 13.
#[test]
fn one_that_speaks_other_protocols_too() {
    right(&Local::peer(Polyglot, Needs::default()));
}

struct Polyglot;

impl Peer for Polyglot {
    fn name(&self) -> &str {
        "polyglot"
    }

    fn version(&self) -> &str {
        "0"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let has = |text: &[u8]| exchange.octets.windows(text.len()).any(|window| window == text);
        let switch = |rest: &str| {
            let written = format!("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n{rest}");
            served(written.into_bytes(), None, None)
        };
        if has(b"\r\nUpgrade: h2c\r\n") && !has(b"websocket") {
            return switch("Upgrade: h2c\r\n\r\n");
        }
        if has(b"\r\nSec-WebSocket-Key1:") && !has(b"\r\nSec-WebSocket-Key:") {
            let location = "Upgrade: WebSocket\r\nSec-WebSocket-Origin: http://example.com\r\n\
                            Sec-WebSocket-Location: ws://127.0.0.1/chat\r\n\r\n8jKS'y:G*Co,Wxa-";
            return switch(location);
        }
        Reference.observe(exchange)
    }
}

/// It refuses a field of its own dislike. That is told once, and not of each case that has the field for another reason.
#[test]
fn one_that_refuses_a_harmless_field_is_accused_of_that_alone() {
    let given = |octets: Vec<u8>| replaced(octets, "\r\nX-A: b", "\r\nX-A : b");
    let local = Local::peer(Variant { given, written: same }, Needs::default());
    let results = local.try_cases(Needs::default(), |planned| {
        ["server/fields/", "server/field-value/", "server/obs-fold/", "server/line-ends/", "server/opening/"]
            .iter()
            .any(|topic| planned.id().starts_with(topic))
    });
    let failed: Vec<&str> = strict_failures(&results).iter().map(|case| case.id.as_str()).collect();
    assert_eq!(failed, ["server/fields/another"], "{:#?}", told(&results));
    // What is opened in spite of a fault is told, whatever its control came to: see `tests/live/accused.rs`.
    let untold = results.cases.iter().filter(|case| case.standing == Standing::Unsupported);
    let untold = untold.filter(|case| case.notes.iter().any(|note| note.contains("server/fields/another")));
    assert!(untold.count() > 3);
}

/// It takes very many small reads for an attack, as tungstenite does: whether it comes to that hangs on the clock.
#[test]
fn one_that_takes_very_many_small_reads_for_an_attack() {
    let local = Local::each(|stream| impatiently(stream).unwrap_or_default());
    let results = local.try_cases(Needs::default(), |planned| planned.id().starts_with("server/opening/"));
    assert!(results.control.opened, "{:?}", results.control);
    assert_eq!(told(&results), [""; 0]);
    let octets = results.cases.iter().filter(|case| case.delivery == "octets");
    let standings: Vec<Standing> = octets.map(|case| case.standing).collect();
    assert!(
        !standings.is_empty() && standings.iter().all(|&standing| standing == Standing::Permitted),
        "{standings:?}"
    );
}

fn impatiently(mut stream: TcpStream) -> std::io::Result<()> {
    let mut octets = Vec::new();
    let mut buffer = [0; 4096];
    for _ in 0..8 {
        let count = stream.read(&mut buffer)?;
        octets.extend_from_slice(&buffer[..count]);
        let observation = Reference.observe(&Exchange::new(Role::Server, octets.clone()));
        if observation.outcome != Outcome::TimedOut || count == 0 {
            stream.write_all(&observation.written)?;
            stream.shutdown(std::net::Shutdown::Write)?;
            while stream.read(&mut buffer)? > 0 {}
            break;
        }
    }
    Ok(())
}

/// Nobody who is tried as a server is accused by a clause that binds clients, where one that binds servers is shown.
#[test]
fn what_is_said_of_a_server_is_a_duty_of_servers() {
    let binds = |id: RequirementId| data().register.get(id).is_some_and(|entry| entry.duty.is_of(Role::Server));
    for planned in planned(data()).iter().filter(|planned| planned.octets().is_some()) {
        let requirements = planned.requirements();
        let is_told = binds(requirements[0]) || !requirements.iter().any(|id| binds(*id));
        assert!(is_told, "{} {requirements:?}", planned.id());
    }
}

/// An octet of the answer at a time, each after a while.
#[test]
fn one_that_is_slow() {
    let local = Local::each(|stream| slowly(stream).unwrap_or_default());
    let results = local.try_cases(Needs::default(), |planned| planned.id().starts_with("server/upgrade/"));
    assert!(results.control.opened, "{:?}", results.control);
    assert_eq!(told(&results), [""; 0]);
}

/// What the reference does, once it knows, with what comes.
fn observed(stream: &mut TcpStream) -> std::io::Result<Observation> {
    let mut octets = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        octets.extend_from_slice(&buffer[..count]);
        let observation = Reference.observe(&Exchange::new(Role::Server, octets.clone()));
        if observation.outcome != Outcome::TimedOut || count == 0 {
            return Ok(observation);
        }
    }
}

/// Says that nothing more comes, and reads on until the other side does.
fn hang_up(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.shutdown(std::net::Shutdown::Write)?;
    while stream.read(&mut [0; 4096])? > 0 {}
    Ok(())
}

fn slowly(mut stream: TcpStream) -> std::io::Result<()> {
    let observation = observed(&mut stream)?;
    for octet in observation.written {
        stream.write_all(&[octet])?;
        thread::sleep(Duration::from_millis(2));
    }
    hang_up(&mut stream)
}

/// It reads a request to the end of its head, and answers as the reference does, or by `refuse` where that refuses.
fn served_by(mut stream: TcpStream, refuse: impl FnOnce(&mut TcpStream, &[u8])) -> std::io::Result<()> {
    let observation = observed(&mut stream)?;
    match observation.outcome {
        Outcome::Opened(_) => {
            stream.write_all(&observation.written)?;
            hang_up(&mut stream)
        }
        _ => {
            refuse(&mut stream, &observation.written);
            Ok(())
        }
    }
}

/// It drops the connection in place of every refusal, as an endpoint may (RFC 6455 §10.7), which asks for an answer and does
/// not command it.
#[test]
fn one_that_drops_the_connection_where_it_refuses() {
    let local = Local::each(|stream| served_by(stream, |_, _| ()).unwrap_or_default());
    let results = local.try_cases(Needs::default(), |planned| {
        ["server/host/", "server/version/", "server/obs-fold/", "server/content/length"]
            .iter()
            .any(|topic| planned.id().starts_with(topic))
    });
    assert!(results.control.opened, "{:?}", results.control);
    assert_eq!(told(&results), [""; 0]);
    let missed: Vec<_> = results.cases.iter().filter(|case| case.standing == Standing::NonStrict).collect();
    assert!(missed.len() > 20, "{}", missed.len());
    for case in missed {
        let by: Vec<&str> = case.faults.iter().map(|fault| fault.requirement.as_str()).collect();
        assert_eq!(by, ["rfc6455-10.7-error-status"], "{}", case.id);
    }
}

/// It ends a connection that it will not open only when a time of its own is over. No clause sets a time.
#[test]
fn one_that_ends_what_it_refuses_late() {
    let late = |_: &mut TcpStream, _: &[u8]| thread::sleep(Duration::from_millis(1200));
    let local = Local::each(move |stream| served_by(stream, late).unwrap_or_default());
    let mut server = local.server();
    server.deadlines.answer = Duration::from_millis(300);
    let results = super::try_server(&server, Needs::default(), |planned| planned.id().starts_with("server/method/"));
    assert!(results.control.opened, "{:?}", results.control);
    assert_eq!(told(&results), [""; 0]);
    let said = |case: &&CaseResult| case.notes.iter().any(|note| note.contains("no clause sets a time"));
    assert!(results.cases.iter().filter(said).count() > 5);
}

/// It knows the draft hybi-00, whose number is 0 (RFC 6455 §11.6): so it understands that version, and finds the rest of the
/// handshake wanting.
#[test]
fn one_that_knows_the_number_of_a_draft() {
    let local = Local::each(|stream| {
        let refuse = |stream: &mut TcpStream, written: &[u8]| {
            let is_of_the_draft = written.starts_with(b"HTTP/1.1 426");
            let own = b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(if is_of_the_draft { own } else { written });
        };
        served_by(stream, refuse).unwrap_or_default();
    });
    let results = local.try_cases(Needs::default(), |planned| planned.id() == "server/version/number-0");
    assert_eq!((results.cases.len(), told(&results)), (1, vec![]));
    assert!(results.cases[0].did.contains("500"), "{}", results.cases[0].did);
}

/// It uses the first of two keys. That it minds the case of names is said of nobody who does so with two keys of one name.
#[test]
fn one_that_takes_two_keys_is_not_said_to_mind_case() {
    let alike = |octets: Vec<u8>| without_second_key(&octets, |line| line.starts_with(b"Sec-WebSocket-Key:"));
    let any = |octets: Vec<u8>| {
        without_second_key(&octets, |line| line.to_ascii_lowercase().starts_with(b"sec-websocket-key:"))
    };
    let other = |octets: Vec<u8>| {
        let is_alone = octets.windows(20).filter(|window| window == b"\r\nSec-WebSocket-Key:").count() == 1;
        let is_key = |line: &[u8]| is_alone && line.to_ascii_lowercase().starts_with(b"sec-websocket-key:");
        without_second_key(&octets, is_key)
    };
    let (once, case) = ("rfc6455-11.3.1-key-once-server", "rfc9110-5.1-duplicate-in-other-case");
    for (given, in_other_case, alike) in
        [(any as fn(Vec<u8>) -> Vec<u8>, Some(once), Some(once)), (alike, None, Some(once)), (other, Some(case), None)]
    {
        let local = Local::peer(Variant { given, written: same }, Needs::default());
        let results = local.try_cases(Needs::default(), |planned| {
            ["server/field-line/second-key-in-other-case", "server/key/two-lines-same"].contains(&planned.id().as_str())
        });
        let told: Vec<Option<&str>> =
            results.cases.iter().map(|case| Some(case.faults.first()?.requirement.as_str())).collect();
        assert_eq!(told, [in_other_case, alike]);
    }
}

/// Without the second line of those that are keys.
fn without_second_key(octets: &[u8], is_key: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut seen = 0;
    let mut kept = octets.split_inclusive(|&octet| octet == b'\n').collect::<Vec<_>>();
    kept.retain(|line| {
        seen += usize::from(is_key(line));
        seen < 2 || !is_key(line)
    });
    kept.concat()
}

/// It reads a fold as a space, as it may, and takes a key for what it is: that a fold is not read as a space is not said of it.
#[test]
fn one_that_takes_a_space_in_a_key_is_not_said_to_misread_a_fold() {
    let given = |octets: Vec<u8>| replaced(replaced(octets, "\r\n ", " "), "dGhlIHNhbXBs ZSBub25jZQ==", GOOD_KEY);
    let local = Local::peer(Variant { given, written: same }, Needs::default());
    let results = local.try_cases(Needs::default(), |planned| {
        ["server/obs-fold/in-key", "server/key/space-inside"].contains(&planned.id().as_str())
    });
    let told: Vec<&str> =
        results.cases.iter().flat_map(|case| &case.faults).map(|fault| fault.requirement.as_str()).collect();
    assert_eq!(told, ["rfc6455-4.2.1-key-alphabet"; 2]);
}

const GOOD_KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
