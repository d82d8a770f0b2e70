//! `ws101 diff`, and `ws101` alone.

use super::{REQUEST, RESPONSE, program, run_with, ws101, ws101_and};

/// A request with a fault, a list in Upgrade and a small extension list.
fn request(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(REQUEST.to_vec()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[test]
fn a_run_that_finds_nothing_new_exits_with_0_and_prints_the_same_every_time() {
    let first = ws101("diff --cases 2000", b"");
    assert_eq!((first.status, first.err.as_str()), (0, ""), "{}", first.out);
    assert!(first.out.starts_with("tungstenite 0."), "{}", first.out);
    for text in
        ["175 from the corpus", "As a server it accepts what must be rejected", "Nothing new: tungstenite departs in"]
    {
        assert!(first.out.contains(text), "{}", first.out);
    }
    assert!(words(&first.out).contains("4,000 generated)"), "{}", first.out);
    assert!(first.out.lines().all(|line| line.chars().count() <= 80), "{}", first.out);
    assert_eq!(ws101("diff --cases 2000", b"").out, first.out);
    assert_ne!(ws101("diff --cases 2000 --seed 3", b"").out, first.out);
}

#[test]
fn the_default_is_the_main_job() {
    let help = ws101("--help", b"");
    assert!(help.out.contains("the main job, and the default"), "{}", help.out);
    let run = ws101("--format json", b"");
    assert_eq!(run.status, 0, "{}", run.err);
    let value: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(value["peers"][0]["exchanges"]["generated"], 400_000);
    assert_eq!(value["peers"][0]["new"], serde_json::json!([]));
}

/// The text on one line, wherever it was wrapped.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn one_role_and_one_peer_can_be_chosen() {
    let run = ws101("diff --cases 500 --role client --peer tungstenite", b"");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(words(&run.out).contains("500 generated)") && !run.out.contains("As a server"), "{}", run.out);
    let run = ws101("diff --cases 500 --peer reference", b"");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("Nothing new: reference departs in 0 known ways."), "{}", run.out);
}

/// A run that is strict counts what another one passes over: tungstenite misses a SHOULD.
#[test]
fn a_strict_run_counts_more() {
    let asked = "diff --role server --peer tungstenite --cases 1 --format json";
    let new = |arguments: &str| {
        let run = ws101(arguments, b"");
        let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let all = value["peers"][0]["new"].as_array().unwrap();
        let levels: Vec<_> = all.iter().map(|new| new["faults"][0]["level"].as_str().unwrap().to_owned()).collect();
        (run.status, levels)
    };
    assert_eq!(new(asked), (0, Vec::new()));
    let (status, levels) = new(&format!("{asked} --strict"));
    assert!(status == 1 && levels.iter().any(|level| level == "SHOULD"), "{levels:?}");
}

#[test]
fn octets_get_a_row_for_each_peer() {
    let run = ws101("diff - --protocols chat", REQUEST);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let rows: Vec<_> =
        run.out.lines().filter(|line| line.contains(": accepted with") || line.contains("pass")).collect();
    assert!(rows.len() >= 2, "{}", run.out);
    let run = ws101("diff - --protocols chat", &request("Upgrade: websocket", "Upgrade: foo, websocket"));
    assert_eq!(run.status, 0);
    for text in ["known: refused", "tungstenite/server/upgrade-list", "permitted    accept"] {
        assert!(run.out.contains(text), "{}", run.out);
    }
}

#[test]
fn a_delivery_and_the_needs_are_reproduced() {
    let run = ws101("diff - --protocols chat --split octets", REQUEST);
    assert!(run.out.contains("tungstenite/server/small-reads"), "{}", run.out);
    let run = ws101("diff - --protocols chat --split 17,40", REQUEST);
    assert!(run.out.contains("cut at 17 and 40") && !run.out.contains("small-reads"), "{}", run.out);
    let run = ws101("diff - --protocols chat", RESPONSE);
    assert!(run.out.contains("octets for a client"), "{}", run.out);
    assert_eq!(run.status, 0, "{}", run.out);
    let run = ws101("diff - --protocols chat --format json", RESPONSE);
    let value: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(value["peers"].as_array().map(Vec::len), Some(2));
    assert_eq!(value["exchange"]["needs"]["protocols"], serde_json::json!(["chat"]));
}

