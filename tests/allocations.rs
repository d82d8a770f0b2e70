//! How often the reference asks for memory: twice for a head of which there is nothing to say, and once to answer it.

mod heads;

use heads::{REQUEST, RESPONSE, offer, with};
use ws101::handshake::{Client, Limits, Policy, Server};

fn allocations<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let mut made = None;
    let counted = allocation_counter::measure(|| made = Some(work()));
    (made.expect("work is done once"), counted.count_total)
}

/// One keeps the octets, since a head may come in portions; one the places of the lines. What there is to say takes a third.
#[test]
fn a_head_costs_two_and_an_answer_one() {
    let policy = Policy::default();
    let plain = with(&REQUEST, "Host: server.example");
    // Its target has a query, and there are many fields, some of which a handshake has no use for.
    let browser = include_str!("../corpus/request/browser.http");
    let said = ["rfc6455-4.2.1-target-origin-form", "rfc6455-4.2.1-unknown-fields", "rfc9110-5.4-request-size"];
    for (request, said, at_most) in [(plain.as_str(), &[][..], 2), (browser, &said[..], 3)] {
        let (outcome, judged) = allocations(|| Server::new(&policy).feed(request.as_bytes()));
        let outcome = outcome.outcome().expect("a whole head");
        let (_, answered) = allocations(|| outcome.answer.octets());
        let mut found: Vec<&str> =
            outcome.judgement.findings.iter().map(|finding| finding.requirement.id.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, said);
        assert!(judged <= at_most && answered <= 1, "{judged} to judge, {answered} to answer {request}");
        // A count of none would be a count of nothing.
        assert!(judged > 0 && answered > 0);
    }
    let response = with(&RESPONSE, "Upgrade: websocket");
    let offer = offer();
    let (outcome, judged) = allocations(|| Client::new(&offer, Limits::default()).feed(response.as_bytes()));
    assert!(outcome.outcome().expect("a whole head").judgement.findings.is_empty());
    assert!((1..=2).contains(&judged), "{judged} to judge a response");
}
