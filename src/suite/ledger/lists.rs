//! What a file of the ledger says of the vectors, held against those that there are.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Direction, Divergence, Listed, Record, Seal};
use crate::judgement::{Permitted, RequirementId, Role};
use crate::suite::law::register::Register;
use crate::suite::law::source::Wrong;
use crate::suite::law::vector::{Bearing, Vector};
use crate::suite::law::vectors::Vectors;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSeal {
    pub(super) count: usize,
    pub(super) sha256: String,
}

/// The first vector that violates nothing but what an entry covers, and that no entry lists as accepted.
pub(super) fn rejected<'v>(
    entry: &Divergence,
    all: &[Divergence],
    register: &Register,
    vectors: &'v Vectors,
) -> Option<&'v str> {
    let is_listed = |vector: &Vector| {
        let mut accepting = all.iter().filter(|its| its.direction == Direction::Accepts && its.role == entry.role);
        accepting.any(|its| its.record.of(&vector.id).is_some_and(|listed| listed.is_in("whole")))
    };
    let is_of_it = |vector: &Vector| {
        let binds = |id| register.get(id).is_some_and(|entry| entry.duty.is_of(vector.role()));
        let departs =
            |(id, bearing): &(RequirementId, Bearing)| (*bearing == Bearing::Departs && binds(*id)).then_some(*id);
        let mut departs = vector.requirements.iter().filter_map(departs).peekable();
        departs.peek().is_some() && departs.all(|id| entry.covers(id))
    };
    let of_role = vectors.all().iter().filter(|vector| vector.role() == entry.role && vector.exchange().is_some());
    let mut rejected = of_role.filter(|vector| vector.permitted() == Permitted::MustReject && is_of_it(vector));
    rejected.find(|vector| !is_listed(vector)).map(|vector| vector.id.as_str())
}

pub(super) fn is_digest(member: &str, digest: &str) -> Result<(), Wrong> {
    if digest.len() == 64 && digest.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err((format!("`{member}` is no SHA-256"), "write 64 hexadecimal digits, in lower case"))
}

/// The vectors that fail under an entry: by their ids, or sealed as its reproducer is.
pub(super) fn record(
    role: Role,
    is_sealed: bool,
    sealed: Option<&RawSeal>,
    listed: Option<&[String]>,
    vectors: Option<&Vectors>,
) -> Result<Record, Wrong> {
    const BLESS: &str = "let `ws101 diff --peer PEER --bless` write the list";
    match (is_sealed, sealed, listed) {
        (true, Some(seal), None) => {
            is_digest("sha256", &seal.sha256)?;
            return Ok(Record::Sealed(Seal { vectors: seal.count, sha256: seal.sha256.clone() }));
        }
        (true, _, Some(_)) => {
            return Err(("lists `vectors` beside a sealed reproducer".to_owned(), "seal them: `sealed_vectors`"));
        }
        (true, None, None) => return Ok(Record::Sealed(Seal::of(&BTreeSet::new()))),
        (false, Some(_), _) => {
            return Err(("seals the vectors of an open reproducer".to_owned(), "list them: `vectors`"));
        }
        (false, None, _) => {}
    }
    let mut all: Vec<Listed> = Vec::new();
    for line in listed.into_iter().flatten() {
        let one = Listed::read(line).map_err(|message| (message, BLESS))?;
        let is_there = |vectors: &Vectors| vectors.get(&one.vector).is_some_and(|vector| vector.role() == role);
        if !vectors.is_none_or(is_there) {
            let message = format!("lists {}, which is no vector of a {}", one.vector, role);
            return Err((message, "remove it, or mend its id"));
        }
        if all.last().is_some_and(|before| before.vector >= one.vector) {
            return Err((format!("lists {} twice, or out of order", one.vector), BLESS));
        }
        all.push(one);
    }
    Ok(Record::Open(all))
}
