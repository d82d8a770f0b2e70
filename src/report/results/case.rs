//! What there is to say about one case, for every kind of report.

use crate::report::sheet::listed;
use crate::report::visible::printable;
use crate::suite::results::{CaseResult, Control, Results, Standing};

/// Terms, each with a sentence about the case: its faults by what is owed, what is permitted, what it did, notes.
pub(super) fn terms(case: &CaseResult) -> Vec<(&str, String)> {
    let mut terms = Vec::new();
    for fault in &case.faults {
        let by = match fault.requirement.as_str() {
            "" => String::new(),
            own if own == case.requirement => String::new(),
            other => format!(" ({other})"),
        };
        terms.push((fault.level.as_str(), printable(&format!("{}{by}", fault.message))));
        terms.extend(fault.readings.iter().zip(["strict", "other"]).map(|(reading, name)| (name, printable(reading))));
    }
    terms.push(("permitted", printable(&format!("{}: {}", permitted(case), case.why))));
    terms.push(("did", printable(&case.did)));
    terms.extend(case.notes.iter().map(|note| ("note", printable(note))));
    terms.retain(|(_, text)| !text.is_empty());
    terms
}

/// What there is to say in one sentence: the gravest fault, else the note, else what it did.
pub(super) fn said(case: &CaseResult) -> String {
    match (case.faults.first(), case.notes.last()) {
        (Some(fault), _) => {
            let by = if fault.requirement.is_empty() { &case.requirement } else { &fault.requirement };
            let readings: String = fault.readings.iter().map(|reading| format!(" - {reading}")).collect();
            printable(&format!("{} {by}: {}{readings}", fault.level, fault.message))
        }
        (None, Some(note)) => printable(note),
        (None, None) => printable(&case.did),
    }
}

/// What the implementation may do with the octets.
fn permitted(case: &CaseResult) -> &str {
    match case.permitted.as_str() {
        "must-accept" => "only to accept",
        "must-reject" => "only to reject",
        "either" => "to accept or to reject",
        other => other,
    }
}

/// How many octets were sent, and how they were cut.
pub(super) fn sent(case: &CaseResult) -> String {
    let cut = match case.delivery.as_str() {
        "whole" | "" => None,
        "octets" => Some("octet by octet".to_owned()),
        offsets => {
            let offsets: Vec<String> = offsets.split(',').map(printable).collect();
            Some(format!("cut at {}", listed(&offsets, "and")))
        }
    };
    let end = case.half_closed.then(|| "then the sender's side ended".to_owned());
    [Some(octets(&case.sent)), cut, end].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How many octets there are.
pub(super) fn octets(text: &str) -> String {
    match text.chars().count() {
        0 => "nothing".to_owned(),
        1 => "1 octet".to_owned(),
        count => format!("{count} octets"),
    }
}

/// What is wrong with the control, a sentence each: the reason why nothing else counts first.
pub(super) fn control(control: &Control) -> Vec<String> {
    let closed = (!control.opened)
        .then(|| "A minimal valid handshake did not open a connection, so nothing else counts.".to_owned());
    closed.into_iter().chain(control.faults.iter().map(|fault| printable(fault))).collect()
}

/// The faults of the cases that stand so, those that are alike together: the first case of each with the others.
pub(super) fn kinds(
    results: &Results,
    standing: Standing,
    alike: fn(&CaseResult, &CaseResult) -> bool,
) -> Vec<Vec<&CaseResult>> {
    let mut kinds: Vec<Vec<&CaseResult>> = Vec::new();
    for case in results.cases.iter().filter(|case| case.standing == standing) {
        match kinds.iter_mut().find(|kind| alike(kind[0], case)) {
            Some(kind) => kind.push(case),
            None => kinds.push(vec![case]),
        }
    }
    kinds
}

/// Whether two cases are of one vector in two deliveries, with the same faults.
pub(super) fn same_vector(a: &CaseResult, b: &CaseResult) -> bool {
    a.vector() == b.vector() && same_faults(a, b)
}

/// Whether two cases are about one requirement, with the same faults.
pub(super) fn same_requirement(a: &CaseResult, b: &CaseResult) -> bool {
    a.requirement == b.requirement && same_faults(a, b)
}

fn same_faults(a: &CaseResult, b: &CaseResult) -> bool {
    a.faults.iter().map(|fault| fault.name()).eq(b.faults.iter().map(|fault| fault.name()))
}
