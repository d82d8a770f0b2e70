//! Every vector as a test of its own name: the reference is judged by it like any other peer, in every delivery.

use libtest_mimic::{Arguments, Failed, Trial};
use ws101::handshake::{Client, Limits, Server};
use ws101::judgement::{Class, Decision, Duty, Judgement, Permitted, RequirementId, Role};
use ws101::oracle;
use ws101::peer::{
    self,
    reference::{Reference, offer, policy},
};
use ws101::run::deliveries;
use ws101::suite::law::register::Entry;
use ws101::suite::law::vector::{Bearing, Expectation};
use ws101::suite::verdict::{judge, judge_built};
use ws101::suite::{Conformance, Exchange, Observation, Outcome, Peer as _, Register, Vector, Verdict};

/// A frame, which is no head: it stands behind one.
const FRAME: &[u8] = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";

/// Requirements whose use is the ordinary thing, so that there is nothing to say of it, and those of which something nearer
/// is said.
const UNSAID: [&str; 21] = [
    "rfc6455-1.3-endpoint-selection",
    "rfc6455-2.1-fragmented-response",
    "rfc6455-4.1-resp-extensions-in-use",
    "rfc6455-4.1-resp-nonconforming",
    "rfc6455-4.1-resp-subprotocol-in-use",
    "rfc6455-4.1-resp-valid-opens",
    "rfc6455-4.2.1-origin-optional",
    "rfc6455-4.2.1-stop-and-error",
    "rfc6455-4.2.1-target-origin-form",
    "rfc6455-4.2.1-field-order",
    "rfc6455-4.3-extension-token-case",
    "rfc6455-10.7-drop-allowed",
    "rfc7692-5-absent-means-uncompressed",
    "rfc7692-5-client-matches-agreed-only",
    "rfc7692-5-fallback-element",
    "rfc9110-2.3-long-elements-response",
    "rfc9110-5.3-whole-header-first",
    "rfc9110-7.2-host-valid-forms",
    "rfc9112-3-request-line-length",
    "rfc9112-5.1-ows-trim-response",
    "rfc9112-5.1-trim-only-ows",
];

/// The reason phrases that RFC 9110 §15 and RFC 6585 §5 give to the statuses of an answer.
const REASON_PHRASES: [(u16, &str); 13] = [
    (101, "Switching Protocols"),
    (400, "Bad Request"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (413, "Content Too Large"),
    (414, "URI Too Long"),
    (417, "Expectation Failed"),
    (421, "Misdirected Request"),
    (426, "Upgrade Required"),
    (431, "Request Header Fields Too Large"),
    (501, "Not Implemented"),
    (505, "HTTP Version Not Supported"),
];

fn main() {
    let arguments = Arguments::from_args();
    let data: &'static Conformance = Box::leak(Box::new(Conformance::embedded().unwrap_or_else(|errors| {
        panic!("the data does not load:\n{errors}");
    })));
    let trials = data
        .vectors
        .all()
        .iter()
        .map(|vector| Trial::test(vector.id.clone(), move || meets(vector, data).map_err(Failed::from)));
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn meets(vector: &Vector, data: &Conformance) -> Result<(), String> {
    let register = &data.register;
    let expectation = &vector.expectation;
    if let Some(building) = vector.building() {
        let built = Reference.build(building);
        let verdict = judge_built(expectation, building, &built, register);
        return passes(&verdict, &format!("{built:?}"));
    }
    let exchange = vector.exchange().ok_or("neither octets nor options")?;
    let judged = oracle::judge(exchange).ok_or("the reference cannot be configured for the needs")?;
    if let Some(judgement) = &judged.judgement {
        let is_limited = judgement.findings.iter().any(|finding| finding.class == Class::Size && finding.refuses());
        let limited = judgement.stopped.is_some() && is_limited && judgement.permitted() == Permitted::Either;
        // Behind its own limit the reference refuses unseen what must be refused.
        if judgement.permitted() != vector.permitted() && !(limited && vector.permitted() == Permitted::MustReject) {
            return Err(format!("judged {}, but is {}: {judgement:#?}", judgement.permitted(), vector.permitted()));
        }
        decides_as_permitted(judgement)?;
        if !limited {
            names_the_ground(vector, &judged, register)?;
            is_not_in_the_control(vector, data)?;
        }
    } else if vector.permitted() == Permitted::MustAccept {
        return Err("must be accepted, but the reference waits for more".to_owned());
    }
    let whole = Reference.observe(exchange);
    if exchange.role == Role::Server && whole.outcome != Outcome::TimedOut {
        is_what_is_written(&whole, expectation, exchange, register)?;
    }
    if let (Outcome::Refused(refused), Some(judgement)) = (&whole.outcome, &judged.judgement) {
        let deciding = refused.error.as_deref().ok_or("refused without a ground")?;
        if !judgement.findings.iter().any(|finding| finding.requirement.id.as_str() == deciding && finding.refuses()) {
            return Err(format!("refused for {deciding}, which is not found"));
        }
    }
    for delivery in deliveries::thorough(&exchange.octets) {
        let exchange = Exchange { delivery, ..exchange.clone() };
        let observation = Reference.observe(&exchange);
        passes(&judge(expectation, &exchange, &observation, register), &format!("{:?}", exchange.delivery))?;
        if observation.outcome != whole.outcome {
            return Err(format!("{:?} changes {:?} to {:?}", exchange.delivery, whole.outcome, observation.outcome));
        }
    }
    with_octets_behind(exchange, expectation, register)
}

