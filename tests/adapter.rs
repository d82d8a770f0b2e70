//! The adapter contract: the example of the documentation, and everything that a program may do wrong.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use ws101::judgement::Role;
use ws101::oracle::data;
use ws101::peer::program::{Program, build_case, case};
use ws101::run::Diff;
use ws101::suite::{Building, Built, Delivery, End, Exchange, Needs, Observation, Outcome, Peer};

const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn example() -> Program {
    Program::new("example", words(&["python3", "examples/adapter.py"]))
}

/// A program in Python that does so with each line.
fn program(each_line: &str) -> Program {
    let text = format!("import sys\nfor line in sys.stdin:\n    {each_line}");
    Program::new("program", words(&["python3", "-c", &text]))
}

fn server(program: &Program) -> Outcome {
    program.observe(&Exchange::new(Role::Server, REQUEST)).outcome
}

fn says(answer: &Value) -> Program {
    program(&format!("print({:?}, flush=True)", answer.to_string()))
}

#[test]
fn the_example_is_a_peer() {
    let diff = Diff { roles: vec![Role::Server], cases: 300, corpus: Vec::new(), ..Diff::new(data()) };
    let tally = diff.run(&example(), &|_| {});
    assert!(tally.harness.0 == 0 && tally.unsupported == 0 && tally.crashed == 0, "{tally:?}");
    assert!(tally.passed > 1000, "{}", tally.passed);
    // It looks at the key alone, so it accepts much of what must be rejected.
    assert!(!tally.new.is_empty());
    let octets = [REQUEST.as_bytes(), b"\x81\xff"].concat();
    let split = Exchange { delivery: Delivery::Split(vec![3, 90]), ..Exchange::new(Role::Server, octets) };
    let Observation { outcome: Outcome::Opened(opened), .. } = example().observe(&split) else { panic!("not opened") };
    assert_eq!(opened.accept.as_deref(), Some(&b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="[..]));
    assert_eq!(opened.rest.as_deref(), Some(&b"\x81\xff"[..]));
    assert_eq!(example().observe(&Exchange::new(Role::Server, &REQUEST[..30])).outcome, Outcome::TimedOut);
    let client = example().observe(&Exchange::new(Role::Client, *b"HTTP/1.1 101 \r\n\r\n"));
    assert_eq!(client.outcome, Outcome::Unsupported("is no client".to_owned()));
}

#[test]
fn the_example_fits_on_a_page() {
    let text = std::fs::read_to_string("examples/adapter.py").expect("the example");
    assert!(text.lines().count() <= 20);
}

#[test]
fn a_client_tells_what_it_did() {
    let client = |answer: Value| says(&answer).observe(&Exchange::new(Role::Client, *b"HTTP/1.1 101 \r\n\r\n")).outcome;
    let opened = client(json!({"opened": {"protocol": "chat", "rest": "\u{ff}"}}));
    let Outcome::Opened(opened) = opened else { panic!("{opened:?}") };
    assert_eq!((opened.protocol.as_deref(), opened.rest.as_deref()), (Some("chat"), Some(&b"\xff"[..])));
    let Outcome::Refused(refused) = client(json!({"refused": {"status": 404, "error": "gone"}})) else {
        panic!("not refused");
    };
    assert_eq!((refused.status, refused.error.as_deref()), (Some(404), Some("gone")));
    let building = Building {
        uri: "ws://h/".to_owned(),
        protocols: Vec::new(),
        extensions: None,
        origin: None,
        fields: Vec::new(),
        nonce: [0; 16],
    };
    let sent = json!({"sent": {"request": "GET", "host": "h", "port": 80, "tls": false}});
    let built = Built::Sent { request: b"GET".to_vec(), host: "h".to_owned(), port: 80, tls: false };
    assert_eq!(says(&sent).build(&building), built);
    assert_eq!(says(&json!({"refused": {"error": "no"}})).build(&building), Built::Refused("no".to_owned()));
}

/// Any other exit, and any other output, is a crash; only a program that is not there says nothing of the peer.
#[test]
fn what_is_no_answer_is_a_crash() {
    let good = json!({"written": ""}).to_string();
    assert_eq!(server(&program(&format!("print('{good}', flush=True)"))), Outcome::Closed);
    assert_eq!(server(&program(&format!("print('{good}', flush=True); sys.exit(0)"))), Outcome::Closed);
    for each_line in [
        format!("print('{good}', flush=True); sys.exit(3)"),
        "sys.exit(0)".to_owned(),
        "sys.exit(1)".to_owned(),
        "import os; os.abort()".to_owned(),
        "print('hello', flush=True)".to_owned(),
        "print('', flush=True)".to_owned(),
    ] {
        let outcome = server(&program(&each_line));
        assert!(matches!(outcome, Outcome::Crashed(_)), "{each_line}: {outcome:?}");
    }
    for answer in [
        json!([]),
        json!({}),
        json!({"colour": "red"}),
        json!({"written": "\u{100}"}),
        json!({"written": "", "rest": "\u{100}"}),
        json!({"opened": {}}),
        json!({"written": 1}),
    ] {
        let outcome = server(&says(&answer));
        assert!(matches!(outcome, Outcome::Crashed(_)), "{answer}: {outcome:?}");
    }
    assert!(matches!(server(&Program::new("none", words(&["/nowhere/at/all"]))), Outcome::Harness(_)));
    assert!(matches!(server(&Program::new("none", Vec::new())), Outcome::Harness(_)));
}

#[test]
fn one_that_ends_behind_its_answer_is_started_again() {
    let program = program("print('{\"waits\": true}', flush=True); break");
    for _ in 0..3 {
        assert_eq!(server(&program), Outcome::TimedOut);
    }
}

#[test]
fn one_that_says_nothing_hangs() {
    let silent = program("pass").answering_within(Duration::from_millis(500));
    assert_eq!(server(&silent), Outcome::TimedOut);
}

fn validator(name: &str) -> jsonschema::Validator {
    let path = Path::new("conformance/schema").join(format!("{name}.schema.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn cases_and_answers_fit_their_schemas() {
    let (cases, answers) = (validator("adapter-case"), validator("adapter-answer"));
    let mut seen = 0;
    for vector in data().vectors.all() {
        let case = match (vector.exchange(), vector.building()) {
            (Some(exchange), _) => {
                let end = End::HalfClosed;
                assert!(cases.is_valid(&case(&Exchange { delivery: Delivery::Octets, end, ..exchange.clone() })));
                case(exchange)
            }
            (None, Some(building)) => build_case(building),
            (None, None) => unreachable!("{}", vector.id),
        };
        assert!(cases.is_valid(&case), "{}", vector.id);
        seen += 1;
    }
    assert!(seen > 1000);
    let needs = Needs { origins: Some(vec!["http://a".to_owned()]), ..Needs::default() };
    let mut whole = case(&Exchange { needs, ..Exchange::new(Role::Server, *b"\x00\xff") });
    assert!(cases.is_valid(&whole));
    whole["reads"][0] = json!("\u{100}");
    assert!(!cases.is_valid(&whole));
    for answer in [json!({"unsupported": "x"}), json!({"waits": true}), json!({"written": "\u{ff}", "rest": null})] {
        assert!(answers.is_valid(&answer), "{answer}");
    }
    for answer in [json!({"colour": 1}), json!({"written": "\u{100}"}), json!({"sent": {"request": "x"}}), json!([])] {
        assert!(!answers.is_valid(&answer), "{answer}");
    }
}
