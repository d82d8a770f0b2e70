//! A planted fault of a peer, and what it took to catch it.

use std::fmt;

use crate::judgement::{RequirementId, Role};
use crate::suite::ledger::Behaviour;

/// What the discovery of a planted fault has to name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// The requirement that the peer departs from, or that it stumbles over.
    Requirement(RequirementId),
    /// A behaviour, where no single requirement tells it.
    Behaviour(Behaviour),
}

impl fmt::Display for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Shows::Requirement(id) => id.as_str(),
            Shows::Behaviour(Behaviour::Split) => "split",
            Shows::Behaviour(Behaviour::Crash) => "crash",
            Shows::Behaviour(Behaviour::Hang) => "hang",
            Shows::Behaviour(Behaviour::Octets) => "octets",
        })
    }
}

/// How a planted fault was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// The name of the fault.
    pub name: &'static str,
    /// The role in which it shows.
    pub role: Role,
    /// What is wrong, in a sentence.
    pub what: &'static str,
    /// What its discovery has to name.
    pub shows: Shows,
    /// The first vector, in the order of the data, that catches it and names what it has to name.
    pub vector: Option<String>,
    /// How many generated exchanges it takes until one does so. `None` for what a client builds, and where none does.
    pub inputs: Option<u64>,
    /// The requirement that was named there, which is the fault's own or one that is the same test; or the behaviour.
    pub named: Option<Shows>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::requirements as r;

    #[test]
    fn what_is_shown_is_written_as_the_data_have_it() {
        let id = r::RFC6455_4_2_2_ACCEPT.id;
        let behaviours = [Behaviour::Split, Behaviour::Crash, Behaviour::Hang, Behaviour::Octets];
        assert_eq!(behaviours.map(|its| Shows::Behaviour(its).to_string()), ["split", "crash", "hang", "octets"]);
        assert_eq!(Shows::Requirement(id).to_string(), id.as_str());
    }
}