fn passes(verdict: &Verdict, context: &str) -> Result<(), String> {
    match verdict {
        Verdict::Pass | Verdict::Permitted => Ok(()),
        other => Err(format!("{context}: {other:#?}")),
    }
}

/// What the strict reference decides is permitted, and the contrary where there is a choice alone.
fn decides_as_permitted(judgement: &Judgement) -> Result<(), String> {
    let decision = judgement.decision();
    let contrary = if decision == Decision::Accept { Decision::Reject } else { Decision::Accept };
    let permitted = judgement.permitted();
    if permitted.allows(decision) && permitted.allows(contrary) == (permitted == Permitted::Either) {
        return Ok(());
    }
    Err(format!("decides to {decision}, where the RFCs say {permitted}"))
}

/// The octets of the answer say what the reference says of itself, under the reason phrase of RFC 9110 §15 or RFC 6585.
fn is_what_is_written(
    observation: &Observation,
    expectation: &Expectation,
    exchange: &Exchange,
    register: &Register,
) -> Result<(), String> {
    let (rest, error) = match &observation.outcome {
        Outcome::Opened(opened) => (opened.rest.clone(), None),
        Outcome::Refused(refused) => (None, refused.error.clone()),
        _ => (None, None),
    };
    let written = peer::served(observation.written.clone(), rest, error);
    let text = observation.written.escape_ascii();
    passes(&judge(expectation, exchange, &written, register), &format!("as it is written: {text}"))?;
    if written.outcome != observation.outcome {
        return Err(format!("{text} says {:?}, and not {:?}", written.outcome, observation.outcome));
    }
    let has_phrase = |(status, phrase): &&(u16, &str)| {
        observation.written.starts_with(format!("HTTP/1.1 {status} {phrase}\r\n").as_bytes())
    };
    REASON_PHRASES.iter().find(has_phrase).map(|_| ()).ok_or_else(|| format!("no registered reason phrase: {text}"))
}

/// Of the requirements that the octets depart from or use, the reference finds one at least: several clauses may speak of
/// one octet, and it cites the nearest. What makes the vector what it is, is among what it finds. It finds nothing that the
/// octets keep.
fn names_the_ground(vector: &Vector, judged: &oracle::Judged, register: &Register) -> Result<(), String> {
    let judgement = judged.judgement.as_ref().ok_or("no judgement")?;
    let is_found = |id: &RequirementId| register.group_of(*id).iter().any(|id| judgement.cites(*id));
    let ids = |is_meant: &dyn Fn(&Entry, Bearing) -> bool| -> Vec<RequirementId> {
        let all = vector.requirements.iter().filter_map(|(id, bearing)| Some((register.get(*id)?, *bearing)));
        all.filter(|(entry, bearing)| is_meant(entry, *bearing)).map(|(entry, _)| entry.id).collect()
    };
    // A server keeps what it owes by refusing, on a ground that the same requirement names.
    let grounds = ids(&|entry, bearing| {
        entry.expected == vector.permitted() && (bearing != Bearing::Keeps || entry.duty == Duty::ServerSends)
    });
    let is_shown = |entry: &Entry, bearing| bearing != Bearing::Keeps && !UNSAID.contains(&entry.id.as_str());
    let read = ids(&|entry, bearing| is_shown(entry, bearing) && entry.duty.is_reading_of(vector.role()));
    let shown = ids(&is_shown);
    let cited: Vec<_> = judgement.findings.iter().map(|finding| finding.requirement.id).collect();
    if vector.permitted() != Permitted::MustAccept && !grounds.iter().any(is_found) {
        return Err(format!(
            "{} for {grounds:?}, of which the reference finds none, but {cited:?}",
            vector.permitted()
        ));
    }
    if !read.is_empty() && !shown.iter().any(is_found) {
        return Err(format!("shows {shown:?}, of which the reference finds none, but {cited:?}"));
    }
    let kept = ids(&|entry, bearing| bearing == Bearing::Keeps && entry.duty != Duty::ServerSends);
    match kept.iter().find(|id| judgement.cites(**id)) {
        Some(id) => Err(format!("keeps {id}, which the reference finds")),
        None => Ok(()),
    }
}

