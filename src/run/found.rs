//! What exchanges came to: counted, and of what is new one of each kind, shrunk.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::record::Attempt;
use super::shrink::shrink;
use crate::judgement::Severity;
use crate::oracle::{Case, Compared, Oracle};
use crate::suite::{Building, Evidence, Exchange, Failing, Fault, Known, NewDivergence, Origin, Tally, Verdict};

/// How many kinds of new divergences a run keeps: beyond that it is the peer that has to be looked at, not the list.
const KEPT: usize = 40;

/// What was seen of a divergence, and where.
struct Seen {
    signature: String,
    source: String,
    exchange: Exchange,
    compared: Compared,
    unlisted: Vec<String>,
}

/// How much may be spent on what is new of a live server: each exchange takes a connection, and its time.
#[derive(Clone, Copy)]
pub struct Patience<'p> {
    /// How many exchanges the search for the smallest octets may try, for each divergence.
    exchanges: usize,
    /// When all of it is over.
    until: Instant,
    /// Whether it is over before.
    is_over: &'p dyn Fn() -> bool,
}

impl<'p> Patience<'p> {
    /// 400 exchanges for each divergence and two minutes for all of them, from now on, unless it is over before.
    pub fn unless(is_over: &'p dyn Fn() -> bool) -> Patience<'p> {
        Patience { exchanges: 400, until: Instant::now() + Duration::from_secs(120), is_over }
    }

    fn is_spent(self, tried: usize) -> bool {
        tried >= self.exchanges || Instant::now() >= self.until || (self.is_over)()
    }
}

impl Seen {
    fn of(case: &Case, compared: Compared, source: String, unlisted: Vec<String>) -> Seen {
        Seen { signature: compared.signature(case), source, exchange: case.exchange.clone(), compared, unlisted }
    }

    /// The divergence by the smallest octets found that show one of its kind.
    fn shrunk(self, oracle: &Oracle<'_>, patience: Option<Patience<'_>>) -> NewDivergence {
        let small = self.smallest(oracle, patience);
        let case = Case::judged(small.clone());
        let compared = case.as_ref().map(|case| oracle.compare(case)).filter(|compared| !compared.new.is_empty());
        let compared = compared.unwrap_or(self.compared);
        let consumed = case.as_ref().map_or(small.octets.len(), |case| case.judged.consumed);
        let judgement = case.and_then(|case| case.judged.judgement);
        NewDivergence {
            source: self.source,
            signature: self.signature,
            evidence: Evidence::Octets { exchange: small, judgement, consumed },
            did: compared.observation.words(),
            faults: compared.new,
            unlisted: self.unlisted,
            count: 1,
        }
    }

    /// Whether an exchange shows a divergence of this kind.
    fn shows_in(&self, oracle: &Oracle<'_>, exchange: &Exchange) -> bool {
        let Some(case) = Case::judged(exchange.clone()) else { return false };
        let compared = oracle.compare(&case);
        !compared.new.is_empty() && compared.signature(&case) == self.signature
    }

    /// The smallest octets found that show one of this kind.
    fn smallest(&self, oracle: &Oracle<'_>, patience: Option<Patience<'_>>) -> Exchange {
        let own = Case::judged(self.exchange.clone());
        let grounds: HashSet<_> = own.iter().flat_map(Case::grounds).collect();
        let waits = |case: &Case| case.expectation.unfinished;
        let may_wait = patience.is_none() || own.as_ref().is_some_and(waits);
        let mut tried = 0;
        let mut is_such = |exchange: &Exchange| {
            let Some(case) = Case::judged(exchange.clone()) else { return false };
            // What is taken away must not bring in other faults, and that takes no peer to see. Nor does it that a live one
            // would wait for the rest of a head.
            let may_be = case.grounds().all(|id| grounds.contains(&id))
                && self.compared.signature(&case) == self.signature
                && (may_wait || !waits(&case));
            if !may_be || patience.is_some_and(|patience| patience.is_spent(tried)) {
                return false;
            }
            tried += 1;
            self.shows_in(oracle, exchange)
        };
        // A vector's own expectation may differ from what is judged of its octets: it stays as it is.
        if is_such(&self.exchange) { shrink(&self.exchange, is_such) } else { self.exchange.clone() }
    }
}

/// A new divergence by the smallest octets found that show one of its kind, as far as the patience with a live server goes. `source`
/// says what it was found by.
pub fn smallest(
    oracle: &Oracle<'_>,
    case: &Case,
    compared: Compared,
    source: &str,
    patience: Option<Patience<'_>>,
) -> NewDivergence {
    Seen::of(case, compared, source.to_owned(), Vec::new()).shrunk(oracle, patience)
}

/// New divergences of a run, one of each kind.
#[derive(Default)]
pub(super) struct NewOnes {
    seen: Vec<(Seen, u64)>,
    kinds: HashMap<String, usize>,
    beyond: HashSet<String>,
    exchanges_beyond: u64,
    built: Vec<NewDivergence>,
}

impl NewOnes {
    /// Gives the peer of an oracle a case, and counts what comes of it.
    pub(super) fn tried(&mut self, oracle: &Oracle<'_>, case: &Case, origin: Origin, source: &str, tally: &mut Tally) {
        self.found(case, oracle.compare(case), origin, source, Vec::new(), tally);
    }

