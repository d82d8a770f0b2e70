//! A requirement of the register, with what shows it and who fails it.

use serde_json::{Value, json};

use super::Look;
use super::divergence::known;
use super::sheet::{Sheet, listed, word};
use crate::judgement::{Permitted, RequirementId};
use crate::suite::Conformance;
use crate::suite::law::register::Entry;
use crate::suite::law::unshown::Unshown;
use crate::suite::law::vector::{Bearing, Vector};
use crate::suite::ledger::Divergence;

/// A requirement, with what shows it and who fails it.
#[derive(Clone, Debug)]
pub struct RequirementSheet<'c> {
    entry: &'c Entry,
    /// The other entries that are the same test.
    same: Vec<&'static str>,
    vectors: Vec<(&'c Vector, Bearing)>,
    unshown: Vec<&'c Unshown>,
    divergences: Vec<&'c Divergence>,
    data: &'c Conformance,
}

impl<'c> RequirementSheet<'c> {
    /// The requirement of an id.
    pub fn find(data: &'c Conformance, id: &str) -> Option<RequirementSheet<'c>> {
        let entry = data.register.find(id)?;
        let id = entry.id;
        let cites = |vector: &'c Vector| {
            let (_, bearing) = vector.requirements.iter().find(|(its, _)| data.register.same_test(*its, id))?;
            Some((vector, *bearing))
        };
        let mut vectors: Vec<_> = data.vectors.all().iter().filter_map(cites).collect();
        vectors.sort_by_key(|(_, bearing)| *bearing);
        let divergences = data.ledgers.iter().flat_map(|ledger| ledger.divergences());
        Some(RequirementSheet {
            entry,
            same: data
                .register
                .group_of(id)
                .into_iter()
                .filter(|other| *other != id)
                .map(RequirementId::as_str)
                .collect(),
            vectors,
            unshown: data.unshown.iter().filter(|unshown| unshown.id == id).collect(),
            divergences: divergences.filter(|divergence| divergence.covers(id)).collect(),
            data,
        })
    }

    /// The requirement as an object.
    pub fn json(&self) -> Value {
        let entry = self.entry;
        let vectors = self.vectors.iter().map(|(vector, bearing)| json!({"id": vector.id, "bearing": word(bearing)}));
        let unshown = self.unshown.iter().map(|it| json!({"side": word(it.side), "reason": it.reason}));
        json!({
            "type": "requirement",
            "id": entry.id,
            "document": entry.document,
            "section": entry.section,
            "role": entry.duty.as_str(),
            "counterpart": entry.counterpart,
            "no_counterpart": entry.no_counterpart,
            "level": entry.level.as_str(),
            "basis": word(entry.basis),
            "state": word(entry.state),
            "summary": entry.summary,
            "observable": entry.observable,
            "expected": entry.expected.as_str(),
            "detail": entry.detail,
            "status_must": entry.status_must,
            "status_should": entry.status_should,
            "strict": entry.strict().as_str(),
            "strict_why": entry.strict_why,
            "words": entry.words().map(|(part, clause, text)| json!({"part": part, "clause": clause, "text": text})).collect::<Vec<_>>(),
            "contested": !entry.readings().is_empty(),
            "readings": entry.readings(),
            "impact": entry.impact.map(word),
            "impact_why": entry.impact_why,
            "fix": entry.fix,
            "weight": entry.weight.map(word),
            "weight_why": entry.weight_why,
            "same_test": self.same,
            "errata": entry.errata,
            "notes": entry.notes,
            "ours": entry.ours,
            "vectors": vectors.collect::<Vec<_>>(),
            "unshown": unshown.collect::<Vec<_>>(),
            "divergences": self.divergences.iter().map(|divergence| &divergence.id).collect::<Vec<_>>(),
        })
    }

    /// The requirement for people.
    pub fn human(&self, look: Look) -> String {
        let entry = self.entry;
        let mut sheet = Sheet::new(look, entry.id.as_str());
        sheet.text(&format!("{}: {}", entry.clause(), entry.summary));
        sheet.space();
        sheet.term("duty", &format!("{} ({}): {}", entry.level, word(entry.basis), entry.duty.as_str()));
        for (_, clause, text) in entry.words() {
            sheet.term("words", &format!("\"{text}\" ({clause})"));
        }
        sheet.term("seen by", &entry.observable);
        let permitted = match entry.expected {
            Permitted::MustAccept => "must-accept: no ground for a refusal",
            Permitted::MustReject => "must-reject",
            Permitted::Either => "either: accept or reject",
        };
        sheet.term("recipient", permitted);
        sheet.term("", entry.detail.as_deref().unwrap_or_default());
        let statuses = |all: &[u16]| listed(&all.iter().map(u16::to_string).collect::<Vec<_>>(), "or");
        sheet.term("status", &statuses(&entry.status_must));
        if !entry.status_should.is_empty() {
            sheet.term("status", &format!("{}, recommended or an example", statuses(&entry.status_should)));
        }
        if let Some(why) = &entry.strict_why {
            sheet.term("reference", &format!("{}s: {why}", entry.strict()));
        }
        for (reading, (term, name)) in entry.readings().iter().zip([("contested", "strict"), ("", "other")]) {
            sheet.term(term, &format!("{name}: {reading}"));
        }
        if let (Some(impact), Some(why)) = (entry.impact, &entry.impact_why) {
            sheet.term("impact", &format!("{}: {why}", word(impact)));
        }
        if let (Some(weight), Some(why)) = (entry.weight, &entry.weight_why) {
            sheet.term("weight", &format!("{}: {why}", word(weight)));
        }
        sheet.term("fix", entry.fix.as_deref().unwrap_or_default());
        sheet.term("counterpart", entry.counterpart.map(RequirementId::as_str).unwrap_or_default());
        sheet.term("no counterpart", entry.no_counterpart.as_deref().unwrap_or_default());
        sheet.term("same test", &self.same.join(", "));
        sheet.term("errata", &entry.errata.iter().map(u32::to_string).collect::<Vec<_>>().join(", "));
        sheet.term("notes", entry.notes.as_deref().unwrap_or_default());
        let ours = entry.ours.iter().map(|(name, number)| format!("{} {number}", name.replace('_', " ")));
        sheet.term("our numbers", &ours.collect::<Vec<_>>().join(", "));
        if !entry.is_core() {
            sheet.term("state", "planned: carried in the register, not judged yet");
            return sheet.finish();
        }
        sheet.heading("Vectors");
        for (vector, bearing) in &self.vectors {
            sheet.term(&format!("  {}", word(bearing)), &format!("{} ({})", vector.id, vector.permitted()));
        }
        for unshown in &self.unshown {
            sheet.term("  not shown", &format!("{}: {}", word(unshown.side), unshown.reason));
        }
        if self.vectors.is_empty() && self.unshown.is_empty() {
            sheet.drawn("  none\n");
        }
        known(&mut sheet, self.data, &self.divergences);
        sheet.finish()
    }
}
