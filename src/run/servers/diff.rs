//! One live server beside the reference: its vectors first, then generated exchanges, judged by what the vectors taught.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{ServerTest, Step, Stranger};
use crate::generate::{Destination, Plan};
use crate::judgement::Role;
use crate::oracle::{Oracle, learned};
use crate::run::diff::Progress;
use crate::run::found::{NewOnes, Patience};
use crate::run::generated::Generated;
use crate::suite::results::{Ended, Standing};
use crate::suite::{Exchange, Invocation, Ledger, Origin, Results, Tally};

/// How many exchanges a thread takes at a time.
const BATCH: u64 = 8;

/// How often a new divergence has to show again before it is reported.
const TIMES: usize = 2;

/// What to run against a live server.
#[derive(Clone, Debug)]
pub struct ServerDiff<'a> {
    /// The test that comes first: it says whether the server can be asked, and what it is known to do.
    pub test: ServerTest<'a>,
    /// What is known of it beside that.
    pub known: Option<&'a Ledger>,
    /// How many exchanges are generated.
    pub cases: u64,
    /// How long exchanges are generated at most.
    pub time: Duration,
    /// Whether what is contested or non-strict counts as well.
    pub strict: bool,
}

/// What a live server does otherwise than the reference.
#[derive(Clone, Debug)]
pub struct ServerDifferences {
    /// What its test came to.
    pub results: Results,
    /// What was known, or learned from the test.
    pub ledger: Ledger,
    /// What it all came to.
    pub tally: Tally,
    /// How it ended.
    pub ended: Ended,
}

impl ServerDiff<'_> {
    /// Tries the server. `stop` ends the run early; what is known by then is told.
    pub fn run(&self, stop: &AtomicBool, progress: &(dyn Fn(Progress) + Sync)) -> ServerDifferences {
        let results = self.test.run(stop, &|Step { done, of, .. }| {
            let (done, of) = (done as u64, Some(of as u64));
            progress(Progress { origin: Origin::Vectors, role: Role::Server, done, of, new: 0 });
        });
        let known = self.known.map(Ledger::over_the_wire);
        let known = known.iter().flat_map(Ledger::divergences).filter(|entry| entry.role == Role::Server).cloned();
        let ledger = learned(&results, &self.test.data.register).with(known);
        let reached = Invocation::live(&self.test.server.endpoint.url, &self.test.options);
        let mut tally = Tally { invocation: Some(reached), ..counted(&results) };
        let mut ended = results.ended.clone();
        if ended == Ended::Complete && !results.control.faults.is_empty() {
            let faults = results.control.faults.join("; ");
            ended = Ended::Broken(format!("its answer to the control is wrong in itself: {faults}"));
        }
        if ended == Ended::Complete {
            ended = self.generated(&ledger, &mut tally, stop, progress);
        }
        tally.ended_early = ended != Ended::Complete;
        ServerDifferences { results, ledger, tally, ended }
    }

    fn generated(
        &self,
        ledger: &Ledger,
        tally: &mut Tally,
        stop: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Ended {
        let endpoint = &self.test.server.endpoint;
        let to = Destination {
            authority: endpoint.authority(),
            target: endpoint.target.clone(),
            fields: self.test.conditions.fields.clone(),
        };
        let stranger = Stranger::new(self.test.server, stop);
        let render = |plan: &Plan| -> Exchange { stranger.asked(plan.render_to(&to)) };
        let oracle = Oracle { register: &self.test.data.register, ledger, peer: &stranger, strict: self.strict };
        let is_over = || stop.load(Ordering::Relaxed) || stranger.gone().is_some();
        let mut new = NewOnes::default();
        let generated = Generated {
            role: Role::Server,
            seed: self.test.seed,
            cases: Some(self.cases),
            until: Some(Instant::now() + self.time),
            threads: self.test.jobs,
            batch: BATCH,
            render: &render,
            is_over: &is_over,
        };
        generated.run(&oracle, tally, &mut new, progress);
        let patience = Patience::unless(&is_over);
        tally.beyond = new.beyond();
        let (new, unrepeated) = new.repeated(&oracle, TIMES, patience);
        tally.unrepeated = unrepeated;
        tally.departed -= unrepeated;
        tally.new = new.shrunk(&oracle, Some(patience));
        match stranger.gone() {
            Some(why) => Ended::Broken(why),
            None if stop.load(Ordering::Relaxed) => Ended::Interrupted,
            None => Ended::Complete,
        }
    }
}

/// The tally of a test.
fn counted(results: &Results) -> Tally {
    let of = |standings: &[Standing]| standings.iter().map(|&standing| results.count(standing) as u64).sum::<u64>();
    let mut tally = Tally { peer: results.target.clone(), version: "live".to_owned(), ..Tally::default() };
    tally.exchanges.insert(Origin::Vectors, results.cases.len() as u64 - of(&[Standing::NotRun]));
    tally.asked = tally.total();
    tally.passed = of(&[Standing::Pass]);
    tally.permitted = of(&[Standing::Permitted]);
    tally.contested = of(&[Standing::Contested]);
    tally.non_strict = of(&[Standing::NonStrict, Standing::Informational]);
    tally.explained = of(&[Standing::Fail, Standing::Known]);
    tally.unsupported = of(&[Standing::Unsupported]);
    tally.harness.0 = of(&[Standing::HarnessError]);
    tally
}
