//! Planted faults over TCP: each is caught, and named.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ws101::judgement::Role;
use ws101::oracle::data;
use ws101::peer::broken::{Planted, planted};
use ws101::suite::ledger::Behaviour;
use ws101::suite::{Needs, Shows};

use super::{Local, strict_failures, told};

/// Faults that no live run can show, each with its reason.
const NOT_LIVE: [(&str, &str); 12] = [
    ("server-origin-any", "which origins a live server serves is not known"),
    ("server-origin-prefix", "which origins a live server serves is not known"),
    ("server-resource-any", "which resources a live server has is not known"),
    ("server-target-any-service", "which resources a live server has is not known"),
    ("server-second-line", "a live server may choose no subprotocol"),
    ("server-host-of-ipv6", "a live server may serve its own authority alone"),
    ("server-line-of-100", "a live server sets its own limits"),
    ("server-accept-of-one-key-in-a-thousand", "that is what exchanges are generated for"),
    ("server-extensions-echoed", "it is caught, by what the echo agrees to and not by the offer that it answers"),
    ("server-octet-lost", "a client may not send what could be lost before it has an answer"),
    ("server-octet-twice", "a client may not send what could be read twice before it has an answer"),
    ("server-content-as-frames", "where content goes does not show on the wire"),
];

/// A planted fault that is served: `Planted` is `'static` data.
#[derive(Clone, Copy)]
pub(super) struct Served(pub(super) &'static Planted);

impl ws101::suite::Peer for Served {
    fn name(&self) -> &str {
        self.0.name
    }

    fn version(&self) -> &str {
        "0"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &ws101::suite::Exchange) -> ws101::suite::Observation {
        self.0.observe(exchange)
    }
}

/// The vector that catches each planted fault first.
fn first_vectors() -> Vec<(String, Option<String>)> {
    let text = fs::read_to_string("conformance/broken.toml").expect("the figures");
    let table: toml::Table = text.parse().expect("TOML");
    let planted = table["planted"].as_array().expect("planted faults");
    let word = |entry: &toml::Value, key: &str| entry.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    planted.iter().map(|entry| (word(entry, "name").expect("a name"), word(entry, "vector"))).collect()
}

/// What a live run says of a planted fault, where it does not name it.
fn missed(planted: &'static Planted, vector: Option<&str>) -> Option<String> {
    let needs = vector.and_then(|id| data().vectors.get(id)?.exchange().map(|its| its.needs.clone()));
    let needs = needs.unwrap_or_default();
    let local = Local::peer(Served(planted), needs.clone());
    let supports = Needs { protocols: needs.protocols, extensions: needs.extensions, ..Needs::default() };
    let is_named = |results: &ws101::suite::Results| match planted.shows {
        Shows::Requirement(id) => {
            let register = &data().register;
            let alike = |its: &str| register.find(its).is_some_and(|its| register.same_test(its.id, id));
            strict_failures(results).iter().any(|case| {
                let vector = data().vectors.get(case.id.split(" + ").next().unwrap_or_default());
                case.faults.iter().any(|fault| alike(&fault.requirement))
                    || vector.is_some_and(|vector| vector.requirements.iter().any(|(id, _)| alike(id.as_str())))
            }) || !results.control.faults.is_empty()
        }
        Shows::Behaviour(_) => !strict_failures(results).is_empty() || !results.control.faults.is_empty(),
    };
    if is_named(&local.try_cases(supports.clone(), |case| Some(case.id().as_str()) == vector)) {
        return None;
    }
    // Two portions that a busy machine hands over in one read show nothing of a fault between reads.
    let runs = if matches!(planted.shows, Shows::Behaviour(Behaviour::Split)) { 5 } else { 1 };
    let mut last = None;
    for _ in 0..runs {
        let results = local.try_cases(supports.clone(), |_| true);
        if is_named(&results) || !results.control.opened {
            return None;
        }
        last = Some(format!("{} ({vector:?}): {:?}", planted.name, told(&results)));
    }
    last
}

#[test]
fn planted_faults_are_caught_and_named() {
    let first = first_vectors();
    let faults: Vec<&Planted> = planted().filter(|planted| planted.role == Role::Server).collect();
    let (next, missing) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    // They mostly wait for one another.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(planted) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let vector = first.iter().find(|(name, _)| name == planted.name);
                    let missed = missed(planted, vector.and_then(|(_, vector)| vector.as_deref()));
                    missing.lock().expect("no thread panics").extend(missed);
                }
            });
        }
    });
    let mut missed = missing.into_inner().expect("no thread panics");
    let caught = faults.len() - missed.len();
    for (name, why) in NOT_LIVE {
        let is_missed = missed.iter().any(|missed: &String| missed.starts_with(&format!("{name} ")));
        assert!(is_missed, "{name} is caught in spite of: {why}");
    }
    missed.retain(|missed| !NOT_LIVE.iter().any(|(name, _)| missed.starts_with(&format!("{name} "))));
    assert!(missed.is_empty(), "{caught} caught; missed: {missed:#?}");
    assert!(caught >= 80, "{caught}");
}
