//! What a vector says that it shows is found in it by the judge, or stands in `conformance/unproved.toml` with the reason; and
//! each requirement that fixes a verdict stands alone in some vector, or says there why not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use ws101::generate::{Plan, Seeded, Situation};
use ws101::judgement::{Decided, Kind, Owed, Permitted, Requirement, RequirementId, Role, Severity, requirements as r};
use ws101::oracle::{Judged, data, judge};
use ws101::suite::Vector;
use ws101::suite::law::vector::{Bearing, VectorKind};

/// `conformance/unproved.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unproved {
    label: Vec<Label>,
    alone: Vec<Alone>,
}

/// Labels of one requirement that the judge does not confirm.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    requirement: String,
    bearing: Bearing,
    vectors: Vec<String>,
    reason: String,
}

/// A requirement that never stands alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alone {
    requirement: String,
    reason: String,
}

fn unproved() -> Unproved {
    toml::from_str(&fs::read_to_string("conformance/unproved.toml").expect("it is there")).expect("its members")
}

fn requirement(id: RequirementId) -> &'static Requirement {
    r::ALL.iter().find(|its| its.id == id).expect("the register of the project")
}

/// What the judge cites in a vector.
fn cited(vector: &Vector) -> BTreeSet<RequirementId> {
    let Some(exchange) = vector.exchange() else { return BTreeSet::new() };
    let judged = judge(exchange).expect("needs of the reference");
    let findings = judged.judgement.iter().flat_map(|judgement| &judgement.findings);
    findings.map(|finding| finding.requirement.id).collect()
}

/// Whether what the judge cites is the requirement, the same test, or the same matter as a duty of the other end. What is kept may
/// be the counterpart of what is cited.
fn is_found(cited: &BTreeSet<RequirementId>, id: RequirementId, bearing: Bearing) -> bool {
    let register = &data().register;
    let counterpart = |id| requirement(id).counterpart.map(|its| its.id);
    let faces = |its| bearing != Bearing::Keeps && counterpart(id) == Some(its);
    let tells = |its| [Some(its), counterpart(its)].into_iter().flatten().any(|its| register.same_test(its, id));
    cited.iter().any(|its| faces(*its) || tells(*its))
}

#[test]
fn each_label_is_found_by_the_judge_or_has_its_reason() {
    let (mut open, mut labels) = (BTreeSet::new(), 0);
    for vector in data().vectors.all() {
        let cited = cited(vector);
        for (id, bearing) in &vector.requirements {
            labels += 1;
            if is_found(&cited, *id, *bearing) == (*bearing == Bearing::Keeps) {
                open.insert((vector.id.clone(), id.to_string(), *bearing));
            }
        }
    }
    let mut excused = BTreeSet::new();
    for Label { requirement, bearing, vectors, reason } in unproved().label {
        assert!(!reason.trim().is_empty() && !vectors.is_empty(), "{requirement}: write a reason and the vectors");
        for vector in vectors {
            let label = (vector, requirement.clone(), bearing);
            assert!(excused.insert(label.clone()), "{label:?} has two reasons");
        }
    }
    let without: Vec<_> = open.difference(&excused).collect();
    let stale: Vec<_> = excused.difference(&open).collect();
    assert!(labels > 3_000 && without.is_empty() && stale.is_empty(), "no reason: {without:#?}, stale: {stale:#?}");
}

#[test]
fn each_requirement_stands_alone_in_some_vector_or_has_its_reason() {
    let register = &data().register;
    let mut alone: BTreeMap<RequirementId, bool> = BTreeMap::new();
    for vector in data().vectors.all() {
        let fixes = |id: RequirementId, bearing: Bearing| {
            let its = requirement(id);
            let is_its = match vector.kind {
                VectorKind::Build => its.duty.is_of(vector.role()),
                VectorKind::Request | VectorKind::Response => its.duty.is_reading_of(vector.role()),
            };
            is_its
                && match bearing {
                    Bearing::Departs => its.expected == Permitted::MustReject,
                    Bearing::Uses => its.expected == Permitted::MustAccept,
                    Bearing::Keeps => false,
                }
        };
        let fixing: Vec<_> = vector.requirements.iter().filter(|(id, bearing)| fixes(*id, *bearing)).collect();
        for (id, _) in &fixing {
            *alone.entry(*id).or_default() |= fixing.iter().all(|(its, _)| register.same_test(*its, *id));
        }
    }
    let lonely: BTreeSet<String> = alone.iter().filter(|(_, alone)| !**alone).map(|(id, _)| id.to_string()).collect();
    let mut excused = BTreeSet::new();
    for Alone { requirement, reason } in unproved().alone {
        assert!(!reason.trim().is_empty(), "{requirement}: write a reason");
        assert!(excused.insert(requirement.clone()), "{requirement} has two reasons");
    }
    let without: Vec<_> = lonely.difference(&excused).collect();
    let stale: Vec<_> = excused.difference(&lonely).collect();
    assert!(alone.len() > 150 && without.is_empty() && stale.is_empty(), "no reason: {without:#?}, stale: {stale:#?}");
}

/// Requirements that fix a refusal and are no MUST, each with its reason: whoever accepts there is no failure.
const NO_MUST: [(&Requirement, &str); 1] = [(
    &r::RFC6455_10_2_VERIFY_ORIGIN,
    "§10.2 only recommends to check an origin; which ones are served is the server's own configuration",
)];

/// What must be refused rests on a MUST, be it contested: a peer that accepts it is never a mere matter of taste. Where the two
/// disagree, a vector fails what generated octets pass over.
#[test]
fn what_must_be_refused_rests_on_a_must() {
    let is_severe = |decided: Decided| decided.owed.severity <= Severity::Contested;
    let is_excused = |ids: &BTreeSet<RequirementId>| NO_MUST.iter().any(|(its, _)| ids.contains(&its.id));
    let mut wrong = BTreeSet::new();
    for vector in data().vectors.all().iter().filter(|vector| vector.permitted() == Permitted::MustReject) {
        let departs: BTreeSet<_> = vector.that(Bearing::Departs).collect();
        if !is_severe(vector.expectation.decided) && !is_excused(&departs) {
            wrong.insert(format!("{}: {:?}", vector.id, vector.expectation.decided));
        }
    }
    let vectors = data().vectors.all().iter().filter_map(Vector::exchange).cloned();
    let drawn = (0..40_000).map(|seed| {
        let role = if seed % 2 == 0 { Role::Server } else { Role::Client };
        Situation::draw(role, &mut Seeded::new(seed), 2000).exchange
    });
    let planned = (0..40_000).map(|seed| {
        let role = if seed % 2 == 0 { Role::Server } else { Role::Client };
        Plan::draw(role, &mut Seeded::new(seed)).render()
    });
    let mut tried = 0;
    for exchange in vectors.chain(drawn).chain(planned) {
        let Some(Judged { judgement: Some(judgement), .. }) = judge(&exchange) else { continue };
        if judgement.permitted() != Permitted::MustReject {
            continue;
        }
        tried += 1;
        let violated = judgement.of(Kind::Violated);
        let by: Vec<_> = violated.map(|finding| (finding.requirement.id, finding.requirement.owed())).collect();
        let ids: BTreeSet<_> = by.iter().map(|(id, _)| *id).collect();
        if !is_severe(Owed::decided(Permitted::MustReject, by.into_iter())) && !is_excused(&ids) {
            wrong.insert(format!("{ids:?}: {}", exchange.octets.escape_ascii()));
        }
    }
    assert!(tried > 20_000, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried}: {:#?}", wrong.len(), wrong.iter().take(20).collect::<Vec<_>>());
}
