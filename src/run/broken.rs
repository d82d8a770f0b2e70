//! What it takes to catch a planted fault: a vector, and so many generated exchanges.

use super::deliveries;
use crate::generate::{Plan, Seeded};
use crate::judgement::Role;
use crate::oracle::{Case, Compared, Oracle, explain_built};
use crate::peer::broken::Planted;
use crate::peer::reference::Reference;
use crate::suite::ledger::Behaviour;
use crate::suite::verdict::judge_built;
use crate::suite::{Catch, Conformance, Delivery, Exchange, Failing, Fault, Ledger, Peer as _, Shows, Vector};

/// The seed of the generated exchanges.
pub const SEED: u64 = 101;

/// Tries every planted fault on the vectors, and on as many generated exchanges as it takes, but no more than `cases`.
pub fn catch(data: &Conformance, faults: &[&'static Planted], cases: u64) -> Vec<Catch> {
    let by_vector: Vec<Option<(String, Shows)>> = faults.iter().map(|planted| first_vector(data, planted)).collect();
    let roles = [Role::Server, Role::Client];
    let by_inputs = std::thread::scope(|scope| {
        let threads = roles.map(|role| scope.spawn(move || first_inputs(data, faults, role, cases)));
        threads.map(super::joined)
    });
    let catches = faults.iter().zip(by_vector).enumerate().map(|(at, (&planted, by_vector))| {
        let by_inputs = by_inputs.iter().find_map(|found| *found.get(at)?);
        let (inputs, named) = by_inputs.map_or((None, None), |(inputs, named)| (Some(inputs), Some(named)));
        let (vector, shown) = by_vector.map_or((None, None), |(vector, named)| (Some(vector), Some(named)));
        let Planted { name, role, what, shows, .. } = *planted;
        Catch { name, role, what, shows, vector, inputs, named: named.or(shown) }
    });
    catches.collect()
}

fn first_vector(data: &Conformance, planted: &'static Planted) -> Option<(String, Shows)> {
    let mut vectors = data.vectors.all().iter().filter(|vector| vector.role() == planted.role);
    vectors.find_map(|vector| {
        let named = if planted.builds() { built(data, planted, vector) } else { read(data, planted, vector) };
        named.map(|named| (vector.id.clone(), named))
    })
}

fn built(data: &Conformance, planted: &Planted, vector: &Vector) -> Option<Shows> {
    let building = vector.building()?;
    let built = planted.build(building);
    let verdict = judge_built(&vector.expectation, building, &built, &data.register);
    let ledger = Ledger::empty(planted.name);
    let oracle = Oracle { register: &data.register, ledger: &ledger, peer: planted, strict: true };
    let (_, new) = explain_built(&oracle, vector, &built, &verdict);
    let written = vector.requirements.iter().map(|(id, _)| Shows::Requirement(*id));
    if new.is_empty() { None } else { named(data, planted, written.collect()) }
}

fn read(data: &Conformance, planted: &Planted, vector: &Vector) -> Option<Shows> {
    let whole = Case::of(vector, Delivery::Whole)?;
    let oracle = Oracle { register: &data.register, ledger: &Ledger::empty(planted.name), peer: planted, strict: true };
    let deliveries = deliveries::few(&whole.exchange.octets, whole.judged.consumed);
    deliveries.into_iter().map(|delivery| whole.delivered(delivery)).find_map(|case| {
        let compared = oracle.compare(&case);
        let written = vector.requirements.iter().map(|(id, _)| Shows::Requirement(*id));
        let told = told(&oracle, &case, &compared);
        if told.is_empty() { None } else { named(data, planted, told.into_iter().chain(written).collect()) }
    })
}

type Found = Vec<Option<(u64, Shows)>>;

fn first_inputs(data: &Conformance, faults: &[&'static Planted], role: Role, cases: u64) -> Found {
    let mut found: Found = vec![None; faults.len()];
    let is_tried = |planted: &Planted| planted.role == role && !planted.builds();
    for number in 0..cases {
        if faults.iter().zip(&found).all(|(planted, found)| !is_tried(planted) || found.is_some()) {
            break;
        }
        let plan = Plan::draw(role, &mut Seeded::of(SEED, role as u64, number));
        let Some(case) = Case::judged(plan.render()) else { continue };
        let plain = Reference.observe(&case.exchange);
        for (planted, found) in faults.iter().zip(&mut found).filter(|(its, found)| is_tried(its) && found.is_none()) {
            let observation = planted.observe(&case.exchange);
            // What does as the reference does is not at fault.
            if observation == plain {
                continue;
            }
            let oracle =
                Oracle { register: &data.register, ledger: &Ledger::empty(planted.name), peer: *planted, strict: true };
            let compared = oracle.judge(&case, observation);
            let told = told(&oracle, &case, &compared);
            *found = named(data, planted, told).map(|named| (number + 1, named));
        }
    }
    found
}

/// The requirements and behaviours by which the new divergences are explained to a person.
fn told(oracle: &Oracle<'_>, case: &Case, compared: &Compared) -> Vec<Shows> {
    let of = |fault: &Fault| -> Vec<Shows> {
        let behaves = |behaviour| vec![Shows::Behaviour(behaviour)];
        match fault.failing {
            Failing::Accepts => case.violated().map(Shows::Requirement).collect(),
            Failing::Refuses if is_split(oracle, case) => behaves(Behaviour::Split),
            Failing::Refuses => case.exercised().chain(fault.requirement).map(Shows::Requirement).collect(),
            Failing::Answers => fault.requirement.into_iter().map(Shows::Requirement).collect(),
            Failing::Octets => behaves(Behaviour::Octets),
            Failing::Hang => behaves(Behaviour::Hang),
            Failing::Crash => behaves(Behaviour::Crash),
        }
    };
    let mut told: Vec<Shows> = compared.new.iter().flat_map(of).collect();
    told.dedup();
    told
}

/// Whether the same octets in one read are accepted.
fn is_split(oracle: &Oracle<'_>, case: &Case) -> bool {
    let whole = Exchange { delivery: Delivery::Whole, ..case.exchange.clone() };
    let whole = if case.exchange.delivery == Delivery::Whole { None } else { Case::judged(whole) };
    whole.is_some_and(|whole| oracle.compare(&whole).new.is_empty())
}

/// What the fault has to be called, where that is among what is told.
fn named(data: &Conformance, planted: &Planted, told: Vec<Shows>) -> Option<Shows> {
    let is_name = |told: &Shows| match (planted.shows, *told) {
        (Shows::Requirement(id), Shows::Requirement(told)) => data.register.same_test(id, told),
        (shows, told) => shows == told,
    };
    told.into_iter().find(is_name)
}