/// Runs the program, which finds something new, and then every command that it prints, in a shell: the same octets, the same
/// peer, the same faults.
pub(super) fn shown_again(asked: &str, more: &[&str]) {
    let mut command = program();
    command.args(asked.split_whitespace()).args(more).args(["--format", "json"]);
    let run = run_with(command, b"");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let peer = &value["peers"][0];
    let new = peer["new"].as_array().unwrap();
    assert!(!new.is_empty(), "{}", run.out);
    for new in new {
        let command = new["reproduce"].as_str().unwrap();
        assert!(run.out.contains(&serde_json::to_string(command).unwrap()));
        let program = format!("| {} --format json ", env!("CARGO_BIN_EXE_ws101"));
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(command.replacen("| ws101 ", &program, 1));
        let output = shell.output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}: {out}{}", String::from_utf8_lossy(&output.stderr));
        let again: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(again["exchange"], new["exchange"], "{command}");
        assert_eq!(again["permitted"], new["permitted"], "{command}");
        let [row] = again["peers"].as_array().unwrap().as_slice() else { panic!("{command}: {out}") };
        assert_eq!((&row["peer"], &row["verdict"]), (&peer["peer"], &"new".into()), "{command}");
        assert_eq!(row["faults"], new["faults"], "{command}");
    }
}

/// A program behind a line is asked again, and nobody in its place.
#[test]
fn what_an_adapter_does_is_shown_again() {
    shown_again("diff --role server --cases 300", &["--adapter", "mine=python3 examples/adapter.py"]);
}

