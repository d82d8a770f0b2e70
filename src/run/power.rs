//! How much a ledger would hide: of what a peer rejects today as it must, what an opening would come to.

use std::collections::BTreeMap;

use super::deliveries;
use super::record::{Attempt, Held};
use crate::generate::{Plan, Seeded};
use crate::judgement::{RequirementId, Role};
use crate::oracle::{Case, Compared, Flipped, Oracle, explain_built};
use crate::peer::broken::Planted;
use crate::suite::verdict::judge_built;
use crate::suite::{Conformance, Delivery, Peer as _, Verdict};

/// How many exchanges were asked, and in how many an opening would pass for known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// How many violate it and are rejected today.
    pub asked: u64,
    /// In how many an opening would be known.
    pub hidden: u64,
}

impl Hidden {
    fn add(&mut self, is_hidden: bool) {
        self.asked += 1;
        self.hidden += u64::from(is_hidden);
    }

    /// The share that is hidden, 0 to 1.
    pub fn share(self) -> f64 {
        if self.asked == 0 { 0.0 } else { self.hidden as f64 / self.asked as f64 }
    }
}

/// What a ledger would hide of generated exchanges, over all and by the requirement that they violate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Power {
    /// Those that are rejected, or may be, for something else than what they violate.
    pub apart: u64,
    /// Over all other exchanges.
    pub all: Hidden,
    /// By requirement: an exchange that violates several counts for each.
    pub by: BTreeMap<RequirementId, Hidden>,
    /// For each requirement, the first exchange that would be hidden.
    pub first: BTreeMap<RequirementId, String>,
}

/// The vectors of a role that a peer rejects today as it must, by whether an opening would be new.
pub fn flip_vectors(data: &Conformance, oracle: &Oracle<'_>, role: Role) -> (u64, Vec<String>) {
    let (mut asked, mut hidden) = (0, Vec::new());
    for vector in data.vectors.all().iter().filter(|vector| vector.role() == role) {
        let Some(case) = Case::of(vector, Delivery::Whole) else { continue };
        let Some(openings) = oracle.opened(&case) else { continue };
        asked += 1;
        let is_new = |opening| {
            let Compared { verdict, explained, new, .. } = oracle.judge(&case, opening);
            let delivery = Delivery::Whole.to_string();
            let mut attempts = [Attempt { delivery, verdict, explained, new, unlisted: Vec::new() }];
            let mut held = Held::new(oracle.ledger);
            held.hold(&vector.id, &mut attempts);
            attempts.iter().all(|attempt| held.tells(attempt))
        };
        if !openings.into_iter().all(is_new) {
            hidden.push(vector.id.clone());
        }
    }
    (asked, hidden)
}

/// What becomes of a fault that is planted in a peer, behind its ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Some vector tells it.
    New,
    /// It changes what the peer does with no vector that it handles rightly today.
    AlreadySo,
    /// It makes the peer fail these vectors, and each passes for known.
    Hidden(Vec<String>),
}

/// Plants a fault in a peer that has a ledger, and tries every vector. What the fault changes is judged strictly.
pub fn plant(data: &Conformance, bare: &Oracle<'_>, planted: &Planted) -> Plant {
    let behind = planted.behind(bare.peer);
    let oracle = Oracle { peer: &behind, strict: true, ..*bare };
    let is_right = |verdict: &Verdict| matches!(verdict, Verdict::Pass | Verdict::Permitted);
    let mut hidden = Vec::new();
    for vector in data.vectors.all().iter().filter(|vector| vector.role() == planted.role) {
        let mut attempts = Vec::new();
        if let Some(building) = vector.building() {
            let (was, is) = (bare.peer.build(building), behind.build(building));
            let judged = |built| judge_built(&vector.expectation, building, built, bare.register);
            if was != is && is_right(&judged(&was)) {
                let verdict = judged(&is);
                let (explained, new) = explain_built(&oracle, vector, &is, &verdict);
                let delivery = Delivery::Whole.to_string();
                attempts.push(Attempt { delivery, verdict, explained, new, unlisted: Vec::new() });
            }
        } else if let Some(whole) = Case::of(vector, Delivery::Whole) {
            for delivery in deliveries::few(&whole.exchange.octets, whole.judged.consumed) {
                let case = whole.delivered(delivery);
                let was = bare.peer.observe(&case.exchange);
                let is = behind.observe(&case.exchange);
                if was != is && is_right(&bare.judge(&case, was).verdict) {
                    let Compared { verdict, explained, new, .. } = oracle.judge(&case, is);
                    let delivery = case.exchange.delivery.to_string();
                    attempts.push(Attempt { delivery, verdict, explained, new, unlisted: Vec::new() });
                }
            }
        }
        attempts.retain(|attempt| !is_right(&attempt.verdict) && !attempt.verdict.faults().is_empty());
        if attempts.is_empty() {
            continue;
        }
        let mut held = Held::new(bare.ledger);
        held.hold(&vector.id, &mut attempts);
        if attempts.iter().any(|attempt| held.tells(attempt)) {
            return Plant::New;
        }
        hidden.push(vector.id.clone());
    }
    if hidden.is_empty() { Plant::AlreadySo } else { Plant::Hidden(hidden) }
}

/// Turns each of so many generated exchanges that the peer rejects today into an opening.
pub fn flip_generated(oracle: &Oracle<'_>, role: Role, seed: u64, cases: u64) -> Power {
    let mut power = Power::default();
    for number in 0..cases {
        let plan = Plan::draw(role, &mut Seeded::of(seed, role as u64, number));
        let Some(case) = Case::judged(plan.render()) else { continue };
        let is_hidden = match oracle.flipped(&case) {
            None => continue,
            Some(Flipped::Apart) => {
                power.apart += 1;
                continue;
            }
            Some(flipped) => flipped == Flipped::Hidden,
        };
        power.all.add(is_hidden);
        for id in case.breached() {
            power.by.entry(id).or_default().add(is_hidden);
            if is_hidden {
                power.first.entry(id).or_insert_with(|| case.exchange.octets.escape_ascii().to_string());
            }
        }
    }
    power
}
