//! What the reference costs beside others, in one run: `cargo bench --bench handshake [GROUP]`.
//!
//! The cases of a group take turns, a fraction of a millisecond each, so that a noisy machine slows all of them alike. The
//! least time of a case stands for it, and the ratios of these are what counts: absolute times are of one machine and day.
//! Without `--bench`, as under `cargo test --benches`, each case runs once.
#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use sha1::{Digest as _, Sha1};
use stream::Memory;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::handshake::machine::TryParse as _;
use tungstenite::handshake::server::{Request, create_response};
use ws101::handshake::{
    Client, ClientOptions, ClientRequest, GUID, Limits, Offer, Policy, Server, Step, accept_value, judge_request,
    judge_response,
};

mod stream;

const RFC: &[u8] = include_bytes!("../../corpus/request/rfc6455-1.3.http");
const BROWSER: &[u8] = include_bytes!("../../corpus/request/browser.http");
const RESPONSE: &[u8] = include_bytes!("../../corpus/response/minimal.http");
/// The key that the response answers (RFC 6455 §1.3), and its nonce.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const NONCE: [u8; 16] = *b"the sample nonce";

struct Case<'c> {
    name: &'static str,
    run: Box<dyn FnMut() + 'c>,
}

fn case<'c, T>(name: &'static str, mut run: impl FnMut() -> T + 'c) -> Case<'c> {
    Case { name, run: Box::new(move || drop(black_box(run()))) }
}

fn reference_accepts(head: &[u8]) -> Vec<u8> {
    let outcome = Server::new(&Policy::default()).feed(black_box(head)).outcome().expect("a whole head");
    assert!(outcome.accepted().is_some());
    outcome.answer.octets()
}

fn reference_refuses(head: &[u8]) -> Vec<u8> {
    let outcome = Server::new(&Policy::default()).feed(black_box(head)).outcome().expect("a whole head");
    assert!(outcome.accepted().is_none());
    outcome.answer.octets()
}

fn servers(head: &[u8]) -> Vec<Case<'_>> {
    let policy = Policy::default();
    let text = std::str::from_utf8(head).expect("ASCII");
    let other_version = text.replace("Version: 13", "Version: 12").into_bytes();
    let no_upgrade = text.replace("Upgrade: websocket\r\n", "").into_bytes();
    let for_tungstenite = other_version.clone();
    vec![
        case("reference: judge and answer", || reference_accepts(head)),
        case("reference: judge the whole, no answer", move || judge_request(black_box(head), false, &policy)),
        case("reference: refuse version 12", move || reference_refuses(&other_version)),
        case("reference: refuse for want of Upgrade", move || reference_refuses(&no_upgrade)),
        case("tungstenite: accept", || tungstenite::accept(Memory::new(black_box(head))).map(drop).expect("accepted")),
        case("tungstenite: parse and respond", || {
            let (_, request) = Request::try_parse(black_box(head)).expect("well-formed").expect("whole");
            create_response(&request).expect("accepted")
        }),
        case("tungstenite: refuse version 12", move || {
            tungstenite::accept(Memory::new(black_box(&for_tungstenite))).map(drop).is_err()
        }),
        case("soketto: accept", || soketto_accepts(head).now_or_never().expect("nothing to wait for")),
        case("tokio-websockets: accept", || {
            let server = tokio_websockets::ServerBuilder::new();
            let accepted = server.accept(Memory::new(black_box(head))).now_or_never();
            accepted.expect("nothing to wait for").map(drop).expect("accepted")
        }),
        case("httparse: parse alone", || {
            let mut fields = [httparse::EMPTY_HEADER; 32];
            httparse::Request::new(&mut fields).parse(black_box(head)).expect("well-formed").is_complete()
        }),
        case("SHA-1 and base64 alone", || {
            STANDARD.encode(Sha1::new().chain_update(black_box(KEY)).chain_update(GUID).finalize())
        }),
    ]
}

async fn soketto_accepts(head: &[u8]) {
    use soketto::handshake::server::{Response, Server};
    let mut server = Server::new(Memory::new(black_box(head)));
    let key = server.receive_request().await.expect("accepted").key();
    server.send_response(&Response::Accept { key, protocol: None }).await.expect("written");
}

