//! The named seeds and regressions of the fuzz targets, as they were built into the program.

use std::borrow::Cow;

use include_dir::{Dir, include_dir};

static CORPUS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/corpus");

/// One file of the corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// Its path below `corpus/`.
    pub path: String,
    /// The octets.
    pub octets: Cow<'static, [u8]>,
}

impl Seed {
    /// The fuzz target that it belongs to.
    pub fn target(&self) -> &str {
        self.path.trim_start_matches("regressions/").split('/').next().unwrap_or_default()
    }
}

/// The seeds and the regressions of a fuzz target, by path.
pub fn seeds(target: &str) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for folder in [target.to_owned(), format!("regressions/{target}")] {
        let files = CORPUS.get_dir(&folder).into_iter().flat_map(Dir::files);
        seeds.extend(files.filter(|file| file.path().extension().is_none_or(|extension| extension != "md")).map(
            |file| Seed { path: file.path().to_string_lossy().replace('\\', "/"), octets: file.contents().into() },
        ));
    }
    seeds.sort_by(|a, b| a.path.cmp(&b.path));
    seeds
}
