//! Programs that do not keep the adapter contract: each is told for what it did, and none is taken for its implementation.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use ws101::judgement::Role;
use ws101::live::adapter::Program;
use ws101::oracle::data;
use ws101::run::Diff;
use ws101::suite::{Building, Built, Exchange, Outcome, Peer};

use super::{REQUEST, program, says, server, v2, words};

const GOOD: &str = r#"print('{"written": ""}', flush=True)"#;

/// Why a program could not be asked.
fn trouble(program: &Program) -> String {
    match server(program) {
        Outcome::Harness(why) => why,
        other => panic!("{}: {other:?}", program.command()),
    }
}

/// A surplus line is seen with its own case or before the next one is written, and answers neither.
fn assert_surplus(program: &Program) {
    let mut told = Vec::new();
    for _ in 0..2 {
        told.push(server(program));
        std::thread::sleep(Duration::from_millis(500));
    }
    told.retain(|outcome| *outcome != Outcome::Closed);
    let is_surplus = |outcome: &Outcome| matches!(outcome, Outcome::Harness(why) if why.ends_with("which answers no case; the contract asks for one line a case"));
    assert!(!told.is_empty() && told.iter().all(is_surplus), "{}: {told:?}", program.command());
}

fn crash(program: &Program) -> String {
    match server(program) {
        Outcome::Crashed(how) => how,
        other => panic!("{}: {other:?}", program.command()),
    }
}

fn shell(script: &str) -> Program {
    Program::new("shell", words(&["sh", "-c", script]))
}

fn is_running(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next()).is_some_and(|state| state != "Z")
}

/// Only a program that dies tells of the implementation in it.
#[test]
fn a_program_that_dies_is_a_crash() {
    assert_eq!(crash(&program("sys.exit(0)")), "exited with status 0 before an answer");
    assert_eq!(crash(&program("sys.exit(1)")), "exited with status 1 before an answer");
    assert_eq!(crash(&program("os.abort()")), "died of signal 6 before an answer");
    assert_eq!(
        crash(&program("print('{\"wri', end='', flush=True); os.abort()")),
        "died of signal 6 inside its answer"
    );
    assert_eq!(crash(&program(&format!("{GOOD}; sys.exit(3)"))), "exited with status 3 after its answer");
    assert_eq!(
        crash(&program(&format!("{GOOD}; time.sleep(0.4); sys.exit(3)"))),
        "exited with status 3 after its answer"
    );
}

/// A crash that comes of one case is found wherever the case stands; one that does not is told and accuses nobody.
#[test]
fn a_crash_counts_where_the_case_is_asked_alone() {
    let of_the_case = program(&format!("'POST' in line and os.abort(); {GOOD}"));
    assert_eq!(server(&of_the_case), Outcome::Closed);
    let post = Exchange::new(Role::Server, REQUEST.replace("GET", "POST"));
    let crashed = Outcome::Crashed("died of signal 6 before an answer".to_owned());
    assert_eq!(of_the_case.observe(&post).outcome, crashed);
    assert_eq!(server(&of_the_case), Outcome::Closed);
    // The third time it is asked, whatever that is.
    let of_its_own = v2("", "n = globals().get('n', 0) + 1; n == 3 and os.abort(); say({'written': ''})");
    assert_eq!((server(&of_its_own), server(&of_its_own)), (Outcome::Closed, Outcome::Closed));
    let why = trouble(&of_its_own);
    assert!(why.starts_with("it died of signal 6 after 2 answers"), "{why}");
}

#[test]
fn a_line_that_is_no_answer_is_told_for_what_it_is() {
    for (each_line, why) in [
        ("print('hello', flush=True)", "it wrote \"hello\"; the contract asks for one JSON object a line"),
        ("print('', flush=True)", "it wrote \"\"; the contract asks for one JSON object a line"),
        ("print('\\x1b]0;x', flush=True)", "it wrote \"\\x1b]0;x\"; the contract asks for one JSON object a line"),
        (
            "os.write(1, b'{\"error\": \"\\xff\"}\\n')",
            "it wrote octets that are not UTF-8 ({\\\"error\\\": \\\"\\xff\\\"}); the contract asks for UTF-8",
        ),
        (
            "print('{\"ws101\": 2}', flush=True)",
            "it said hello only when it was asked; the contract asks for that before it reads",
        ),
    ] {
        assert_eq!(trouble(&program(each_line)), why);
    }
    for (answer, why) in [
        (json!([]), "is not one of the contract"),
        (json!({}), "the contract asks for written, waits or unsupported"),
        (json!({"colour": "red"}), "unknown field `colour`"),
        (json!({"written": "\u{100}"}), "U+0100; the contract asks for octets as U+0000-00FF"),
        (json!({"written": "", "rest": "\u{100}"}), "U+0100; the contract asks for octets"),
        (json!({"opened": {}}), "the contract asks for written, waits or unsupported"),
        (json!({"written": 1}), "is not one of the contract"),
        (json!({"written": "", "id": 1}), "its answer has an id, though it said no hello"),
    ] {
        let its = trouble(&says(&answer));
        assert!(its.contains(why), "{answer}: {its}");
    }
    let client = says(&json!({"written": ""})).observe(&Exchange::new(Role::Client, *b"HTTP/1.1 101 \r\n\r\n"));
    let Outcome::Harness(why) = client.outcome else { panic!("{client:?}") };
    assert!(why.ends_with("the contract asks for opened, refused, waits or unsupported"), "{why}");
}

