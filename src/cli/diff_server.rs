//! `ws101 diff --peer URL`: generated exchanges against a live server.

use std::borrow::Cow;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::diff::Options;
use super::failure::Failure;
use super::input::shown;
use super::reach::Reach;
use crate::live::{Server, interrupt};
use crate::report::{Look, ResultsSheet, TallySheet};
use crate::run::Progress;
use crate::run::servers::{ServerDiff, ServerDifferences, ServerTest, planned};
use crate::suite::results::Ended;
use crate::suite::{Conformance, Ledger, Needs};

/// How many exchanges are generated.
const CASES: u64 = 2000;

/// How long they may take, where nothing else was said.
const TIME: Duration = Duration::from_secs(120);

/// How long they may take, where their number was given.
const NO_LIMIT: Duration = Duration::from_secs(86_400);

/// What a peer behind a URL takes.
#[derive(Debug, Default, Args)]
pub(super) struct Live {
    #[command(flatten)]
    reach: Reach,
    /// Holds what it does against the ledger of this peer, too, and not against what its vectors show alone.
    #[arg(long, value_name = "NAME")]
    ledger: Option<String>,
    /// How many connections are open at once [default: 16].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    jobs: Option<u16>,
    /// How long an answer may take, in milliseconds [default: 2000].
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(10..=600_000))]
    timeout: Option<u32>,
}

impl Live {
    /// The options that say how a server is reached, as a command line has them.
    pub(super) fn words(&self) -> Vec<String> {
        let timeout = self.timeout.map(|timeout| ["--timeout".to_owned(), timeout.to_string()]);
        self.reach.words().into_iter().chain(timeout.into_iter().flatten()).collect()
    }

    /// Whether nothing was given.
    fn is_none(&self) -> bool {
        self.reach == Reach::default() && self.ledger.is_none() && self.jobs.is_none() && self.timeout.is_none()
    }
}

/// Whether a peer is named by where it listens.
pub(super) fn is_url(peer: &str) -> bool {
    // No name of a peer has a colon, and whoever leaves the scheme out meant a URL.
    peer.contains(':')
}

impl Options {
    /// The servers that were asked for by URL.
    ///
    /// # Errors
    ///
    /// If a URL leads nowhere, an option speaks of servers and there is none, or a ledger is not there.
    pub(super) fn servers(&self) -> Result<Vec<Server>, Failure> {
        let urls: Vec<&String> = self.peer.iter().filter(|peer| is_url(peer)).collect();
        if urls.is_empty() && !self.live.is_none() {
            let what = "there is no peer behind a URL for the options of one";
            return Err(Failure::usage(what, "--peer", "name it as --peer ws://HOST:PORT/PATH, or leave them out"));
        }
        let answer = Duration::from_millis(u64::from(self.live.timeout.unwrap_or(2000)));
        urls.into_iter().map(|url| self.live.reach.server(url, "--peer", answer)).collect()
    }

    /// What is known of a peer: of a server, what the ledger says that was named.
    pub(super) fn ledger<'d>(&self, data: &'d Conformance, peer: &str) -> Cow<'d, Ledger> {
        match &self.live.ledger {
            Some(name) if is_url(peer) => Cow::Owned(data.ledger(name).over_the_wire()),
            _ => data.ledger(peer),
        }
    }

    /// Tries a server.
    ///
    /// # Errors
    ///
    /// If its conditions are none, or the ledger is unknown.
    pub(super) fn against(
        &self,
        data: &Conformance,
        server: &Server,
        seed: u64,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<ServerDifferences, Failure> {
        let named = |name: &String| {
            data.ledgers.iter().find(|ledger| ledger.peer == *name).ok_or_else(|| {
                let names: Vec<&str> = data.ledgers.iter().map(|ledger| ledger.peer.as_str()).collect();
                let what = format!("there is no ledger of \"{}\"", shown(name));
                Failure::usage(what, "--ledger", format!("give one of {}", names.join(", ")))
            })
        };
        let test = ServerTest {
            data,
            server,
            conditions: self.live.reach.conditions()?,
            supports: Needs::default(),
            cases: planned(data),
            options: self.live.words(),
            jobs: usize::from(self.live.jobs.unwrap_or(16)),
            seed,
        };
        let (cases, time) = match (self.cases, self.seconds) {
            (Some(cases), _) => (cases, NO_LIMIT),
            (None, Some(seconds)) => (u64::MAX, Duration::from_secs(seconds)),
            (None, None) => (CASES, TIME),
        };
        let known = self.live.ledger.as_ref().map(named).transpose()?;
        let diff = ServerDiff { test, known, cases, time, strict: self.strict };
        interrupt::listen();
        Ok(diff.run(interrupt::flag(), progress))
    }
}

impl ServerDifferences {
    /// Why the work is not done, if it is not.
    pub(super) fn undone(&self) -> Option<Failure> {
        let url = &self.results.target;
        let why = |why: &str, remedy: &str| Some(Failure::undone(why, url, remedy));
        match (&self.ended, self.tally.harness.0) {
            _ if !self.results.control.opened => {
                let fault = self.results.control.faults.last().map_or("nothing else counts", String::as_str);
                why("the control, a minimal valid handshake, did not open a connection", fault)
            }
            (Ended::Broken(reason), _) => why(reason, &format!("see `ws101 test server {url}`")),
            (Ended::Interrupted, _) => why("the run was interrupted", "run it again for the rest"),
            (Ended::Complete, 0) => None,
            (Ended::Complete, errors) => {
                let first = self.tally.harness.1.as_deref().unwrap_or("see the test of its vectors");
                why(&format!("{errors} exchanges could not be tried"), first)
            }
        }
    }

    /// For people.
    pub(super) fn human(&self, data: &Conformance, look: Look) -> String {
        if self.results.control.opened {
            self.sheet(data).human(look)
        } else {
            ResultsSheet { results: &self.results, verbose: false }.human(look)
        }
    }

    /// For programs.
    pub(super) fn json(&self, data: &Conformance) -> Value {
        self.sheet(data).json()
    }

    fn sheet<'a>(&'a self, data: &'a Conformance) -> TallySheet<'a> {
        TallySheet { tally: &self.tally, ledger: &self.ledger, register: &data.register }
    }
}
