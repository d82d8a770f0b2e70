//! What a case tells beside the other cases of a run: a refusal beside its control, an acceptance beside plainer ones.

use std::collections::{BTreeMap, BTreeSet};

use super::ServerTest;
use super::plan::Planned;
use super::trial::Done;
use crate::judgement::{RequirementId, Role};
use crate::suite::law::vector::Bearing;
use crate::suite::results::Standing;

/// Where the control of a case is refused as well, that case tells nothing by being refused: what is wrong there is told
/// with the control.
pub(super) fn refused(cases: &[Planned<'_>], done: &mut BTreeMap<usize, Done>) {
    let is_shut = |(number, done): (&usize, &Done)| {
        let planned = cases.get(*number)?;
        (planned.is_due() && !done.opened && done.case.standing != Standing::HarnessError).then(|| planned.id())
    };
    let shut: BTreeSet<String> = done.iter().filter_map(is_shut).collect();
    for (number, done) in done.iter_mut() {
        let vector = cases.get(*number).and_then(Planned::vector);
        let control = vector.and_then(|vector| vector.control.as_ref()).filter(|control| shut.contains(*control));
        if let (Some(vector), Some(control)) = (vector, control) {
            let form = vector.expectation.form.as_ref().map(|form| form.requirement.as_str());
            done.beside_its_control(control, form);
        }
    }
}

/// Whoever accepts what departs from several requirements passes one of them over, and nothing shows which. Where one of
/// them is passed over in a case that has nothing to do with the other, it is told by that one: two keys whose names differ in
/// case do not show that case is minded, if two keys of one name are accepted as well; nor a fold in a key that it is not read
/// as a space, if a space in a key is accepted.
pub(super) fn accepted(test: &ServerTest<'_>, done: &mut BTreeMap<usize, Done>) {
    let departed = |number: usize| -> Vec<RequirementId> {
        let vector = test.cases.get(number).and_then(Planned::vector);
        let requirements = vector.map_or(&[][..], |vector| &vector.requirements);
        let departs = requirements.iter().filter(|(_, bearing)| *bearing == Bearing::Departs);
        let binds = |id: RequirementId| test.data.register.get(id).is_some_and(|entry| entry.duty.is_of(Role::Server));
        departs.map(|(id, _)| *id).filter(|id| binds(*id)).collect()
    };
    let is_accepted = |done: &Done| done.case.faults.iter().any(|fault| fault.failing == "accepts");
    let shown: Vec<(String, Vec<RequirementId>, String)> = done
        .iter()
        .filter(|(_, done)| is_accepted(done))
        .map(|(&number, done)| (done.case.requirement.clone(), departed(number), done.case.id.clone()))
        .collect();
    for (&number, done) in done.iter_mut().filter(|(_, done)| is_accepted(done)) {
        let about = done.case.requirement.clone();
        let is_one = |departed: &[RequirementId]| {
            departed
                .split_first()
                .is_some_and(|(first, others)| others.iter().all(|its| test.data.register.same_test(*first, *its)))
        };
        if shown.iter().any(|(its, departed, _)| *its == about && is_one(departed)) {
            continue;
        }
        let apart = |id: &RequirementId| {
            let is_of = |id: &RequirementId| id.as_str() == about;
            let shows = |its: &str, departed: &[RequirementId]| {
                its == id.as_str() && its != about && !departed.iter().any(is_of)
            };
            shown.iter().find(|(its, departed, _)| shows(its, departed))
        };
        let apart = departed(number).iter().find_map(apart);
        if let Some((entry, id)) = apart.and_then(|(its, _, id)| Some((test.data.register.find(its)?, id))) {
            done.told_by(entry, id);
        }
    }
}
