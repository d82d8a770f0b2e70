//! Planted faults: each is caught by a vector and by generated exchanges, and named rightly; the figures are true.

use std::fmt::Write as _;
use std::fs;
use std::sync::LazyLock;

use ws101::generate::{Plan, Seeded};
use ws101::judgement::Role;
use ws101::oracle::{Case, Oracle, data};
use ws101::peer::broken::{Planted, planted};
use ws101::peer::{self, reference::Reference};
use ws101::run;
use ws101::suite::{Catch, Ledger, Shows};

/// How many generated exchanges it may take.
const CASES: u64 = 200_000;

/// The figures as they were measured last.
const FIGURES: &str = "conformance/broken.toml";
const PAGE: &str = "conformance/BROKEN.md";

/// No vector has the one key in a thousand: that is what exchanges are generated for.
const BEYOND_VECTORS: [&str; 1] = ["server-accept-of-one-key-in-a-thousand"];

static CATCHES: LazyLock<Vec<Catch>> = LazyLock::new(|| {
    peer::catch_panics();
    run::catch(data(), &planted().collect::<Vec<_>>(), CASES)
});

fn names<'c>(catches: impl Iterator<Item = &'c Catch>) -> Vec<&'static str> {
    catches.map(|catch| catch.name).collect()
}

#[test]
fn there_are_many_planted_faults_of_every_kind() {
    let count = |is_such: fn(&Planted) -> bool| planted().filter(|planted| is_such(planted)).count();
    assert!(count(|planted| planted.role == Role::Server) >= 60);
    assert!(count(|planted| planted.role == Role::Client && !planted.builds()) >= 40);
    assert!(count(Planted::builds) >= 5);
    for planted in planted() {
        if let Shows::Requirement(id) = planted.shows {
            assert!(data().register.get(id).is_some(), "{}: {id}", planted.name);
        }
    }
}

#[test]
fn every_planted_fault_is_caught_by_a_vector() {
    assert_eq!(names(CATCHES.iter().filter(|catch| catch.vector.is_none())), BEYOND_VECTORS);
}

#[test]
fn every_planted_fault_is_caught_by_generated_exchanges() {
    let missed = CATCHES.iter().filter(|catch| catch.inputs.is_none() && !catch.name.starts_with("build"));
    assert_eq!(names(missed), [""; 0]);
}

/// What is planted is found; without it, nothing is: on the vectors and on the same generated exchanges.
#[test]
fn the_reference_without_a_fault_is_not_accused() {
    let oracle =
        Oracle { register: &data().register, ledger: &Ledger::empty("reference"), peer: &Reference, strict: true };
    for vector in data().vectors.all() {
        let Some(case) = Case::of(vector, Default::default()) else { continue };
        assert_eq!(oracle.compare(&case).new, [], "{}", vector.id);
    }
    let most = CATCHES.iter().filter_map(|catch| catch.inputs).max().unwrap_or(0);
    for role in [Role::Server, Role::Client] {
        for number in 0..most {
            let plan = Plan::draw(role, &mut Seeded::of(run::SEED, role as u64, number));
            let Some(case) = Case::judged(plan.render()) else { continue };
            assert_eq!(oracle.compare(&case).new, [], "{role} {number} {:?}", case.exchange);
        }
    }
}

/// With `WS101_WRITE=1` the file is written anew.
fn holds(path: &str, measured: &str) {
    if std::env::var_os("WS101_WRITE").is_some_and(|value| value == "1") {
        fs::write(path, measured).expect("the figures are written");
    }
    let stored = fs::read_to_string(path).unwrap_or_default();
    assert!(stored == measured, "{path} is not what is measured: run WS101_WRITE=1 cargo test --test broken");
}

#[test]
fn the_figures_are_true() {
    let mut measured = String::from(
        "# What catches each planted fault: the first vector, and how many generated exchanges of seed 101 it takes.\n\
         # Measured by tests/broken.rs, which writes this file with WS101_WRITE=1.\nschema = 1\n",
    );
    for Catch { name, vector, inputs, .. } in CATCHES.iter() {
        let _ = writeln!(measured, "\n[[planted]]\nname = \"{}\"", name);
        if let Some(vector) = vector {
            let _ = writeln!(measured, "vector = \"{vector}\"");
        }
        if let Some(inputs) = inputs {
            let _ = writeln!(measured, "inputs = {inputs}");
        }
    }
    holds(FIGURES, &measured);
}

/// The same for people, with what is wrong and what is said of it.
#[test]
fn the_page_is_true() {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let code = |text: &String| format!("`{text}`");
    let mut measured = format!(
        "<!-- Written by tests/broken.rs: WS101_WRITE=1 cargo test --test broken -->\n# Broken peers\n\n\
         The reference with one planted fault each, {} in all (`src/peer/broken/`). For each: the first vector, in the \
         order of\nthe data, that catches it and names what it has to name; how many generated exchanges of seed {} it \
         takes, {} at\nmost; and the requirement or behaviour that is named there. A dash: no vector has the one key in a \
         thousand, and\nwhat a client builds is not generated. `ws101 list broken` measures the same anew.\n",
        CATCHES.len(),
        run::SEED,
        CATCHES.iter().filter_map(|catch| catch.inputs).max().unwrap_or(0),
    );
    let is_built = |catch: &&Catch| catch.name.starts_with("build");
    let reads = |role: Role| move |catch: &&Catch| catch.role == role && !is_built(catch);
    let sections: [(&str, Vec<&Catch>); 3] = [
        ("Servers", CATCHES.iter().filter(reads(Role::Server)).collect()),
        ("Clients that read an answer", CATCHES.iter().filter(reads(Role::Client)).collect()),
        ("Clients that build a request", CATCHES.iter().filter(is_built).collect()),
    ];
    for (title, catches) in sections {
        let _ = write!(measured, "\n## {title}\n\n| fault | vector | inputs | named |\n| --- | --- | ---: | --- |\n");
        for Catch { name, what, vector, inputs, named, .. } in catches {
            let vector = or_dash(vector.as_ref().map(code));
            let inputs = or_dash(inputs.map(|inputs| inputs.to_string()));
            let named = or_dash(named.map(|named| format!("`{named}`")));
            let _ = writeln!(measured, "| `{name}`: {what} | {vector} | {inputs} | {named} |");
        }
    }
    holds(PAGE, &measured);
}
