//! How fast the fuzz targets `request` and `response` are beside tungstenite alone, on one fixed list of inputs.
//!
//! `cargo run --release --example fuzz_rate -- FOLDER [CORPUS]`, where the first folder holds the binaries that
//! `cargo fuzz build` made, and the other one a grown corpus with the folders `request` and `response`: `fuzz/corpus` where
//! nothing is said, and the seeds alone where it is not there. Every input is run by the target and by the peer alone in
//! turns, in one process and with the same instrumentation; the cost of the engine is left out. The median of five runs
//! stands for all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use ws101::oracle::rate;

const REPETITIONS: usize = 5;
/// How often each input is run in one repetition.
const RUNS: usize = 10;
/// The least share of the executions of the peer alone that a target has to reach.
const BAR: f64 = 0.6;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else {
        eprintln!("fuzz_rate: the first argument is the folder of the binaries that cargo fuzz build made");
        return ExitCode::from(2);
    };
    let grown = arguments.next().unwrap_or_else(|| PathBuf::from("fuzz/corpus"));
    let mut is_met = true;
    for target in ["request", "response"] {
        let inputs = [files(&Path::new("corpus").join(target)), files(&grown.join(target))].concat();
        let runs: Option<Vec<[f64; 2]>> = (0..REPETITIONS).map(|_| measure(&folder, target, &inputs)).collect();
        let Some(mut runs) = runs else {
            eprintln!("fuzz_rate: {} did not run; build it with cargo fuzz build", folder.join(target).display());
            return ExitCode::from(3);
        };
        runs.sort_by(|[whole, alone], [other, peer]| (alone / whole).total_cmp(&(peer / other)));
        let [whole, alone] = runs[REPETITIONS / 2];
        let count = inputs.len();
        println!("{target}: {count} inputs, {RUNS} times each, the median of {REPETITIONS} runs");
        println!("  the target           {:>9.0} executions/s", 1e9 / whole);
        println!("  tungstenite alone    {:>9.0} executions/s", 1e9 / alone);
        println!("  share                {:>9.2} (at least {BAR})", alone / whole);
        is_met &= alone / whole >= BAR;
    }
    if is_met { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// The files of a folder, by name; none where there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    found.sort();
    found
}

/// Nanoseconds of one execution of the target, and of the peer alone.
fn measure(folder: &Path, target: &str, inputs: &[PathBuf]) -> Option<[f64; 2]> {
    let log = std::env::temp_dir().join(format!("ws101-rate-{target}-{}", std::process::id()));
    let status = Command::new(folder.join(target))
        .arg(format!("-runs={RUNS}"))
        .args(inputs)
        .env(rate::VARIABLE, &log)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let text = fs::read_to_string(&log).ok()?;
    let _ = fs::remove_file(&log);
    let numbers: Vec<f64> = text.lines().last()?.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [tried, whole, alone] = numbers[..] else { return None };
    status.success().then_some([whole / tried, alone / tried])
}
