//! How much a ledger would hide: of what a peer rejects today as it must, what an opening would come to.

use std::collections::BTreeMap;

use crate::generate::{Plan, Seeded};
use crate::judgement::{RequirementId, Role};
use crate::oracle::{Case, Oracle};

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
    /// Over all exchanges.
    pub all: Hidden,
    /// By requirement: an exchange that violates several counts for each.
    pub by: BTreeMap<RequirementId, Hidden>,
    /// For each requirement, the first exchange that would be hidden.
    pub first: BTreeMap<RequirementId, String>,
}

/// Turns each of so many generated exchanges that the peer rejects today into an opening.
pub fn flip_generated(oracle: &Oracle<'_>, role: Role, seed: u64, cases: u64) -> Power {
    let mut power = Power::default();
    for number in 0..cases {
        let plan = Plan::draw(role, &mut Seeded::of(seed, role as u64, number));
        let Some(case) = Case::judged(plan.render()) else { continue };
        let Some(is_hidden) = oracle.hides_opening(&case) else { continue };
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
