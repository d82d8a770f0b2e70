//! Findings mode of the fuzz targets: what is new is written down, once for each signature and shrunk, and the run goes on. A night
//! has more than one finding, and the same one a thousand times.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use ws101::oracle::{self, Case, Compared, Oracle};
use ws101::report;
use ws101::run::smallest;
use ws101::suite::{Discovery, Evidence};

/// The environment variable that names the directory. For each signature it gets NAME.txt, the explanation with a command that
/// shows it again, and NAME.octets, the octets.
const VARIABLE: &str = "WS101_FINDINGS";

static DIRECTORY: LazyLock<Option<OsString>> = LazyLock::new(|| std::env::var_os(VARIABLE));

/// What this process has written already.
static WRITTEN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// Writes down what is new in a comparison. Gives whether this is findings mode, where it ends nothing.
pub(crate) fn note(oracle: &Oracle<'_>, case: &Case, compared: &Compared) -> bool {
    let Some(directory) = &*DIRECTORY else { return false };
    if compared.new.is_empty() {
        return true;
    }
    let kind = format!("{} {:?} {}", oracle.peer.name(), case.exchange.role, compared.signature(case));
    if is_first(&kind) {
        let divergence = smallest(oracle, case, compared.clone(), "a fuzz target", None);
        written(Path::new(directory), &Discovery::new(oracle.peer, divergence));
    }
    true
}

/// Writes down a promise that is broken. Gives whether this is findings mode.
pub(crate) fn told(found: &Discovery) -> bool {
    let Some(directory) = &*DIRECTORY else { return false };
    if is_first(&found.signature()) {
        written(Path::new(directory), found);
    }
    true
}

fn is_first(kind: &str) -> bool {
    WRITTEN.lock().is_ok_and(|mut written| written.insert(kind.to_owned()))
}

/// Whoever is first has written it: another process, or another night, may have been.
fn written(directory: &Path, found: &Discovery) {
    let mut hasher = DefaultHasher::new();
    found.signature().hash(&mut hasher);
    let name = format!("{:016x}", hasher.finish());
    let explained = format!("{}\n{}", found.signature(), report::discovery(found, &oracle::data().register));
    let write = |extension: &str, octets: &[u8]| {
        let mut file =
            OpenOptions::new().write(true).create_new(true).open(directory.join(format!("{name}.{extension}")))?;
        file.write_all(octets)
    };
    let octets = match found {
        Discovery::New { divergence, .. } => match &divergence.evidence {
            Evidence::Octets { exchange, .. } => Some(&exchange.octets),
            Evidence::Options(_) => None,
        },
        Discovery::Broken(_) => None,
    };
    let written = fs::create_dir_all(directory)
        .and_then(|()| write("txt", explained.as_bytes()))
        .and_then(|()| octets.map_or(Ok(()), |octets| write("octets", octets)));
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            // A finding that nobody will read is none: the run ends with it.
            panic!("{explained}\ncannot be written to {} ({error})", directory.display())
        }
        _ => {}
    }
}
