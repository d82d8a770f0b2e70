//! The limits of a recipient: what is as large as they say is read, what is one larger is refused for its size.

use ws101::handshake::{Offer, Policy, Server, judge_request, judge_response};
use ws101::http::Limits;
use ws101::judgement::{Class, Decision, Judgement, requirements as r};

const NO_LIMITS: Limits = Limits { start_line: usize::MAX, head: usize::MAX, lines: usize::MAX };

const START_LINE: &str = "GET /chat HTTP/1.1\r\n";

const LINES: &str = "Host: server.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const INTERIM: &str = "HTTP/1.1 100 Continue\r\n\r\n";

fn of_request(octets: &str, limits: Limits) -> Judgement {
    let policy = Policy { limits, ..Policy::default() };
    judge_request(octets.as_bytes(), false, &policy).expect("an outcome").judgement
}

fn of_response(octets: &str, limits: Limits) -> Judgement {
    judge_response(octets.as_bytes(), false, &Offer::default(), limits).expect("an outcome").judgement
}

fn is_read(judgement: &Judgement) {
    assert_eq!(judgement.decision(), Decision::Accept, "{judgement:?}");
    assert_eq!(judgement.stopped, None);
}

fn is_too_large(judgement: &Judgement) {
    assert_eq!(judgement.decision(), Decision::Reject, "{judgement:?}");
    assert!(
        judgement.findings.iter().any(|finding| finding.class == Class::Size && finding.refuses()),
        "{judgement:?}"
    );
    assert!(judgement.stopped.is_some());
}

#[test]
fn a_request_of_the_limit_is_read() {
    let request = [START_LINE, LINES].concat();
    for (exact, limits) in [
        (START_LINE.len(), &(|start_line| Limits { start_line, ..NO_LIMITS }) as &dyn Fn(usize) -> Limits),
        (request.len(), &|head| Limits { head, ..NO_LIMITS }),
        (5, &|lines| Limits { lines, ..NO_LIMITS }),
    ] {
        is_read(&of_request(&request, limits(exact)));
        is_read(&of_request(&request, limits(exact + 1)));
        is_too_large(&of_request(&request, limits(exact - 1)));
        is_too_large(&of_request(&request, limits(1)));
    }
}

#[test]
fn a_response_of_the_limit_is_read() {
    for (exact, limits) in [
        (34, &(|start_line| Limits { start_line, ..NO_LIMITS }) as &dyn Fn(usize) -> Limits),
        (RESPONSE.len(), &|head| Limits { head, ..NO_LIMITS }),
        (3, &|lines| Limits { lines, ..NO_LIMITS }),
    ] {
        is_read(&of_response(RESPONSE, limits(exact)));
        is_too_large(&of_response(RESPONSE, limits(exact - 1)));
    }
}

/// However it arrives, and not one octet later than it shows.
#[test]
fn a_request_octet_by_octet_is_read_up_to_the_limit() {
    let request = [START_LINE, LINES].concat();
    let outcome_at = |limits: Limits| {
        let policy = Policy { limits, ..Policy::default() };
        let mut server = Server::new(&policy);
        let octets = request.as_bytes().chunks(1).enumerate();
        let mut outcomes = octets.filter_map(|(at, octet)| Some((at + 1, server.feed(octet)?.judgement)));
        outcomes.next().expect("an outcome")
    };
    let (read, judgement) = outcome_at(Limits { start_line: START_LINE.len(), head: request.len(), lines: 5 });
    assert_eq!(read, request.len());
    is_read(&judgement);
    let first = START_LINE.len() + LINES.find("Upgrade").expect("a second line");
    for (limit, limits) in [
        (10, Limits { start_line: 10, ..NO_LIMITS }),
        (first, Limits { head: first, ..NO_LIMITS }),
        (first + 5, Limits { head: first + 5, ..NO_LIMITS }),
    ] {
        let (read, judgement) = outcome_at(limits);
        assert_eq!(read, limit);
        is_too_large(&judgement);
    }
}

