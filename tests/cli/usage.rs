//! What wrong usage and unusable input get: exit status 2 and one line that says what, where and what to do.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::{REQUEST, program, run_with, ws101, ws101_and};

/// One line on standard error, nothing on standard output.
fn line(words: &str, status: i32) -> String {
    let run = ws101(words, REQUEST);
    assert_eq!((run.status, run.out.as_str()), (status, ""), "{words}: {}", run.err);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(run.err.starts_with("ws101: ") && run.err.ends_with('\n'), "{}", run.err);
    run.err
}

#[test]
fn impossible_options_of_check() {
    for (words, parts) in [
        ("--role server --key dGhlIHNhbXBsZSBub25jZQ==", ["--key", "leave it out"]),
        ("--role server --extensions x-webkit-deflate-frame", ["\"x-webkit-deflate-frame\"", "permessage-deflate"]),
        ("--role server --extensions permessage-deflate;no_such_thing", ["no_such_thing", "RFC 7692"]),
        ("--role client --extensions foo;", ["--extensions", "RFC 6455 §9.1"]),
        ("--role client --extensions=", ["--extensions", "RFC 6455 §9.1"]),
        ("--role server --protocols chat,,superchat", ["--protocols", "tokens"]),
        ("--role client --protocols cha/t", ["\"cha/t\"", "tokens"]),
    ] {
        let err = line(&format!("check {words}"), 2);
        assert!(parts.iter().all(|part| err.contains(part)), "{err}");
    }
    let run = ws101_and("check --role server --protocols", "a\nb\u{1b}", REQUEST);
    assert_eq!((run.status, run.err.lines().count()), (2, 1), "{}", run.err);
    assert!(!run.err.contains('\u{1b}'));
}

#[test]
fn files_that_cannot_be_read() {
    assert!(line("check --role server no-such-file", 2).contains(", no-such-file; "));
    assert!(line("check --role server .", 2).contains(", .; "));
    assert!(line("check --role server --conformance no-such-place", 2).contains("no-such-place"));
    assert!(line("list vectors --conformance no-such-place", 2).contains("no-such-place"));
}

#[test]
#[cfg(target_os = "linux")]
fn endless_input_and_a_full_disk() {
    assert!(line("check --role server /dev/zero", 2).contains("more than 16777216 octets, /dev/zero; "));
    let mut command = program();
    command.args(["accept", "x"]).stdout(fs::File::create("/dev/full").expect("it is there"));
    let run = run_with(command, b"");
    assert_eq!(run.status, 3);
    assert!(run.err.contains("ws101: cannot write ("), "{}", run.err);
}

#[test]
fn an_unknown_id_is_answered_with_those_that_are_like_it() {
    let err = line("explain rfc6455-4.2.1-key-mising", 2);
    assert!(
        err.contains("unknown id \"rfc6455-4.2.1-key-mising\", ID; did you mean rfc6455-4.2.1-key-missing"),
        "{err}"
    );
    let retired = line("explain server/incidents/no-host", 2);
    assert!(retired.contains("it had the same octets as server/host-policy/missing: use that"), "{retired}");
    assert!(line("explain client/acept/missing", 2).contains("did you mean client/accept/missing"));
    assert!(line("explain key-noncanonical", 2).contains("did you mean rfc6455-4.2.1-key-noncanonical"));
    assert!(line("explain zzz", 2).contains("; see `ws101 list requirements`"));
    assert!(line("list vectors [a", 2).contains("\"[a\" is no pattern"));
}

#[test]
fn wrong_words_get_the_usage() {
    for words in ["no-such-command", "check", "check --role proxy", "accept", "list", "list things", "explain", "--no"]
    {
        let run = ws101(words, b"");
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{words}");
        assert!(run.err.starts_with("error: ") && run.err.contains("--help"), "{}", run.err);
    }
    for words in ["--help", "check --help", "help list", "-V"] {
        let run = ws101(words, b"");
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{words}");
    }
}

#[test]
fn rejection_is_an_exit_status_only_where_it_is_asked_for() {
    assert_eq!(ws101("check --role server", b"").status, 0);
    assert_eq!(ws101("check --role server --exit-code", b"").status, 1);
    assert_eq!(ws101("check --role server --exit-code --format json", b"").status, 1);
    assert_eq!(ws101("check --role server --exit-code", REQUEST).status, 0);
}

#[test]
fn a_key_that_is_none_is_warned_of_and_used() {
    let run = ws101("check --role client --key abc --format json", b"");
    assert_eq!(run.status, 0);
    assert_eq!(run.err, "ws101: key is not base64, --key; the accept value is judged all the same\n");
}

#[test]
fn a_file_is_named_as_it_was_given() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample.http");
    fs::write(&path, REQUEST).expect("it can be written");
    let run = ws101_and("check --role server --protocols chat", &path.to_string_lossy(), b"");
    assert!(run.out.starts_with(&format!("{}: 230 octets", path.display())), "{}", run.out);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut command = program();
    command.args(["check", "--role", "server", "--exit-code"]).stdin(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It prints only once its input has ended, and by then nobody reads.
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// What no client may offer is no offer to judge a response by (RFC 7692 §7).
#[test]
fn a_malformed_offer_is_refused_for_either_role() {
    for role in ["client", "server"] {
        let run = ws101_and(&format!("check --role {role} --extensions"), "permessage-deflate; foo", b"");
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{role}");
        assert!(run.err.contains("permessage-deflate") && run.err.contains("RFC 7692"), "{}", run.err);
    }
}
