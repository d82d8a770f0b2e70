//! `ws101 test`: a live server, or a live client, judged by every vector for its role.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure::{Failure, Status};
use super::input::shown;
use super::terminal::Terminal;
use super::written::written;
use super::{Format, Global, test_client, test_server};
use crate::judgement::{Class, RequirementId};
use crate::oracle::Case;
use crate::report::{self, ResultsSheet};
use crate::suite::results::baseline::Baseline;
use crate::suite::results::selection::{Names, Selection};
use crate::suite::results::{Conclusion, Results};
use crate::suite::{Conformance, Exchange};

/// Whom to test.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    whom: Whom,
}

#[derive(Debug, Subcommand)]
enum Whom {
    /// Tests the server behind a ws or wss URL.
    Server(test_server::Options),
    /// Tests a client that is started, or that connects here.
    Client(test_client::Options),
}

/// What a test takes, whomever it tests.
#[derive(Debug, Args)]
pub(super) struct Shared {
    /// Runs the cases alone that a glob matches: an id, a clause (4.2.1, rfc6455-4.2.1), a requirement or a class.
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Leaves out the cases that a glob matches.
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// How many connections are open at once.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(super) jobs: u16,
    /// How long an answer may take, in milliseconds. Silence counts only when it is repeated and no other case runs.
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(10..=600_000))]
    pub(super) timeout: u32,
    /// Where the keys come from: the same seed sends the same octets.
    #[arg(long, value_name = "N", default_value_t = 101)]
    pub(super) seed: u64,
    /// Counts what misses a SHOULD as a failure.
    #[arg(long)]
    pub(super) strict: bool,
    /// Spells out every case, not the failures alone.
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Writes the results as JSON.
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Writes the results as JUnit XML.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Writes the results as one page of HTML.
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Holds the results against what is known: a new failure, an unexpected pass or a line without a case is an error.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Writes what fails to the baseline; reasons that stand there stay.
    #[arg(long, requires = "baseline")]
    pub(super) bless: bool,
}

impl Shared {
    /// How long an answer may take.
    pub(super) const fn answer(&self) -> Duration {
        Duration::from_millis(self.timeout as u64)
    }

    /// The cases that are selected of a suite, by their place in it.
    ///
    /// # Errors
    ///
    /// For a pattern that is malformed or matches nothing, and where nothing is selected.
    pub(super) fn selected(&self, suite: &[Names<'_>]) -> Result<Vec<usize>, Failure> {
        let selection = Selection::new(&self.only, &self.skip).map_err(|bad| {
            let place = format!("--only or --skip {}", shown(&bad.pattern));
            Failure::usage(bad.message, place, "mend the pattern: * stands for any characters")
        })?;
        if let Some(pattern) = selection.idle(suite).first() {
            let remedy = "see the ids with `ws101 list vectors` and the requirements with `ws101 list requirements`";
            return Err(Failure::undone(
                format_args!("\"{}\" matches no case", shown(pattern)),
                "--only or --skip",
                remedy,
            ));
        }
        let selected: Vec<usize> = (0..suite.len()).filter(|&at| selection.selects(&suite[at])).collect();
        if selected.is_empty() {
            return Err(Failure::undone("no case is selected", "--only and --skip", "leave one of them out"));
        }
        Ok(selected)
    }

    /// What is known, where a file says so. With `--bless` there need be none yet.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is no baseline.
    pub(super) fn known(&self) -> Result<Option<Baseline>, Failure> {
        match &self.baseline {
            Some(path) if !self.bless || path.exists() => Ok(Some(Baseline::load(path)?)),
            _ => Ok(None),
        }
    }

    /// Holds results against the baseline, writes and prints every report, and says how it all ends. What cannot be written
    /// takes nothing from the rest.
    pub(super) fn conclude(
        &self,
        mut results: Results,
        known: Option<&Baseline>,
        has: impl Fn(&str) -> bool,
        global: &Global,
        terminal: &mut Terminal,
    ) -> Result<Status, Failure> {
        results.strict = self.strict;
        let blessed = self.bless.then(|| Baseline::bless(&results, known, &has));
        if let Some(known) = blessed.as_ref().or(known) {
            known.apply(&mut results, &has);
        }
        match global.format {
            Format::Human => {
                let sheet = ResultsSheet { results: &results, verbose: self.verbose };
                terminal.print(&sheet.human(terminal.look()))?;
            }
            Format::Json => terminal.print(&report::results::json(&results))?,
        }
        let mut undone = None;
        let mut write = |path: &Option<PathBuf>, text: &dyn Fn() -> String| {
            if let Some(error) = path.as_ref().and_then(|path| written(path, text()).err()) {
                undone.get_or_insert(error);
            }
        };
        write(&self.json, &|| report::results::json(&results));
        write(&self.junit, &|| report::results::junit(&results));
        write(&self.html, &|| report::results::html(&results));
        if let Some(blessed) = &blessed {
            write(&self.baseline, &|| blessed.toml());
        }
        if let Some(failure) = undone {
            return Err(failure);
        }
        match results.conclusion() {
            Conclusion::Fine => Ok(Status::Fine),
            Conclusion::Failed => Ok(Status::Failed),
            Conclusion::Undone(why) => {
                terminal.note(&why);
                Ok(Status::Undone)
            }
        }
    }
}

pub(super) fn run(options: &Options, global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
    match &options.whom {
        Whom::Server(options) => test_server::run(options, global, terminal),
        Whom::Client(options) => test_client::run(options, global, terminal),
    }
}

/// By what a case may be selected. The clause is that of the first requirement, where there is one.
pub(super) fn names<'a>(
    data: &'a Conformance,
    id: &'a str,
    requirements: Vec<RequirementId>,
    octets: Option<&Exchange>,
    clause: Option<(&'a str, &'a str)>,
) -> Names<'a> {
    let entry = requirements.first().and_then(|id| data.register.get(*id));
    let case = octets.cloned().and_then(Case::judged);
    let mut classes: Vec<Class> = case
        .iter()
        .flat_map(|case| case.judged.judgement.iter().flat_map(|judgement| &judgement.findings))
        .filter(|finding| requirements.contains(&finding.requirement.id))
        .map(|finding| finding.class)
        .collect();
    classes.sort_unstable();
    classes.dedup();
    let clause = entry.map(|entry| (entry.document.as_str(), entry.section.as_str())).or(clause);
    let (document, section) = clause.unwrap_or_default();
    Names {
        id,
        document,
        section,
        requirements: requirements.into_iter().map(RequirementId::as_str).collect(),
        classes,
    }
}

/// Progress on standard error, where that is a terminal.
pub(super) struct Bar(Mutex<ProgressBar>);

impl Bar {
    pub(super) fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Bar(Mutex::new(bar))
    }

    /// Shows how far it is.
    pub(super) fn show(&self, done: usize, of: usize, failed: usize) {
        // A poisoned lock is a bar that is drawn no more: no reason to end the run.
        let Ok(bar) = self.0.lock() else { return };
        bar.set_message(format!("{failed} failed"));
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    }

    pub(super) fn finish(&self) {
        if let Ok(bar) = self.0.lock() {
            bar.finish_and_clear();
        }
    }
}
