//! Every peer beside the reference: vectors, corpus and generated exchanges.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::deliveries;
use super::shrink::shrink;
use crate::generate::{Plan, Seeded};
use crate::judgement::Role;
use crate::oracle::{Case, Compared, Oracle, explain_built, readings, shows};
use crate::suite::corpus::{self, Seed};
use crate::suite::ledger::Reproducer;
use crate::suite::verdict::judge_built;
use crate::suite::{
    Conformance, Evidence, Exchange, Failing, Fault, Known, Ledger, NewDivergence, Origin, Outcome, Peer, Tally,
    Verdict,
};

/// How many kinds of new divergences a run keeps: beyond that it is the peer that has to be looked at, not the list.
const KEPT: usize = 40;

/// How many generated exchanges a thread takes at a time.
const BATCH: u64 = 512;

/// What to run.
#[derive(Clone, Debug)]
pub struct Diff<'a> {
    /// The law, and what is known of the peers.
    pub data: &'a Conformance,
    /// Raw octets that are tried as they are, by the fuzz target that they belong to.
    pub corpus: Vec<Seed>,
    /// The roles in which the peers are tried.
    pub roles: Vec<Role>,
    /// How many exchanges are generated for each role.
    pub cases: u64,
    /// How long exchanges are generated for each role, in place of a number of them.
    pub seconds: Option<u64>,
    /// The seed of the generated exchanges.
    pub seed: u64,
    /// How many threads run.
    pub threads: usize,
}

