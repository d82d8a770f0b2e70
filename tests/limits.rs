//! The limits of a recipient: what is as large as they say is read, what is one larger is refused for its size.

use ws101::handshake::{
    Limits, Offer, Policy, Server, Step, check_request, check_response, judge_request, judge_response,
};
use ws101::judgement::{Class, Decision, Judgement, Permitted, Role, requirements as r};
use ws101::oracle::data;
use ws101::peer::reference::{offer, policy};
use ws101::suite::End;

const START_LINE: &str = "GET /chat HTTP/1.1\r\n";

const LINES: &str = "Host: server.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const INTERIM: &str = "HTTP/1.1 100 Continue\r\n\r\n";

fn of_request(octets: &str, limits: Limits) -> Judgement {
    let policy = Policy::default().limits(limits);
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
        (START_LINE.len(), &(|start_line| Limits::NONE.start_line(start_line)) as &dyn Fn(usize) -> Limits),
        (request.len(), &|head| Limits::NONE.head(head)),
        (5, &|lines| Limits::NONE.lines(lines)),
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
        (34, &(|start_line| Limits::NONE.start_line(start_line)) as &dyn Fn(usize) -> Limits),
        (RESPONSE.len(), &|head| Limits::NONE.head(head)),
        (3, &|lines| Limits::NONE.lines(lines)),
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
        let policy = Policy::default().limits(limits);
        let feed = |step: Step<_, _>, octet| step.then(|server: Server<'_>| server.feed(octet));
        match request.as_bytes().chunks(1).fold(Step::More(Server::new(&policy)), feed) {
            Step::Done { outcome, octets } => (octets.len(), outcome.judgement),
            Step::More(_) => panic!("no outcome"),
        }
    };
    let (read, judgement) = outcome_at(Limits::NONE.start_line(START_LINE.len()).head(request.len()).lines(5));
    assert_eq!(read, request.len());
    is_read(&judgement);
    let first = START_LINE.len() + LINES.find("Upgrade").expect("a second line");
    for (limit, limits) in [
        (10, Limits::NONE.start_line(10)),
        (first, Limits::NONE.head(first)),
        (first + 5, Limits::NONE.head(first + 5)),
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
        let limits = |head| Limits::NONE.head(head);
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
    is_read(&of_request(&request, Limits::NONE.lines(5)));
    is_too_large(&of_request(&request, Limits::NONE.lines(4)));
    is_read(&of_request(&request, Limits::NONE.head(request.len())));
    is_too_large(&of_request(&request, Limits::NONE.head(request.len() - 1)));
}

/// Whether the judgement says that others may find it too large, and accepts all the same.
fn is_much(judgement: &Judgement) -> bool {
    assert_eq!(judgement.decision(), Decision::Accept, "{judgement:?}");
    [&r::RFC9110_5_4_TOO_LARGE, &r::RFC9110_5_4_REQUEST_SIZE, &r::RFC9110_5_4_RESPONSE_SIZE]
        .iter()
        .any(|size| judgement.cites(size.id))
}

/// Between what anybody reads and its own limits the reference tells that a recipient may have had enough.
#[test]
fn what_others_may_find_too_large_is_told() {
    let request = |target: &str, lines: &str| {
        of_request(&format!("GET {target} HTTP/1.1\r\n{}{lines}\r\n", &LINES[..LINES.len() - 2]), Limits::NONE)
    };
    let response = |lines: &str| of_response(&format!("{}{lines}\r\n", &RESPONSE[..RESPONSE.len() - 2]), Limits::NONE);
    let responding = |reason: &str| of_response(&RESPONSE.replace("Switching Protocols", reason), Limits::NONE);
    let judges: [(usize, &dyn Fn(usize) -> Judgement); 9] = [
        // The request-target.
        (128, &|size| request(&format!("/{}", "a".repeat(size - 1)), "")),
        // The reason phrase.
        (128, &|size| responding(&"a".repeat(size))),
        // A value, and a name.
        (128, &|size| request("/", &format!("X: {}\r\n", "a".repeat(size)))),
        (128, &|size| response(&format!("X: {}\r\n", "a".repeat(size)))),
        (128, &|size| request("/", &format!("{}: X\r\n", "a".repeat(size)))),
        (128, &|size| response(&format!("{}: X\r\n", "a".repeat(size)))),
        // Field lines.
        (12, &|count| request("/", &"X: a\r\n".repeat(count - 5))),
        (12, &|count| response(&"X: a\r\n".repeat(count - 3))),
        // Empty list members.
        (20, &|count| {
            let lines = LINES[..LINES.len() - 2].replace("Connection: ", &format!("Connection: {}", ",".repeat(count)));
            of_request(&format!("{START_LINE}{lines}\r\n"), Limits::NONE)
        }),
    ];
    for (number, (bound, judged)) in judges.into_iter().enumerate() {
        assert!(!is_much(&judged(bound)), "{number}");
        assert!(is_much(&judged(bound + 1)), "{number}");
    }
}

/// Empty lines before the start-line count towards its limit. What lies beyond the limit tells nothing, however the octets are
/// cut: neither what would be the start-line nor what could be none.
#[test]
fn empty_lines_up_to_the_limit_of_the_start_line_are_all_that_is_read() {
    for limit in [0, 1, 2, 3, 16, 16 * 1024] {
        let limits = Limits::NONE.start_line(limit);
        let policy = Policy::default().limits(limits);
        for count in limit.saturating_sub(2)..limit + 3 {
            for rest in ["G", "(", "\r", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 101 a\r\n\r\n"] {
                let octets = ["\n".repeat(count), rest.to_owned()].concat();
                let whole = judge_request(octets.as_bytes(), true, &policy).expect("an outcome").judgement;
                let feed = |step: Step<_, _>, octet| step.then(|server: Server<'_>| server.feed(octet));
                let cut = match octets.as_bytes().chunks(1).fold(Step::More(Server::new(&policy)), feed) {
                    Step::Done { outcome, .. } => outcome.judgement,
                    Step::More(server) => server.finish().judgement,
                };
                assert_eq!(whole, cut, "{limit} {count} {rest:?}");
                let answer = judge_response(octets.as_bytes(), true, &Offer::default(), limits).expect("an outcome");
                if count >= limit {
                    is_too_large(&whole);
                    is_too_large(&answer.judgement);
                }
            }
        }
    }
}

/// `check` judges all octets, and what a vector says of them is about all octets.
#[test]
fn vectors_about_size_are_checked_as_they_say() {
    let vectors = data().vectors.all().iter().filter(|vector| vector.id.contains("/size/"));
    let mut checked = 0;
    for vector in vectors {
        let exchange = vector.exchange().expect("octets");
        let permitted = match exchange.role {
            Role::Server => {
                let policy = policy(&exchange.needs).expect("needs of the reference");
                check_request(&exchange.octets, &policy).judgement.permitted()
            }
            Role::Client => {
                let offer = offer(exchange.key.as_deref(), &exchange.needs).expect("needs of the reference");
                check_response(&exchange.octets, &offer, Limits::default()).judgement.permitted()
            }
        };
        // A peer that is owed an answer waits for more where `check` takes the octets for all that come.
        if exchange.end == End::HalfClosed || permitted != Permitted::MustReject {
            assert_eq!(permitted, vector.expectation.permitted, "{}", vector.id);
            checked += 1;
        }
        assert_eq!(
            permitted == Permitted::MustReject,
            vector.expectation.permitted == Permitted::MustReject,
            "{}",
            vector.id
        );
    }
    assert!(checked > 10, "{checked}");
}
