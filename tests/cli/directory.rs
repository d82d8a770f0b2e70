//! `--conformance`: data of a directory in place of what is built in.

use std::fs;
use std::path::{Path, PathBuf};

use super::{REQUEST, ws101};

/// A copy of the data, to be changed by one test.
fn data(test: &str) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&to);
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance"), &to);
    to
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it can be made");
    for entry in fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("it can be read");
        let target = to.join(entry.file_name());
        // Programs, and whatever was built there.
        if entry.file_name() == "peers" {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("it can be copied");
        }
    }
}

#[test]
fn a_directory_takes_the_place_of_what_is_built_in() {
    let words = format!("list vectors --conformance {}", data("same").display());
    assert_eq!(ws101(&words, b"").out, ws101("list vectors", b"").out);
}

#[test]
fn a_malformed_ledger_is_an_error_with_its_line() {
    let data = data("malformed");
    let file = data.join("divergences/tungstenite.toml");
    fs::write(&file, "schema = 1\npeer = \"tungstenite\"\nversions = [\"0\"]\ncolour = 1\n")
        .expect("it can be written");
    let run = ws101(&format!("list divergences --conformance {}", data.display()), b"");
    assert_eq!((run.status, run.out.as_str(), run.err.lines().count()), (2, "", 1), "{}", run.err);
    assert!(run.err.starts_with(&format!("ws101: {}:4: ", file.display())), "{}", run.err);
    // The register alone is read for a judgement.
    assert_eq!(ws101(&format!("check --role server --conformance {}", data.display()), REQUEST).status, 0);
}

/// A register that is wrong is told in one line: the file, the line, and what to do.
#[test]
fn a_register_that_is_wrong_is_an_error_with_its_line() {
    let data = data("register");
    let file = data.join("requirements/rfc6455-5.toml");
    let right = fs::read_to_string(&file).expect("it is there");
    let (before, entry) = right.split_once("[[requirement]]\n").expect("an entry");
    let first = before.lines().count() + 2;
    let counterpart = |id: &str| {
        let without: Vec<&str> = right.lines().filter(|line| !line.starts_with("no_counterpart")).collect();
        without.join("\n").replace("level =", &format!("counterpart = \"{id}\"\nlevel =")) + "\n"
    };
    let edited = |text: String, line: usize, said: &str| {
        fs::write(&file, text).expect("it can be written");
        for words in ["list requirements", "explain server/opening/minimal", "check --role server"] {
            let run = ws101(&format!("{words} --conformance {}", data.display()), REQUEST);
            assert_eq!((run.status, run.out.as_str(), run.err.lines().count()), (2, "", 1), "{words}: {}", run.err);
            let place = format!("ws101: {}:{line}: ", file.display());
            assert!(run.err.starts_with(&place) && run.err.contains(said), "{place}{said}: {}", run.err);
            assert!(run.err.trim_end().rsplit_once(": ").is_some_and(|(_, remedy)| remedy.len() > 10), "{}", run.err);
        }
    };
    edited(right.replace("level = \"MUST\"\n", ""), first - 1, "missing field `level`");
    edited(format!("{right}colour = 1\n"), right.lines().count() + 1, "unknown field `colour`");
    let twice = format!("{right}\n[[requirement]]\n{entry}");
    edited(twice, right.lines().count() + 3, "rfc6455-5.1-unmasked-frame-server stands twice");
    edited(counterpart("rfc6455-5.1-none"), first, "unknown counterpart rfc6455-5.1-none");
    edited(counterpart("rfc6455-4.2.2-status-101"), first, "counterpart rfc6455-4.2.2-status-101 is server-sends");
}