#[test]
fn what_builds_no_request_is_told_like_the_rest() {
    let uri = "ws://h/".to_owned();
    let (protocols, extensions, origin, fields) = (Vec::new(), None, None, Vec::new());
    let building = Building { uri, protocols, extensions, origin, fields, nonce: [0; 16] };
    let none = says(&json!({"waits": true})).build(&building);
    assert!(matches!(&none, Built::Harness(why) if why.ends_with("sent, refused or unsupported")), "{none:?}");
    let gone = Program::new("gone", words(&["/nowhere/at/all"])).build(&building);
    assert!(matches!(&gone, Built::Harness(why) if why.contains("cannot be started")), "{gone:?}");
    let dead = program("sys.exit(1)").build(&building);
    assert_eq!(dead, Built::Crashed("exited with status 1 before an answer".to_owned()));
    let silent = program("pass").answering_within(Duration::from_millis(300)).build(&building);
    assert_eq!(silent, Built::Crashed("no answer within 0.3 s".to_owned()));
}

#[test]
fn a_hello_that_is_none_is_told() {
    for (hello, why) in [
        ("\"ws101\": 3", "it speaks version 3 of the contract; say 2, or no hello for the first one"),
        ("\"ws101\": 2, \"colour\": 1", "is not one of the contract"),
        ("\"ws101\": 2, \"name\": \"\\u001b\"", "has a name that is not short and printable ASCII"),
    ] {
        let its = trouble(&shell(&format!("echo '{{{hello}}}'")));
        assert!(its.contains(why), "{its}");
    }
    // It says hello when there is nothing to read, and not when there is.
    let fickle = "import os, stat\nif stat.S_ISFIFO(os.fstat(0).st_mode): print('{}', flush=True)\nelse: print('{\"ws101\": 2}')";
    let its = trouble(&Program::new("fickle", words(&["python3", "-c", fickle])));
    assert_eq!(its, "it wrote \"{}\" first; the contract asks for its hello whenever it is started");
}

/// A surplus line answers nothing, and what comes after it is no answer to another case.
#[test]
fn surplus_lines_shift_no_answer() {
    let twice = r#"sys.stdout.write('{"written": ""}\n' * 2); sys.stdout.flush()"#;
    let surplus = "which answers no case; the contract asks for one line a case";
    assert!(trouble(&program(twice)).ends_with(surplus));
    // Late, and only once.
    let late = program(&format!("{GOOD}; time.sleep(0.05); globals().get('n') or {GOOD}; n = 1"));
    assert_surplus(&late);
    // Later still, while the next case is asked, only an id tells.
    let later = v2("", "last = globals().get('now'); now = id; id = last or id; say({'written': ''})");
    assert_eq!(server(&later), Outcome::Closed);
    assert_eq!(trouble(&later), "it answered case 1 when it was asked case 2; the contract asks for one answer a case");
    let none = v2("", GOOD);
    assert_eq!(trouble(&none), "its answer has no id; the contract asks for that of the case, which is 1");
}

#[test]
fn output_without_end_is_ended() {
    let since = Instant::now();
    let longest = "while True: os.write(1, b'x' * 65536)";
    let why = "it wrote more than 4194304 octets without a line feed; the contract asks for 4 MiB a line at most";
    assert_eq!(trouble(&program(longest)), why);
    assert_eq!(trouble(&v2("", longest)), why);
    // Answers, one after the other, and before any case.
    assert_surplus(&program(&format!("while True: {GOOD}")));
    assert_surplus(&v2("", "while True: say({'written': ''})"));
    assert_surplus(&shell("while :; do echo '{\"written\": \"\"}'; done"));
    assert!(since.elapsed() < Duration::from_secs(60));
}

/// A long line that is an answer is one.
#[test]
fn a_line_of_four_mebioctets_is_read() {
    let long = program("print('{\"written\": \"' + 'x' * 4194200 + '\"}', flush=True)");
    let observation = long.observe(&Exchange::new(Role::Server, REQUEST));
    assert_eq!(observation.written.len(), 4_194_200);
}

