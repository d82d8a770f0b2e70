//! What a command ends with.

use std::fmt;
use std::process::ExitCode;

use crate::suite::DataErrors;

/// The exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing new.
    Fine = 0,
    /// A failure or a new divergence.
    Failed = 1,
    /// Wrong usage or unusable input.
    Usage = 2,
    /// The work could not be done.
    Undone = 3,
}

impl Status {
    /// The status of work: what could not be done goes before what was found.
    pub(super) const fn of(is_done: bool, is_clean: bool) -> Status {
        match (is_done, is_clean) {
            (false, _) => Status::Undone,
            (true, false) => Status::Failed,
            (true, true) => Status::Fine,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

/// Why a command could not do its work, and what to do about it: a line for each mistake.
#[derive(Debug)]
pub(super) struct Failure {
    status: Status,
    lines: Vec<String>,
}

impl Failure {
    /// A mistake of the user: what, where, and what to do.
    pub(super) fn usage(what: impl fmt::Display, place: impl fmt::Display, remedy: impl fmt::Display) -> Failure {
        Failure { status: Status::Usage, lines: vec![format!("{what}, {place}; {remedy}")] }
    }

    /// The work could not be done: what, where, and what to do.
    pub(super) fn undone(what: impl fmt::Display, place: impl fmt::Display, remedy: impl fmt::Display) -> Failure {
        Failure { status: Status::Undone, ..Failure::usage(what, place, remedy) }
    }

    pub(super) const fn status(&self) -> Status {
        self.status
    }
}

impl From<DataErrors> for Failure {
    fn from(errors: DataErrors) -> Failure {
        Failure { status: Status::Usage, lines: errors.0.iter().map(ToString::to_string).collect() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}
