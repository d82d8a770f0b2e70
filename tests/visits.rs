//! How many octets of a head the reference looks at: counted, not timed, in builds with debug assertions.
#![cfg(debug_assertions)]

use ws101::handshake::{
    Client, ClientOptions, ClientOutcome, ClientRequest, Limits, Offer, Policy, Server, ServerOutcome, Step,
};
use ws101::internal::meter;

/// Makes a head of about so many octets.
type Maker = Box<dyn Fn(usize) -> Vec<u8>>;

/// How many octets the reference looks at while it does this.
fn visits(work: impl FnOnce()) -> u64 {
    let before = meter::visited();
    work();
    meter::visited() - before
}

/// The outcome for a server that is given the octets in portions of so many.
fn serve(octets: &[u8], portion: usize, policy: &Policy) -> Option<ServerOutcome> {
    let feed = |step: Step<_, _>, octets| step.then(|server: Server<'_>| server.feed(octets));
    octets.chunks(portion).fold(Step::More(Server::new(policy)), feed).outcome()
}

/// The outcome for a client.
fn receive(octets: &[u8], portion: usize, offer: &Offer, limits: Limits) -> Option<ClientOutcome> {
    let feed = |step: Step<_, _>, octets| step.then(|client: Client<'_>| client.feed(octets));
    octets.chunks(portion).fold(Step::More(Client::new(offer, limits)), feed).outcome()
}

#[test]
fn octets_visited_grow_linearly() {
    let request = |field: String| format!("GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n").into_bytes();
    let makers: [(&str, Maker); 8] = [
        ("a long value", Box::new(move |size| request(format!("X: {}", "a".repeat(size))))),
        ("long blanks", Box::new(move |size| request(format!("Sec-WebSocket-Protocol: b{}x", " ".repeat(size))))),
        (
            "an unclosed quote",
            Box::new(move |size| request(format!("Sec-WebSocket-Extensions: a; b=\"{}", "\\c".repeat(size / 2)))),
        ),
        ("many fields", Box::new(move |size| request("X: a\r\n".repeat(size / 6).trim_end().to_owned()))),
        (
            "many lines of Connection",
            Box::new(move |size| request("Connection: a\r\n".repeat(size / 15).trim_end().to_owned())),
        ),
        ("many list members", Box::new(move |size| request(format!("Connection: {}", "a,".repeat(size / 2))))),
        (
            "many extensions",
            Box::new(move |size| request(format!("Sec-WebSocket-Extensions: {}", "a;b,".repeat(size / 4)))),
        ),
        ("bare line feeds", Box::new(move |size| request(format!("X: {}", "a\n".repeat(size / 2))))),
    ];
    let policy = Policy::default().limits(Limits::NONE);
    for (what, make) in &makers {
        for portion in [usize::MAX, 1] {
            let [small, large] = [2_000, 32_000].map(|size| {
                let octets = make(size);
                let visited = visits(|| {
                    let _ = serve(&octets, portion, &policy);
                    let _ = receive(&octets, portion, &Offer::default(), Limits::NONE);
                });
                (visited as f64, octets.len() as f64)
            });
            let growth = (large.0 / small.0) / (large.1 / small.1);
            assert!(growth < 1.5, "{what}: {} octets visited of {}, {} of {}", small.0, small.1, large.0, large.1);
        }
    }
}

/// What is usual is looked at hardly more than once: the counts may fall, and do not rise unseen.
#[test]
fn usual_heads_are_looked_at_hardly_more_than_once() {
    const SAMPLE: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n\
                          Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n";
    const BROWSER: &str = include_str!("../corpus/request/browser.http");
    // No space behind one colon: this head is read line by line.
    let unusual = SAMPLE.replace("Host: ", "Host:");
    let policy = Policy::default().deflate(true);
    for (head, whole, one_by_one) in [(SAMPLE, 328, 522), (BROWSER, 617, 1103), (&unusual, 939, 939)] {
        for (portion, most) in [(head.len(), whole), (1, one_by_one)] {
            let visited = visits(|| {
                let outcome = serve(head.as_bytes(), portion, &policy);
                assert!(outcome.is_some_and(|outcome| outcome.accepted().is_some()));
            });
            assert!(visited <= most, "{visited} of {} by {portion}", head.len());
        }
    }
    const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let request = ClientRequest::build("ws://a/", &ClientOptions::default(), *b"the sample nonce").expect("a request");
    for (portion, most) in [(RESPONSE.len(), 116), (1, 203)] {
        let visited = visits(|| {
            let outcome = receive(RESPONSE.as_bytes(), portion, &request.offer, Limits::default());
            assert!(outcome.is_some_and(|outcome| outcome.opened.is_some()));
        });
        assert!(visited <= most, "{visited} of {} by {portion}", RESPONSE.len());
    }
}