#[test]
fn a_case_that_nobody_reads_ends_in_time() {
    let deaf = shell("sleep 1000").answering_within(Duration::from_millis(500));
    let long = Exchange::new(Role::Server, REQUEST.replace("/chat", &"/x".repeat(100_000)));
    let since = Instant::now();
    let outcome = deaf.observe(&long).outcome;
    let why = "it does not read its standard input within 0.5 s; the contract asks it to read each case";
    assert_eq!(outcome, Outcome::Harness(why.to_owned()));
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
}

#[test]
fn three_hangs_in_a_row_end_it() {
    let dead = Program::new("dead", words(&["sleep", "1000"])).answering_within(Duration::from_millis(200));
    for _ in 0..3 {
        assert_eq!(server(&dead), Outcome::TimedOut);
    }
    let since = Instant::now();
    for _ in 0..100 {
        assert_eq!(trouble(&dead), "it left 3 cases unanswered for 0.2 s in a row: it is not asked any more");
    }
    assert!(since.elapsed() < Duration::from_millis(200));
    // An answer in between begins the row anew.
    let script = "while read line; do case $line in *POST*) sleep 1000;; esac; echo '{\"written\": \"\"}'; done";
    let slow = shell(script).answering_within(Duration::from_secs(2));
    let post = Exchange::new(Role::Server, REQUEST.replace("GET", "POST"));
    for _ in 0..2 {
        assert_eq!(server(&slow), Outcome::Closed);
        assert_eq!((slow.observe(&post).outcome, slow.observe(&post).outcome), (Outcome::TimedOut, Outcome::TimedOut));
    }
}

#[test]
fn one_that_closes_its_output_or_does_not_end_is_told() {
    let within = Duration::from_millis(500);
    let closed = shell("exec >&-; exec sleep 1000").answering_within(within);
    assert!(trouble(&closed).starts_with("it closed its standard output and did not end within 0.5 s"));
    let script =
        "echo '{\"ws101\": 2, \"once\": true}'; read line && echo '{\"id\": 1, \"written\": \"\"}' && sleep 1000";
    let lingers = shell(script).answering_within(within);
    assert!(trouble(&lingers).starts_with("it answered and did not end within 0.5 s"));
    let mute = shell("read line || { echo '{\"ws101\": 2}'; exit; }; sleep 1000").answering_within(within);
    assert!(trouble(&mute).starts_with("it said no hello within 0.5 s"));
}

#[test]
fn one_that_cannot_be_started_has_a_remedy() {
    for path in ["/nowhere/at/all", "Cargo.toml"] {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        let path = path.to_string_lossy();
        let why = trouble(&Program::new("none", words(&[&path])));
        assert!(
            why.contains("cannot be started (") && why.ends_with(": check its path and whether it may be executed"),
            "{why}"
        );
    }
    assert_eq!(trouble(&Program::new("none", Vec::new())), "there is no program to start");
}

/// Nothing of what a breach of the contract does to a run is held against the implementation.
#[test]
fn nonsense_accuses_nobody() {
    let diff = Diff { roles: vec![Role::Server], cases: 10, corpus: Vec::new(), ..Diff::new(data()) };
    let tally = diff.run(&says(&json!({"colour": "red"})), &|_| {});
    assert_eq!((tally.harness.0, tally.new.len(), tally.crashed), (tally.total(), 0, 0));
    assert!(tally.harness.1.is_some_and(|why| why.contains("unknown field `colour`")));
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_program_started_ends_with_it() {
    let program = shell(
        "sleep 300 & while read line; do echo '{\"waits\": false, \"written\": \"\", \"error\": \"'$!'\"}'; done",
    );
    let Outcome::Refused(refused) = server(&program) else { panic!("no refusal") };
    let pid = refused.error.expect("a number");
    assert!(is_running(&pid));
    drop(program);
    let since = Instant::now();
    while is_running(&pid) && since.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!is_running(&pid));
}

/// A grandchild that has left the group holds the output: its program has ended all the same, and nothing is left of it here.
#[cfg(target_os = "linux")]
#[test]
fn a_grandchild_that_left_neither_holds_up_nor_leaks() {
    let held = || ["task", "fd"].map(|of| fs::read_dir(format!("/proc/self/{of}")).expect("a folder").count());
    let (before, since) = (held(), Instant::now());
    let script = "setsid sleep 20 & read line && echo '{\"written\": \"\"}'";
    for _ in 0..50 {
        let program = shell(script);
        assert_eq!((server(&program), server(&program)), (Outcome::Closed, Outcome::Closed));
    }
    // Other tests run beside this one.
    let after = held();
    assert!(before.iter().zip(after).all(|(before, after)| after < before + 25), "{before:?} {after:?}");
    assert!(since.elapsed() < Duration::from_secs(60), "{:?}", since.elapsed());
}