/// In the control, the reference finds nothing of what the vector departs from or uses.
fn is_not_in_the_control(vector: &Vector, data: &Conformance) -> Result<(), String> {
    let Some(control) = vector.control.as_deref().and_then(|id| data.vectors.get(id)) else { return Ok(()) };
    let exchange = control.exchange().ok_or("a control of another kind")?;
    let judged = oracle::judge(exchange).and_then(|judged| judged.judgement).ok_or("a control without a judgement")?;
    let shown = vector.requirements.iter().filter(|(_, bearing)| *bearing != Bearing::Keeps);
    match shown.map(|(id, _)| id).find(|id| judged.cites(**id)) {
        Some(id) => Err(format!("the control {} is found to show {id} too", control.id)),
        None => Ok(()),
    }
}

/// A frame behind the head changes nothing, and is handed on whole.
fn with_octets_behind(exchange: &Exchange, expectation: &Expectation, register: &Register) -> Result<(), String> {
    let (before, consumed) = fed(exchange, &[])?;
    let Some(before) = before else { return Ok(()) };
    let (after, consumed_then) = fed(exchange, FRAME)?;
    if after != Some(before) || consumed != consumed_then {
        return Err(format!("a frame behind the head changes {before:?} to {after:?}"));
    }
    if before == Decision::Accept {
        let octets = [exchange.octets.as_slice(), FRAME].concat();
        let expectation = Expectation {
            permitted: if exchange.role == Role::Server { Permitted::Either } else { expectation.permitted },
            rest: Some(octets[consumed..].to_vec()),
            // Refused for what stands behind, the request is refused in another form.
            form: None,
            ..expectation.clone()
        };
        let exchange = Exchange { octets, ..exchange.clone() };
        let observation = Reference.observe(&exchange);
        passes(&judge(&expectation, &exchange, &observation, register), "with a frame behind the head")?;
        let opens = matches!(observation.outcome, Outcome::Opened(_));
        if opens != (exchange.role == Role::Client) {
            return Err(format!("with a frame behind the head: {:?}", observation.outcome));
        }
    }
    Ok(())
}

/// What the reference decides on the octets and some that come later, and how long the head is. `None` before the end of a
/// head.
fn fed(exchange: &Exchange, behind: &[u8]) -> Result<(Option<Decision>, usize), String> {
    let unknown = || "the reference cannot be configured for the needs".to_owned();
    Ok(match exchange.role {
        Role::Server => {
            let policy = policy(&exchange.needs).ok_or_else(unknown)?;
            let server = Server::new(&policy);
            match server.feed(&[exchange.octets.as_slice(), behind].concat()).outcome() {
                Some(outcome) if outcome.consumed <= exchange.octets.len() => {
                    (Some(outcome.judgement.decision()), outcome.consumed)
                }
                _ => (None, 0),
            }
        }
        Role::Client => {
            let offer = offer(exchange.key.as_deref(), &exchange.needs).ok_or_else(unknown)?;
            let client = Client::new(&offer, Limits::default());
            match client.feed(&[exchange.octets.as_slice(), behind].concat()).outcome() {
                Some(outcome) if outcome.consumed <= exchange.octets.len() => {
                    (Some(outcome.judgement.decision()), outcome.consumed)
                }
                _ => (None, 0),
            }
        }
    })
}
