//! How a file is written: whole, or not at all.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::failure::Failure;
use super::input::shown;

/// Writes a file beside its place first, so that a full disk leaves what was there.
pub(super) fn written(path: &Path, octets: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let failed = |error: io::Error| {
        let place = shown(&path.to_string_lossy());
        Failure::undone(format_args!("cannot write ({error})"), place, "make room for it, or name another file")
    };
    // A device or a pipe has no place beside it.
    if path.exists() && !path.is_file() {
        return fs::write(path, octets).map_err(failed);
    }
    fs::write(&beside, octets).and_then(|()| fs::rename(&beside, path)).map_err(|error| {
        // What is half written is of no use.
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}
