//! The register, the file of the reference that is written from it, and what shows each requirement.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs};

use ws101::judgement::{Duty, Permitted, Requirement, RequirementId, Role, requirements as r};
use ws101::oracle::data;
use ws101::suite::law::register::State;
use ws101::suite::law::unshown::Side;
use ws101::suite::law::vector::Bearing;
use ws101::suite::wire::Head;

/// What shows the sides of each requirement: its breach or use, and its being met.
fn shown() -> BTreeMap<RequirementId, (bool, bool)> {
    let data = data();
    let mut shown: BTreeMap<RequirementId, (bool, bool)> = BTreeMap::new();
    for vector in data.vectors.all() {
        for (id, bearing) in &vector.requirements {
            let sides = shown.entry(*id).or_default();
            match bearing {
                // A control keeps whatever the vector departs from or uses.
                Bearing::Departs | Bearing::Uses => {
                    *sides = (true, sides.1 || vector.control.is_some());
                }
                Bearing::Keeps => sides.1 = true,
            }
        }
        if let Some(form) = &vector.expectation.form {
            shown.entry(form.requirement).or_default().1 = true;
        }
    }
    for entry in &data.unshown {
        let sides = shown.entry(entry.id).or_default();
        match entry.side {
            Side::Departs | Side::Uses => sides.0 = true,
            Side::Keeps => sides.1 = true,
            Side::Both => *sides = (true, true),
        }
    }
    shown
}

#[test]
fn every_core_requirement_of_an_endpoint_has_its_vectors_or_its_reason() {
    let shown = shown();
    let core = data()
        .register
        .entries()
        .iter()
        .filter(|entry| entry.state == State::Core && Duty::ENDPOINTS.contains(&entry.duty));
    let open: Vec<_> = core
        .filter(|entry| shown.get(&entry.id).copied().unwrap_or_default() != (true, true))
        .map(|entry| (&entry.id, shown.get(&entry.id).copied().unwrap_or_default()))
        .collect();
    assert!(open.is_empty(), "(breach or use, being met): {open:#?}");
}

