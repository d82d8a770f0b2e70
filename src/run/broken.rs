//! What it takes to catch a planted fault: a vector, and so many generated exchanges.

use super::deliveries;
use crate::generate::{Plan, Seeded};
use crate::judgement::Role;
use crate::oracle::{Case, Compared, Oracle, explain_built};
use crate::peer::broken::{Planted, Shows};
use crate::peer::reference::Reference;
use crate::suite::ledger::Behaviour;
use crate::suite::verdict::judge_built;
use crate::suite::{Conformance, Delivery, Exchange, Failing, Fault, Ledger, Peer as _, Vector};

/// The seed of the generated exchanges.
pub const SEED: u64 = 101;

/// How a planted fault was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// The fault.
    pub planted: &'static Planted,
    /// The first vector, in the order of the data, that catches it and names what it has to name.
    pub vector: Option<String>,
    /// How many generated exchanges it takes until one does so. `None` for what a client builds, and where none does.
    pub inputs: Option<u64>,
    /// The requirements that were named there; the behaviour, where no single requirement tells it.
    pub named: Vec<String>,
}

/// Tries every planted fault on the vectors, and on as many generated exchanges as it takes, but no more than `cases`.
pub fn catch(data: &Conformance, faults: &[&'static Planted], cases: u64) -> Vec<Catch> {
    let by_vector: Vec<Option<(String, Vec<String>)>> =
        faults.iter().map(|planted| first_vector(data, planted)).collect();
    let roles = [Role::Server, Role::Client];
    let by_inputs = std::thread::scope(|scope| {
        let threads = roles.map(|role| scope.spawn(move || first_inputs(data, faults, role, cases)));
        threads.map(|thread| thread.join().unwrap_or_default())
    });
    let catches = faults.iter().zip(by_vector).enumerate().map(|(at, (&planted, by_vector))| {
        let by_inputs = by_inputs.iter().find_map(|found| found.get(at)?.clone());
        let (inputs, named) = by_inputs.map_or((None, None), |(inputs, named)| (Some(inputs), Some(named)));
        let (vector, shown) = by_vector.map_or((None, None), |(vector, named)| (Some(vector), Some(named)));
        Catch { planted, vector, inputs, named: named.or(shown).unwrap_or_default() }
    });
    catches.collect()
}

fn first_vector(data: &Conformance, planted: &'static Planted) -> Option<(String, Vec<String>)> {
    let mut vectors = data.vectors.all().iter().filter(|vector| vector.role() == planted.role);
    vectors.find_map(|vector| {
        let named = if planted.builds() { built(data, planted, vector) } else { read(data, planted, vector) };
        named.map(|named| (vector.id.clone(), named))
    })
}

fn built(data: &Conformance, planted: &Planted, vector: &Vector) -> Option<Vec<String>> {
    let building = vector.building()?;
    let built = planted.build(building);
    let verdict = judge_built(&vector.expectation, building, &built, &data.register);
    let (_, new) = explain_built(&Ledger::empty(planted.name), vector, &built, &verdict);
    let written = vector.requirements.iter().map(|(id, _)| id.clone());
    if new.is_empty() { None } else { named(data, planted, written.collect()) }
}

fn read(data: &Conformance, planted: &Planted, vector: &Vector) -> Option<Vec<String>> {
    let whole = Case::of(vector, Delivery::Whole)?;
    let oracle = Oracle { register: &data.register, ledger: &Ledger::empty(planted.name), peer: planted };
    let deliveries = deliveries::few(&whole.exchange.octets, whole.judged.consumed);
    deliveries.into_iter().map(|delivery| whole.delivered(delivery)).find_map(|case| {
        let compared = oracle.compare(&case);
        let written = vector.requirements.iter().map(|(id, _)| id.clone());
        let told = told(&oracle, &case, &compared);
        if told.is_empty() { None } else { named(data, planted, told.into_iter().chain(written).collect()) }
    })
}

type Found = Vec<Option<(u64, Vec<String>)>>;

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
            let oracle = Oracle { register: &data.register, ledger: &Ledger::empty(planted.name), peer: *planted };
            let compared = oracle.judge(&case, observation);
            let told = told(&oracle, &case, &compared);
            *found = named(data, planted, told).map(|named| (number + 1, named));
        }
    }
    found
}

/// The ids and behaviours by which the new divergences are explained to a person.
fn told(oracle: &Oracle<'_>, case: &Case, compared: &Compared) -> Vec<String> {
    let of = |fault: &Fault| -> Vec<String> {
        let behaviour = |behaviour: &str| vec![behaviour.to_owned()];
        let ids = |ids: &mut dyn Iterator<Item = &'static str>| ids.map(str::to_owned).collect::<Vec<_>>();
        match fault.failing {
            Failing::Accepts => ids(&mut case.violated()),
            Failing::Refuses if is_split(oracle, case) => behaviour("split"),
            Failing::Refuses => ids(&mut case.exercised().chain(fault.requirement)),
            Failing::Answers => ids(&mut fault.requirement.into_iter()),
            Failing::Octets => behaviour("octets"),
            Failing::Hang => behaviour("hang"),
            Failing::Crash => behaviour("crash"),
        }
    };
    let mut told: Vec<String> = compared.new.iter().flat_map(of).collect();
    told.dedup();
    told
}

/// Whether the same octets in one read are accepted.
fn is_split(oracle: &Oracle<'_>, case: &Case) -> bool {
    let whole = Exchange { delivery: Delivery::Whole, ..case.exchange.clone() };
    let whole = if case.exchange.delivery == Delivery::Whole { None } else { Case::judged(whole) };
    whole.is_some_and(|whole| oracle.compare(&whole).new.is_empty())
}

/// What is told, where the name that the fault has to be given is among it.
fn named(data: &Conformance, planted: &Planted, told: Vec<String>) -> Option<Vec<String>> {
    let is_named = match planted.shows {
        Shows::Requirement(id) => {
            let group = data.register.group_of(id);
            told.iter().any(|told| group.contains(&told.as_str()))
        }
        Shows::Behaviour(behaviour) => told.iter().any(|told| told == word(behaviour)),
    };
    is_named.then_some(told)
}

/// The behaviour in the word of the ledger.
const fn word(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::Split => "split",
        Behaviour::Crash => "crash",
        Behaviour::Hang => "hang",
        Behaviour::Octets => "octets",
    }
}
