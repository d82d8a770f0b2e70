//! A difference: the octets with every finding, what is permitted, what the peer did, and how to see it again.

use serde_json::{Value, json};

use super::sheet::{Sheet, word};
use super::vector::{delivery, draw, needs, octets_of, options, options_of};
use super::{Look, check};
use crate::judgement::{Judgement, Kind, Permitted, Severity};
use crate::suite::results::reproduce;
use crate::suite::{Discovery, Evidence, Exchange, Fault, Invocation, NewDivergence, Register};

/// A difference between a peer and what it may do, which nothing in the ledger explains.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    /// The name of the peer.
    pub peer: &'a str,
    /// Its exact version.
    pub version: &'a str,
    /// How a command line names it, if one can.
    pub invocation: Option<&'a Invocation>,
    /// What it did.
    pub new: &'a NewDivergence,
}

impl Difference<'_> {
    /// For people.
    pub fn human(&self, register: &Register, look: Look) -> String {
        let new = self.new;
        let role = new.role();
        let others = if new.count > 1 { format!(" and {} others like it", new.count - 1) } else { String::new() };
        let mut sheet = Sheet::new(
            look,
            &format!("NEW DIVERGENCE: {} {} as a {role}, found by {}{others}", self.peer, self.version, new.source),
        );
        match &new.evidence {
            Evidence::Octets { exchange, judgement, consumed } => {
                let marks = judgement.iter().flat_map(|judgement| &judgement.findings).map(check::mark).collect();
                sheet.drawn(&draw(exchange, *consumed, marks, look));
                sheet.term("delivered", &delivery(exchange));
                sheet.term("needs", &needs(exchange));
                permitted(&mut sheet, judgement.as_ref(), register);
            }
            Evidence::Options(building) => options(&mut sheet, building),
        }
        sheet.term("the peer", &new.did);
        for fault in &new.faults {
            sheet.term("fault", &fault_line(fault));
        }
        for entry in &new.unlisted {
            let what =
                format!("{entry} explains it and does not list {}: look why, then write the list anew", new.source);
            sheet.term("not listed", &what);
        }
        // On a line of its own and never broken: it is there to be copied.
        if let (Some(peer), false) = (self.invocation, new.unlisted.is_empty()) {
            sheet.drawn(&format!("{}\n", reproduce::bless(peer)));
        }
        match (&new.evidence, self.invocation) {
            (Evidence::Octets { exchange, .. }, Some(peer)) => {
                sheet.drawn(&format!("{}\n", reproduce::diff(peer, exchange)));
            }
            (Evidence::Octets { .. }, None) => sheet.term("again", NO_COMMAND),
            (Evidence::Options(_), _) => {}
        }
        sheet.finish()
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let new = self.new;
        let (exchange, build, permitted) = match &new.evidence {
            Evidence::Octets { exchange, judgement, .. } => {
                let permitted = judgement.as_ref().map_or(Permitted::MustReject, Judgement::permitted);
                (Some(octets_of(exchange)), None, Some(permitted.as_str()))
            }
            Evidence::Options(building) => (None, Some(options_of(building)), None),
        };
        json!({
            "peer": self.peer,
            "version": self.version,
            "source": new.source,
            "signature": new.signature,
            "count": new.count,
            "permitted": permitted,
            "did": new.did,
            "unlisted": new.unlisted,
            "faults": new.faults.iter().map(fault_json).collect::<Vec<_>>(),
            "exchange": exchange,
            "build": build,
            "reproduce": match &new.evidence {
                Evidence::Octets { exchange, .. } => self.invocation.map(|peer| reproduce::diff(peer, exchange)),
                Evidence::Options(_) => None,
            },
        })
    }
}

/// What stands in the place of a command where no program has the peer.
const NO_COMMAND: &str =
    "no program has this peer: give the octets to what found it, or let Peer::invocation name a program";

/// What a fuzz target panics with: a first line that is the same for all findings of one kind, then the explanation. libFuzzer's tmin
/// reads that line, and keeps to the kind; whoever folds findings folds by it.
pub fn finding(found: &Discovery, register: &Register) -> String {
    format!("DEDUP_TOKEN: {}\n{}", found.signature(), discovery(found, register))
}

