//! How long it takes until each known departure of tungstenite is met: by the seeded generator, and by the fuzz targets.
//!
//! `cargo run --release --example time_to_find -- [SECONDS] [FOLDER]`, where the folder holds the binaries that
//! `cargo fuzz build` made. Without a folder the generator alone is measured. Three repetitions; medians are printed. A fuzz
//! target starts from three seeds of the corpus at most, which both sides accept.
//!
//! Exit status: 0 all was measured; 1 a departure was met that the ledger lacks; 2 an argument is none; 3 a target did not run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use ws101::generate::{Plan, Seeded};
use ws101::judgement::Role;
use ws101::oracle::{Case, Oracle, data};
use ws101::suite::law::corpus;
use ws101::suite::ledger::Reproducer;
use ws101::suite::{Outcome, Peer};

/// What a target notes.
#[allow(dead_code)]
#[path = "../fuzz/src/collect.rs"]
mod collect;
use ws101::{peer, run};

/// Milliseconds and executions until a departure was met first, by id.
type Met = BTreeMap<String, (u128, u64)>;

const REPETITIONS: u64 = 3;

fn main() -> ExitCode {
    peer::catch_panics();
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = match arguments.next().map(|text| text.parse()) {
        None => 60,
        Some(Ok(seconds)) => seconds,
        Some(Err(_)) => {
            eprintln!("time_to_find: the first argument is a number of seconds");
            return ExitCode::from(2);
        }
    };
    let folder = arguments.next().map(PathBuf::from);
    let tungstenite = peer::by_name("tungstenite").expect("tungstenite is built in");
    let ledger = data().ledger("tungstenite");
    // What is known of building requests is met by vectors, not by octets.
    let read = ledger.divergences().iter().filter(|entry| matches!(entry.reproducer, Reproducer::Octets(_)));
    let ids: Vec<(&str, Role)> = read.map(|entry| (entry.id.as_str(), entry.role)).collect();
    let mut ways: Vec<(&str, Vec<Met>)> = Vec::new();
    for (name, role) in [("generator, server", Role::Server), ("generator, client", Role::Client)] {
        ways.push((name, (0..REPETITIONS).map(|seed| generator(tungstenite.as_ref(), role, seed, seconds)).collect()));
    }
    let mut new: Vec<String> = Vec::new();
    let mut is_whole = true;
    if let Some(folder) = folder {
        for (target, seeds) in [("request", "request"), ("request_structured", ""), ("response", "response")] {
            let runs: Result<Vec<Ran>, String> =
                (0..REPETITIONS).map(|seed| fuzzed(&folder, target, seeds, seed, seconds)).collect();
            match runs {
                Ok(runs) => {
                    new.extend(runs.iter().flat_map(|ran| &ran.new).map(|met| format!("{target} meets {met}")));
                    ways.push((target, runs.into_iter().map(|ran| ran.met).collect()));
                }
                // What the others came to is printed all the same.
                Err(why) => {
                    eprintln!("time_to_find: {}: {why}", folder.join(target).display());
                    is_whole = false;
                }
            }
        }
    }
    for role in [Role::Server, Role::Client] {
        let reads = |name: &str| (name.contains("client") || name == "response") == (role == Role::Client);
        let ways: Vec<_> = ways.iter().filter(|(name, _)| reads(name)).collect();
        table(&ways, ids.iter().filter(|(_, its)| *its == role).map(|(id, _)| *id), seconds);
    }
    new.extend(lacking(tungstenite.as_ref()));
    for new in &new {
        println!("FAULT: a departure that the ledger lacks: {new}");
    }
    if !is_whole {
        ExitCode::from(3)
    } else if !new.is_empty() {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

/// Generated exchanges without coverage, one after the other.
fn generator(peer: &dyn Peer, role: Role, seed: u64, seconds: u64) -> Met {
    let ledger = data().ledger(peer.name());
    let oracle = Oracle { register: &data().register, ledger: &ledger, peer, strict: true };
    let (start, mut met) = (Instant::now(), Met::new());
    for number in 0.. {
        if start.elapsed() > Duration::from_secs(seconds) {
            break;
        }
        let plan = Plan::draw(role, &mut Seeded::of(1000 + seed, role as u64, number));
        let Some(case) = Case::judged(plan.render()) else { continue };
        for id in oracle.compare(&case).known() {
            met.entry(id).or_insert((start.elapsed().as_millis(), number + 1));
        }
    }
    met
}

/// What a run of a fuzz target met: what is known, and what the ledger lacks.
struct Ran {
    met: Met,
    new: Vec<String>,
}

/// A fuzz target in collect mode, on one core; or why there is no figure.
fn fuzzed(folder: &Path, target: &str, seeds: &str, seed: u64, seconds: u64) -> Result<Ran, String> {
    let work = std::env::temp_dir().join(format!("ws101-{target}-{seed}-{}", std::process::id()));
    let inputs = work.join("inputs");
    let unwritten = |error: std::io::Error| format!("{} cannot be written: {error}; set TMPDIR", work.display());
    fs::create_dir_all(&inputs).map_err(unwritten)?;
    let peers = peer::all();
    let accepted = |octets: &[u8]| {
        let role = if seeds == "request" { Role::Server } else { Role::Client };
        let exchange = ws101::suite::Exchange::new(role, octets);
        peers.iter().all(|peer| matches!(peer.observe(&exchange).outcome, Outcome::Opened(_)))
    };
    for (number, seed) in corpus::seeds(seeds).iter().filter(|seed| accepted(&seed.octets)).take(3).enumerate() {
        fs::write(inputs.join(number.to_string()), &seed.octets).map_err(unwritten)?;
    }
    let log = work.join("met");
    let ran = Command::new(folder.join(target))
        .arg(&inputs)
        .args([format!("-max_total_time={seconds}"), "-len_control=0".to_owned(), "-max_len=70000".to_owned()])
        .arg(format!("-seed={}", seed + 1))
        .arg(format!("-artifact_prefix={}/", work.display()))
        .env(collect::VARIABLE, &log)
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("{error}; build it with cargo fuzz build"))?;
    // Nothing new ends it, but a crash does, and a promise that the reference breaks.
    if !ran.status.success() {
        return Err(format!("{}; what it wrote:\n{}", ran.status, String::from_utf8_lossy(&ran.stderr)));
    }
    let text = fs::read_to_string(&log).map_err(|error| format!("no log of first hits: {error}; build it anew"))?;
    let mut ran = Ran { met: Met::new(), new: Vec::new() };
    for line in text.lines() {
        let mut parts = line.splitn(3, ' ');
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<u64>().ok());
        if let (Some(time), Some(tried), Some(met)) = (number(parts.next()), number(parts.next()), parts.next()) {
            match met.strip_prefix(collect::NEW) {
                Some(new) => ran.new.push(new.trim_start().to_owned()),
                None => drop(ran.met.insert(met.to_owned(), (time.into(), tried))),
            }
        }
    }
    let _ = fs::remove_dir_all(&work);
    Ok(ran)
}

