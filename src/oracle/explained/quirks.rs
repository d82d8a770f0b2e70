//! What the vectors taught of a live implementation, as a ledger: by it the exchanges behind them are judged.

use crate::judgement::Role;
use crate::oracle::expected::Case;
use crate::oracle::expected::accepts;
use crate::peer::served;
use crate::suite::ledger::{Behaviour, Direction, Divergence, Reading, Uses};
use crate::suite::results::{CaseResult, Results, Standing};
use crate::suite::{Delivery, End, Exchange, Ledger, Outcome, Register};

/// A ledger of what a server did wrong in a test. What it did with one vector explains the same with any exchange that
/// departs from, or makes use of, the same requirements.
pub fn learned(results: &Results, register: &Register) -> Ledger {
    let judged = results.cases.iter().filter(|case| case.standing.is_judged() || case.standing == Standing::Known);
    Ledger::empty(&results.target).with(judged.flat_map(|case| quirks(case, register)))
}

fn quirks(result: &CaseResult, register: &Register) -> Vec<Divergence> {
    let Some(case) = Case::judged(sent(result)) else { return Vec::new() };
    let mut quirks: Vec<Divergence> = Vec::new();
    for fault in &result.faults {
        let seen = |direction, covers| Divergence::seen(result.id.clone(), direction, case.exchange.clone(), covers);
        let quirk = match fault.failing.as_str() {
            "accepts" => {
                let covers = case.violated().flat_map(|id| register.group_of(id)).collect();
                reading(seen(Direction::Accepts, covers), result, &case)
            }
            "refuses" if case.exchange.delivery != Delivery::Whole => {
                let behaviour = Some(Behaviour::Split);
                Divergence { behaviour, ..seen(Direction::Refuses, Vec::new()) }
            }
            "refuses" => seen(Direction::Refuses, case.exercised().flat_map(|id| register.group_of(id)).collect()),
            "answers" => {
                let entry = register.find(&fault.requirement);
                seen(Direction::Answers, entry.map(|entry| register.group_of(entry.id)).unwrap_or_default())
            }
            "hang" => {
                let findings = case.judged.judgement.iter().flat_map(|judgement| &judgement.findings);
                let covers = findings.map(|finding| finding.requirement.id).collect();
                Divergence { behaviour: Some(Behaviour::Hang), ..seen(Direction::Answers, covers) }
            }
            // A crash is never excused.
            _ => continue,
        };
        if quirk.covers.is_empty() && quirk.behaviour != Some(Behaviour::Split) {
            continue;
        }
        let id = if quirks.is_empty() { quirk.id.clone() } else { format!("{} ({})", quirk.id, quirks.len() + 1) };
        quirks.push(Divergence { id, reason: fault.message.clone(), clause: result.clause(), ..quirk });
    }
    quirks
}

/// What was sent, as an exchange again.
fn sent(result: &CaseResult) -> Exchange {
    let octets: Vec<u8> = result.sent.chars().map(|octet| octet as u8).collect();
    let delivery = match result.delivery.as_str() {
        "whole" => Delivery::Whole,
        "octets" => Delivery::Octets,
        places => Delivery::Split(places.split(',').filter_map(|at| at.parse().ok()).collect()),
    };
    let end = if result.half_closed { End::HalfClosed } else { End::Open };
    Exchange { delivery, end, ..Exchange::new(Role::Server, octets) }
}

/// Which line of several, and which reading of a framing fault, makes the accept value of an answer the right one.
fn reading(quirk: Divergence, result: &CaseResult, case: &Case) -> Divergence {
    const USES: [Option<Uses>; 4] = [None, Some(Uses::First), Some(Uses::Last), Some(Uses::Joined)];
    const READS: [Option<Reading>; 5] =
        [None, Some(Reading::AsIs), Some(Reading::EndsValue), Some(Reading::CrEndsLine), Some(Reading::UsesLine)];
    let written: Vec<u8> = result.received.chars().map(|octet| octet as u8).collect();
    let Outcome::Opened(opened) = served(written, None, None).outcome else { return quirk };
    let variants = READS.iter().flat_map(|&reads| USES.iter().map(move |&uses| (uses, reads)));
    let mut variants = variants.map(|(uses, reads)| Divergence { uses, reads, ..quirk.clone() });
    let is_right = |quirk: &Divergence| {
        let right = accepts(&case.exchange.octets, &[quirk]);
        opened.accept.as_ref().is_some_and(|accept| right.iter().any(|right| right.as_bytes() == accept))
    };
    variants.find(is_right).unwrap_or(quirk)
}
