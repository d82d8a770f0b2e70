//! What the requests of a client show: each by itself, and the keys of all of them together.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{ClientTest, Planned};
use crate::http::grammar::latin1;
use crate::judgement::{Level, Requirement, requirements as r};
use crate::oracle::{ENOUGH_NONCES, SentRequest, Weakness, weaknesses};
use crate::suite::results::reproduce::printf;
use crate::suite::results::{CaseResult, FaultResult, Standing};

/// The requirement that the keys are judged by.
pub(super) const FRESH: &Requirement = &r::RFC6455_4_1_REQ_KEY_FRESH;

/// A request as it came.
pub(super) struct Heard {
    /// The number of its connection.
    pub(super) number: u64,
    pub(super) request: Vec<u8>,
    pub(super) consumed: usize,
    pub(super) authority: String,
    pub(super) target: String,
}

impl Heard {
    pub(super) fn sent(&self) -> SentRequest<'_> {
        let Heard { request, consumed, authority, target, .. } = self;
        SentRequest { octets: request, consumed: *consumed, authority, target }
    }
}

/// What keys may show that were not drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyCheck {
    Repeated,
    ConstantOctets,
    Counter,
    Biased,
}

impl KeyCheck {
    pub(super) const ALL: [KeyCheck; 4] =
        [KeyCheck::Repeated, KeyCheck::ConstantOctets, KeyCheck::Counter, KeyCheck::Biased];

    pub(super) const fn id(self) -> &'static str {
        match self {
            KeyCheck::Repeated => "client-keys/repeated",
            KeyCheck::ConstantOctets => "client-keys/constant-octets",
            KeyCheck::Counter => "client-keys/counter",
            KeyCheck::Biased => "client-keys/biased",
        }
    }

    pub(super) const fn why(self) -> &'static str {
        match self {
            KeyCheck::Repeated => "Of random keys no two are the same.",
            KeyCheck::ConstantOctets => "Of random keys no octet is the same in all: by chance once in 10^10 runs.",
            KeyCheck::Counter => "Random keys lie neither close together nor the same step apart.",
            KeyCheck::Biased => "A bit that is nearly always the same was hardly drawn. A hint and no proof.",
        }
    }

    /// How many keys it takes.
    const fn enough(self) -> usize {
        match self {
            KeyCheck::Repeated => 2,
            KeyCheck::Counter => 3,
            KeyCheck::ConstantOctets => ENOUGH_NONCES,
            // From here on a bit that never changes is beyond the bound: n/2 > 3.65·√n.
            KeyCheck::Biased => 54,
        }
    }

    fn said(self, weakness: &Weakness) -> Option<String> {
        match (self, weakness) {
            (KeyCheck::Repeated, Weakness::Repeated { copies }) => {
                Some(format!("{copies} of its keys are copies of an earlier one"))
            }
            (KeyCheck::ConstantOctets, Weakness::ConstantOctets { at }) => {
                Some(format!("the octets {} of its nonces never change", list(at)))
            }
            (KeyCheck::Counter, Weakness::Counter { step }) => {
                Some(format!("its nonces are numbers that lie as near as {step}, or that far apart again and again"))
            }
            (KeyCheck::Biased, Weakness::Biased { bits }) => {
                Some(format!("the bits {} of its nonces are nearly always the same", list(bits)))
            }
            _ => None,
        }
    }
}

fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

impl ClientTest<'_> {
    /// How the requests stand by one requirement: shown by the first that departs from it.
    pub(super) fn sent(&self, planned: &Planned<'_>, requirement: &Requirement, heard: &[Heard]) -> CaseResult {
        let mut in_order: Vec<&Heard> = heard.iter().collect();
        in_order.sort_by_key(|heard| heard.number);
        let Some(first) = in_order.first() else { return self.blank(planned, Standing::NotRun, "it sent no request") };
        let departs = |heard: &&&Heard| {
            let faults = heard.sent().unlawful(&self.data.register);
            faults.into_iter().find(|fault| fault.requirement == Some(requirement.id))
        };
        let departing: Vec<_> = in_order.iter().filter_map(|heard| Some((*heard, departs(&heard)?))).collect();
        let mut case = self.blank(planned, Standing::Pass, "");
        case.did = format!("{} of {} requests depart from it", departing.len(), heard.len());
        case.received = latin1(&departing.first().map_or(first, |(heard, _)| heard).request);
        if let Some((_, fault)) = departing.first() {
            case.faults.push(FaultResult::of(fault, requirement.id.as_str(), &self.data.register));
            case.standing = case.faults[0].standing;
            let request = departing.first().map_or(first, |(heard, _)| heard);
            case.reproduce.insert(0, format!("printf '{}' | ws101 check --role server", printf(&request.request)));
        }
        case
    }

    /// What the keys show together, in the order in which they came.
    pub(super) fn keys(&self, planned: &Planned<'_>, check: KeyCheck, heard: &[Heard]) -> CaseResult {
        let nonces: Vec<[u8; 16]> =
            heard.iter().filter_map(|heard| STANDARD.decode(heard.sent().key()).ok()?.try_into().ok()).collect();
        let seen = format!("{} keys of 16 octets seen, {} needed", nonces.len(), check.enough());
        if nonces.len() < check.enough() {
            return self.blank(planned, Standing::Unsupported, &format!("too few keys: {seen}"));
        }
        let mut case = self.blank(planned, Standing::Pass, &seen);
        case.did = format!("sent {} keys", nonces.len());
        if let Some(message) = weaknesses(&nonces).iter().find_map(|weakness| check.said(weakness)) {
            let (standing, level) = match check {
                KeyCheck::Biased => (Standing::Informational, Level::Info),
                _ => (Standing::Fail, Level::Must),
            };
            case.standing = standing;
            case.received = heard.iter().take(8).map(|heard| format!("{}\n", heard.sent().key())).collect();
            case.faults.push(FaultResult {
                failing: "answers".to_owned(),
                requirement: FRESH.id.to_string(),
                level: level.as_str().to_owned(),
                standing,
                readings: Vec::new(),
                message,
            });
        }
        case
    }
}