fn clients<'c>() -> Vec<Case<'c>> {
    let offer = Offer::of(KEY);
    let lent = offer.clone();
    let mut request = "ws://server.example.com/chat".into_client_request().expect("a URI");
    request.headers_mut().insert("Sec-WebSocket-Key", KEY.parse().expect("a value"));
    let built = request.clone();
    vec![
        case("reference: judge", move || {
            let outcome = Client::new(&offer, Limits::default()).feed(black_box(RESPONSE)).outcome();
            assert!(outcome.as_ref().is_some_and(|outcome| outcome.opened.is_some()));
            outcome
        }),
        case("reference: judge the whole", move || {
            judge_response(black_box(RESPONSE), false, &lent, Limits::default())
        }),
        case("reference: build the request and judge", || {
            let uri = black_box("ws://server.example.com/chat");
            let request = ClientRequest::build(uri, &ClientOptions::default(), NONCE).expect("well-formed");
            Client::new(&request.offer, Limits::default()).feed(black_box(RESPONSE)).outcome()
        }),
        case("tungstenite: client", move || {
            let client = tungstenite::client::client_with_config(built.clone(), Memory::new(black_box(RESPONSE)), None);
            client.map(drop).expect("opened")
        }),
        case("tungstenite: build the request, client", || {
            let uri = black_box("ws://server.example.com/chat");
            let mut request = uri.into_client_request().expect("a URI");
            request.headers_mut().insert("Sec-WebSocket-Key", KEY.parse().expect("a value"));
            let client = tungstenite::client::client_with_config(request, Memory::new(black_box(RESPONSE)), None);
            client.map(drop).expect("opened")
        }),
        case("httparse: parse alone", || {
            let mut fields = [httparse::EMPTY_HEADER; 32];
            httparse::Response::new(&mut fields).parse(black_box(RESPONSE)).expect("well-formed").is_complete()
        }),
        case("accept value alone", || accept_value(black_box(KEY.as_bytes()))),
    ]
}

/// Heads of about so many octets in which one thing is repeated.
fn grown(what: &str, size: usize) -> Vec<u8> {
    let fields = match what {
        "a long value" => format!("X: {}\r\n", "a".repeat(size)),
        "ordinary fields" => {
            let field = "X-Forwarded-Something: a value of some length, as they are\r\n";
            field.repeat(size / field.len())
        }
        "long blanks" => format!("Sec-WebSocket-Protocol: b{}x\r\n", " ".repeat(size)),
        "an unclosed quote" => format!("Sec-WebSocket-Extensions: a; b=\"{}\r\n", "\\c".repeat(size / 2)),
        "thousands of fields" => "X: a\r\n".repeat(size / 6),
        "thousands of lines of one list" => "Connection: a\r\n".repeat(size / 15),
        "thousands of list members" => format!("Connection: {}\r\n", "a,".repeat(size / 2)),
        "thousands of subprotocols" => {
            let names: Vec<String> = (0..size / 7).map(|number| format!("p{number:05}")).collect();
            format!("Sec-WebSocket-Protocol: {}\r\n", names.join(","))
        }
        "thousands of extensions" => format!("Sec-WebSocket-Extensions: {}\r\n", "a;b,".repeat(size / 4)),
        "thousands of folds" => format!("X: a\r\n{}", "\ta\r\n".repeat(size / 4)),
        "thousands of bare line feeds" => format!("X: {}\r\n", "a\n".repeat(size / 2)),
        _ => unreachable!("{what} is not among the grown heads"),
    };
    format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").into_bytes()
}

const GROWN: [&str; 11] = [
    "ordinary fields",
    "a long value",
    "long blanks",
    "an unclosed quote",
    "thousands of fields",
    "thousands of lines of one list",
    "thousands of list members",
    "thousands of subprotocols",
    "thousands of extensions",
    "thousands of folds",
    "thousands of bare line feeds",
];