/// What a program does not know by name it reads all the same.
#[test]
fn a_requirement_of_a_directory_alone_is_explained() {
    let data = data("own");
    let file = data.join("requirements/rfc6455-5.toml");
    let known = fs::read_to_string(&file).expect("it is there");
    let (_, entry) = known.split_once("[[requirement]]\n").expect("an entry");
    let own = entry.replace("unmasked-frame-server", "of-its-own");
    fs::write(&file, format!("{known}\n[[requirement]]\n{own}")).expect("it can be written");
    let vectors = data.join("vectors/server/opening.json");
    let shown = fs::read_to_string(&vectors).expect("it is there");
    let shown = shown.replacen("\"requirements\": {", "\"requirements\": {\"rfc6455-5.1-of-its-own\": \"keeps\", ", 1);
    fs::write(&vectors, shown).expect("it can be written");
    let run = ws101(&format!("explain rfc6455-5.1-of-its-own --conformance {}", data.display()), b"");
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    assert!(run.out.starts_with("rfc6455-5.1-of-its-own\n"), "{}", run.out);
    assert!(run.out.contains("server/opening/minimal"), "{}", run.out);
}

/// An element that repeats nothing has no length that would end it.
#[test]
fn octets_that_repeat_nothing_are_an_error() {
    let data = data("repeat");
    let file = data.join("vectors/server/opening.json");
    let right = fs::read_to_string(&file).expect("it is there");
    let nothing =
        right.replacen("\"octets\": [", "\"octets\": [{\"repeat\": \"\", \"times\": 18446744073709551615}, ", 1);
    fs::write(&file, nothing).expect("it can be written");
    let run = ws101(&format!("list vectors --conformance {}", data.display()), b"");
    assert_eq!((run.status, run.out.as_str(), run.err.lines().count()), (2, "", 1), "{}", run.err);
    assert!(run.err.starts_with(&format!("ws101: {}:", file.display())), "{}", run.err);
    assert!(run.err.contains("server/opening/minimal: repeats nothing: give `repeat`"), "{}", run.err);
}

#[test]
fn an_entry_of_a_ledger_is_explained() {
    let data = data("ledger");
    let ledger = r#"schema = 1
peer = "tungstenite"
versions = ["0.30.0"]

[[divergence]]
id = "tungstenite/client/example"
role = "client"
requirement = "rfc6455-4.1-resp-accept-missing"
direction = "accepts"
octets = ["HTTP/1.1 101 Switching Protocols\r\n", "\r\n"]
split = [17]
reason = "It does not look."
clause = "RFC 6455 §4.1"
upstream = "https://example.com/1"
"#;
    fs::write(data.join("divergences/tungstenite.toml"), ledger).expect("it can be written");
    let words = |words: &str| ws101(&format!("{words} --conformance {}", data.display()), b"");
    let run = words("explain tungstenite/client/example");
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    for part in [
        "tungstenite/client/example\ntungstenite 0.30.0 as a client accepts what must be rejected.\n",
        "\nreason       It does not look.\n",
        "\nrequirement  rfc6455-4.1-resp-accept-missing\n",
        "\nupstream     https://example.com/1\n",
        "\ndelivered    cut at 17\n1 | HTTP/1.1 101 Switching Protocols\\r\\n\n",
    ] {
        assert!(run.out.contains(part), "{part} in {}", run.out);
    }
    let line = "\n  accepts    tungstenite/client/example (tungstenite 0.30.0)\n";
    for shown in ["rfc6455-4.1-resp-accept-missing", "client/accept/missing"] {
        let run = words(&format!("explain {shown}"));
        assert!(run.out.contains(line), "{}", run.out);
    }
    let run = words("list divergences tungstenite/*");
    assert_eq!(run.out, "tungstenite/client/example  accepts  It does not look.\n");
}