/// Prints the medians of some runs: a row for each departure, a column for each way to look for it.
fn table<'i>(ways: &[&(&str, Vec<Met>)], ids: impl Iterator<Item = &'i str>, seconds: u64) {
    let (mut count, mut met) = (0, vec![0; ways.len()]);
    println!("\nSeconds and executions until each departure was met, medians of {REPETITIONS} runs of {seconds} s.\n");
    println!("| departure |{}", ways.iter().map(|(name, _)| format!(" {name} |")).collect::<String>());
    println!("| --- |{}", " ---: |".repeat(ways.len()));
    for id in ids {
        count += 1;
        print!("| {id} |");
        for ((_, runs), met) in ways.iter().zip(&mut met) {
            let mut times: Vec<(u128, u64)> = runs.iter().filter_map(|met| met.get(id).copied()).collect();
            times.sort_unstable();
            // With a run that did not meet it, the slower of the others is the median.
            match times.get(runs.len() / 2) {
                Some((time, tried)) => {
                    *met += 1;
                    print!(" {:.2} s, {tried} |", *time as f64 / 1000.0);
                }
                None => print!(" not met |"),
            }
        }
        println!();
    }
    println!("| met, of {count} |{}", met.iter().map(|met| format!(" {met} |")).collect::<String>());
}

/// What vectors and corpus meet that the ledger lacks.
fn lacking(peer: &dyn Peer) -> Vec<String> {
    let diff = run::Diff { cases: 0, ..run::Diff::new(data()) };
    diff.run(peer, &|_| {}).new.iter().map(|new| format!("{} meets {}", new.source, new.did)).collect()
}
