//! An entry of the ledger.

use serde_json::{Value, json};

use super::Look;
use super::sheet::{Sheet, word};
use super::vector::{delivery, draw, needs, octets_of, options, options_of};
use crate::suite::Conformance;
use crate::suite::law::register::Entry;
use crate::suite::ledger::{Behaviour, Cut, Direction, Divergence, Ledger, Reproducer};

/// What is known of a peer.
#[derive(Clone, Debug)]
pub struct DivergenceSheet<'c> {
    ledger: &'c Ledger,
    divergence: &'c Divergence,
    data: &'c Conformance,
}

impl<'c> DivergenceSheet<'c> {
    /// The entry of an id.
    pub fn find(data: &'c Conformance, id: &str) -> Option<DivergenceSheet<'c>> {
        let found = |ledger: &'c Ledger| Some(DivergenceSheet { ledger, divergence: ledger.get(id)?, data });
        data.ledgers.iter().find_map(found)
    }

    /// The entry as an object.
    pub fn json(&self) -> Value {
        let DivergenceSheet { ledger, divergence, .. } = self;
        let (exchange, building) = match &divergence.reproducer {
            Reproducer::Octets(exchange) => (Some(octets_of(exchange)), None),
            Reproducer::Options(building) => (None, Some(options_of(building))),
            Reproducer::Sealed(_) => (None, None),
        };
        let sealed = if let Reproducer::Sealed(digest) = &divergence.reproducer { Some(digest) } else { None };
        json!({
            "type": "divergence",
            "id": divergence.id,
            "peer": ledger.peer,
            "versions": ledger.versions,
            "role": divergence.role.as_str(),
            "requirement": divergence.requirement,
            "contested": !self.readings().is_empty(),
            "behaviour": divergence.behaviour.map(word),
            "direction": word(divergence.direction),
            "delivery": divergence.delivery.map(word),
            "error": divergence.error,
            "uses": divergence.uses.map(word),
            "reads": divergence.reads.map(word),
            "exchange": exchange,
            "build": building,
            "sealed": sealed,
            "reason": divergence.reason,
            "clause": divergence.clause,
            "upstream": divergence.upstream,
        })
    }

    /// Both readings of its requirement, where that is contested.
    fn readings(&self) -> Vec<String> {
        let entry = self.divergence.requirement.and_then(|id| self.data.register.get(id));
        entry.map(Entry::readings).unwrap_or_default()
    }

    /// The entry for people.
    pub fn human(&self, look: Look) -> String {
        let DivergenceSheet { ledger, divergence, data } = self;
        let mut sheet = Sheet::new(look, &divergence.id);
        let what = match (divergence.behaviour, divergence.direction) {
            (Some(Behaviour::Split), _) => "decides differently where the octets come in several reads",
            (Some(Behaviour::Crash), _) => "crashes",
            (Some(Behaviour::Hang), _) => "waits although nothing more is due",
            (Some(Behaviour::Octets), _) => "loses octets behind the head, or reads some twice",
            (None, Direction::Accepts) => "accepts what must be rejected",
            (None, Direction::Refuses) => "refuses what must be accepted",
            (None, Direction::Answers) => "decides rightly, but what it writes is wrong",
        };
        sheet.text(&format!("{} as a {} {what}.", who(ledger), divergence.role));
        sheet.space();
        sheet.term("reason", &divergence.reason);
        sheet.term("clause", &divergence.clause);
        if let Some(id) = &divergence.requirement {
            sheet.term("requirement", id.as_str());
            sheet.term("", data.register.get(*id).map(|entry| entry.summary.as_str()).unwrap_or_default());
        }
        for (reading, (term, name)) in self.readings().iter().zip([("contested", "strict"), ("", "other")]) {
            sheet.term(term, &format!("{name}: {reading}"));
        }
        let cut = divergence.delivery.map(|cut| match cut {
            Cut::Whole => "only where one read holds everything",
            Cut::Split => "only where the octets come in several reads",
        });
        sheet.term("delivery", cut.unwrap_or_default());
        sheet.term("its error", divergence.error.as_deref().unwrap_or_default());
        sheet.term("uses", &divergence.uses.map(|uses| format!("{} of several lines", word(uses))).unwrap_or_default());
        sheet.term("reads", &divergence.reads.map(word).unwrap_or_default());
        sheet.term("upstream", divergence.upstream.as_deref().unwrap_or_default());
        sheet.heading("Reproducer");
        match &divergence.reproducer {
            Reproducer::Octets(exchange) => {
                sheet.term("needs", &needs(exchange));
                sheet.term("delivered", &delivery(exchange));
                sheet.drawn(&draw(exchange, exchange.octets.len(), Vec::new(), look));
            }
            Reproducer::Options(building) => options(&mut sheet, building),
            Reproducer::Sealed(digest) => {
                sheet.text("Not published before the maintainers know it (SECURITY.md). The SHA-256 of its octets:");
                sheet.text(digest);
            }
        }
        sheet.finish()
    }
}

/// A peer with the versions that its ledger speaks of.
fn who(ledger: &Ledger) -> String {
    format!("{} {}", ledger.peer, ledger.versions.join(", "))
}

/// What the ledgers have to say.
pub(super) fn known(sheet: &mut Sheet, data: &Conformance, divergences: &[&Divergence]) {
    sheet.heading("Who fails it");
    for ledger in &data.ledgers {
        for divergence in divergences.iter().filter(|divergence| ledger.get(&divergence.id).is_some()) {
            let does = divergence.behaviour.map_or_else(|| word(divergence.direction), word);
            sheet.term(&format!("  {does}"), &format!("{} ({})", divergence.id, who(ledger)));
        }
    }
    if divergences.is_empty() {
        sheet.drawn("  nobody\n");
    }
}