/// A crash is a failure, listed or not.
#[test]
fn a_crash_that_is_known_is_no_clean_run() {
    let data = data("crash");
    let ledger = format!(
        r#"schema = 1
peer = "fell"
versions = ["0"]

[[divergence]]
id = "fell/server/crash"
role = "server"
behaviour = "crash"
direction = "answers"
error = "exited with status 1"
sealed = "{}"
reason = "It is no adapter."
clause = "RFC 6455 §4.2"
"#,
        "0".repeat(64)
    );
    fs::write(data.join("divergences/fell.toml"), ledger).expect("it can be written");
    let run = ws101(&format!("diff - --adapter fell=false --conformance {}", data.display()), REQUEST);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("fell/server/crash"), "{}", run.out);
}

/// What a list says of vectors that are not there is an error with its line, and so is a seal without its digest.
#[test]
fn a_list_of_no_vectors_is_an_error_with_its_line() {
    let data = data("listed");
    let file = data.join("divergences/tungstenite.toml");
    let right = fs::read_to_string(&file).expect("it is there");
    let line =
        right.lines().position(|line| line.contains("tungstenite/server/host-duplicate")).expect("the entry") + 1;
    for (from, to, said) in [
        ("server/host/two whole", "server/host/too whole", "lists server/host/too, which is no vector of a server"),
        ("server/host/two whole", "client/status/ok whole", "lists client/status/ok, which is no vector of a server"),
        ("server/host/two whole", "server/host/two-alike whole", "lists server/host/two-alike twice, or out of order"),
        ("server/host/two whole", "server/host/two half", "`half` behind server/host/two is no delivery"),
        (
            "id = \"tungstenite/server/host-duplicate\"",
            "id = \"tungstenite/server/host-duplicate\"\nsealed_vectors = {count = 1, sha256 = \"a\"}",
            "seals the vectors of an open reproducer",
        ),
    ] {
        assert!(right.contains(from), "{from}");
        fs::write(&file, right.replacen(from, to, 1)).expect("it can be written");
        let run = ws101(&format!("diff --cases 1 --conformance {}", data.display()), b"");
        assert_eq!((run.status, run.out.as_str(), run.err.lines().count()), (2, "", 1), "{}", run.err);
        let place = format!("ws101: {}:{line}: tungstenite/server/host-duplicate: {said}", file.display());
        assert!(run.err.starts_with(&place), "{}{place}", run.err);
    }
}

/// A companion that the reproducer of an entry does not show is none, and the line is told.
#[test]
fn a_companion_without_evidence_is_an_error_with_its_line() {
    let data = data("companion");
    let ledger = data.join("divergences/tungstenite.toml");
    let text = fs::read_to_string(&ledger).unwrap();
    let entry = text.find("id = \"tungstenite/server/second-key-length\"").unwrap();
    let named = |id: &str| {
        let with = format!("direction = \"accepts\"\nwith = [\"{id}\"]\n");
        let (before, behind) = text.split_at(entry);
        fs::write(&ledger, format!("{before}{}", behind.replacen("direction = \"accepts\"\n", &with, 1))).unwrap();
        ws101(&format!("diff --cases 1 --role server --conformance {}", data.display()), b"")
    };
    let run = named("rfc6455-4.2.1-host-missing");
    let line = text[..entry].lines().count() + 1;
    let place =
        format!("tungstenite.toml:{line}: tungstenite/server/second-key-length: `with` names rfc6455-4.2.1-host");
    assert!(run.status == 2 && run.err.contains(&place) && run.err.contains("show it in `octets`"), "{}", run.err);
    assert_eq!(named("rfc6455-11.3.1-key-once-server").status, 0);
}

