//! `accept`, `explain` and `list`: what comes from the clause and the data.

use serde_json::{Value, json};

use super::{KEY, ws101, ws101_and};

fn read(words: &str) -> Value {
    let run = ws101(&format!("{words} --format json"), b"");
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    serde_json::from_str(&run.out).expect("JSON")
}

fn text(words: &str) -> String {
    let run = ws101(words, b"");
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    run.out
}

#[test]
fn accept_prints_the_value_of_the_rfc() {
    assert_eq!(text(&format!("accept {KEY}")), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n");
    assert_eq!(read(&format!("accept {KEY}")), json!({"key": KEY, "accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}));
}

#[test]
fn accept_warns_of_what_is_no_key_and_prints_all_the_same() {
    // The accept values are from Python's hashlib and base64, as conformance/marks.toml has it.
    for (key, accept, warning) in [
        ("", "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=", "key is the base64 of 0 octets, not of 16"),
        ("dGhlIHNhbXBsZSBub25jZQ", "RZWuh2JK/hL0RMgTNJFfZIAppXg=", "key is not base64"),
        (" dGhlIHNhbXBsZSBub25jZQ==", "s3mCG3XUBfFRrUGpYOBQiHm5i8g=", "key is not base64"),
        ("dGhlIHNhbXBsZSBub25jZR==", "Zgw8jYXtqX5qJr7MJ1Q/MqzeSRI=", "key has unused bits that are not zero"),
    ] {
        let run = ws101_and("accept", key, b"");
        assert_eq!((run.status, run.out), (0, format!("{accept}\n")), "{key}");
        assert_eq!(run.err, format!("ws101: {warning}, KEY; a strict server refuses it (RFC 6455 §4.2.1 item 5)\n"));
    }
}

#[test]
fn a_requirement_is_explained() {
    let requirement = read("explain rfc6455-4.2.1-key-missing");
    let expected = [
        ("type", json!("requirement")),
        ("id", json!("rfc6455-4.2.1-key-missing")),
        ("document", json!("rfc6455")),
        ("role", json!("server-verifies")),
        ("level", json!("MUST")),
        ("state", json!("core")),
        ("expected", json!("must-reject")),
        ("strict", json!("reject")),
        ("strict_why", Value::Null),
    ];
    for (key, value) in expected {
        assert_eq!(requirement[key], value, "{key}");
    }
    let human = text("explain rfc6455-4.2.1-key-missing");
    assert!(human.starts_with("rfc6455-4.2.1-key-missing\nRFC 6455 §4.2.1 item 5: "), "{human}");
    for part in ["\nduty         MUST ", "\nrecipient    must-reject\n", "\nVectors\n", "\nWho fails it\n"] {
        assert!(human.contains(part), "{human}");
    }
    let human = text("explain rfc9112-2.2-bare-lf-request");
    assert!(human.contains("\nrecipient    either: accept or reject\n"), "{human}");
    assert!(human.contains("\nreference    rejects: "), "{human}");
}

#[test]
fn a_planned_requirement_says_so() {
    let planned = read("list requirements whatwg-*");
    let id = planned[0]["id"].as_str().expect("the browser's profile is carried");
    assert!(text(&format!("explain {id}")).contains("\nstate        planned: "));
}

#[test]
fn a_vector_is_explained_with_its_octets_and_its_control() {
    let human = text("explain client/accept/missing");
    assert!(human.starts_with("client/accept/missing\nmust-reject: "), "{human}");
    for part in [
        "\ndeparts      rfc6455-4.1-resp-accept-missing\n",
        "\ncontrol      client/opening/minimal\n",
        "\n1 | HTTP/1.1 101 Switching Protocols\\r\\n\n",
        "client/opening/minimal: has ",
        "\nWho fails it\n",
    ] {
        assert!(human.contains(part), "{part} in {human}");
    }
    let vector = read("explain client/accept/missing");
    assert_eq!(vector["type"], "vector");
    assert_eq!(vector["permitted"], "must-reject");
    assert_eq!(vector["requirements"]["rfc6455-4.1-resp-accept-missing"], "departs");
    assert_eq!(vector["exchange"]["octets"][0], "HTTP/1.1 101 Switching Protocols\r\n");
    assert_eq!(vector["build"], Value::Null);
}

#[test]
fn everything_that_is_listed_is_explained() {
    for what in ["requirements", "vectors", "divergences"] {
        let items = read(&format!("list {what}"));
        let items = items.as_array().expect("an array");
        assert_eq!(ws101(&format!("list {what}"), b"").out.lines().count(), items.len());
        // A sample: each run of the program reads all data.
        for item in items.iter().step_by(items.len() / 20 + 1) {
            let id = item["id"].as_str().expect("an id");
            assert_eq!(read(&format!("explain {id}"))["id"], id);
            assert!(text(&format!("explain {id}")).starts_with(&format!("{id}\n")));
        }
    }
}

#[test]
fn peers_are_listed_with_their_exact_versions() {
    let peers = read("list peers");
    let lock = include_str!("../../Cargo.lock");
    let locked = lock.split("name = \"tungstenite\"\nversion = \"").nth(1).and_then(|rest| rest.split('"').next());
    let tungstenite = json!({"id": "tungstenite", "version": locked, "roles": ["server", "client"]});
    assert!(peers.as_array().expect("an array").contains(&tungstenite), "{peers}");
    let version = text("--version");
    assert!(version.starts_with(concat!("ws101 ", env!("CARGO_PKG_VERSION"), "\n")), "{version}");
    assert!(version.contains(&format!("\ntungstenite {}\n", locked.expect("it is locked"))), "{version}");
}

#[test]
fn a_pattern_selects_by_the_whole_id() {
    let all = text("list requirements");
    let keys = text("list requirements *key*");
    assert!(keys.lines().count() > 10 && keys.lines().count() < all.lines().count());
    assert!(keys.lines().all(|line| line.split(' ').next().is_some_and(|id| id.contains("key"))), "{keys}");
    assert_eq!(text("list peers tung*").lines().count(), 1);
    let run = ws101("list vectors nothing*", b"");
    assert_eq!((run.status, run.out.as_str()), (3, ""));
    assert_eq!(run.err, "ws101: nothing matches \"nothing*\", GLOB; write * for what may stand there, as in '*key*'\n");
}

#[test]
fn planted_faults_are_listed_with_what_catches_them() {
    let list = read("list broken client-panics");
    assert_eq!(list[0]["role"], "client");
    assert_eq!((&list[0]["behaviour"], &list[0]["named"]), (&json!("crash"), &json!("crash")));
    assert!(list[0]["inputs"].as_u64().is_some_and(|inputs| inputs < 1000), "{list}");
    assert!(text("list broken client-panics").starts_with("client-panics  client  client/"));
}
