//! The vectors beside the record of the ledger: one more that fails, or one less, is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::judgement::{Role, Severity};
use crate::oracle::Explained;
use crate::suite::ledger::{Listed, Record, Seal};
use crate::suite::{Fault, Ledger, Stale, Verdict};

/// A vector, tried in one delivery.
pub(super) struct Attempt {
    /// The delivery, as it is written.
    pub(super) delivery: String,
    /// What came of it.
    pub(super) verdict: Verdict,
    /// The faults that some entry explains.
    pub(super) explained: Vec<Explained>,
    /// The faults that are new.
    pub(super) new: Vec<Fault>,
    /// The entries that explain some of these, and do not list the vector.
    pub(super) unlisted: Vec<String>,
}

/// Whether a fault is one that a record has to list: what is only recommended comes and goes.
fn is_recorded(fault: &Fault) -> bool {
    matches!(fault.owed.severity, Severity::Fail | Severity::Contested)
}

/// What fails of a vector, by the entry that explains it.
fn failing(vector: &str, attempts: &[Attempt]) -> BTreeMap<String, Listed> {
    let mut failing: BTreeMap<String, Listed> = BTreeMap::new();
    for attempt in attempts {
        for (fault, entries) in attempt.explained.iter().filter(|(fault, _)| is_recorded(fault)) {
            for entry in entries {
                let listed = failing.entry(entry.clone()).or_insert_with(|| Listed {
                    vector: vector.to_owned(),
                    contested: true,
                    deliveries: Vec::new(),
                });
                listed.contested &= fault.owed.severity == Severity::Contested;
                if !listed.deliveries.contains(&attempt.delivery) {
                    listed.deliveries.push(attempt.delivery.clone());
                }
            }
        }
    }
    let tried: Vec<&str> = attempts.iter().map(|attempt| attempt.delivery.as_str()).collect();
    failing.values_mut().for_each(|listed| listed.shorten(&tried));
    failing
}

/// The vectors of a run, held against a ledger.
pub(super) struct Held<'l> {
    ledger: &'l Ledger,
    /// What fails today, by entry.
    failing: BTreeMap<String, BTreeMap<String, Listed>>,
    /// What fails, and no entry explains it: the vector, and what fails.
    unexplained: Vec<(String, String)>,
}

impl<'l> Held<'l> {
    pub(super) const fn new(ledger: &'l Ledger) -> Held<'l> {
        Held { ledger, failing: BTreeMap::new(), unexplained: Vec::new() }
    }

    /// Holds a vector against the ledger: what fails and is not listed becomes new, be it explained or contested.
    pub(super) fn hold(&mut self, vector: &str, attempts: &mut [Attempt]) {
        if !self.ledger.is_exact {
            return;
        }
        for (entry, listed) in failing(vector, attempts) {
            self.failing.entry(entry).or_default().insert(vector.to_owned(), listed);
        }
        let ledger = self.ledger;
        for attempt in attempts {
            let Attempt { delivery, verdict, explained, new, unlisted } = attempt;
            let is_listed = |fault: &Fault, entry: &String| match ledger.get(entry).map(|entry| &entry.record) {
                Some(record @ Record::Open(_)) => record.of(vector).is_some_and(|listed| {
                    listed.is_in(delivery) && (!listed.contested || fault.owed.severity == Severity::Contested)
                }),
                // Whether it is among the sealed ones is seen at the end.
                Some(Record::Sealed(_)) => true,
                None => false,
            };
            let without_entry =
                verdict.faults().iter().filter(|fault| is_recorded(fault)).filter(|fault| {
                    !new.contains(fault) && !explained.iter().any(|(explained, _)| explained == *fault)
                });
            let mut more: Vec<Fault> = without_entry.cloned().collect();
            for fault in new.iter().chain(&more) {
                self.unexplained.push((vector.to_owned(), fault.message.clone()));
            }
            explained.retain(|(fault, entries)| {
                if !is_recorded(fault) || entries.iter().all(|entry| is_listed(fault, entry)) {
                    return true;
                }
                more.push(fault.clone());
                unlisted.extend(entries.iter().filter(|entry| !is_listed(fault, entry)).cloned());
                false
            });
            new.append(&mut more);
        }
    }

    /// Whether a run tells of an attempt at a vector that passes today: something is new, or a seal is broken, since the vector is
    /// not among those that it holds.
    pub(super) fn tells(&self, attempt: &Attempt) -> bool {
        let is_sealed = |id: &String| matches!(self.ledger.get(id).map(|its| &its.record), Some(Record::Sealed(_)));
        let breaks = |(fault, entries): &Explained| is_recorded(fault) && entries.iter().any(is_sealed);
        !attempt.new.is_empty() || attempt.explained.iter().any(breaks)
    }

    /// What is listed and fails no more, or not as it is listed; when all vectors of the role were tried.
    pub(super) fn stale(&self, role: Role) -> Vec<Stale> {
        let mut stale = Vec::new();
        if !self.ledger.is_exact {
            return stale;
        }
        let none = BTreeMap::new();
        for entry in self.ledger.divergences().iter().filter(|entry| entry.role == role) {
            let failing = self.failing.get(&entry.id).unwrap_or(&none);
            match &entry.record {
                Record::Open(listed) => {
                    let is_so = |listed: &&Listed| failing.get(&listed.vector) == Some(*listed);
                    let passing: Vec<String> =
                        listed.iter().filter(|listed| !is_so(listed)).map(Listed::to_string).collect();
                    if !passing.is_empty() {
                        stale.push(Stale::Passing { id: entry.id.clone(), vectors: passing });
                    }
                }
                Record::Sealed(seal) => {
                    let now = Seal::of(&failing.keys().cloned().collect());
                    if now != *seal {
                        stale.push(Stale::Sealed { id: entry.id.clone(), sealed: seal.vectors, failing: now.vectors });
                    }
                }
            }
        }
        stale
    }

    /// The record of each entry of a role as it is today, and what no entry explains.
    pub(super) fn into_records(self) -> Records {
        let records = self.ledger.divergences().iter().map(|entry| {
            let failing = self.failing.get(&entry.id);
            let record = match entry.record {
                Record::Open(_) => Record::Open(failing.into_iter().flat_map(BTreeMap::values).cloned().collect()),
                Record::Sealed(_) => {
                    let vectors: BTreeSet<String> = failing.into_iter().flat_map(BTreeMap::keys).cloned().collect();
                    Record::Sealed(Seal::of(&vectors))
                }
            };
            (entry.id.clone(), record)
        });
        Records { entries: records.collect(), unexplained: self.unexplained }
    }
}

/// The records of a ledger as they are today.
#[derive(Clone, Debug)]
pub struct Records {
    /// Each entry with its record.
    pub entries: Vec<(String, Record)>,
    /// What fails, and no entry explains it: the vector, and what is wrong.
    pub unexplained: Vec<(String, String)>,
}
