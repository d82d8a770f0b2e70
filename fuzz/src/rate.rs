//! Rate mode of the fuzz targets: how long a target takes beside its peer alone, on the very same inputs. It measures a
//! fuzzer; it finds what it always finds.

use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

/// The environment variable that names the file of the measurement. A line for each [`EVERY`] executions: how many there
/// were so far, and the nanoseconds of all since the first one, of the target, and of the peer alone.
pub(crate) const VARIABLE: &str = "WS101_RATE";

/// How many executions make a line.
pub(crate) const EVERY: u64 = 256;

struct Meter {
    file: File,
    since: Instant,
    tried: u64,
    whole: Duration,
    alone: Duration,
}

/// Runs the body of a target; where it is measured, the peer alone as well, each of the two first every other time.
pub(crate) fn beside<W, A>(whole: impl FnOnce() -> W, alone: impl FnOnce() -> A) -> W {
    static METER: LazyLock<Option<Mutex<Meter>>> = LazyLock::new(|| {
        let file = File::create(std::env::var_os(VARIABLE)?).ok()?;
        Some(Mutex::new(Meter { file, since: Instant::now(), tried: 0, whole: Duration::ZERO, alone: Duration::ZERO }))
    });
    let Some(Ok(mut meter)) = METER.as_ref().map(Mutex::lock) else { return whole() };
    let found = if meter.tried.is_multiple_of(2) {
        let found = timed(&mut meter.whole, whole);
        timed(&mut meter.alone, alone);
        found
    } else {
        timed(&mut meter.alone, alone);
        timed(&mut meter.whole, whole)
    };
    meter.tried += 1;
    if meter.tried.is_multiple_of(EVERY) {
        let times = [meter.since.elapsed(), meter.whole, meter.alone].map(|time| time.as_nanos());
        let line = format!("{} {} {} {}\n", meter.tried, times[0], times[1], times[2]);
        // A full disk ends the measurement, not the fuzz run.
        let _ = meter.file.write_all(line.as_bytes());
    }
    found
}

fn timed<T>(total: &mut Duration, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = black_box(run());
    *total += start.elapsed();
    made
}
