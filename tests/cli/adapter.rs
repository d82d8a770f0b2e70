//! `ws101 diff --adapter`: what a program does wrong, as a user is told.

use std::fs;
use std::time::{Duration, Instant};

use super::{REQUEST, program, run_with, ws101};

fn diff(adapter: &str, options: &str) -> super::Run {
    let mut command = program();
    command.args(["diff", "-", "--role", "server", "--adapter", adapter]).args(options.split_whitespace());
    run_with(command, REQUEST)
}

#[test]
fn a_command_is_quoted_as_in_a_shell() {
    let directory = std::env::temp_dir().join(format!("ws101 adapter {}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("my adapter.py");
    fs::copy("examples/adapter.py", &path).unwrap();
    let path = path.display();
    let runs = [format!("mine=python3 '{path}'"), format!("mine=python3 \"{path}\"")].map(|its| diff(&its, ""));
    fs::remove_dir_all(&directory).unwrap();
    for run in runs {
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{}", run.out);
        assert!(run.out.contains("example 2 permitted: accepted with"), "{}", run.out);
    }
    let run = diff("mine=python3 'my adapter.py", "");
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("the quotes of the command do not balance: close each ' and \""), "{}", run.err);
}

/// Neither accused nor green: one line has what it did, and what the contract asks.
#[test]
fn nonsense_ends_with_3_and_one_line() {
    for (script, said) in [
        ("while read line; do echo hello; done", "it wrote \"hello\"; the contract asks for one JSON object a line"),
        ("while read line; do echo '{}'; done", "the contract asks for written, waits or unsupported"),
        ("yes '{\"waits\": true}'", "the contract asks for one line a case"),
        ("read line && printf '\\377\\n'", "it wrote octets that are not UTF-8 (\\xff); the contract asks for UTF-8"),
    ] {
        for options in ["", "--format json"] {
            let run = diff(&format!("mine=sh -c {}", shlex::try_quote(script).unwrap()), options);
            assert_eq!(run.status, 3, "{}{}", run.out, run.err);
            assert!(run.err.contains(said), "{said}: {}", run.err);
            assert!(run.err.contains("conformance/README.md has the adapter contract"), "{}", run.err);
            assert_eq!(run.err.lines().count(), 1, "{}", run.err);
            assert!(!run.out.contains("crashed"), "{}", run.out);
        }
    }
    let run = ws101("diff --cases 1 --role server --adapter mine=yes", b"");
    assert_eq!(run.status, 3, "{}{}", run.out, run.err);
    assert!(run.err.contains("exchanges could not be tried (it wrote \"y\""), "{}", run.err);
    assert!(!run.out.contains("Nothing new") && !run.out.contains("NEW DIVERGENCE"), "{}", run.out);
}

#[test]
fn a_program_that_dies_has_crashed() {
    let run = diff("mine=sh -c 'read line && kill -SEGV $$'", "");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("crashed: died of signal 11 before an answer"), "{}", run.out);
}

#[test]
fn one_that_cannot_be_started_has_a_remedy() {
    for adapter in ["gone=/no/such/program", "file=./Cargo.toml"] {
        let run = diff(adapter, "");
        assert_eq!(run.status, 3, "{}{}", run.out, run.err);
        assert!(run.err.contains("cannot be started"), "{}", run.err);
        assert!(run.err.contains("check its path and whether it may be executed"), "{}", run.err);
    }
}

/// How many processes run with the word among their arguments.
#[cfg(target_os = "linux")]
fn running(word: &str) -> usize {
    let commands = fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok());
    commands.filter(|command| command.split(|&octet| octet == 0).any(|its| its == word.as_bytes())).count()
}

/// A signal ends the run in order, be the program silent or busy, and leaves none of its processes.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_run_leaves_no_process() {
    let busy = "7411 & while echo '{\"unsupported\": \"all\"}'; do read line || exit 0; done";
    for (word, script, signal) in [("7411", busy, "-TERM"), ("7412", "7412 & exec sleep 7413", "-INT")] {
        let mut command = program();
        let adapter =
            format!("mine=sh -c {}", shlex::try_quote(&format!("read none || exit 0; sleep {script}")).unwrap());
        // The probe reads nothing and ends; what is asked stays.
        command.args(["diff", "--role", "server", "--cases", "100000000", "--adapter", &adapter]);
        let child = command.spawn().unwrap();
        let since = Instant::now();
        while running(word) == 0 && since.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(300));
        std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        let since = Instant::now();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{err}");
        assert!(err.contains("the run was interrupted"), "{err}");
        assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
        assert_eq!((running(word), running("7413")), (0, 0), "{signal}");
    }
}