/// A discovery for people, on a page without colour.
pub fn discovery(found: &Discovery, register: &Register) -> String {
    match found {
        Discovery::New { peer, version, invocation, divergence } => {
            Difference { peer, version, invocation: invocation.as_ref(), new: divergence }.human(register, Look::PLAIN)
        }
        Discovery::Broken(message) => format!("BROKEN PROMISE: {message}"),
    }
}

/// A fault as an object.
pub(super) fn fault_json(fault: &Fault) -> Value {
    json!({
        "failing": word(fault.failing),
        "requirement": fault.requirement,
        "level": fault.owed.level.as_str(),
        "contested": fault.owed.severity == Severity::Contested,
        "message": fault.message,
    })
}

/// A fault in one line.
pub(super) fn fault_line(fault: &Fault) -> String {
    let contested = if fault.owed.severity == Severity::Contested { "contested: " } else { "" };
    match fault.requirement {
        Some(id) => format!("{contested}{} ({id})", fault.message),
        None => format!("{contested}{}", fault.message),
    }
}

/// What is permitted, and the clause of each ground.
fn permitted(sheet: &mut Sheet, judgement: Option<&Judgement>, register: &Register) {
    let Some(judgement) = judgement else {
        return sheet.term("permitted", "to wait for more, or to refuse: the head is not at its end");
    };
    let (word, kind) = match judgement.permitted() {
        Permitted::MustAccept => {
            return sheet.term("permitted", "accept: nothing in the octets is a ground for refusal");
        }
        Permitted::MustReject => ("reject", Kind::Violated),
        Permitted::Either => ("accept or reject", Kind::Latitude),
    };
    sheet.term("permitted", word);
    for finding in judgement.of(kind) {
        let id = finding.requirement.id;
        let clause = register.get(id).map(|entry| entry.clause()).unwrap_or_default();
        sheet.term("by", &format!("{id} ({clause}): {}", finding.message));
    }
}

/// What a row says of one peer.
#[derive(Clone, Debug)]
pub struct Row {
    /// The name of the peer.
    pub peer: String,
    /// Its exact version.
    pub version: String,
    /// The word for the verdict.
    pub verdict: String,
    /// What it did.
    pub did: String,
    /// What it did that it must not.
    pub faults: Vec<Fault>,
    /// The entries that explain it: id and reason.
    pub known: Vec<(String, String)>,
}

/// What each peer made of one exchange.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    /// Where the octets come from.
    pub name: &'a str,
    /// The octets.
    pub exchange: &'a Exchange,
    /// The reference's judgement.
    pub judgement: Option<&'a Judgement>,
    /// A row for each peer.
    pub rows: Vec<Row>,
}

impl Rows<'_> {
    /// For people.
    pub fn human(&self, register: &Register, look: Look) -> String {
        let exchange = self.exchange;
        let octets = exchange.octets.len();
        let mut sheet = Sheet::new(look, &format!("{}: {octets} octets for a {}", self.name, exchange.role));
        sheet.term("delivered", &delivery(exchange));
        sheet.term("needs", &needs(exchange));
        permitted(&mut sheet, self.judgement, register);
        for row in &self.rows {
            sheet.term(&row.peer, &format!("{} {}: {}", row.version, row.verdict, row.did));
            for (id, reason) in &row.known {
                sheet.term("", &format!("{id}: {reason}"));
            }
            for fault in row.faults.iter().filter(|_| row.known.is_empty()) {
                sheet.term("", &fault_line(fault));
            }
        }
        sheet.finish()
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let permitted = self.judgement.map_or(Permitted::MustReject, Judgement::permitted);
        json!({
            "file": self.name,
            "role": self.exchange.role.as_str(),
            "exchange": octets_of(self.exchange),
            "permitted": permitted.as_str(),
            "peers": self.rows.iter().map(|row| json!({
                "peer": row.peer,
                "version": row.version,
                "verdict": row.verdict,
                "did": row.did,
                "faults": row.faults.iter().map(fault_json).collect::<Vec<_>>(),
                "known": row.known.iter().map(|(id, _)| id).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    }
}
