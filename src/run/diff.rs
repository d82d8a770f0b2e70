//! Every peer beside the reference: vectors, corpus and generated exchanges.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::deliveries;
use super::found::NewOnes;
use super::generated::Generated;
use super::record::{Attempt, Held, Records};
use crate::generate::Plan;
use crate::judgement::{Role, Severity};
use crate::oracle::{Case, Compared, Oracle, entries, explain_built, readings, shows};
use crate::suite::law::corpus::{self, Seed};
use crate::suite::ledger::Reproducer;
use crate::suite::verdict::judge_built;
use crate::suite::{Built, Conformance, Delivery, Origin, Peer, Stale, Tally, Vector};

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
    /// Whether what is contested or non-strict counts as well.
    pub strict: bool,
    /// Ends the run early, once it is set: a peer that can be asked no more is asked the rest of the vectors in vain.
    pub stop: Option<&'a AtomicBool>,
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
            strict: false,
            stop: None,
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

/// What a peer made of a vector.
enum Seen {
    /// A request that it built.
    Built(Built),
    /// Octets that it read, in each delivery.
    Read(Vec<(Case, Compared)>),
}

impl Diff<'_> {
    /// Tries one peer. The same seed and number of cases give the same tally, however many threads there are.
    pub fn run(&self, peer: &dyn Peer, progress: &(dyn Fn(Progress) + Sync)) -> Tally {
        let ledger = self.data.ledger(peer.name());
        let mut tally = Tally::of(peer);
        let oracle = Oracle { register: &self.data.register, ledger: &ledger, peer, strict: self.strict };
        let mut new = NewOnes::default();
        for &role in self.roles.iter().filter(|&&role| peer.plays(role)) {
            let mut held = Held::new(&ledger);
            tally.asked += self.vectors(&oracle, role, &mut held, &mut |vector, seen, attempts| match seen {
                Seen::Built(built) => {
                    for attempt in attempts {
                        tally.count(
                            Origin::Vectors,
                            &attempt.verdict,
                            &entries(&attempt.explained),
                            &attempt.new,
                            &vector.id,
                        );
                        if let (Some(building), false) = (vector.building(), attempt.new.is_empty()) {
                            new.options(&vector.id, building.clone(), attempt, built.words());
                        }
                    }
                }
                Seen::Read(cases) => {
                    for ((case, compared), attempt) in cases.into_iter().zip(attempts) {
                        let compared = Compared { explained: attempt.explained, new: attempt.new, ..compared };
                        new.found(&case, compared, Origin::Vectors, &vector.id, attempt.unlisted, &mut tally);
                    }
                }
            });
            tally.stale.extend(held.stale(role));
            progress(self.at(Origin::Vectors, role, tally.total(), new.kinds()));
            self.corpus(&oracle, role, &mut tally, &mut new);
            progress(self.at(Origin::Corpus, role, tally.total(), new.kinds()));
            self.generated(&oracle, role, &mut tally, &mut new, progress);
        }
        tally.beyond = new.beyond();
        tally.new = new.shrunk(&oracle, None);
        self.reproduce(&oracle, &mut tally);
        tally
    }

    fn at(&self, origin: Origin, role: Role, done: u64, new: usize) -> Progress {
        Progress { origin, role, done, of: Some(done), new }
    }

    /// The records of a peer's ledger as its vectors make them today.
    pub fn records(&self, peer: &dyn Peer) -> Records {
        let ledger = self.data.ledger(peer.name());
        let oracle = Oracle { register: &self.data.register, ledger: &ledger, peer, strict: self.strict };
        let mut held = Held::new(&ledger);
        for &role in self.roles.iter().filter(|&&role| peer.plays(role)) {
            self.vectors(&oracle, role, &mut held, &mut |_, _, _| ());
        }
        held.into_records()
    }

    /// Tries every vector of a role in each of its deliveries, and hands on what came of it once it is held against the ledger.
    /// How many exchanges these are, with each vector that could not be tried as one more.
    fn vectors(
        &self,
        oracle: &Oracle<'_>,
        role: Role,
        held: &mut Held<'_>,
        each: &mut dyn FnMut(&Vector, Seen, Vec<Attempt>),
    ) -> u64 {
        let mut asked = 0;
        for vector in self.data.vectors.all().iter().filter(|vector| vector.role() == role) {
            let (seen, mut attempts) = if let Some(building) = vector.building() {
                let built = oracle.peer.build(building);
                let verdict = judge_built(&vector.expectation, building, &built, oracle.register);
                let (explained, new) = explain_built(oracle, vector, &built, &verdict);
                (
                    Seen::Built(built),
                    vec![Attempt {
                        delivery: Delivery::Whole.to_string(),
                        verdict,
                        explained,
                        new,
                        unlisted: Vec::new(),
                    }],
                )
            } else {
                let Some(whole) = Case::of(vector, Default::default()) else {
                    asked += 1;
                    continue;
                };
                let deliveries = deliveries::few(&whole.exchange.octets, whole.judged.consumed);
                let tried = deliveries.into_iter().map(|delivery| {
                    let case = whole.delivered(delivery);
                    let compared = oracle.compare(&case);
                    (case, compared)
                });
                let mut cases: Vec<_> = tried.collect();
                let attempts = cases.iter_mut().map(|(case, compared)| Attempt {
                    delivery: case.exchange.delivery.to_string(),
                    verdict: compared.verdict.clone(),
                    explained: std::mem::take(&mut compared.explained),
                    new: std::mem::take(&mut compared.new),
                    unlisted: Vec::new(),
                });
                let attempts = attempts.collect();
                (Seen::Read(cases), attempts)
            };
            held.hold(&vector.id, &mut attempts);
            asked += attempts.len() as u64;
            each(vector, seen, attempts);
        }
        asked
    }

    fn corpus(&self, oracle: &Oracle<'_>, role: Role, tally: &mut Tally, new: &mut NewOnes) {
        let target = if role == Role::Server { "request" } else { "response" };
        for seed in self.corpus.iter().filter(|seed| seed.target() == target) {
            for exchange in readings(role, &seed.octets) {
                let Some(whole) = Case::judged(exchange) else {
                    tally.asked += 1;
                    continue;
                };
                for delivery in deliveries::few(&whole.exchange.octets, whole.judged.consumed) {
                    let case = whole.delivered(delivery);
                    tally.asked += 1;
                    new.tried(oracle, &case, Origin::Corpus, &seed.path, tally);
                }
            }
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
        let generated = Generated {
            role,
            seed: self.seed,
            cases: self.seconds.is_none().then_some(self.cases),
            until: self.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds)),
            threads: self.threads,
            batch: BATCH,
            render: &Plan::render,
            is_over: &|| self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)),
        };
        generated.run(oracle, tally, new, progress);
    }

    /// Tries the reproducer of each entry: it may show no difference any more, or one that the entry does not explain, or no more
    /// than what is contested.
    fn reproduce(&self, oracle: &Oracle<'_>, tally: &mut Tally) {
        for entry in oracle.ledger.divergences().iter().filter(|entry| self.roles.contains(&entry.role)) {
            let (is_shown, did) = match &entry.reproducer {
                Reproducer::Octets(exchange) => {
                    let compared = Case::of_reproducer(self.data, exchange).map(|case| oracle.compare(&case));
                    if compared.as_ref().and_then(|its| its.verdict.severity()) == Some(Severity::Contested) {
                        tally.disputed.insert(entry.id.clone());
                    }
                    let did = compared.as_ref().map(|compared| compared.observation.words()).unwrap_or_default();
                    (compared.is_some_and(|compared| compared.known().contains(&entry.id)), did)
                }
                Reproducer::Options(building) => {
                    let built = oracle.peer.build(building);
                    (shows(self.data, entry, building, &built), built.words())
                }
                // Whoever has the octets can try them.
                Reproducer::Sealed(_) => continue,
            };
            if !is_shown {
                tally.stale.push(Stale::Reproducer { id: entry.id.clone(), did });
            }
        }
    }
}