impl<'a> Diff<'a> {
    /// The main job, for data: both roles, the corpus that is built in, and the seed of the program.
    pub fn new(data: &'a Conformance) -> Diff<'a> {
        Diff {
            data,
            corpus: ["request", "response"].into_iter().flat_map(corpus::seeds).collect(),
            roles: vec![Role::Server, Role::Client],
            cases: 200_000,
            seconds: None,
            seed: 101,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being tried.
    pub origin: Origin,
    /// In which role the peer is.
    pub role: Role,
    /// How many exchanges of it are done.
    pub done: u64,
    /// Of how many; `None` where the time decides.
    pub of: Option<u64>,
    /// How many new divergences there are.
    pub new: usize,
}

/// What was seen of a divergence, and where.
struct Seen {
    signature: String,
    source: String,
    exchange: Exchange,
    compared: Compared,
}

impl Diff<'_> {
    /// Tries one peer. The same seed and number of cases give the same tally, however many threads there are.
    pub fn run(&self, peer: &dyn Peer, progress: &(dyn Fn(Progress) + Sync)) -> Tally {
        let ledger = self.data.ledger(peer.name());
        let mut tally = Tally { peer: peer.name().to_owned(), version: peer.version().to_owned(), ..Tally::default() };
        let oracle = Oracle { register: &self.data.register, ledger: &ledger, peer };
        let mut new = NewOnes::default();
        for &role in self.roles.iter().filter(|&&role| peer.plays(role)) {
            self.vectors(&oracle, role, &mut tally, &mut new);
            progress(self.at(Origin::Vectors, role, tally.total(), &new));
            self.corpus(&oracle, role, &mut tally, &mut new);
            progress(self.at(Origin::Corpus, role, tally.total(), &new));
            self.generated(&oracle, role, &mut tally, &mut new, progress);
        }
        tally.new = new.shrunk(&oracle);
        tally.stale = self.stale(&oracle, &ledger);
        tally
    }

    fn at(&self, origin: Origin, role: Role, done: u64, new: &NewOnes) -> Progress {
        Progress { origin, role, done, of: Some(done), new: new.seen.len() }
    }

    fn vectors(&self, oracle: &Oracle<'_>, role: Role, tally: &mut Tally, new: &mut NewOnes) {
        for vector in self.data.vectors.all().iter().filter(|vector| vector.role() == role) {
            if let Some(building) = vector.building() {
                let built = oracle.peer.build(building);
                let verdict = judge_built(&vector.expectation, building, &built, oracle.register);
                let (known, faults) = explain_built(oracle.ledger, vector, &built, &verdict);
                tally.count(Origin::Vectors, &verdict, &known, &faults, &vector.id);
                if !faults.is_empty() {
                    new.options(&vector.id, building.clone(), faults, built.words());
                }
                continue;
            }
            let Some(whole) = Case::of(vector, Default::default()) else { continue };
            for delivery in deliveries::few(&whole.exchange.octets, whole.judged.consumed) {
                let case = whole.delivered(delivery);
                self.one(oracle, &case, Origin::Vectors, &vector.id, tally, new);
            }
        }
    }

    fn corpus(&self, oracle: &Oracle<'_>, role: Role, tally: &mut Tally, new: &mut NewOnes) {
        let target = if role == Role::Server { "request" } else { "response" };
        for seed in self.corpus.iter().filter(|seed| seed.target() == target) {
            for exchange in readings(role, &seed.octets) {
                let Some(whole) = Case::judged(exchange) else { continue };
                for delivery in deliveries::few(&whole.exchange.octets, whole.judged.consumed) {
                    let case = whole.delivered(delivery);
                    self.one(oracle, &case, Origin::Corpus, &seed.path, tally, new);
                }
            }
        }
    }

    fn one(
        &self,
        oracle: &Oracle<'_>,
        case: &Case,
        origin: Origin,
        source: &str,
        tally: &mut Tally,
        new: &mut NewOnes,
    ) {
        let compared = oracle.compare(case);
        tally.count(origin, &compared.verdict, &compared.known, &compared.new, source);
        tally.note_harness(&compared.observation.outcome);
        if !compared.new.is_empty() {
            new.add(Seen {
                signature: signature(case, &compared),
                source: source.to_owned(),
                exchange: case.exchange.clone(),
                compared,
            });
        }
    }

    fn generated(
        &self,
        oracle: &Oracle<'_>,
        role: Role,
        tally: &mut Tally,
        new: &mut NewOnes,
        progress: &(dyn Fn(Progress) + Sync),
    ) {
        let until = self.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let (next, done, over) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
        let before = new.seen.len();
        let work = || {
            let mut batches: Vec<(u64, Tally, NewOnes)> = Vec::new();
            loop {
                let start = next.fetch_add(BATCH, Ordering::Relaxed);
                let is_over = match until {
                    Some(until) => over.load(Ordering::Relaxed) || Instant::now() >= until,
                    None => start >= self.cases,
                };
                if is_over {
                    over.store(true, Ordering::Relaxed);
                    return batches;
                }
                let end = if until.is_some() { start + BATCH } else { (start + BATCH).min(self.cases) };
                let (mut tally, mut new) = (Tally::default(), NewOnes::default());
                for number in start..end {
                    let plan = Plan::draw(role, &mut Seeded::of(self.seed, role as u64, number));
                    let Some(case) = Case::judged(plan.render()) else { continue };
                    let source = format!("generated {role} {number} ({})", plan.names().join(", "));
                    self.one(oracle, &case, Origin::Generated, &source, &mut tally, &mut new);
                }
                let done = done.fetch_add(end - start, Ordering::Relaxed) + (end - start);
                let of = until.is_none().then_some(self.cases);
                progress(Progress { origin: Origin::Generated, role, done, of, new: before + new.seen.len() });
                batches.push((start, tally, new));
            }
        };
        let mut batches: Vec<(u64, Tally, NewOnes)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads.max(1)).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        batches.sort_by_key(|(start, ..)| *start);
        for (_, batch, found) in batches {
            tally.add(batch);
            new.append(found);
        }
    }

    /// The entries whose reproducer shows no difference any more, or one that they do not explain.
    fn stale(&self, oracle: &Oracle<'_>, ledger: &Ledger) -> Vec<(String, String)> {
        let entries = ledger.divergences().iter().filter(|entry| self.roles.contains(&entry.role));
        let stale = entries.filter_map(|entry| {
            let (is_shown, did) = match &entry.reproducer {
                Reproducer::Octets(exchange) => {
                    let case = Case::of_reproducer(self.data, exchange);
                    let compared = case.map(|case| oracle.compare(&case));
                    let did = compared.as_ref().map(|compared| compared.observation.words()).unwrap_or_default();
                    (compared.is_some_and(|compared| compared.known.contains(&entry.id)), did)
                }
                Reproducer::Options(building) => {
                    let built = oracle.peer.build(building);
                    (shows(self.data, entry, building, &built), built.words())
                }
                // Whoever has the octets can try them.
                Reproducer::Sealed(_) => return None,
            };
            (!is_shown).then(|| (entry.id.clone(), did))
        });
        stale.collect()
    }
}

/// What makes two divergences one of a kind.
fn signature(case: &Case, compared: &Compared) -> String {
    let mut parts: Vec<String> = Vec::new();
    for fault in &compared.new {
        parts.push(format!("{:?} {}", fault.failing, fault.requirement.unwrap_or_default()));
        match fault.failing {
            Failing::Accepts => parts.extend(case.violated().map(str::to_owned)),
            Failing::Refuses => parts.extend(case.exercised().map(str::to_owned)),
            Failing::Answers | Failing::Octets | Failing::Hang | Failing::Crash => {}
        }
    }
    if let Outcome::Refused(refused) = &compared.observation.outcome {
        parts.extend(refused.error.clone());
    }
    parts.sort_unstable();
    parts.dedup();
    parts.join("; ")
}

/// New divergences of a run, one of each kind.
#[derive(Default)]
struct NewOnes {
    seen: Vec<(Seen, u64)>,
    kinds: HashMap<String, usize>,
    built: Vec<NewDivergence>,
}

impl NewOnes {
    fn add(&mut self, seen: Seen) {
        self.add_counted(seen, 1);
    }

