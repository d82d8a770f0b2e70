//! How long it takes until each known departure of tungstenite is met: by the seeded generator, and by the fuzz targets.
//!
//! `cargo run --release --example time_to_find -- [SECONDS] [FOLDER]`, where the folder holds the binaries that
//! `cargo fuzz build` made. Without a folder the generator alone is measured. Three repetitions; medians are printed. A fuzz
//! target starts from three seeds of the corpus at most, which both sides accept.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use ws101::generate::{Plan, Seeded};
use ws101::judgement::Role;
use ws101::oracle::{Case, Oracle, collect, data};
use ws101::suite::ledger::Reproducer;
use ws101::suite::{Outcome, Peer, corpus};
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
    if let Some(folder) = folder {
        for (target, seeds) in [("request", "request"), ("request_structured", ""), ("response", "response")] {
            let runs: Option<Vec<Met>> =
                (0..REPETITIONS).map(|seed| fuzzed(&folder, target, seeds, seed, seconds)).collect();
            match runs {
                Some(runs) => ways.push((target, runs)),
                None => {
                    eprintln!(
                        "time_to_find: {} did not run; build it with cargo fuzz build",
                        folder.join(target).display()
                    );
                    return ExitCode::from(3);
                }
            }
        }
    }
    for role in [Role::Server, Role::Client] {
        let reads = |name: &str| (name.contains("client") || name == "response") == (role == Role::Client);
        let ways: Vec<_> = ways.iter().filter(|(name, _)| reads(name)).collect();
        table(&ways, ids.iter().filter(|(_, its)| *its == role).map(|(id, _)| *id), seconds);
    }
    if lacking(tungstenite.as_ref()) { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

/// Generated exchanges without coverage, one after the other.
fn generator(peer: &dyn Peer, role: Role, seed: u64, seconds: u64) -> Met {
    let ledger = data().ledger(peer.name());
    let oracle = Oracle { register: &data().register, ledger: &ledger, peer };
    let (start, mut met) = (Instant::now(), Met::new());
    for number in 0.. {
        if start.elapsed() > Duration::from_secs(seconds) {
            break;
        }
        let plan = Plan::draw(role, &mut Seeded::of(1000 + seed, role as u64, number));
        let Some(case) = Case::judged(plan.render()) else { continue };
        for id in oracle.compare(&case).known {
            met.entry(id).or_insert((start.elapsed().as_millis(), number + 1));
        }
    }
    met
}

/// A fuzz target in collect mode, on one core.
fn fuzzed(folder: &Path, target: &str, seeds: &str, seed: u64, seconds: u64) -> Option<Met> {
    let work = std::env::temp_dir().join(format!("ws101-{target}-{seed}-{}", std::process::id()));
    let inputs = work.join("inputs");
    fs::create_dir_all(&inputs).ok()?;
    let peers = peer::all();
    let accepted = |octets: &[u8]| {
        let role = if seeds == "request" { Role::Server } else { Role::Client };
        let exchange = ws101::suite::Exchange::new(role, octets);
        peers.iter().all(|peer| matches!(peer.observe(&exchange).outcome, Outcome::Opened(_)))
    };
    for (number, seed) in corpus::seeds(seeds).iter().filter(|seed| accepted(&seed.octets)).take(3).enumerate() {
        fs::write(inputs.join(number.to_string()), &seed.octets).ok()?;
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
        .ok()?;
    // A new divergence ends the run, and is shown.
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr);
        eprintln!("{}", said.find("NEW DIVERGENCE").map_or(&*said, |at| &said[at..]));
    }
    let text = fs::read_to_string(&log).ok()?;
    let line = |line: &str| {
        let mut parts = line.split(' ');
        let (time, tried) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some((parts.next()?.to_owned(), (time, tried)))
    };
    let met = text.lines().filter_map(line).collect();
    let _ = fs::remove_dir_all(&work);
    ran.status.success().then_some(met)
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

/// Whether the vectors meet a departure that the ledger lacks.
fn lacking(peer: &dyn Peer) -> bool {
    let diff = run::Diff { cases: 0, ..run::Diff::new(data()) };
    let tally = diff.run(peer, &|_| {});
    for new in &tally.new {
        println!("FAULT: {} meets a departure that the ledger lacks: {}", new.source, new.did);
    }
    !tally.new.is_empty()
}