    /// Counts what came of a case; `unlisted` are the entries that explain it and do not list it.
    pub(super) fn found(
        &mut self,
        case: &Case,
        compared: Compared,
        origin: Origin,
        source: &str,
        unlisted: Vec<String>,
        tally: &mut Tally,
    ) {
        tally.count(origin, &compared.verdict, &compared.known(), &compared.new, source);
        if !compared.new.is_empty() {
            self.add_counted(Seen::of(case, compared, source.to_owned(), unlisted), 1);
        }
    }

    /// How many kinds there are.
    pub(super) const fn kinds(&self) -> usize {
        self.seen.len()
    }

    /// Leaves out what does not show `times` times more; and how many exchanges that were. Only a peer behind a socket may
    /// do now this and now that.
    #[cfg(feature = "live")]
    pub(super) fn repeated(mut self, oracle: &Oracle<'_>, times: usize, patience: Patience<'_>) -> (NewOnes, u64) {
        let mut once = 0;
        self.seen.retain(|(seen, count)| {
            let shows = (0..times).all(|_| !patience.is_spent(0) && seen.shows_in(oracle, &seen.exchange));
            once += if shows { 0 } else { *count };
            shows
        });
        (self, once)
    }

    fn add_counted(&mut self, seen: Seen, count: u64) {
        match self.kinds.get(&seen.signature) {
            Some(&at) => self.seen[at].1 += count,
            None if self.seen.len() < KEPT => {
                self.kinds.insert(seen.signature.clone(), self.seen.len());
                self.seen.push((seen, count));
            }
            None => {
                self.beyond.insert(seen.signature);
                self.exchanges_beyond += count;
            }
        }
    }

    /// How many kinds are beyond those that are kept, and in how many exchanges they showed.
    pub(super) fn beyond(&self) -> (u64, u64) {
        (self.beyond.len() as u64, self.exchanges_beyond)
    }

    pub(super) fn append(&mut self, other: NewOnes) {
        self.beyond.extend(other.beyond);
        self.exchanges_beyond += other.exchanges_beyond;
        for (seen, count) in other.seen {
            self.add_counted(seen, count);
        }
    }

    pub(super) fn options(&mut self, source: &str, building: Building, attempt: Attempt, did: String) {
        let evidence = Evidence::Options(building);
        let Attempt { new: faults, unlisted, .. } = attempt;
        let ways: Vec<&str> = faults.iter().map(|fault| fault.failing.as_str()).collect();
        let signature = format!("builds {source}: {}", ways.join("; "));
        let source = source.to_owned();
        self.built.push(NewDivergence { source, signature, evidence, faults, did, unlisted, count: 1 });
    }

    /// The divergences, each shrunk to the smallest octets that show one of its kind, as far as the patience goes.
    pub(super) fn shrunk(self, oracle: &Oracle<'_>, patience: Option<Patience<'_>>) -> Vec<NewDivergence> {
        let octets =
            self.seen.into_iter().map(|(seen, count)| NewDivergence { count, ..seen.shrunk(oracle, patience) });
        octets.chain(self.built).collect()
    }
}

impl Tally {
    pub(super) fn count(&mut self, origin: Origin, verdict: &Verdict, known: &[String], new: &[Fault], source: &str) {
        *self.exchanges.entry(origin).or_default() += 1;
        match verdict {
            Verdict::Pass => self.passed += 1,
            Verdict::Permitted => self.permitted += 1,
            Verdict::Faulty(_) if !new.is_empty() => self.departed += 1,
            // What two readings stand for is no deviation, be it known or not.
            Verdict::Faulty(_) if verdict.severity() == Some(Severity::Contested) => self.contested += 1,
            Verdict::Faulty(_) if !known.is_empty() => self.explained += 1,
            Verdict::Faulty(_) => self.non_strict += 1,
            Verdict::Unsupported(_) => self.unsupported += 1,
            Verdict::Harness(why) => {
                self.harness.0 += 1;
                self.harness.1.get_or_insert_with(|| why.clone());
            }
        }
        self.crashed += u64::from(verdict.faults().iter().any(|fault| fault.failing == Failing::Crash));
        for id in known {
            self.know(id, Known { count: 1, first: source.to_owned() });
        }
    }

    /// Adds to what is known of an entry.
    fn know(&mut self, id: &str, later: Known) {
        match self.known.get_mut(id) {
            Some(known) => known.count += later.count,
            None => {
                self.known.insert(id.to_owned(), later);
            }
        }
    }

    /// Adds what came later.
    pub(super) fn add(&mut self, later: Tally) {
        for (origin, count) in later.exchanges {
            *self.exchanges.entry(origin).or_default() += count;
        }
        self.asked += later.asked;
        self.passed += later.passed;
        self.permitted += later.permitted;
        self.contested += later.contested;
        self.non_strict += later.non_strict;
        self.explained += later.explained;
        self.departed += later.departed;
        self.unsupported += later.unsupported;
        self.unrepeated += later.unrepeated;
        self.crashed += later.crashed;
        self.harness.0 += later.harness.0;
        self.harness.1 = self.harness.1.take().or(later.harness.1);
        for (id, known) in later.known {
            self.know(&id, known);
        }
    }
}
