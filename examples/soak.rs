//! Holds the reference to its promises on many mutated heads, under limits, policies and offers that are drawn along with them:
//! no panic, no verdict that hangs on the cut, no finding that points elsewhere than into the octets.
//!
//! `cargo run --release --example soak -- [CASES] [SEED]`: half of the cases are requests, half responses. Exit status 1 where
//! a promise is broken, with what shows it; the seed and the number of the case draw it again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::thread;

use ws101::generate::{Seeded, Situation};
use ws101::judgement::Role;
use ws101::oracle::keeps_promises;

/// The longest head in octets: large enough for every limit but the default ones, which some situations draw by repetition.
const LONGEST: usize = 4096;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (cases, seed) = match (arguments.next().unwrap_or(Ok(1_000_000)), arguments.next().unwrap_or(Ok(1))) {
        (Ok(cases), Ok(seed)) => (cases, seed),
        _ => {
            eprintln!("error: not a number\nhelp: cargo run --release --example soak -- [CASES] [SEED]");
            return ExitCode::from(2);
        }
    };
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let done: Vec<(u64, Vec<String>)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || soak(seed, (0..cases).skip(thread as usize).step_by(threads as usize))))
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("every panic of a case is caught")).collect()
    });
    let tried: u64 = done.iter().map(|(tried, _)| tried).sum();
    let broken: Vec<&String> = done.iter().flat_map(|(_, broken)| broken).collect();
    for broken in broken.iter().take(20) {
        println!("{broken}");
    }
    println!("soak: {tried} of {cases} situations with seed {seed}, {} broken promises", broken.len());
    if tried == cases && broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tries the situations of these numbers: how many, and what broke a promise.
fn soak(seed: u64, numbers: impl Iterator<Item = u64>) -> (u64, Vec<String>) {
    let (mut tried, mut broken) = (0, Vec::new());
    for number in numbers {
        let role = if number % 2 == 0 { Role::Server } else { Role::Client };
        let situation = Situation::draw(role, &mut Seeded::of(seed, role as u64, number), LONGEST);
        let kept = catch_unwind(AssertUnwindSafe(|| keeps_promises(&situation)));
        let fault = kept.unwrap_or_else(|_| Err("it panicked".to_owned()));
        tried += 1;
        if let Err(fault) = fault {
            broken.push(format!("{number}: {fault}\n{situation:?}"));
        }
    }
    (tried, broken)
}
