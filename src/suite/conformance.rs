//! All data together, as embedded or as a directory has it.

use std::path::Path;

use super::marks::Marks;
use super::register::Register;
use super::source::{DataErrors, Source};
use super::unshown::{self, Unshown};
use super::vectors::Vectors;

/// The law as data: register, marks, vectors, and what no octets can show.
#[derive(Clone, Debug)]
pub struct Conformance {
    /// Every requirement.
    pub register: Register,
    /// The marks of the vectors.
    pub marks: Marks,
    /// Every vector.
    pub vectors: Vectors,
    /// Requirements that no octets can show.
    pub unshown: Vec<Unshown>,
}

impl Conformance {
    /// The data that was built into the program.
    pub fn embedded() -> Result<Conformance, DataErrors> {
        Conformance::load(&Source::Embedded)
    }

    /// The data of a directory that is laid out like `conformance/`.
    pub fn from_dir(directory: &Path) -> Result<Conformance, DataErrors> {
        Conformance::load(&Source::Directory(directory.to_owned()))
    }

    fn load(source: &Source) -> Result<Conformance, DataErrors> {
        let register = Register::load(source)?;
        let marks = Marks::load(source)?;
        let vectors = Vectors::load(source, &register, &marks);
        let unshown = unshown::load(source, &register);
        match (vectors, unshown) {
            (Ok(vectors), Ok(unshown)) => Ok(Conformance { register, marks, vectors, unshown }),
            (vectors, unshown) => {
                let errors = [vectors.err(), unshown.err()].into_iter().flatten();
                Err(DataErrors(errors.flat_map(|errors| errors.0).collect()))
            }
        }
    }
}