/// The octets of a finding, small: what has nothing to do with it is gone, and they show the same.
#[test]
fn a_finding_is_shrunk_beside_its_file() {
    let file = super::server::file("finding");
    let noise = "Cookie: a=b\r\nX-Note: 1\r\nSec-WebSocket-Protocol: chat, superchat\r\n";
    let octets = request("Sec-WebSocket-Protocol: chat, superchat\r\n", noise);
    let octets = String::from_utf8(octets).unwrap().replace("HTTP/1.1", "HTTP 1.1");
    std::fs::write(&file, &octets).unwrap();
    let name = file.to_str().unwrap();
    let adapter = ["--adapter", "mine=python3 examples/adapter.py"];
    let asked = |words: &[&str]| {
        let mut command = program();
        command.args(["diff", "--shrink"]).args(words);
        run_with(command, b"")
    };
    let run = asked(&[&[name][..], &adapter].concat());
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let shrunk = std::fs::read(format!("{name}.shrunk")).unwrap();
    assert!(shrunk.len() < octets.len() / 2 + 40, "{}", shrunk.escape_ascii());
    assert!(!shrunk.windows(6).any(|some| some == b"Cookie"), "{}", shrunk.escape_ascii());
    let printed = "| ws101 diff - --adapter 'mine=python3 examples/adapter.py' --role server";
    assert!(run.out.contains("rfc6455-4.2.1-http-version-shape") && run.out.contains(printed), "{}", run.out);
    let again = ws101_and("diff - --role server --adapter", adapter[1], &shrunk);
    assert!(again.status == 1 && again.out.contains("rfc6455-4.2.1-http-version-shape"), "{}", again.out);
    // Nothing new, and nothing to write to.
    std::fs::write(&file, REQUEST).unwrap();
    std::fs::remove_file(format!("{name}.shrunk")).unwrap();
    let run = asked(&[name, "--protocols", "chat"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("no peer shows anything new here") && run.err.contains("give all options"), "{}", run.err);
    assert!(!std::path::Path::new(&format!("{name}.shrunk")).exists());
    let run = asked(&["-"]);
    assert!(run.status == 2 && run.err.contains("give a file"), "{}", run.err);
}

/// Nobody who could read it is no green.
#[test]
fn octets_that_no_peer_reads_are_not_done() {
    let directory = super::server::file("response");
    std::fs::write(&directory, RESPONSE).unwrap();
    let run = ws101(&format!("diff {} --peer ws://127.0.0.1:9/", directory.display()), b"");
    assert_eq!(run.status, 3, "{}{}", run.out, run.err);
    assert!(run.err.contains("none of the peers plays a client"), "{}", run.err);
}

/// Without its ledger a peer's every difference is new: each has its octets, its clause and a command.
#[test]
fn what_is_new_is_told_with_octets_clause_and_command() {
    let directory = std::env::temp_dir().join(format!("ws101-diff-{}", std::process::id()));
    let copy = |from: &str| {
        let status = std::process::Command::new("cp").args(["-r", from, directory.to_str().unwrap()]).status();
        assert!(status.is_ok_and(|status| status.success()));
    };
    std::fs::create_dir_all(&directory).unwrap();
    for part in ["requirements", "vectors", "unshown", "divergences", "marks.toml"] {
        copy(&format!("conformance/{part}"));
    }
    let ledger = directory.join("divergences/tungstenite.toml");
    let text = std::fs::read_to_string(&ledger).unwrap();
    let less = text.split("\n[[divergence]]\n").filter(|entry| !entry.contains("server/host-missing\""));
    std::fs::write(&ledger, less.collect::<Vec<_>>().join("\n[[divergence]]\n")).unwrap();
    let asked = format!("diff --cases 200 --role server --conformance {}", directory.display());
    let run = ws101(&asked, b"");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    for text in
        ["NEW DIVERGENCE: tungstenite 0.", "violated rfc6455-4.2.1-host-missing", "RFC 6455 §4.2.1", "printf 'GET"]
    {
        assert!(run.out.contains(text), "{text}: {}", run.out);
    }
    let command = run.out.lines().find(|line| line.starts_with("printf 'GET")).unwrap();
    assert!(command.contains(&format!("--conformance {}", directory.display())), "{command}");
    shown_again(&asked, &[]);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_grown_corpus_is_replayed() {
    let directory = std::env::temp_dir().join(format!("ws101-corpus-{}", std::process::id()));
    std::fs::create_dir_all(directory.join("request")).unwrap();
    std::fs::write(directory.join("request/one"), REQUEST).unwrap();
    let run = ws101(&format!("diff --cases 1 --corpus {}", directory.display()), b"");
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let run = ws101("diff --cases 1 --corpus /nowhere/at/all", b"");
    assert_eq!(run.status, 3, "{}", run.err);
    assert!(run.err.contains("no corpus, /nowhere/at/all; give a directory"), "{}", run.err);
}

#[test]
fn impossible_options_of_diff() {
    for (words, status, message) in [
        ("diff --peer nobody", 2, "unknown peer \"nobody\", --peer; give one of reference, tungstenite"),
        ("diff - --split 0", 2, "does not cut the"),
        ("diff - --split 40,17", 2, "give ascending offsets between 0 and"),
        ("diff - --split 9999", 2, "--split"),
        ("diff - --split x", 2, "--split"),
        ("diff - --key abc", 2, "a server is given no key"),
        ("diff - --protocols a/b", 2, "\"a/b\" is no subprotocol"),
        ("diff - --extensions a;", 2, "no extension list, because of \";\""),
        ("diff - --extensions foo", 2, "the reference does not support these extensions"),
        ("diff - --role client --origins http://a", 2, "a client serves nothing, --origins; leave it out"),
        ("diff --resources /", 2, "there are no octets for the reader that is described, FILE; give a file"),
        ("diff --split 3", 2, "required arguments were not provided"),
        ("diff --seconds 0", 2, "invalid value '0'"),
        ("diff --cases 3 --seconds 3", 2, "cannot be used with"),
        ("diff - --cases 3", 2, "cannot be used with"),
        ("diff /nowhere", 2, "cannot read"),
    ] {
        let run = ws101(words, REQUEST);
        assert_eq!(run.status, status, "{words}: {}{}", run.out, run.err);
        assert!(run.err.contains(message), "{words}: {}", run.err);
        assert_eq!(run.out, "", "{words}");
    }
    let run = ws101_and("diff - --role client --extensions", "a; b=\"c", RESPONSE);
    assert_eq!(run.status, 2, "{}", run.err);
}

#[test]
fn without_vectors_and_cases_nothing_was_tried() {
    // A name that a terminal could not draw is shown as what it is.
    let mut command = program();
    command.args(["diff", "--peer", "a\u{1b}[31m"]);
    let run = run_with(command, b"");
    assert_eq!(run.status, 2);
    assert!(run.err.contains("\\u{1b}"), "{}", run.err);
}

/// What could not be asked is no green, and takes nothing from what the others did.
#[test]
fn a_peer_that_cannot_be_asked_ends_with_3_and_loses_nothing() {
    let run = ws101("diff --cases 10 --role server --peer tungstenite --adapter gone=/no/such/program", b"");
    assert_eq!(run.status, 3, "{}{}", run.out, run.err);
    for said in
        ["tungstenite 0.", "Nothing new: tungstenite departs in", "\ngone ", "exchanges that could not be tried"]
    {
        assert!(run.out.contains(said), "{said}: {}", run.out);
    }
    assert!(!run.out.contains("Nothing new: gone"), "{}", run.out);
    assert!(run.err.contains("could not be tried") && run.err.contains("gone"), "{}", run.err);
    for peer in ["--adapter gone=/no/such/program", "--peer ws://127.0.0.1:1/"] {
        let run = ws101(&format!("diff - --role server {peer}"), REQUEST);
        assert_eq!(run.status, 3, "{}{}", run.out, run.err);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
}
