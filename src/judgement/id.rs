//! The id of a requirement: the known ones are constants, any other is made by the loader of the register alone.

use core::fmt;

/// The id of a requirement in the register: document, section and slug.
///
/// The ids of the project's own register stand in [`requirements`](super::requirements), so that a wrong one does not
/// compile. What the register of another directory adds is known at run time only, to its loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequirementId(&'static str);

impl RequirementId {
    /// An id of the generated constants.
    pub(super) const fn known(id: &'static str) -> RequirementId {
        RequirementId(id)
    }

    /// An id that the loader of the register met. Equal ids share one text, so that the memory is bounded by how many
    /// different ones are ever loaded.
    #[cfg(feature = "suite")]
    pub(crate) fn loaded(id: &str) -> RequirementId {
        use std::collections::BTreeSet;
        use std::sync::{Mutex, PoisonError};
        static LOADED: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        RequirementId(loaded.get(id).copied().unwrap_or_else(|| {
            let kept: &'static str = Box::leak(id.into());
            loaded.insert(kept);
            kept
        }))
    }

    /// The text of the id.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
