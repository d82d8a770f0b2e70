//! The adapter contract: the example of the documentation, both versions, and everything that a program may do wrong.

mod trouble;

use std::path::Path;

use serde_json::{Value, json};
use ws101::judgement::Role;
use ws101::live::adapter::{Program, build_case, case};
use ws101::oracle::data;
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

/// A program in Python that does so with each line. It says no hello: it is of the first version.
fn program(each_line: &str) -> Program {
    let text = format!("import json, os, sys, time\nfor line in sys.stdin:\n    {each_line}");
    Program::new("program", words(&["python3", "-c", &text]))
}

/// A program of the second version, with these members in its hello, that does so with each case.
fn v2(hello: &str, each_case: &str) -> Program {
    let text = format!(
        "import json, os, sys, time\n\
         def say(answer, **more): print(json.dumps({{'id': id, **answer, **more}}), flush=True)\n\
         print('{{\"ws101\": 2{hello}}}', flush=True)\n\
         for line in sys.stdin:\n    id = json.loads(line)['id']\n    {each_case}"
    );
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

/// A program of the first version that ends after its answer is started again, however long it takes to end.
#[test]
fn one_that_ends_after_its_answer_is_started_again() {
    for pause in ["", "time.sleep(0.4); "] {
        let program = program(&format!("print('{{\"waits\": true}}', flush=True); {pause}sys.exit(0)"));
        for _ in 0..3 {
            assert_eq!(server(&program), Outcome::TimedOut);
        }
    }
    // The last line of an output may go without its line feed.
    let program = program("print('{\"written\": \"\"}', end='', flush=True); sys.exit(0)");
    assert_eq!((server(&program), server(&program)), (Outcome::Closed, Outcome::Closed));
}

/// It may also end when it has had enough.
#[test]
fn one_that_ends_in_order_now_and_then_is_started_again() {
    let text = "import sys\nfor n, line in enumerate(sys.stdin):\n    print('{\"written\": \"\"}', flush=True)\n    \
                if n == 4: break";
    let program = Program::new("program", words(&["python3", "-c", text]));
    for _ in 0..12 {
        assert_eq!(server(&program), Outcome::Closed);
    }
}

#[test]
fn one_that_says_so_ends_after_each_answer() {
    let once = |rest: &str| v2(", \"once\": true", &format!("say({{'written': ''}}); {rest}"));
    let program = once("time.sleep(0.4); sys.exit(0)");
    for _ in 0..3 {
        assert_eq!(server(&program), Outcome::Closed);
    }
    assert_eq!(server(&once("sys.exit(3)")), Outcome::Crashed("exited with status 3 after its answer".to_owned()));
}

#[test]
fn a_program_of_the_second_version_says_who_it_is() {
    let program = v2(", \"name\": \"mine\", \"version\": \"1.2\"", "say({'error': 'case ' + str(id), 'written': ''})");
    assert_eq!(program.version(), "mine 1.2");
    for id in 1..=3 {
        let Outcome::Refused(refused) = server(&program) else { panic!("no refusal") };
        assert_eq!(refused.error, Some(format!("case {id}")));
    }
    assert_eq!(v2("", "say({'waits': True})").version(), "adapter");
    assert_eq!(says(&json!({"waits": true})).version(), "adapter");
}

/// One that refuses what it does not know is asked what the first version has.
#[test]
fn a_program_of_the_first_version_gets_no_id() {
    let strict = "assert set(json.loads(line)) == {'role', 'reads', 'end', 'key', 'needs'}; \
                  print('{\"written\": \"\"}', flush=True)";
    let program = program(strict);
    assert_eq!((server(&program), server(&program)), (Outcome::Closed, Outcome::Closed));
}

#[test]
fn a_command_is_split_and_quoted_as_in_a_shell() {
    let command = "python3 'my dir/a.py' --say \"it's\" a\\ b";
    let split = Program::split(command).expect("words");
    assert_eq!(split, ["python3", "my dir/a.py", "--say", "it's", "a b"]);
    let program = Program::new("mine", split.clone());
    assert_eq!(Program::split(&program.command()), Some(split));
    assert_eq!(Program::split("python3 'my dir/a.py"), None);
}

fn validator(name: &str) -> jsonschema::Validator {
    let path = Path::new("conformance/schema").join(format!("{name}.schema.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn cases_and_answers_fit_their_schemas() {
    let (cases, answers, hellos) = (validator("adapter-case"), validator("adapter-answer"), validator("adapter-hello"));
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
    whole["id"] = json!(1);
    assert!(cases.is_valid(&whole));
    whole["reads"][0] = json!("\u{100}");
    assert!(!cases.is_valid(&whole));
    for answer in
        [json!({"unsupported": "x"}), json!({"id": 1, "waits": true}), json!({"written": "\u{ff}", "rest": null})]
    {
        assert!(answers.is_valid(&answer), "{answer}");
    }
    for answer in [json!({"colour": 1}), json!({"written": "\u{100}"}), json!({"sent": {"request": "x"}}), json!([])] {
        assert!(!answers.is_valid(&answer), "{answer}");
    }
    for hello in [json!({"ws101": 2}), json!({"ws101": 2, "name": "a", "version": "1", "once": true})] {
        assert!(hellos.is_valid(&hello), "{hello}");
    }
    for hello in [json!({}), json!({"ws101": 1}), json!({"ws101": 2, "name": "\u{1b}"}), json!({"ws101": 2, "x": 1})] {
        assert!(!hellos.is_valid(&hello), "{hello}");
    }
}
