//! Collect mode of the fuzz targets: which entries of the ledger a run has met, and after how long. It measures a fuzzer; it
//! finds nothing.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex};
use std::time::Instant;

/// The environment variable that names the file of first hits: milliseconds, executions and id of the entry, a line each.
pub const VARIABLE: &str = "WS101_COLLECT";

struct Collector {
    file: File,
    since: Instant,
    tried: u64,
    met: BTreeSet<String>,
}

/// Counts an execution, and notes the entries that it met first.
pub(super) fn note(known: &[String]) {
    static COLLECTOR: LazyLock<Option<Mutex<Collector>>> = LazyLock::new(|| {
        let file = File::create(std::env::var_os(VARIABLE)?).ok()?;
        Some(Mutex::new(Collector { file, since: Instant::now(), tried: 0, met: BTreeSet::new() }))
    });
    let Some(collector) = COLLECTOR.as_ref() else { return };
    let Ok(mut collector) = collector.lock() else { return };
    collector.tried += 1;
    for id in known {
        if collector.met.insert(id.clone()) {
            let line = format!("{} {} {id}\n", collector.since.elapsed().as_millis(), collector.tried);
            // A full disk ends the measurement, not the fuzz run.
            let _ = collector.file.write_all(line.as_bytes());
        }
    }
}