/// All heads together have to stay within the limit of one.
#[test]
fn interim_responses_count() {
    for count in 1..5 {
        let octets = INTERIM.repeat(count) + RESPONSE;
        let limits = |head| Limits { head, ..NO_LIMITS };
        is_read(&of_response(&octets, limits(octets.len())));
        is_too_large(&of_response(&octets, limits(octets.len() - 1)));
        is_too_large(&of_response(&octets, limits(INTERIM.len() * count)));
        is_too_large(&of_response(&octets, limits(INTERIM.len() * count - 1)));
    }
}

/// Empty lines before the start-line are of the head and of neither limit beside it.
#[test]
fn empty_lines_before_the_request_are_no_lines_behind_it() {
    let request = ["\r\n\r\n", START_LINE, LINES].concat();
    is_read(&of_request(&request, Limits { lines: 5, ..NO_LIMITS }));
    is_too_large(&of_request(&request, Limits { lines: 4, ..NO_LIMITS }));
    is_read(&of_request(&request, Limits { head: request.len(), ..NO_LIMITS }));
    is_too_large(&of_request(&request, Limits { head: request.len() - 1, ..NO_LIMITS }));
}

/// Whether the judgement says that others may find it too large, and accepts all the same.
fn is_much(judgement: &Judgement) -> bool {
    assert_eq!(judgement.decision(), Decision::Accept, "{judgement:?}");
    [&r::RFC9110_5_4_TOO_LARGE, &r::RFC9110_5_4_CLIENT_LIMIT, &r::RFC9112_3_REQUEST_LINE_LENGTH]
        .iter()
        .any(|size| judgement.cites(size.id))
}

/// Lines of fields that take so many octets together.
fn filling(mut octets: usize) -> String {
    let mut lines = String::new();
    while octets > 0 {
        let length = if octets < 1000 { octets } else { 500 };
        lines += &format!("X: {}\r\n", "a".repeat(length - 5));
        octets -= length;
    }
    lines
}

/// Between what anybody reads and its own limits the reference tells that a recipient may have had enough.
#[test]
fn what_others_may_find_too_large_is_told() {
    let request = |target: &str, lines: &str| {
        of_request(&format!("GET {target} HTTP/1.1\r\n{}{lines}\r\n", &LINES[..LINES.len() - 2]), NO_LIMITS)
    };
    let response = |lines: &str| of_response(&format!("{}{lines}\r\n", &RESPONSE[..RESPONSE.len() - 2]), NO_LIMITS);
    let responding = |reason: &str| of_response(&RESPONSE.replace("Switching Protocols", reason), NO_LIMITS);
    let judges: [(usize, &dyn Fn(usize) -> Judgement); 10] = [
        // The request-line, with its line end.
        (1000, &|size| request(&format!("/{}", "a".repeat(size - 16)), "")),
        // The status-line, without its line end.
        (1000, &|size| responding(&"a".repeat(size - 13))),
        // A field line, without its line end.
        (1000, &|size| request("/", &format!("X: {}\r\n", "a".repeat(size - 3)))),
        (1000, &|size| response(&format!("X: {}\r\n", "a".repeat(size - 3)))),
        // Field lines.
        (50, &|count| request("/", &"X: a\r\n".repeat(count - 5))),
        (50, &|count| response(&"X: a\r\n".repeat(count - 3))),
        // The head, behind the text of the request-line; the whole one of a response.
        (4096, &|size| request("/", &filling(size - LINES.len() - 2))),
        (4096, &|size| response(&filling(size - RESPONSE.len()))),
        (4096, &|size| {
            let lines = filling(size - RESPONSE.len());
            of_response(&format!("{INTERIM}{}{lines}\r\n", &RESPONSE[..RESPONSE.len() - 2]), NO_LIMITS)
        }),
        // Empty list members.
        (20, &|count| {
            let lines = LINES[..LINES.len() - 2].replace("Connection: ", &format!("Connection: {}", ",".repeat(count)));
            of_request(&format!("{START_LINE}{lines}\r\n"), NO_LIMITS)
        }),
    ];
    for (number, (bound, judged)) in judges.into_iter().enumerate() {
        assert!(!is_much(&judged(bound)), "{number}");
        assert!(is_much(&judged(bound + 1)), "{number}");
    }
}