#[test]
fn nothing_is_said_to_be_unshown_that_a_vector_shows() {
    let data = data();
    let mut wrong = Vec::new();
    for entry in &data.unshown {
        let bearing = |wanted: &[Bearing]| {
            let shows = |(id, bearing): &(RequirementId, Bearing)| *id == entry.id && wanted.contains(bearing);
            data.vectors.all().iter().any(|vector| vector.requirements.iter().any(shows))
        };
        let shown = match entry.side {
            Side::Departs | Side::Uses => bearing(&[Bearing::Departs, Bearing::Uses]),
            Side::Keeps => bearing(&[Bearing::Keeps]),
            Side::Both => bearing(&[Bearing::Departs, Bearing::Uses, Bearing::Keeps]),
        };
        if shown {
            wrong.push((&entry.id, entry.side));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The requirements as the reference has them.
const FILE: &str = "src/judgement/requirements.rs";

/// The head of that file.
const HEAD: &str = r#"//! The requirements of the register, written from `conformance/requirements/` by `WS101_WRITE=1 cargo test --test register`.

use super::{Decision, Duty, Level, Permitted, Requirement, RequirementId, Severity};

macro_rules! requirements {
    ($($name:ident = $id:literal, $duty:ident, $level:ident, $severity:ident, $expected:ident, $strict:ident, $status:expr, $counterpart:expr;)*) => {
        $(
            #[doc = concat!("`", $id, "`")]
            pub static $name: Requirement = Requirement {
                id: RequirementId::known($id),
                duty: Duty::$duty,
                level: Level::$level,
                severity: Severity::$severity,
                expected: Permitted::$expected,
                strict: Decision::$strict,
                status: &$status,
                counterpart: $counterpart,
            };
        )*

        /// Every requirement, in the order of the register.
        pub static ALL: &[&Requirement] = &[$(&$name),*];
    };
}

requirements! {
"#;

#[test]
fn the_reference_has_the_register_as_it_stands() {
    let mut file = HEAD.to_owned();
    let name = |id: RequirementId| id.as_str().replace(['.', '-'], "_").to_uppercase();
    for entry in data().register.entries() {
        let counterpart = entry.counterpart.map_or("None".to_owned(), |its| format!("Some(&{})", name(its)));
        let _ = writeln!(
            file,
            "    {} = \"{}\", {:?}, {:?}, {:?}, {:?}, {:?}, {:?}, {counterpart};",
            name(entry.id),
            entry.id,
            entry.duty,
            entry.level,
            entry.owed().severity,
            entry.expected,
            entry.strict(),
            entry.status_must,
        );
    }
    file.push_str("}\n");
    if env::var_os("WS101_WRITE").is_some_and(|value| value == "1") {
        fs::write(FILE, file).expect("it can be written");
    } else {
        let differs =
            "differs from conformance/requirements/: write it anew by WS101_WRITE=1 cargo test --test register";
        assert!(fs::read_to_string(FILE).expect("it is there") == file, "{FILE} {differs}");
    }
}

#[test]
fn nobody_is_accused_by_a_clause_that_binds_the_other_side() {
    let data = data();
    for vector in data.vectors.all() {
        let binds = |id: RequirementId| data.register.get(id).is_some_and(|entry| entry.duty.is_of(vector.role()));
        let ids: Vec<RequirementId> = vector.requirements.iter().map(|(id, _)| *id).collect();
        let about = data.about(vector);
        assert!(ids.contains(&about), "{}: {about}", vector.id);
        assert_eq!(binds(about), ids.iter().any(|id| binds(*id)), "{}: {about}", vector.id);
        // What is named first is what it is about, unless it binds the other side.
        assert!(!binds(ids[0]) || about == ids[0], "{}: {about}", vector.id);
        let shows =
            |id: RequirementId| vector.that(Bearing::Departs).chain(vector.that(Bearing::Uses)).any(|its| its == id);
        let is_shown = ids.iter().any(|id| binds(*id) && shows(*id));
        assert!(binds(ids[0]) || shows(about) || !is_shown, "{}: {about}", vector.id);
    }
}

/// The numbers that no document has are those of the entry, and no vector that must be accepted goes beyond them.
#[test]
fn what_must_be_accepted_is_small() {
    let ours = |requirement: &Requirement| &data().register.get(requirement.id).expect("an entry").ours;
    let (request, response) = (ours(&r::RFC9110_5_4_REQUEST_SIZE), ours(&r::RFC9110_5_4_RESPONSE_SIZE));
    let mut small = 0;
    for vector in data().vectors.all() {
        let Some(exchange) = vector.exchange() else { continue };
        if vector.permitted() != Permitted::MustAccept {
            continue;
        }
        let head = Head::read(&exchange.octets);
        let (numbers, start_line, part) = match exchange.role {
            Role::Server => (request, head.request_line().target.len(), "target_octets"),
            Role::Client => (response, head.status_line().map_or(0, |line| line.reason.len()), "reason_octets"),
        };
        let within = |name: &str, number: usize| number <= numbers[name] as usize;
        // What the client offered it can read.
        let offered = |value: &[u8]| exchange.needs.protocols.iter().any(|name| name.as_bytes() == value);
        let values = head.fields().map(|field| if offered(&field.value) { 0 } else { field.value.len() });
        assert!(within("value_octets", values.max().unwrap_or_default()), "{}: a value", vector.id);
        assert!(within("field_lines", head.fields().count()), "{}: field lines", vector.id);
        assert!(within(part, start_line), "{}: start-line", vector.id);
        small += 1;
    }
    assert!(small > 300, "{small}");
}

/// The page of what is open and what is contested.
const LATITUDE: &str = "conformance/LATITUDE.md";

/// Its second part says what the register says.
#[test]
fn the_page_of_latitude_is_that_of_the_register() {
    let core = || data().register.entries().iter().filter(|entry| entry.is_core());
    let mut part = String::from("\n\n## 4. Contested\n");
    for entry in core() {
        if let [strict, other] = &entry.readings()[..] {
            let _ = write!(part, "\n- `{}` ({}): {}\n", entry.id, entry.clause(), entry.summary);
            let _ = write!(part, "  - strict: {strict}\n  - other: {other}\n");
        }
    }
    part.push_str("\n## 5. Either\n\n| Requirement | What | Strict | Why |\n| --- | --- | --- | --- |\n");
    for entry in core().filter(|entry| entry.expected == Permitted::Either) {
        let cell = |text: &str| text.replace('|', "\\|");
        let why = entry.strict_why.as_deref().unwrap_or_default();
        let (summary, strict) = (cell(&entry.summary), entry.strict());
        let _ = writeln!(part, "| `{}` | {summary} | {strict} | {} |", entry.id, cell(why));
    }
    let page = fs::read_to_string(LATITUDE).expect("it is there");
    let (by_hand, stored) = page.split_once(" -->").expect("the mark before the second part");
    if env::var_os("WS101_WRITE").is_some_and(|value| value == "1") {
        fs::write(LATITUDE, format!("{by_hand} -->{part}")).expect("it can be written");
    } else {
        assert!(stored == part, "{LATITUDE} differs from conformance/requirements/: WS101_WRITE=1 writes it again");
    }
}

/// Each vector asks something that no other one asks: a case is counted once.
#[test]
fn no_two_vectors_are_alike() {
    let mut seen = BTreeMap::new();
    let mut copies = Vec::new();
    for vector in data().vectors.all() {
        let asked = match (vector.exchange(), vector.building()) {
            (Some(exchange), _) => format!("{exchange:?}"),
            (None, building) => format!("{building:?}"),
        };
        if let Some(first) = seen.insert(asked, &vector.id) {
            copies.push((first, &vector.id));
        }
    }
    assert!(seen.len() > 1500 && copies.is_empty(), "{copies:#?}");
}

/// Where a vector departs from what is contested and from what is not, the latter decides: only where it is plain all the same.
#[test]
fn what_is_contested_counts_as_such() {
    const PLAIN: [&str; 3] = [
        // One of the lines has another value than the expected one.
        "client/accept/lines-right-wrong",
        "client/accept/lines-wrong-right",
        // Without a line end there is no Host.
        "server/line-ends/cr-between-request-line-and-host",
    ];
    let mut mixed = Vec::new();
    for vector in data().vectors.all().iter().filter(|vector| vector.permitted() == Permitted::MustReject) {
        let departs = vector.requirements.iter().filter(|(_, bearing)| *bearing == Bearing::Departs);
        let entries = departs.filter_map(|(id, _)| data().register.get(*id));
        let binding =
            entries.filter(|entry| entry.expected == Permitted::MustReject && entry.duty.is_reading_of(vector.role()));
        let contested: Vec<bool> = binding.map(|entry| entry.contested.is_some()).collect();
        if contested.contains(&true) && contested.contains(&false) {
            mixed.push(vector.id.as_str());
        }
    }
    mixed.sort_unstable();
    assert_eq!(mixed, PLAIN);
}