/// Ledgers of one's own need no copy of the law.
#[test]
fn a_directory_may_hold_ledgers_alone() {
    let data = data("ledgers-alone");
    for part in ["requirements", "vectors", "unshown", "marks.toml"] {
        let path = data.join(part);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    let retired = data.join("retired");
    if retired.exists() {
        fs::remove_dir_all(retired).unwrap();
    }
    let asked = format!("diff --cases 100 --role server --conformance {}", data.display());
    let run = ws101(&asked, b"");
    assert!(run.status == 0 && run.out.contains("Nothing new"), "{}{}", run.out, run.err);
    fs::remove_file(data.join("divergences/tungstenite.toml")).unwrap();
    assert_eq!(ws101(&asked, b"").status, 1);
    // A part of the law stands for all of it: what is missing then was forgotten.
    fs::create_dir_all(data.join("vectors")).unwrap();
    let run = ws101(&asked, b"");
    assert!(run.status == 2 && run.err.contains("laid out like conformance/"), "{}", run.err);
}

/// `--bless` writes the lists as they are, and nothing else; what no entry explains is named, and the status is 1.
#[test]
fn the_lists_of_a_ledger_are_written() {
    let data = data("blessed");
    let file = data.join("divergences/tungstenite.toml");
    let right = fs::read_to_string(&file).expect("it is there");
    let bless = format!("diff --bless --peer tungstenite --conformance {}", data.display());
    let run = ws101(&bless, b"");
    assert_eq!((run.status, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.ends_with(" 0 entries changed\n"), "{}", run.out);
    assert_eq!(fs::read_to_string(&file).unwrap(), right);
    // One line less, one more, and one with another mark.
    let edited = right.replacen("  \"server/host/two whole cut\",\n", "", 1).replacen(
        "  \"server/host/userinfo whole cut\",\n",
        "  \"server/host/userinfo contested\",\n",
        1,
    );
    fs::write(&file, &edited).expect("it can be written");
    let run = ws101(&format!("diff --cases 1 --conformance {}", data.display()), b"");
    assert_eq!(run.status, 1, "{}", run.err);
    for said in [
        "found by server/host/two",
        "tungstenite/server/host-duplicate explains it and does not list",
        "STALE tungstenite/server/host-invalid: lists 1 vector that no longer fails",
        &format!("ws101 diff --peer tungstenite --conformance {} --bless", data.display()),
        "\n    server/host/userinfo contested\n",
    ] {
        let words = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(run.out.contains(said) || words.contains(said), "{said}: {}", run.out);
    }
    assert_eq!(ws101(&bless, b"").status, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), right);
    // A vector that is no more, and one that an entry has to list which says that nobody looks: both would be refused.
    let edited = right
        .replacen("  \"server/host/two whole cut\",\n", "  \"server/host/two-aged whole cut\",\n", 1)
        .replacen("  \"server/content/coding-empty contested whole cut\",\n", "", 1);
    fs::write(&file, &edited).expect("it can be written");
    assert_eq!(ws101(&format!("diff --cases 1 --conformance {}", data.display()), b"").status, 2);
    assert_eq!(ws101(&bless, b"").status, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), right);
    // An entry goes, and nobody explains its vectors.
    let at = right.find("\n[[divergence]]\nid = \"tungstenite/server/host-duplicate\"").expect("the entry");
    let end = at + 1 + right[at + 1..].find("\n[[divergence]]").expect("the next one");
    fs::write(&file, format!("{}{}", &right[..at], &right[end..])).expect("it can be written");
    let run = ws101(&bless, b"");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("no entry explains server/host/two: accepted what must be rejected"), "{}", run.out);
    assert!(run.err.contains("write an entry with its reason"), "{}", run.err);
}

/// Where there is nothing to write to, that is said.
#[test]
fn nothing_is_blessed_without_a_ledger() {
    let data = data("unblessed");
    let bless = |peer: &str| ws101(&format!("diff --bless --peer {peer} --conformance {}", data.display()), b"");
    fs::remove_file(data.join("divergences/tungstenite.toml")).expect("it is there");
    let run = bless("tungstenite");
    assert_eq!(run.status, 2, "{}", run.err);
    assert!(run.err.contains("cannot read the ledger of tungstenite"), "{}", run.err);
    let run = bless("ws://127.0.0.1:9/");
    assert_eq!(run.status, 2, "{}", run.err);
    assert!(run.err.contains("a ledger is of a peer that is built in"), "{}", run.err);
}