fn judge_grown(head: &[u8], one_by_one: bool) {
    let policy = Policy::default().limits(Limits::NONE);
    let feed = |step: Step<_, _>, octets| step.then(|server: Server<'_>| server.feed(black_box(octets)));
    let portions = head.chunks(if one_by_one { 1 } else { head.len() });
    black_box(portions.fold(Step::More(Server::new(&policy)), feed));
}

/// The least and the median time of one run of each case.
fn measure(cases: &mut [Case<'_>], rounds: u32) -> Vec<[f64; 2]> {
    const SAMPLE: Duration = Duration::from_micros(60);
    let time = |runs: u32, case: &mut Case<'_>| {
        let start = Instant::now();
        (0..runs).for_each(|_| (case.run)());
        start.elapsed()
    };
    let mut runs = vec![1u32; cases.len()];
    for (case, runs) in cases.iter_mut().zip(&mut runs) {
        // The least of some tries: a pause of the machine must not pass for the case.
        while (0..5).map(|_| time(*runs, case)).min().is_some_and(|least| least < SAMPLE) {
            *runs *= 2;
        }
    }
    let mut samples = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for (index, case) in cases.iter_mut().enumerate() {
            samples[index].push(time(runs[index], case).as_secs_f64() * 1e9 / f64::from(runs[index]));
        }
    }
    let sorted = samples.into_iter().map(|mut samples| {
        samples.sort_by(f64::total_cmp);
        samples
    });
    sorted.map(|samples| [samples[0], samples[samples.len() / 2]]).collect()
}

/// A table of the cases with their ratios to some of them.
fn compare(title: &str, mut cases: Vec<Case<'_>>, to: &[&str]) {
    let times = measure(&mut cases, 2000);
    println!("\n{title:<42} {:>8} {:>8}   least time in that of", "least ns", "median");
    println!("{:61}{}", "", to.iter().map(|name| format!("{name:>40}")).collect::<String>());
    for (case, [least, median]) in cases.iter().zip(&times) {
        print!("  {:<40} {least:>8.0} {median:>8.0} ", case.name);
        for name in to {
            let at = cases.iter().position(|case| case.name == *name).expect("a case");
            print!("{:>40.2}", least / times[at][0]);
        }
        println!();
    }
}

/// Time an octet for heads of three sizes. Where a head makes for megabytes of findings, the time at the largest size has
/// the page faults in it that follow on what the allocator gave back to the system after the run before.
fn growth() {
    const SIZES: [usize; 3] = [1 << 10, 8 << 10, 64 << 10];
    for (delivery, one_by_one) in [("whole", false), ("octet by octet", true)] {
        println!(
            "\n{:<42} {:>8} {:>8} {:>8} {:>16}",
            format!("growth, {delivery}"),
            "1 KiB",
            "8 KiB",
            "64 KiB",
            "64 KiB : 1 KiB"
        );
        for what in GROWN {
            let heads = SIZES.map(|size| grown(what, size));
            let mut cases: Vec<Case<'_>> =
                heads.iter().map(|head| case(what, || judge_grown(head, one_by_one))).collect();
            let times = measure(&mut cases, 60);
            let per_octet: Vec<f64> =
                times.iter().zip(&heads).map(|([least, _], head)| least / head.len() as f64).collect();
            let [small, middle, large] = per_octet[..] else { unreachable!("three sizes") };
            println!("  {what:<40} {small:>8.2} {middle:>8.2} {large:>8.2} {:>16.2}", large / small);
        }
    }
    println!("in ns an octet");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let group = arguments.iter().find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| group.is_none_or(|group| name.contains(group.as_str()));
    if !arguments.iter().any(|argument| argument == "--bench") {
        for mut case in [servers(RFC), servers(BROWSER), clients()].into_iter().flatten() {
            (case.run)();
        }
        for what in GROWN {
            judge_grown(&grown(what, 1024), true);
        }
        return;
    }
    let peers = ["tungstenite: accept", "soketto: accept"];
    if wanted("server") {
        compare(&format!("server, {} octets of RFC 6455 §1.3", RFC.len()), servers(RFC), &peers);
        compare(&format!("server, {} octets of a browser", BROWSER.len()), servers(BROWSER), &peers);
    }
    if wanted("client") {
        let peers = ["tungstenite: client", "tungstenite: build the request, client"];
        compare(&format!("client, {} octets", RESPONSE.len()), clients(), &peers);
    }
    if wanted("growth") {
        growth();
    }
}
