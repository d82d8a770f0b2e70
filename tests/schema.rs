//! The data files have the shapes that `conformance/schema/` says, and the schemas refuse what the program refuses.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use ws101::oracle::data;
use ws101::suite::law::marks::Marks;
use ws101::suite::{Baseline, DataErrors, Ledger, Register, Source, Vectors};

/// The files below a folder with the extension.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}")) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path.to_string_lossy(), extension));
        } else if path.extension().is_some_and(|its| its == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_some_and(|extension| extension == "toml") {
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    } else {
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

fn validator(name: &str) -> jsonschema::Validator {
    let schema = read(Path::new(&format!("conformance/schema/{name}.schema.json")));
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn fits(name: &str, folder: &str, extension: &str) -> usize {
    let validator = validator(name);
    let files = files(folder, extension);
    for path in &files {
        let value = read(path);
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .take(3)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
    files.len()
}

#[test]
fn requirements_fit() {
    assert!(fits("requirements", "conformance/requirements", "toml") > 20);
}

#[test]
fn vectors_fit() {
    assert!(fits("vectors", "conformance/vectors", "json") > 50);
}

#[test]
fn ledgers_fit() {
    assert!(fits("divergences", "conformance/divergences", "toml") > 0);
}

#[test]
fn what_is_unshown_fits() {
    assert!(fits("unshown", "conformance/unshown", "toml") > 0);
}

#[test]
fn marks_fit() {
    let marks = read(Path::new("conformance/marks.toml"));
    assert!(validator("marks").is_valid(&marks));
}

#[test]
fn the_figures_of_planted_faults_fit() {
    let figures = read(Path::new("conformance/broken.toml"));
    assert!(validator("broken").is_valid(&figures));
}

#[test]
fn what_is_off_a_format_does_not_fit() {
    let vectors = validator("vectors");
    let good = json!({
        "schema": 1, "kind": "request", "section": "s",
        "vectors": [{"id": "server/t/a", "requirements": {"rfc6455-4.1": "keeps"}, "permitted": "must-accept", "why": "w",
                     "octets": ["GET\r\n", {"repeat": "a", "times": 3}]}],
    });
    assert!(vectors.is_valid(&good));
    for (pointer, value) in [
        ("/schema", json!(2)),
        ("/kind", json!("requests")),
        ("/vectors", json!([])),
        ("/vectors/0/id", json!("server/a")),
        ("/vectors/0/permitted", json!("maybe")),
        ("/vectors/0/requirements", json!({})),
        ("/vectors/0/octets/0", json!("\u{100}")),
        ("/vectors/0/octets/1/times", json!(0)),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect("a place") = value;
        assert!(!vectors.is_valid(&bad), "{pointer}");
    }
}

/// The loader that goes with a schema, given a document.
type Loads = fn(&Path, &Value) -> Result<(), DataErrors>;

/// Writes a document into a directory of its own, as the loader finds it there.
fn written(root: &Path, file: &str, document: &Value) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    let text = if file.ends_with(".toml") {
        toml::to_string(document).expect("TOML")
    } else {
        serde_json::to_string_pretty(document).expect("JSON")
    };
    fs::write(path, text).expect("it can be written");
}

fn requirements(root: &Path, document: &Value) -> Result<(), DataErrors> {
    written(root, "requirements/rfc6455.toml", document);
    Register::load(&Source::Directory(root.to_owned())).map(drop)
}

fn vectors(root: &Path, document: &Value) -> Result<(), DataErrors> {
    let kind = document["kind"].as_str().unwrap_or_default();
    let folder = ["request", "response", "build"].iter().position(|its| *its == kind);
    let folder = ["server", "client", "build"][folder.unwrap_or_default()];
    let _ = fs::remove_dir_all(root.join("vectors"));
    written(root, &format!("vectors/{folder}/t.json"), document);
    Vectors::load(&Source::Directory(root.to_owned()), &data().register, &data().marks).map(drop)
}

fn unshown(root: &Path, document: &Value) -> Result<(), DataErrors> {
    written(root, "unshown/a.toml", document);
    ws101::suite::law::unshown::load(&Source::Directory(root.to_owned()), &data().register).map(drop)
}

fn marks(root: &Path, document: &Value) -> Result<(), DataErrors> {
    written(root, "marks.toml", document);
    Marks::load(&Source::Directory(root.to_owned())).map(drop)
}

fn divergences(root: &Path, document: &Value) -> Result<(), DataErrors> {
    written(root, "divergences/peer.toml", document);
    Ledger::load_all(&Source::Directory(root.to_owned()), &data().register, &data().marks, Some(&data().vectors))
        .map(drop)
}

fn baseline(root: &Path, document: &Value) -> Result<(), DataErrors> {
    written(root, "baseline.toml", document);
    Baseline::load(&root.join("baseline.toml")).map(drop)
}

/// Right documents of each format, which have every member that its schema names. The figures of planted faults are read by
/// nobody: the test that writes them compares the text.
fn right() -> Vec<(&'static str, Loads, Value)> {
    let words = json!({"document": "rfc9110", "section": "2.4", "text": "a few words"});
    let octets = json!(["GET {target} HTTP/1.1\r\n", {"repeat": "X: y\r\n", "times": 2}, "\r\n"]);
    vec![
        (
            "requirements",
            requirements,
            json!({"schema": 1, "document": "rfc6455", "requirement": [
                {"id": "rfc6455-1-a", "section": "1", "role": "server-verifies", "counterpart": "rfc6455-1-b",
                 "level": "MUST", "basis": "explicit", "state": "core", "summary": "s", "observable": "o",
                 "expected": "either", "detail": "d", "status_must": [400], "status_should": [426], "strict": "accept",
                 "strict_why": "w", "group": "g", "errata": [1], "notes": "n", "ours": {"lines": 12}, "words": {"condition": words,
                 "duty": {"section": "1", "text": "a server MUST do it"}}, "impact": "interop", "impact_why": "w",
                 "fix": "f", "weight": "hygiene", "weight_why": "w"},
                {"id": "rfc6455-1-b", "section": "1", "role": "client-sends", "level": "MAY", "basis": "derived",
                 "state": "planned", "summary": "s", "observable": "o", "expected": "must-accept"},
                {"id": "rfc6455-1-c", "section": "1", "role": "server-verifies", "level": "MAY", "basis": "derived",
                 "state": "core", "summary": "s", "observable": "o", "expected": "must-reject", "impact": "security",
                 "impact_why": "w", "fix": "f", "no_counterpart": "n",
                 "contested": {"strict": {"reading": "r", "words": words}, "other": {"reading": "r", "words": words}}},
            ]}),
        ),
        (
            "vectors",
            vectors,
            json!({"schema": 1, "kind": "request", "section": "s", "vectors": [
                {"id": "server/t/right", "requirements": {"rfc6455-4.2.1-upgrade-missing": "keeps"},
                 "permitted": "must-accept", "why": "w", "canonical": {"target": "/a"}, "octets": octets, "rest": [{"repeat": "\r\n", "times": 1}],
                 "end": "open", "needs": {"protocols": ["p"], "extensions": "e", "origins": ["o"], "resources": ["/a"],
                 "authorities": ["h"]}, "answer": {"accept": "a", "protocol": ["p", null], "grant": {"e": {"parameters":
                 {"p": ["1", null]}, "forbidden": ["f"], "required": ["p"], "optional": true}}, "fields": {"F": "v",
                 "G": null}, "absent": ["H"]}},
                {"id": "server/t/sample", "requirements": {"rfc6455-4.2.1-upgrade-missing": "departs"},
                 "permitted": "must-reject", "why": "w", "sample": true, "seen_in": ["s"], "octets": ["\r\n"], "form": {"status": [426],
                 "fields": {"Upgrade": "websocket"}, "requirement": "rfc9110-7.8-426-upgrade"}},
                {"id": "server/t/wrong", "requirements": {"rfc6455-4.2.1-upgrade-missing": "departs"},
                 "permitted": "must-reject", "why": "w", "control": "server/t/control", "octets": ["GET /"]},
                {"id": "server/t/control", "requirements": {"rfc6455-4.2.1-upgrade-missing": "keeps"},
                 "permitted": "must-accept", "why": "w", "octets": ["GET /a"]},
            ]}),
        ),
        (
            "vectors",
            vectors,
            json!({"schema": 1, "kind": "response", "section": "s", "vectors": [
                {"id": "client/t/right", "requirements": {"rfc6455-4.1-resp-accept-missing": "keeps"},
                 "permitted": "must-accept", "why": "w", "octets": ["HTTP/1.1 101\r\n"],
                 "opened": {"protocol": null, "extensions": ["e"]}},
            ]}),
        ),
        (
            "vectors",
            vectors,
            json!({"schema": 1, "kind": "build", "section": "s", "vectors": [
                {"id": "build/t/right", "requirements": {"rfc6455-4.1-req-host": "keeps"}, "permitted": "must-accept",
                 "why": "w", "uri": "ws://h/", "options": {"protocols": ["p"], "extensions": "e", "origin": "o",
                 "fields": [["F", "v"]], "nonce": "000102030405060708090a0b0c0d0e0f"}, "outcome": "send",
                 "request": {"target": "/", "fields": {"Host": "h", "F": null}, "absent": ["G"], "octets_absent": ["%"]},
                 "connect": {"host": "h", "port": 80, "tls": false}},
            ]}),
        ),
        (
            "unshown",
            unshown,
            json!({"unshown": [{"id": "rfc6455-4.2.1-upgrade-missing", "side": "both", "reason": "r"}]}),
        ),
        ("marks", marks, json!({"mark": [{"name": "key", "canonical": "k", "how": "h"}]})),
        (
            "divergences",
            divergences,
            json!({"schema": 1, "peer": "peer", "versions": ["1"], "divergence": [
                {"id": "peer/server/a", "role": "server", "requirement": "rfc6455-4.2.1-connection-missing",
                 "direction": "accepts", "checked": "never", "uses": "last", "reads": "as-is", "octets": octets, "end": "open", "reason": "r",
                 "needs": {"protocols": ["p"], "extensions": "e", "origins": ["o"], "resources": ["/a"],
                 "authorities": ["h"]}, "clause": "c", "upstream": "https://example.com/1",
                 "vectors": ["server/connection/proxy-connection", "server/host/uri contested whole cut"]},
                {"id": "peer/server/b", "role": "server", "requirement": "rfc6455-11.3.1-key-once-server",
                 "direction": "accepts", "with": ["rfc6455-4.2.1-key-padding"], "octets": octets, "reason": "r", "clause": "c"},
                {"id": "peer/client/b", "role": "client", "behaviour": "split", "direction": "refuses", "error": "e",
                 "delivery": "split", "octets": octets, "split": [1, 2], "key": "k", "reason": "r", "clause": "c"},
                {"id": "peer/client/c", "role": "client", "requirement": "rfc6455-4.1-req-host", "direction": "answers",
                 "uri": "ws://h", "options": {"protocols": ["p"], "extensions": "e", "origin": "o",
                 "fields": [["F", "v"]], "nonce": "000102030405060708090a0b0c0d0e0f"}, "reason": "r", "clause": "c"},
                {"id": "peer/server/d", "role": "server", "behaviour": "crash", "direction": "answers", "reason": "r",
                 "clause": "c", "sealed": "0".repeat(64), "sealed_vectors": {"count": 1, "sha256": "0".repeat(64)}},
            ]}),
        ),
        (
            "baseline",
            baseline,
            json!({"schema": 1, "target": "t", "known": [{"case": "c", "fault": "accepts rfc6455-x", "reason": "r"}]}),
        ),
    ]
}

/// What the loader alone refuses, format and place, each with the reason: no schema sees beyond one member.
const LOADER_ALONE: [(&str, &str, &str); 10] = [
    ("", "has its first item twice", "an id stands once, and offsets ascend"),
    ("vectors", "/control is", "it is the id of another vector"),
    ("vectors", " lacks control", "what must be rejected has a control or is a sample"),
    ("vectors", " lacks sample", "what must be rejected has a control or is a sample"),
    ("vectors", "/rest/0 is", "it is the end of the octets"),
    ("vectors", "/octets", "a mark that is overridden and the rest are parts of them"),
    ("divergences", "/octets is []", "they are cut between two of them"),
    ("divergences", "/split/", "offsets lie inside the octets"),
    ("divergences", "/vectors", "what is never checked lists each vector of its requirement"),
    ("divergences", " lacks split", "what needs several reads says where they end"),
];

/// Every edit of a document: where, what, and what it is then.
fn edits(document: &Value) -> Vec<(String, Value)> {
    let mut edits = Vec::new();
    let mut places = vec![String::new()];
    while let Some(place) = places.pop() {
        let value = document.pointer(&place).expect("a place");
        let mut edit = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut edited = document.clone();
            change(&mut edited);
            if edited != *document {
                edits.push((format!("{place} {what}"), edited));
            }
        };
        for other in [
            Value::Null,
            json!(""),
            json!("\u{100}"),
            json!(0),
            json!(-1),
            json!(1.5),
            json!(i64::MAX),
            json!(true),
            json!([]),
            json!([[]]),
            json!({}),
        ] {
            edit(&format!("is {other}"), &|edited| *edited.pointer_mut(&place).expect("a place") = other.clone());
        }
        match value {
            Value::Object(members) => {
                edit("has a member of no name", &|edited| {
                    edited.pointer_mut(&place).expect("a place")["colour"] = json!(1)
                });
                for name in members.keys() {
                    edit(&format!("lacks {name}"), &|edited| {
                        edited.pointer_mut(&place).expect("a place").as_object_mut().expect("members").remove(name);
                    });
                    places.push(format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")));
                }
            }
            Value::Array(items) => {
                edit("has its first item twice", &|edited| {
                    let items = edited.pointer_mut(&place).expect("a place").as_array_mut().expect("items");
                    items.extend(items.first().cloned());
                });
                places.extend((0..items.len()).map(|at| format!("{place}/{at}")));
            }
            _ => {}
        }
    }
    edits
}

/// Whether TOML can say it: it has no null, and a document is a table.
fn is_toml(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().all(is_toml),
        Value::Object(members) => members.values().all(is_toml),
        _ => true,
    }
}

#[test]
fn the_schemas_and_the_loaders_refuse_the_same() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema");
    let (mut differ, mut stale, mut tried) = (Vec::new(), vec![true; LOADER_ALONE.len()], 0);
    for (at, (name, loads, document)) in right().into_iter().enumerate() {
        let validator = validator(name);
        let root = root.join(at.to_string());
        let _ = fs::remove_dir_all(&root);
        loads(&root, &document).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        assert!(validator.is_valid(&document), "{name} {:?}", validator.iter_errors(&document).next());
        for (edit, edited) in edits(&document) {
            if name != "vectors" && !(is_toml(&edited) && edited.is_object()) {
                continue;
            }
            tried += 1;
            let (fits, loaded) = (validator.is_valid(&edited), loads(&root, &edited));
            let alone = LOADER_ALONE.iter().position(|(its, part, _)| name.starts_with(its) && edit.contains(part));
            match (fits, loaded) {
                (true, Err(_)) if alone.is_some() => stale[alone.unwrap_or_default()] = false,
                (true, Err(errors)) => differ.push(format!("{name}: the schema lets pass: {edit} ({errors})")),
                (false, Ok(())) => differ.push(format!("{name}: the loader lets pass: {edit}")),
                _ => {}
            }
        }
    }
    let stale: Vec<_> = LOADER_ALONE.iter().zip(stale).filter(|(_, stale)| *stale).collect();
    assert!(differ.is_empty() && stale.is_empty(), "{} of {tried}: {differ:#?} {stale:#?}", differ.len());
    assert!(tried > 1500, "{tried}");
}

/// The members that a schema names, below each other.
fn members(schema: &Value, place: &str, found: &mut Vec<String>) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        found.push(format!("{place}/{name}"));
        members(member, &format!("{place}/{name}"), found);
    }
    for below in ["items", "additionalProperties"].iter().filter_map(|below| schema.get(below)) {
        members(below, &format!("{place}/*"), found);
    }
    for below in schema["anyOf"].as_array().into_iter().flatten() {
        members(below, place, found);
    }
}

fn has(document: &Value, place: &[&str]) -> bool {
    match (place, document) {
        ([], _) => true,
        (["*", rest @ ..], Value::Array(items)) => items.iter().any(|item| has(item, rest)),
        (["*", rest @ ..], Value::Object(members)) => members.values().any(|member| has(member, rest)),
        ([name, rest @ ..], Value::Object(members)) => members.get(*name).is_some_and(|member| has(member, rest)),
        _ => false,
    }
}

#[test]
fn the_documents_that_are_edited_have_every_member() {
    for name in ["requirements", "vectors", "unshown", "marks", "divergences", "baseline"] {
        let mut named = Vec::new();
        members(&read(Path::new(&format!("conformance/schema/{name}.schema.json"))), "", &mut named);
        for place in named {
            let path: Vec<&str> = place.split('/').skip(1).collect();
            assert!(right().iter().any(|(its, _, document)| *its == name && has(document, &path)), "{name}: {place}");
        }
    }
}
