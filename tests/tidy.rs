//! The order of the house: arrows between modules, headers of files, lists and counts in the READMEs.

use std::fs;
use std::path::{Path, PathBuf};

use ws101::oracle::data;
use ws101::suite::law::register::State;

/// The files below a folder with the extension, without what was built.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}")) {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // What is built is in no folder of sources.
        let is_made = matches!(name.as_str(), "target" | "corpus" | "artifacts" | ".git") && !path.starts_with("src");
        if path.is_dir() && !is_made {
            found.extend(files(&path.to_string_lossy(), extension));
        } else if path.extension().is_some_and(|its| its == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

fn rust_files() -> Vec<PathBuf> {
    let folders =
        ["src", "tests", "fuzz/fuzz_targets", "fuzz/src", "conformance/peers/rust/src", "conformance/peers/rust/tests"];
    let found: Vec<PathBuf> = folders.iter().flat_map(|folder| files(folder, "rs")).collect();
    assert!(found.contains(&PathBuf::from("src/oracle/target/mod.rs")), "a folder of sources is passed over");
    found
}

/// What each part of the house may use.
const ARROWS: [(&str, &[&str]); 11] = [
    ("judgement", &[]),
    ("http", &["judgement"]),
    ("handshake", &["judgement", "http"]),
    ("suite", &["judgement", "http"]),
    ("generate", &["judgement", "http", "suite"]),
    ("peer", &["judgement", "http", "suite", "handshake"]),
    ("live", &["judgement", "http", "suite", "handshake", "peer"]),
    ("oracle", &["judgement", "http", "handshake", "suite", "peer", "generate"]),
    ("run", &["judgement", "http", "handshake", "suite", "peer", "generate", "oracle", "live"]),
    ("report", &["judgement", "http", "suite"]),
    ("cli", &["judgement", "http", "handshake", "suite", "peer", "generate", "oracle", "live", "run", "report"]),
];

#[test]
fn arrows_point_one_way() {
    let mut wrong = Vec::new();
    for (part, may) in ARROWS {
        for path in files(&format!("src/{part}"), "rs") {
            for (number, line) in read(&path).lines().enumerate() {
                for (behind, _) in line.match_indices("crate::").map(|(at, found)| (at + found.len(), found)) {
                    let used: String = line[behind..]
                        .chars()
                        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                        .collect();
                    let is_part = ARROWS.iter().any(|(part, _)| *part == used);
                    if is_part && used != part && !may.contains(&used.as_str()) {
                        wrong.push(format!("{}:{}: {part} uses {used}", path.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Of the peers, only the reference, the broken ones and the reading of answers know our handshake.
#[test]
fn foreign_peers_do_not_know_the_reference() {
    for path in files("src/peer/tungstenite", "rs") {
        assert!(!read(&path).contains("crate::handshake"), "{}", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in rust_files() {
        let text = read(&path);
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 20, "{}: {first:?}", path.display());
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let long: Vec<_> = rust_files()
        .into_iter()
        .map(|path| (read(&path).lines().count(), path))
        .filter(|(lines, path)| *lines > 500 && !path.ends_with("requirements.rs"))
        .collect();
    assert!(long.is_empty(), "{long:?}");
    for path in files("fuzz/fuzz_targets", "rs") {
        assert!(read(&path).lines().count() <= 15, "{}", path.display());
    }
}

#[test]
fn only_the_command_line_prints() {
    for path in files("src", "rs").iter().filter(|path| !path.starts_with("src/cli")) {
        let text = read(path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in ["println!", "eprintln!", "print!(", "dbg!", "process::exit"] {
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            assert!(!lines.into_iter().any(|line| line.contains(word)), "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_reference_shares_no_parser_with_a_peer() {
    for folder in ["src/judgement", "src/http", "src/handshake"] {
        for path in files(folder, "rs") {
            for word in ["httparse", "tungstenite", "std::net", "std::time", "rand::"] {
                assert!(!read(&path).contains(word), "{}: {word}", path.display());
            }
        }
    }
}

/// The tolerant reader is a second reading, on which verdicts rest.
#[test]
fn the_tolerant_reader_shares_nothing_with_the_reference() {
    for path in files("src/suite/wire", "rs") {
        for word in ["http::", "crate::http", "crate::handshake", "httparse"] {
            assert!(!read(&path).contains(word), "{}: {word}", path.display());
        }
    }
}

/// A number as the README writes it.
fn grouped(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

#[test]
fn counts_in_the_readme_are_true() {
    let readme = read("README.md");
    let entries = data().register.entries();
    let core = entries.iter().filter(|entry| entry.state == State::Core).count();
    let divergences: usize = data().ledgers.iter().map(|ledger| ledger.divergences().len()).sum();
    let of_tungstenite = data().ledger("tungstenite").divergences().len();
    let vectors = grouped(data().vectors.all().len());
    for text in [
        format!("proved by {vectors} hand-written vectors"),
        format!(
            "{} requirements ({core} of them judged), {vectors} vectors, {} known divergences",
            entries.len(),
            grouped(divergences)
        ),
        format!("departs in {of_tungstenite} known ways"),
        format!("Rust {} or newer", toml_value("Cargo.toml", "rust-version")),
    ] {
        assert!(readme.contains(&text), "README.md does not say: {text}");
    }
    assert!(of_tungstenite == 0 || readme.contains("Nothing new: tungstenite departs in"));
}

/// The value of a line `key = "value"`.
fn toml_value(file: &str, key: &str) -> String {
    let text = read(file);
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")));
    line.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// The fuzz targets, in the order of the folder.
fn targets() -> Vec<String> {
    let stem = |path: PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files("fuzz/fuzz_targets", "rs").into_iter().map(stem).collect()
}

#[test]
fn lists_of_fuzz_targets_are_whole() {
    let readme = read("fuzz/README.md");
    let manifest = read("fuzz/Cargo.toml");
    // One list for the scripts that fuzz.
    let list = read(".ci/fuzz-toolchain");
    let list = list.lines().find_map(|line| line.strip_prefix("FUZZ_TARGETS=(")).unwrap_or_default();
    for script in [".ci/fuzz", ".ci/fuzz-tools", ".ci/nightly"] {
        let text = read(script);
        assert!(text.contains(". .ci/fuzz-toolchain") && text.contains("\"${FUZZ_TARGETS[@]}\""), "{script}");
    }
    for target in targets() {
        assert!(readme.contains(&format!("| `{target}` |")), "fuzz/README.md has no row for {target}");
        assert!(manifest.contains(&format!("name = \"{target}\"")), "fuzz/Cargo.toml does not name {target}");
        if target.ends_with("_peers") {
            // Behind a feature, and so in the nightly job alone.
            assert!(read(".ci/nightly").contains(&target), "the nightly job leaves out {target}");
            let engine = read(".clusterfuzzlite/build.sh");
            assert!(
                engine.contains("cargo fuzz build -O --debug-assertions --features peers\n"),
                "no build of {target}"
            );
            continue;
        }
        assert!(list.trim_end_matches(')').split(' ').any(|name| name == target), "the scripts leave out {target}");
    }
    assert_eq!(readme.matches("\n| `").count(), targets().len());
    assert_eq!(manifest.matches("[[bin]]").count(), targets().len());
    let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    assert!(read("README.md").contains(&format!("each of the {} targets", words[targets().len()])));
}

/// What runs in CI is what was looked at: an action is named by its commit.
#[test]
fn actions_are_pinned_by_their_commit() {
    for path in files(".github/workflows", "yml") {
        for action in read(&path).lines().filter_map(|line| line.split_once("uses: ")).map(|(_, action)| action) {
            let commit = action.split_once('@').map_or("", |(_, behind)| behind.split(' ').next().unwrap_or_default());
            let is_commit = commit.len() == 40 && commit.bytes().all(|octet| octet.is_ascii_hexdigit());
            assert!(is_commit && action.contains(" # v"), "{}: {action}", path.display());
        }
    }
}

/// Every path that a README names in its text is there.
#[test]
fn what_the_readmes_name_is_there() {
    for readme in
        ["README.md", "conformance/README.md", "corpus/README.md", "fuzz/README.md", "CONTRIBUTING.md", "SECURITY.md"]
    {
        let folder = Path::new(readme).parent().unwrap_or(Path::new(""));
        let text = read(readme);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !link.starts_with("http") {
                assert!(folder.join(link).exists(), "{readme} links to {link}, which is not there");
            }
        }
        for path in text
            .split('`')
            .filter(|path| path.contains('/') && path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c)))
        {
            let is_ours = ["src/", "tests/", "conformance/", "corpus/", "fuzz/", ".ci/"]
                .iter()
                .any(|start| path.starts_with(start));
            // What a run makes is not there before it.
            let is_made = ["fuzz/corpus", "fuzz/target"].iter().any(|start| path.starts_with(start))
                || path.starts_with("corpus/regressions/TARGET")
                || path.contains("TARGET")
                || path.contains("NAME");
            if is_ours && !is_made {
                assert!(Path::new(path).exists(), "{readme} names {path}, which is not there");
            }
        }
    }
}

/// The project speaks of itself alone.
#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let mut all = rust_files();
    for folder in ["conformance", "fuzz", "corpus", ".ci"] {
        for extension in ["md", "toml", "json", "dict", "py"] {
            all.extend(files(folder, extension));
        }
    }
    all.extend(
        [
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            ".ci/run",
            ".ci/nightly",
            ".ci/fuzz",
            ".ci/mutants",
            ".ci/replant",
            ".ci/known-power",
        ]
        .map(PathBuf::from),
    );
    for path in all.iter().filter(|path| !path.ends_with("tests/tidy.rs")) {
        for word in ["/work/", "/root/", "/home/"] {
            assert!(!read(path).contains(word), "{}: {word}", path.display());
        }
    }
}

/// A requirement is named by the constant that is written from the register, so that a wrong id does not compile.
#[test]
fn no_id_of_a_requirement_is_typed_in_code() {
    let ids: Vec<&str> = data().register.entries().iter().map(|entry| entry.id.as_str()).collect();
    let mut typed = Vec::new();
    let folders = ["src", "fuzz", "benches", "examples"];
    for path in folders.iter().flat_map(|folder| files(folder, "rs")) {
        if path.ends_with("judgement/requirements.rs") {
            continue;
        }
        for (number, line) in read(&path).lines().enumerate() {
            let is_code = !line.trim_start().starts_with("//") && (line.contains("rfc") || line.contains("whatwg"));
            typed.extend(
                ids.iter().filter(|id| is_code && line.contains(**id)).map(|id| (path.clone(), number + 1, *id)),
            );
            // An id of run time is made by the loader alone.
            let is_made = line.contains("RequirementId::loaded") && !path.ends_with("law/entry.rs");
            assert!(!is_made, "{}:{}", path.display(), number + 1);
        }
    }
    assert!(typed.is_empty(), "write it as a constant of judgement::requirements: {typed:#?}");
}
