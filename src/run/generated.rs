//! Generated exchanges against one peer, in several threads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use super::diff::Progress;
use super::found::NewOnes;
use crate::generate::{Plan, Seeded};
use crate::judgement::Role;
use crate::oracle::{Case, Oracle};
use crate::suite::{Exchange, Origin, Tally};

/// What is generated, and until when.
pub(super) struct Generated<'g> {
    /// Who reads.
    pub(super) role: Role,
    /// The seed: it and the number of an exchange give its octets.
    pub(super) seed: u64,
    /// How many exchanges there are.
    pub(super) cases: Option<u64>,
    /// When it ends, whatever is left.
    pub(super) until: Option<Instant>,
    /// How many threads run.
    pub(super) threads: usize,
    /// How many exchanges a thread takes at a time.
    pub(super) batch: u64,
    /// What is made of a plan.
    pub(super) render: &'g (dyn Fn(&Plan) -> Exchange + Sync),
    /// Whether there is no use in going on.
    pub(super) is_over: &'g (dyn Fn() -> bool + Sync),
}

impl Generated<'_> {
    /// Tries them. The same seed and number of cases give the same tally, however many threads there are.
    pub(super) fn run(
        &self,
        oracle: &Oracle<'_>,
        tally: &mut Tally,
        new: &mut NewOnes,
        progress: &(dyn Fn(Progress) + Sync),
    ) {
        let (next, done, over) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
        let before = new.kinds();
        let cases = self.cases.unwrap_or(u64::MAX);
        let work = || {
            let mut batches: Vec<(u64, Tally, NewOnes)> = Vec::new();
            loop {
                let start = next.fetch_add(self.batch, Ordering::Relaxed);
                if start >= cases {
                    return batches;
                }
                let is_late = self.until.is_some_and(|until| Instant::now() >= until);
                if over.load(Ordering::Relaxed) || is_late || (self.is_over)() {
                    over.store(true, Ordering::Relaxed);
                    return batches;
                }
                let end = start.saturating_add(self.batch).min(cases);
                let mut tally = Tally { asked: end - start, ..Tally::default() };
                let mut new = NewOnes::default();
                for number in start..end {
                    let plan = Plan::draw(self.role, &mut Seeded::of(self.seed, self.role as u64, number));
                    let Some(case) = Case::judged((self.render)(&plan)) else { continue };
                    let source = format!("generated {} {number} ({})", self.role, plan.names().join(", "));
                    new.tried(oracle, &case, Origin::Generated, &source, &mut tally);
                }
                let done = done.fetch_add(end - start, Ordering::Relaxed) + (end - start);
                let new_kinds = before + new.kinds();
                let (origin, role, of) = (Origin::Generated, self.role, self.cases);
                progress(Progress { origin, role, done, of, new: new_kinds });
                batches.push((start, tally, new));
            }
        };
        let mut batches: Vec<(u64, Tally, NewOnes)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads.max(1)).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(super::joined).collect()
        });
        batches.sort_by_key(|(start, ..)| *start);
        for (_, batch, found) in batches {
            tally.add(batch);
            new.append(found);
        }
    }
}
