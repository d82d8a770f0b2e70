//! Collect mode of the fuzz targets: which entries of the ledger a run has met, and after how long. It measures a fuzzer: what
//! the ledger lacks is noted, too, and ends nothing.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex};
use std::time::Instant;

use ws101::oracle::{Case, Compared};

/// The environment variable that names the file of first hits: milliseconds, executions and id of the entry, a line each. In
/// the place of an id stands [`NEW`] where the ledger has none, and what was seen behind it.
pub(crate) const VARIABLE: &str = "WS101_COLLECT";

/// What stands before a departure that the ledger lacks.
pub(crate) const NEW: &str = "new:";

struct Collector {
    file: File,
    since: Instant,
    tried: u64,
    met: BTreeSet<String>,
}

/// Counts an execution, and notes what it met first. Gives whether this is collect mode, where nothing ends the run.
pub(crate) fn note(case: &Case, compared: &Compared) -> bool {
    static COLLECTOR: LazyLock<Option<Mutex<Collector>>> = LazyLock::new(|| {
        let file = File::create(std::env::var_os(VARIABLE)?).ok()?;
        Some(Mutex::new(Collector { file, since: Instant::now(), tried: 0, met: BTreeSet::new() }))
    });
    let Some(Ok(mut collector)) = COLLECTOR.as_ref().map(Mutex::lock) else { return false };
    collector.tried += 1;
    for id in &compared.known() {
        collector.first(id, format_args!("{id}"));
    }
    for fault in &compared.new {
        let kind = format!("{:?} {:?} {:?}", fault.failing, fault.requirement, case.breached());
        let (octets, delivery) = (case.exchange.octets.escape_ascii(), &case.exchange.delivery);
        let did = compared.observation.words();
        collector.first(&kind, format_args!("{NEW} {did}; {}; {delivery:?}: {octets}", fault.message));
    }
    true
}

impl Collector {
    /// Notes something, unless something of the kind was met before.
    fn first(&mut self, kind: &str, met: fmt::Arguments<'_>) {
        if self.met.contains(kind) {
            return;
        }
        self.met.insert(kind.to_owned());
        let line = format!("{} {} {met}\n", self.since.elapsed().as_millis(), self.tried);
        // A full disk ends the measurement, not the fuzz run.
        let _ = self.file.write_all(line.as_bytes());
    }
}
