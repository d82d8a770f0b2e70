//! The data files have the shapes that `conformance/schema/` says, and the schemas refuse what the program refuses.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

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
