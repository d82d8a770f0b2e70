//! What the program prints to be run again asks the same crate again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use ws101::suite::Invocation;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ws101-peers"))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// The data of the project without the ledger of a peer.
fn without_ledger(peer: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("without-{peer}"));
    let _ = fs::remove_dir_all(&copy);
    fs::create_dir_all(&copy).unwrap();
    for part in ["requirements", "vectors", "unshown", "divergences", "marks.toml"] {
        let from = format!("../../../conformance/{part}");
        assert!(Command::new("cp").args(["-r", &from]).arg(&copy).status().unwrap().success());
    }
    fs::remove_file(copy.join(format!("divergences/{peer}.toml"))).unwrap();
    copy
}

#[test]
fn every_crate_is_named_as_the_program_has_it() {
    for peer in ws101_peers::borrowed() {
        let named = Invocation::built_in("ws101-peers", peer.name());
        assert_eq!(peer.invocation(), Some(named.clone()));
        let output = program().args(["diff", "/dev/null", "--role", "client"]).args(&named.options).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{}: {output:?}", peer.name());
    }
}

/// Two crates, a server and a client that depart: each printed line shows the same octets, verdict and faults.
#[test]
fn what_a_crate_does_is_shown_again() {
    for (peer, role) in [("soketto", "server"), ("yawc", "client")] {
        let data = without_ledger(peer);
        let data = data.to_str().unwrap();
        let asked =
            ["diff", "--peer", peer, "--role", role, "--cases", "200", "--format", "json", "--conformance", data];
        let output = program().args(asked).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let all = json(&output);
        let all = all["peers"][0]["new"].as_array().unwrap();
        assert!(all.len() >= 5, "{}", all.len());
        for new in all {
            let command = new["reproduce"].as_str().unwrap();
            let asked = format!("| {} --format json ", env!("CARGO_BIN_EXE_ws101-peers"));
            let pasted = command.replacen("| ws101-peers ", &asked, 1);
            let output = Command::new("sh").arg("-c").arg(&pasted).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{command}: {output:?}");
            let again = json(&output);
            assert_eq!(again["exchange"], new["exchange"], "{command}");
            assert_eq!(again["peers"][0]["peer"], peer, "{command}");
            assert_eq!(again["peers"][0]["verdict"], "new", "{command}");
            // Beside what is new stands what accuses nobody.
            let counts =
                |fault: &&Value| fault["contested"] == false && fault["level"].as_str().unwrap().starts_with("MUST");
            let row: Vec<&Value> = again["peers"][0]["faults"].as_array().unwrap().iter().filter(counts).collect();
            let told: Vec<&Value> = new["faults"].as_array().unwrap().iter().collect();
            assert!(!told.is_empty(), "{command}");
            assert_eq!(row, told, "{command}");
        }
    }
}
