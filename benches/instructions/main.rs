//! How many instructions the reference takes, kept in a file: `cargo bench --bench instructions` compares with it.
//!
//! `WS101_WRITE=1 cargo bench --bench instructions` writes the file anew. Valgrind counts: it has to be there, and a count
//! hangs on the compiler, so that the file names the one it was written with. What the digest takes stands apart and is
//! taken off elsewhere, since valgrind does not see the instructions for SHA-1 that a processor has.
//! Without `--bench`, as under `cargo test --benches`, each case runs once.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use ws101::handshake::{Client, Limits, Offer, Policy, Server, accept_value};

const RFC: &str = include_str!("../../corpus/request/rfc6455-1.3.http");
const BROWSER: &str = include_str!("../../corpus/request/browser.http");
const RESPONSE: &str = include_str!("../../corpus/response/minimal.http");
/// The key that the response answers (RFC 6455 §1.3).
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions/counts.toml");
/// By how much a count may differ from that in the file, which is the room that the allocator and the loader need.
const TOLERANCE: f64 = 0.02;
const DIGEST: &str = "accept value alone";

/// The cases, and whether each of them makes an accept value.
const CASES: [(&str, bool); 7] = [
    (DIGEST, false),
    ("server, 230 octets: judge and answer", true),
    ("server, 230 octets: refuse version 12", false),
    ("server, 541 octets: judge and answer", true),
    ("server, 541 octets: refuse version 12", false),
    ("client, 129 octets: judge", true),
    ("client, 129 octets: refuse status 200", false),
];

fn run(case: &str, times: u32) {
    let policy = Policy::default();
    let offer = Offer::of(KEY);
    let serve = |head: &str| {
        let outcome = Server::new(&policy).feed(black_box(head.as_bytes())).outcome().expect("a whole head");
        outcome.answer.octets()
    };
    let judge = |head: &str| Client::new(&offer, Limits::default()).feed(black_box(head.as_bytes())).outcome();
    let other_version = [RFC, BROWSER].map(|head| head.replace("Version: 13", "Version: 12"));
    let other_status = RESPONSE.replace("101 Switching Protocols", "200 OK");
    for _ in 0..times {
        match case {
            DIGEST => drop(black_box(accept_value(black_box(KEY.as_bytes())))),
            "server, 230 octets: judge and answer" => drop(black_box(serve(RFC))),
            "server, 230 octets: refuse version 12" => drop(black_box(serve(&other_version[0]))),
            "server, 541 octets: judge and answer" => drop(black_box(serve(BROWSER))),
            "server, 541 octets: refuse version 12" => drop(black_box(serve(&other_version[1]))),
            "client, 129 octets: judge" => drop(black_box(judge(RESPONSE))),
            "client, 129 octets: refuse status 200" => drop(black_box(judge(&other_status))),
            _ => unreachable!("{case} is no case"),
        }
    }
}

/// The instructions of a process that runs the case so many times.
fn counted(case: &str, times: u32) -> u64 {
    let program = std::env::current_exe().expect("the path of this program");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let output = valgrind.args(["--run", case, &times.to_string()]).output().expect("valgrind is there");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let count = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    count.unwrap_or_else(|| panic!("valgrind said: {said}"))
}

/// The instructions of one run: those of many runs without those of few, so that what happens once falls out.
fn count(case: &str) -> u64 {
    const FEW: u32 = 100;
    const MANY: u32 = 1100;
    (counted(case, MANY) - counted(case, FEW)) / u64::from(MANY - FEW)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, case, times] = &arguments[..]
        && flag == "--run"
    {
        run(case, times.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        CASES.iter().for_each(|(case, _)| run(case, 1));
        return ExitCode::SUCCESS;
    }
    let mut counts: BTreeMap<&str, u64> = CASES.iter().map(|&(case, _)| (case, count(case))).collect();
    let digest = counts[DIGEST];
    CASES.iter().filter(|(_, digests)| *digests).for_each(|(case, _)| *counts.get_mut(case).expect("a case") -= digest);
    if std::env::var_os("WS101_WRITE").is_some() {
        let compiler = Command::new("rustc").arg("--version").output().expect("a compiler").stdout;
        let head = "# Written by `WS101_WRITE=1 cargo bench --bench instructions`: instructions of one run, without the digest.";
        let rows: String = counts.iter().map(|(case, count)| format!("\"{case}\" = {count}\n")).collect();
        let text = format!("{head}\n# {}\n{rows}", String::from_utf8_lossy(&compiler).trim());
        std::fs::write(FILE, text).expect("the file is written");
    }
    let kept: BTreeMap<String, u64> =
        toml::from_str(&std::fs::read_to_string(FILE).expect("the file")).expect("counts by case");
    let mut all_alike = kept.len() == counts.len();
    for (case, count) in &counts {
        let kept = kept.get(*case).copied().unwrap_or_default();
        let change = *count as f64 / kept as f64 - 1.0;
        let alike = change.abs() <= TOLERANCE;
        all_alike &= alike;
        println!("{case:<40} {count:>7} {:>+7.1} %{}", change * 100.0, if alike { "" } else { "  differs" });
    }
    if all_alike { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
