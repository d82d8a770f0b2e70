//! How fast the fuzz targets `request` and `response` are beside tungstenite alone, on the very same inputs.
//!
//! `cargo run --release --example fuzz_rate -- FOLDER [CORPUS]`, where the first folder holds the binaries that
//! `cargo fuzz build` made, and the other one a grown corpus with the folders `request` and `response`: `fuzz/corpus` where
//! nothing is said, and the seeds alone where it is not there. In one process, with the same instrumentation, every input is
//! run by the target and by the peer alone in turns. An execution takes what its body takes and what the engine takes around
//! it. The inputs are one fixed list of files, and then what the mutator makes of them. Medians of five runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// What a target is measured by.
#[allow(dead_code)]
#[path = "../fuzz/src/rate.rs"]
mod rate;

const REPETITIONS: usize = 5;
/// How often each file is run in one repetition, and how many inputs the mutator makes.
const RUNS: [&str; 2] = ["-runs=10", "-runs=20000"];
/// The least share of the executions of the peer alone that a target has to reach on the fixed list.
const BAR: f64 = 0.6;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else {
        eprintln!("fuzz_rate: the first argument is the folder of the binaries that cargo fuzz build made");
        return ExitCode::from(2);
    };
    let grown = arguments.next().unwrap_or_else(|| PathBuf::from("fuzz/corpus"));
    let mut is_met = true;
    println!("executions/s                        target  peer alone  share  share of the bodies");
    for target in ["request", "response"] {
        let folders = [Path::new("corpus").join(target), grown.join(target)];
        let files: Vec<PathBuf> = folders.iter().flat_map(|folder| files(folder)).collect();
        for (name, runs) in
            [(format!("{target}: {} files", files.len()), RUNS[0]), (format!("{target}: mutated"), RUNS[1])]
        {
            let measured = (0..REPETITIONS).map(|_| measure(&folder, target, runs, &files)).collect::<Option<Vec<_>>>();
            let Some(mut measured) = measured else {
                eprintln!("fuzz_rate: {} did not run; build it with cargo fuzz build", folder.join(target).display());
                return ExitCode::from(3);
            };
            measured.sort_by(|a, b| share(a).total_cmp(&share(b)));
            let median = &measured[REPETITIONS / 2];
            let Measured { engine, whole, alone } = median;
            let per_second = |body: &f64| 1e9 / (engine + body);
            println!(
                "{name:<30} {:>11.0} {:>11.0} {:>6.2} {:>20.2}",
                per_second(whole),
                per_second(alone),
                share(median),
                alone / whole
            );
            is_met &= runs != RUNS[0] || share(median) >= BAR;
        }
    }
    if is_met { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Nanoseconds of one execution.
struct Measured {
    engine: f64,
    whole: f64,
    alone: f64,
}

/// The executions of the target for each one of the peer alone.
fn share(measured: &Measured) -> f64 {
    (measured.engine + measured.alone) / (measured.engine + measured.whole)
}

/// The files of a folder, by name; none where there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    found.sort();
    found
}

fn measure(folder: &Path, target: &str, runs: &str, files: &[PathBuf]) -> Option<Measured> {
    let work = std::env::temp_dir().join(format!("ws101-rate-{target}-{}", std::process::id()));
    let inputs = work.join("inputs");
    fs::create_dir_all(&inputs).ok()?;
    let mut command = Command::new(folder.join(target));
    command.args([runs, "-seed=1", "-max_len=2048"]).arg(format!("-artifact_prefix={}/", work.display()));
    if runs == RUNS[0] {
        command.args(files);
    } else {
        for (number, file) in files.iter().enumerate() {
            fs::copy(file, inputs.join(number.to_string())).ok()?;
        }
        command.arg(&inputs);
    }
    let log = work.join("rate");
    let status = command.env(rate::VARIABLE, &log).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    let text = fs::read_to_string(&log).ok()?;
    let _ = fs::remove_dir_all(&work);
    let numbers: Vec<f64> = text.lines().last()?.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [tried, elapsed, whole, alone] = numbers[..] else { return None };
    let measured = Measured { engine: (elapsed - whole - alone) / tried, whole: whole / tried, alone: alone / tried };
    status.success().then_some(measured)
}
