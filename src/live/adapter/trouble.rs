//! Why a program gave no answer: what is its own breach of the contract, and what tells of the implementation in it.

use std::io;
use std::time::Duration;

use super::contract::shown;
use super::running::LONGEST;
use crate::live::Exit;
use crate::suite::Outcome;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It cannot be asked, or breaks the contract: with what it did, and what the contract asks.
    Harness(String),
    /// The implementation in it died: how.
    Crashed(String),
    /// It ended before the first octet of an answer.
    Ended(Exit),
    /// It said no hello in time.
    Mute,
    /// It gave no answer in time.
    Hung,
    /// It did not read the case in time.
    Deaf,
    /// It closed its output without an answer, and did not end in time.
    Closed,
    /// It gave its answer and ought to have ended.
    Lingers,
    /// It answered before it had read the case.
    Early,
    /// It wrote what answers no case.
    Surplus(String),
    /// Its line has no end.
    TooLong,
    /// The user wants no more answers.
    Stopped,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Harness(format!("its standard input or output failed ({error})"))
    }
}

impl Trouble {
    pub(super) fn surplus(octets: &[u8]) -> Trouble {
        let line = octets.split(|&octet| octet == b'\n').next().unwrap_or_default();
        Trouble::Surplus(shown(line))
    }

    /// Whether it took all the time that there was.
    pub(super) const fn is_slow(&self) -> bool {
        matches!(self, Trouble::Mute | Trouble::Hung | Trouble::Deaf | Trouble::Closed | Trouble::Lingers)
    }

    /// What was observed.
    pub(super) fn outcome(self, deadline: Duration) -> Outcome {
        let within = deadline.as_secs_f32();
        Outcome::Harness(match self {
            Trouble::Crashed(what) => return Outcome::Crashed(what),
            Trouble::Ended(exit) => return Outcome::Crashed(format!("{exit} before an answer")),
            Trouble::Hung => return Outcome::TimedOut,
            Trouble::Harness(what) => what,
            Trouble::Mute => {
                format!("it said no hello within {within} s; the contract asks for its hello whenever it is started")
            }
            Trouble::Deaf => {
                format!("it does not read its standard input within {within} s; the contract asks it to read each case")
            }
            Trouble::Closed => {
                format!(
                    "it closed its standard output and did not end within {within} s; the contract asks for an answer"
                )
            }
            Trouble::Lingers => format!(
                "it answered and did not end within {within} s; the contract asks a program of one answer to end after it"
            ),
            Trouble::Early => {
                "it answered before it had read the case; the contract asks for an answer to each case".to_owned()
            }
            Trouble::Surplus(line) => {
                format!("it wrote \"{line}\", which answers no case; the contract asks for one line a case")
            }
            Trouble::TooLong => {
                format!(
                    "it wrote more than {LONGEST} octets without a line feed; the contract asks for 4 MiB a line at most"
                )
            }
            Trouble::Stopped => "the run was interrupted".to_owned(),
        })
    }
}
