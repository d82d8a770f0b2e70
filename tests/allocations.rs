//! How often the reference asks for memory: twice for a head of which there is nothing to say, and once to answer it.

use ws101::handshake::{Client, Offer, Policy, Server};
use ws101::http::Limits;

const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn allocations<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let mut made = None;
    let counted = allocation_counter::measure(|| made = Some(work()));
    (made.expect("work is done once"), counted.count_total)
}

/// One keeps the octets, since a head may come in portions; one the places of the lines.
#[test]
fn a_head_costs_two_and_an_answer_one() {
    let (policy, offer) =
        (Policy::default(), Offer { key: Some("dGhlIHNhbXBsZSBub25jZQ==".to_owned()), ..Offer::default() });
    let browser = include_str!("../corpus/request/browser.http");
    // Of what a browser sends there is something to say.
    for (request, findings, at_most) in [(REQUEST, 0, 2), (browser, 2, 3)] {
        let (outcome, judged) = allocations(|| Server::new(&policy).feed(request.as_bytes()));
        let outcome = outcome.expect("a whole head");
        let (_, answered) = allocations(|| outcome.answer.octets());
        assert_eq!(outcome.judgement.findings.len(), findings);
        assert!(judged <= at_most && answered <= 1, "{judged} to judge, {answered} to answer {request}");
        // A count of none would be a count of nothing.
        assert!(judged > 0 && answered > 0);
    }
    let (outcome, judged) = allocations(|| Client::new(&offer, Limits::default()).feed(RESPONSE.as_bytes()));
    assert!(outcome.expect("a whole head").judgement.findings.is_empty());
    assert!((1..=2).contains(&judged), "{judged} to judge a response");
}
