//! The register, the requirements that the reference cites, and what shows each of them.

use std::collections::BTreeMap;

use ws101::judgement::requirements;
use ws101::oracle::data;
use ws101::suite::register::{Duty, State};
use ws101::suite::unshown::Side;
use ws101::suite::vector::Bearing;

/// What shows the sides of each requirement: its breach or use, and its being met.
fn shown() -> BTreeMap<String, (bool, bool)> {
    let data = data();
    let mut shown: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for vector in data.vectors.all() {
        for (id, bearing) in &vector.requirements {
            let sides = shown.entry(id.clone()).or_default();
            match bearing {
                // A control keeps whatever the vector departs from or uses.
                Bearing::Departs | Bearing::Uses => {
                    *sides = (true, sides.1 || vector.control.is_some());
                }
                Bearing::Keeps => sides.1 = true,
            }
        }
        if let Some(form) = &vector.expectation.form {
            shown.entry(form.requirement.clone()).or_default().1 = true;
        }
    }
    for entry in &data.unshown {
        let sides = shown.entry(entry.id.clone()).or_default();
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
            let shows = |(id, bearing): &(String, Bearing)| *id == entry.id && wanted.contains(bearing);
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

#[test]
fn the_reference_cites_the_register_as_it_stands() {
    for cited in requirements::ALL {
        let entry = data().register.get(cited.id).unwrap_or_else(|| panic!("{} is not in the register", cited.id));
        assert_eq!(
            (entry.level, entry.expected, entry.strict()),
            (cited.level, cited.expected, cited.strict),
            "{}",
            cited.id
        );
    }
}

/// What stands in the register and not in the code, or is named there twice, would never be cited.
#[test]
fn every_core_requirement_can_be_cited() {
    let ids: Vec<_> = requirements::ALL.iter().map(|requirement| requirement.id).collect();
    let core = data()
        .register
        .entries()
        .iter()
        .filter(|entry| entry.state == State::Core && Duty::ENDPOINTS.contains(&entry.duty));
    for entry in core {
        assert_eq!(ids.iter().filter(|id| **id == entry.id).count(), 1, "{}", entry.id);
    }
}

#[test]
fn nobody_is_accused_by_a_clause_that_binds_the_other_side() {
    let data = data();
    for vector in data.vectors.all() {
        let binds = |id: &str| data.register.get(id).is_some_and(|entry| entry.duty.is_of(vector.role()));
        let ids: Vec<&str> = vector.requirements.iter().map(|(id, _)| id.as_str()).collect();
        let about = data.about(vector);
        assert!(ids.contains(&about), "{}: {about}", vector.id);
        assert_eq!(binds(about), ids.iter().any(|id| binds(id)), "{}: {about}", vector.id);
        // What is named first is what it is about, unless it binds the other side.
        assert!(!binds(ids[0]) || about == ids[0], "{}: {about}", vector.id);
        let shows = |id: &str| vector.that(Bearing::Departs).chain(vector.that(Bearing::Uses)).any(|its| its == id);
        let is_shown = ids.iter().any(|id| binds(id) && shows(id));
        assert!(binds(ids[0]) || shows(about) || !is_shown, "{}: {about}", vector.id);
    }
}
