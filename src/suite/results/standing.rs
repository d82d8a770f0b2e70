//! How a case stands, the most severe first.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::judgement::Severity;
use crate::suite::verdict::Verdict;

/// How a case stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It did what it must not.
    Fail,
    /// It did what a MUST forbids in one of two careful readings, and leaves free in the other.
    Contested,
    /// It missed what a SHOULD asks for.
    NonStrict,
    /// It did otherwise than a MAY or a note has it.
    Informational,
    /// It failed, and the baseline knows.
    Known,
    /// It did as it must.
    Pass,
    /// The RFCs leave a choice, and it chose.
    Permitted,
    /// It cannot be asked this, or its own policy may decide.
    Unsupported,
    /// The harness could not do its work: nothing is said of the implementation.
    HarnessError,
    /// The run ended before.
    #[default]
    NotRun,
}

impl Standing {
    /// Every standing, the gravest first.
    pub const ALL: [Standing; 10] = [
        Standing::Fail,
        Standing::Contested,
        Standing::NonStrict,
        Standing::Informational,
        Standing::Known,
        Standing::Pass,
        Standing::Permitted,
        Standing::Unsupported,
        Standing::HarnessError,
        Standing::NotRun,
    ];

    /// Whether the implementation was asked, and so says something by standing like this.
    pub const fn is_judged(self) -> bool {
        !matches!(self, Standing::Unsupported | Standing::HarnessError | Standing::NotRun)
    }

    /// How a case stands by a verdict.
    pub fn of(verdict: &Verdict) -> Standing {
        match verdict {
            Verdict::Pass => Standing::Pass,
            Verdict::Permitted => Standing::Permitted,
            Verdict::Faulty(faults) => {
                faults.iter().map(|fault| Standing::by(fault.owed.severity)).min().unwrap_or_default()
            }
            Verdict::Unsupported(_) => Standing::Unsupported,
            Verdict::Harness(_) => Standing::HarnessError,
        }
    }

    /// How a case stands by the severity of its faults.
    pub const fn by(severity: Severity) -> Standing {
        match severity {
            Severity::Fail => Standing::Fail,
            Severity::Contested => Standing::Contested,
            Severity::NonStrict => Standing::NonStrict,
            Severity::Informational => Standing::Informational,
        }
    }

    /// Whether it is a failure: a MUST that has one reading is broken; with `strict` also what is contested, and a missed SHOULD.
    pub const fn is_failure(self, strict: bool) -> bool {
        match self {
            Standing::Fail => Severity::Fail.counts(strict),
            Standing::Contested => Severity::Contested.counts(strict),
            Standing::NonStrict => Severity::NonStrict.counts(strict),
            _ => false,
        }
    }

    /// The word for it, as JSON has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Fail => "fail",
            Standing::Contested => "contested",
            Standing::NonStrict => "non-strict",
            Standing::Informational => "informational",
            Standing::Known => "known",
            Standing::Pass => "pass",
            Standing::Permitted => "permitted",
            Standing::Unsupported => "unsupported",
            Standing::HarnessError => "harness-error",
            Standing::NotRun => "not-run",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
