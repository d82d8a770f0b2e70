//! What a test of a live implementation came to: plain data that every report is drawn from, and drawn from again.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::baseline::Differs;

/// Everything that a test came to. Two runs against the same behaviour differ in `durations` alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// The version of the format: 1.
    pub schema: u32,
    /// The program that made them, with its version.
    pub program: String,
    /// The role of the implementation under test: `server` or `client`.
    pub role: String,
    /// Who was tested: the URL of a server, or the command of a client.
    pub target: String,
    /// The options that the run was given beside the target, as on the command line.
    pub options: Vec<String>,
    /// Whether the implementation does what every one does: without that nothing else counts.
    pub control: Control,
    /// How the run ended.
    pub ended: Ended,
    /// Each case, in the order of the suite.
    pub cases: Vec<CaseResult>,
    /// What differs from a baseline, where there is one.
    pub baseline: Option<Differs>,
    /// How long each case took, in milliseconds, by the id of the case.
    pub durations: BTreeMap<String, u64>,
}

/// The positive control: a minimal valid handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Whether it opened a connection.
    pub opened: bool,
    /// What is wrong in itself with how it opened, a sentence each.
    pub faults: Vec<String>,
    /// How often it was asked, before and during the run.
    pub asked: u64,
    /// What was sent and what came back, where it did not open or opened wrongly.
    pub sent: String,
    /// What came back.
    pub received: String,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "how", content = "why")]
pub enum Ended {
    /// Every selected case was run.
    #[default]
    Complete,
    /// The user stopped it.
    Interrupted,
    /// It could not go on: with the reason.
    Broken(String),
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It did what it must not.
    Fail,
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
    NotRun,
}

impl Standing {
    /// Every standing, the gravest first.
    pub const ALL: [Standing; 9] = [
        Standing::Fail,
        Standing::NonStrict,
        Standing::Informational,
        Standing::Known,
        Standing::Pass,
        Standing::Permitted,
        Standing::Unsupported,
        Standing::HarnessError,
        Standing::NotRun,
    ];

    /// The word for it, as JSON has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Fail => "fail",
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

/// One case: a vector in a delivery, or a check of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseResult {
    /// The id of the vector; in another delivery than whole with ` + ` and its word behind; unique in the run.
    pub id: String,
    /// The requirement that it is about.
    pub requirement: String,
    /// The document of the requirement, in lower case: `rfc6455`.
    pub document: String,
    /// The clause.
    pub section: String,
    /// The requirement in one line.
    pub summary: String,
    /// What the RFCs permit: `must-accept`, `must-reject` or `either`.
    pub permitted: String,
    /// Why.
    pub why: String,
    /// How it stands.
    pub standing: Standing,
    /// What is wrong, the gravest first.
    pub faults: Vec<FaultResult>,
    /// What a person should know beside that: a diagnosis, a repetition, a policy.
    pub notes: Vec<String>,
    /// What the implementation did, in words.
    pub did: String,
    /// How the octets were cut: `whole`, `octets`, or ascending offsets with commas between them.
    pub delivery: String,
    /// Whether the sender's side ended behind them.
    pub half_closed: bool,
    /// The octets that it was sent: one character U+0000–00FF for each.
    pub sent: String,
    /// The octets that it wrote, likewise; cut at the harness's limit.
    pub received: String,
    /// Commands that show it again, to paste into a shell: each on one line.
    pub reproduce: Vec<String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultResult {
    /// In which way: `accepts`, `refuses`, `answers`, `octets`, `hang` or `crash`.
    pub failing: String,
    /// The requirement that it departs from.
    pub requirement: String,
    /// What is owed by it: `MUST`, `MUST NOT`, `SHOULD` …
    pub level: String,
    /// What was done, in a sentence.
    pub message: String,
}

impl Results {
    /// How many cases stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.cases.iter().filter(|case| case.standing == standing).count()
    }
}
