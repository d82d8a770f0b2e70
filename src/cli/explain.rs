//! `ws101 explain`: a requirement, a vector or a divergence.

use clap::Args;

use super::failure::{Failure, Status};
use super::input::shown;
use super::terminal::Terminal;
use super::{Format, Global};
use crate::report::{DivergenceSheet, RequirementSheet, VectorSheet};
use crate::suite::Conformance;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// What `ws101 list` names: rfc6455-4.2.1-key-length, server/key/empty, tungstenite/server/…
    id: String,
}

pub(super) fn run(options: &Options, global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
    let data = global.data()?;
    let (id, look) = (options.id.as_str(), terminal.look());
    let (human, json) = if let Some(requirement) = RequirementSheet::find(&data, id) {
        (requirement.human(look), requirement.json())
    } else if let Some(vector) = VectorSheet::find(&data, id) {
        (vector.human(look), vector.json())
    } else if let Some(known) = DivergenceSheet::find(&data, id) {
        (known.human(look), known.json())
    } else {
        return Err(unknown(id, &data));
    };
    terminal.print(&match global.format {
        Format::Human => human,
        Format::Json => format!("{json}\n"),
    })?;
    Ok(Status::Fine)
}

fn unknown(id: &str, data: &Conformance) -> Failure {
    if let Some(retired) = data.retired.iter().find(|retired| retired.id == id) {
        let what = format!("retired id \"{id}\"");
        return Failure::usage(what, "ID", format!("it had the same octets as {}: use that", retired.replaced_by));
    }
    let ids = data.register.entries().iter().map(|entry| entry.id.as_str());
    let ids = ids.chain(data.vectors.all().iter().map(|vector| vector.id.as_str()));
    let known = data.ledgers.iter().flat_map(|ledger| ledger.divergences());
    let ids = ids.chain(known.map(|divergence| divergence.id.as_str()));
    let close = closest(id, ids);
    let remedy = if close.is_empty() {
        "see `ws101 list requirements`, `ws101 list vectors` and `ws101 list divergences`".to_owned()
    } else {
        format!("did you mean {}?", close.join(" or "))
    };
    Failure::usage(format_args!("unknown id \"{}\"", shown(id)), "ID", remedy)
}

/// The ids that are most like the one that is not there, at most three.
fn closest<'i>(id: &str, ids: impl Iterator<Item = &'i str>) -> Vec<&'i str> {
    const ALIKE: f64 = 0.75;
    let likeness = |other: &str| {
        let contained = id.len() >= 4 && other.contains(id);
        strsim::normalized_damerau_levenshtein(id, other) + f64::from(u8::from(contained))
    };
    let mut close: Vec<(f64, &str)> =
        ids.map(|other| (likeness(other), other)).filter(|(like, _)| *like >= ALIKE).collect();
    close.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    close.into_iter().map(|(_, other)| other).take(3).collect()
}
