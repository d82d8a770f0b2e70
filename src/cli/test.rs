//! `ws101 test`: a live server, or a live client, judged by every vector for its role.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{Global, test_client, test_server};

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
    /// Runs the cases alone that a glob matches: an id, a section (4.2.1, rfc6455-4.2.1), a requirement or a class.
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Leaves out the cases that a glob matches.
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// How many connections are open at once.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(super) jobs: u16,
    /// How long an answer may take, in milliseconds.
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
}

pub(super) fn run(options: &Options, global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
    match &options.whom {
        Whom::Server(options) => test_server::run(options, global, terminal),
        Whom::Client(options) => test_client::run(options, global, terminal),
    }
}
