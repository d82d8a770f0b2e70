//! All data together, as embedded or as a directory has it.

use std::borrow::Cow;
use std::path::Path;

use super::marks::Marks;
use super::register::Register;
use super::retired::{self, Retired};
use super::source::{DataErrors, Source};
use super::unshown::{self, Unshown};
use super::vector::{Bearing, Vector};
use super::vectors::Vectors;
use crate::judgement::RequirementId;
use crate::suite::ledger::Ledger;

/// The law as data: register, marks, vectors, what no octets can show; and what is known of each peer.
#[derive(Clone, Debug)]
pub struct Conformance {
    /// Every requirement.
    pub register: Register,
    /// The marks of the vectors.
    pub marks: Marks,
    /// Every vector.
    pub vectors: Vectors,
    /// Ids of vectors that are no more.
    pub retired: Vec<Retired>,
    /// Requirements that no octets can show.
    pub unshown: Vec<Unshown>,
    /// What is known of each peer.
    pub ledgers: Vec<Ledger>,
}

impl Conformance {
    /// The data that was built into the program.
    pub fn embedded() -> Result<Conformance, DataErrors> {
        Conformance::load(&Source::Embedded, true)
    }

    /// The data of a directory that is laid out like `conformance/`.
    pub fn from_dir(directory: &Path) -> Result<Conformance, DataErrors> {
        Conformance::load(&Source::Directory(directory.to_owned()), true)
    }

    /// The data of a directory whose ledgers may list what the vectors do not bear out: their lists are to be written.
    pub fn with_old_lists(directory: &Path) -> Result<Conformance, DataErrors> {
        Conformance::load(&Source::Directory(directory.to_owned()), false)
    }

    fn load(source: &Source, holds_lists: bool) -> Result<Conformance, DataErrors> {
        let register = Register::load(source)?;
        let marks = Marks::load(source)?;
        let vectors = Vectors::load(source, &register, &marks);
        let unshown = unshown::load(source, &register);
        let ledgers = Ledger::load_all(source, &register, &marks, vectors.as_ref().ok().filter(|_| holds_lists));
        match (vectors, unshown, ledgers) {
            (Ok(vectors), Ok(unshown), Ok(ledgers)) => {
                let retired = retired::load(source, &vectors)?;
                Ok(Conformance { register, marks, vectors, retired, unshown, ledgers })
            }
            (vectors, unshown, ledgers) => {
                let errors = [vectors.err(), unshown.err(), ledgers.err()].into_iter().flatten();
                Err(DataErrors(errors.flat_map(|errors| errors.0).collect()))
            }
        }
    }

    /// What a vector is about for the role under test: where it is first of all about what the other side owes, the first duty
    /// of that role that it departs from or uses, so that nobody is accused by a clause that binds the other side.
    pub fn about(&self, vector: &Vector) -> RequirementId {
        let binds = |id: RequirementId| self.register.get(id).is_some_and(|entry| entry.duty.is_of(vector.role()));
        // The loader lets no vector pass that shows none.
        let first = vector.requirements[0].0;
        let bound = || vector.requirements.iter().filter(|(id, _)| binds(*id));
        match bound().find(|(_, bearing)| *bearing != Bearing::Keeps).or_else(|| bound().next()) {
            Some((id, _)) if !binds(first) => *id,
            _ => first,
        }
    }

    /// What is known of a peer; nothing, where it has no ledger.
    pub fn ledger(&self, peer: &str) -> Cow<'_, Ledger> {
        let ledger = self.ledgers.iter().find(|ledger| ledger.peer == peer);
        ledger.map_or_else(|| Cow::Owned(Ledger::empty(peer)), Cow::Borrowed)
    }
}