    fn add_counted(&mut self, seen: Seen, count: u64) {
        match self.kinds.get(&seen.signature) {
            Some(&at) => self.seen[at].1 += count,
            None if self.seen.len() < KEPT => {
                self.kinds.insert(seen.signature.clone(), self.seen.len());
                self.seen.push((seen, count));
            }
            None => {}
        }
    }

    fn append(&mut self, other: NewOnes) {
        for (seen, count) in other.seen {
            self.add_counted(seen, count);
        }
    }

    fn options(&mut self, source: &str, building: crate::suite::Building, faults: Vec<Fault>, did: String) {
        let evidence = Evidence::Options(building);
        self.built.push(NewDivergence { source: source.to_owned(), evidence, faults, did, count: 1 });
    }

    /// The divergences, each shrunk to the smallest octets that show one of its kind.
    fn shrunk(self, oracle: &Oracle<'_>) -> Vec<NewDivergence> {
        let octets = self.seen.into_iter().map(|(seen, count)| {
            let grounds: HashSet<&str> = Case::judged(seen.exchange.clone()).iter().flat_map(Case::grounds).collect();
            let is_such = |exchange: &Exchange| {
                let Some(case) = Case::judged(exchange.clone()) else { return false };
                let compared = oracle.compare(&case);
                // What is taken away must not bring in other faults.
                case.grounds().all(|id| grounds.contains(id))
                    && !compared.new.is_empty()
                    && signature(&case, &compared) == seen.signature
            };
            // A vector's own expectation may differ from what is judged of its octets: it stays as it is.
            let small = if is_such(&seen.exchange) { shrink(&seen.exchange, is_such) } else { seen.exchange.clone() };
            let case = Case::judged(small.clone());
            let compared = case.as_ref().map(|case| oracle.compare(case)).filter(|compared| !compared.new.is_empty());
            let compared = compared.unwrap_or(seen.compared);
            let consumed = case.as_ref().map_or(small.octets.len(), |case| case.judged.consumed);
            NewDivergence {
                source: seen.source,
                evidence: Evidence::Octets {
                    exchange: small,
                    judgement: case.and_then(|case| case.judged.judgement),
                    consumed,
                },
                did: compared.observation.words(),
                faults: compared.new,
                count,
            }
        });
        octets.chain(self.built).collect()
    }
}

impl Tally {
    fn count(&mut self, origin: Origin, verdict: &Verdict, known: &[String], new: &[Fault], source: &str) {
        *self.exchanges.entry(origin).or_default() += 1;
        match verdict {
            Verdict::Pass => self.passed += 1,
            Verdict::Permitted => self.permitted += 1,
            Verdict::NonStrict(_) | Verdict::Informational(_) => self.non_strict += 1,
            Verdict::Fail(_) => self.explained += u64::from(new.is_empty()),
            Verdict::Unsupported(_) => self.unsupported += 1,
            Verdict::Harness(_) => self.harness.0 += 1,
        }
        self.crashed += u64::from(verdict.faults().iter().any(|fault| fault.failing == Failing::Crash));
        for id in known {
            match self.known.get_mut(id) {
                Some(known) => known.count += 1,
                None => {
                    self.known.insert(id.clone(), Known { count: 1, first: source.to_owned() });
                }
            }
        }
    }

    fn note_harness(&mut self, outcome: &Outcome) {
        if let (Outcome::Harness(why), None) = (outcome, &self.harness.1) {
            self.harness.1 = Some(why.clone());
        }
    }

    /// Adds what came later.
    fn add(&mut self, later: Tally) {
        for (origin, count) in later.exchanges {
            *self.exchanges.entry(origin).or_default() += count;
        }
        self.passed += later.passed;
        self.permitted += later.permitted;
        self.non_strict += later.non_strict;
        self.explained += later.explained;
        self.unsupported += later.unsupported;
        self.crashed += later.crashed;
        self.harness.0 += later.harness.0;
        self.harness.1 = self.harness.1.take().or(later.harness.1);
        for (id, known) in later.known {
            match self.known.get_mut(&id) {
                Some(its) => its.count += known.count,
                None => {
                    self.known.insert(id, known);
                }
            }
        }
    }
}
