//! One case against one live client: what it was answered, what the wire showed of it, and how that stands.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::call::{Called, Worker, call};
use super::sent::Heard;
use super::{CONTROL, Planned, Run, lock};
use crate::http::grammar::latin1;
use crate::judgement::{Level, Permitted, RequirementId, requirements as r};
use crate::live::Process;
use crate::live::accepts::transformed;
use crate::live::client::answer::opened;
use crate::live::client::{CAP, Seen, answer};
use crate::oracle::{Case, Judged, judge as judged};
use crate::suite::law::vector::Subject;
use crate::suite::results::{CaseResult, FaultResult, Standing};
use crate::suite::verdict::judge;
use crate::suite::{Delivery, End, Failing, Needs, Outcome, Vector, Verdict};

/// How often a vector is asked again whose wrong value happens to be right for the key of the client.
const KEYS: usize = 16;
/// How long a process may take to die once its connection has ended. The system closes its sockets first and counts it as
/// dead next, which takes a busy machine a while.
const DYING: Duration = Duration::from_secs(1);
/// The same, where so many have been seen to live on that this is the client's way.
const LIVING_ON: (usize, Duration) = (8, Duration::from_millis(100));
/// By what a process dies of its own fault.
const CRASHES: [&str; 5] =
    ["died of signal 4", "died of signal 6", "died of signal 7", "died of signal 8", "died of signal 11"];

/// What a client may or may not bear with, if it offered subprotocols.
const ABSENT: RequirementId = r::RFC6455_4_1_RESP_PROTOCOL_ABSENT.id;

/// Why the control did not open.
pub(super) struct ControlFailed {
    pub(super) why: String,
    pub(super) sent: String,
    pub(super) received: String,
}

/// What came of one connection.
enum Attempt {
    Answered(Box<Answered>),
    /// The client cannot be asked this.
    Unfit(Unfit),
    /// There was no request to answer.
    Failed(String),
}

struct Answered {
    case: Case,
    seen: Seen,
    request: Vec<u8>,
    /// How the client's own process ended, where it did.
    ended: Option<String>,
    said: String,
}

/// Why a client cannot be asked.
enum Unfit {
    /// By what it offers: with the reason.
    Offer(String),
    /// By the key that it sent: another one may do.
    Key,
}

/// Asks the control: what is wrong with how it opened, or why it did not.
pub(super) fn control(run: &Run<'_>, worker: &mut Worker) -> Result<Vec<String>, ControlFailed> {
    let failed = |why: String| ControlFailed { why, sent: String::new(), received: String::new() };
    let Some(vector) = run.test.data.vectors.get(CONTROL) else {
        return Err(failed(format!("there is no vector {CONTROL}")));
    };
    match attempt(run, worker, vector, Delivery::Whole) {
        Attempt::Answered(answered) => {
            let Answered { case, seen, request, .. } = *answered;
            if matches!(seen.observation.outcome, Outcome::Opened(_)) {
                return Ok(seen.notes);
            }
            let why = format!(
                "it {} on a minimal right 101; let it send a message or answer a Ping once it is open",
                seen.observation.words()
            );
            Err(ControlFailed {
                why,
                sent: latin1(&case.exchange.octets),
                received: latin1(&[request, seen.received].concat()),
            })
        }
        Attempt::Unfit(_) => Err(failed("its request cannot be answered: see what it sends".to_owned())),
        Attempt::Failed(why) => Err(failed(why)),
    }
}

/// Tries a vector. `None` where the run is over.
pub(super) fn vector(run: &Run<'_>, worker: &mut Worker, planned: &Planned<'_>, vector: &Vector) -> Option<CaseResult> {
    let blank = |standing, note: &str| run.test.blank(planned, standing, note);
    if let Some(why) = known_unfit(run, vector) {
        return Some(blank(Standing::Unsupported, &why));
    }
    for _ in 0..KEYS {
        let length = vector.exchange().map_or(0, |exchange| exchange.octets.len());
        match attempt(run, worker, vector, planned.delivery(length)) {
            Attempt::Answered(answered) => return Some(stand(run, planned, vector, *answered)),
            Attempt::Unfit(Unfit::Offer(why)) => return Some(blank(Standing::Unsupported, &why)),
            Attempt::Unfit(Unfit::Key) => {}
            Attempt::Failed(_) if run.is_over() => return None,
            Attempt::Failed(why) => return Some(blank(Standing::HarnessError, &why)),
        }
    }
    Some(blank(Standing::Unsupported, "what is wrong for other keys is right for the keys that it sends"))
}

/// Whether a case counts only when it is repeated alone: it rests on a client having closed, said nothing or stayed away.
pub(super) fn is_doubted(case: &CaseResult) -> bool {
    case.standing == Standing::HarnessError
        || case.faults.iter().any(|fault| matches!(fault.failing.as_str(), "refuses" | "hang" | "crash"))
}

/// Whether the control has shown already that the client does not offer what the vector is for.
fn known_unfit(run: &Run<'_>, vector: &Vector) -> Option<String> {
    let mut offer = lock(&run.offers).clone()?;
    let exchange = vector.exchange()?;
    if run.caller.tells_protocols() {
        offer.protocols.clone_from(&exchange.needs.protocols);
    }
    match fitted(vector, Delivery::Whole, exchange.key.as_deref().unwrap_or_default(), &offer, "", "") {
        Err(Unfit::Offer(why)) => Some(why),
        Ok(_) | Err(Unfit::Key) => None,
    }
}

fn attempt(run: &Run<'_>, worker: &mut Worker, vector: &Vector, delivery: Delivery) -> Attempt {
    let number = run.numbers.fetch_add(1, Ordering::Relaxed);
    let expected = run.listener.expect(number);
    let none = Vec::new();
    let needs = vector.exchange().map_or(&none, |exchange| &exchange.needs.protocols);
    let Called { arrival, mut process } = match call(run, worker, &expected, needs) {
        Ok(called) => called,
        Err(why) => return Attempt::Failed(why),
    };
    // No clause bounds a request: of what is cut off here nothing is known, and it is not held against the client.
    if arrival.consumed.is_none() && arrival.request.len() > CAP {
        return Attempt::Failed(format!(
            "more than {CAP} octets came without the end of its head, and no more are read"
        ));
    }
    let heard = Heard {
        number,
        consumed: arrival.consumed.unwrap_or(arrival.request.len()),
        request: arrival.request,
        authority: arrival.authority,
        target: expected.target(),
    };
    let (key, offer) = (heard.sent().key(), heard.sent().offer());
    let (authority, target, request) = (heard.authority.clone(), heard.target.clone(), heard.request.clone());
    lock(&run.heard).push(heard);
    if arrival.consumed.is_none() {
        return Attempt::Failed("its request does not come to an end".to_owned());
    }
    let case = match fitted(vector, delivery, &key, &offer, &authority, &target) {
        Ok(case) => case,
        Err(unfit) => return Attempt::Unfit(unfit),
    };
    if vector.id == CONTROL {
        lock(&run.offers).get_or_insert(offer);
    }
    let seen = answer(&arrival.stream, &case.exchange, case.expectation.unfinished, run.test.patience);
    drop(arrival.stream);
    let ended = process.as_mut().and_then(|process| death(run, process, &seen));
    let said = process.as_ref().map(Process::said).unwrap_or_default();
    Attempt::Answered(Box::new(Answered { case, seen, request, ended, said }))
}

/// How a process ended by itself, once its connection had.
fn death(run: &Run<'_>, process: &mut Process, seen: &Seen) -> Option<String> {
    let since = Instant::now();
    let (many, short) = LIVING_ON;
    let patience = if run.lived_on.load(Ordering::Relaxed) < many { DYING } else { short };
    loop {
        let exited = process.exited().map(|exit| exit.to_string());
        let has_closed = seen.observation.outcome == Outcome::Closed || seen.closed_late;
        if exited.is_some() || !has_closed {
            return exited;
        }
        if since.elapsed() > patience {
            run.lived_on.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// The vector as this client is answered. What it means is judged by what the client really offered; where that is not what
/// the vector is about, nobody may be held to it.
fn fitted(
    vector: &Vector,
    delivery: Delivery,
    key: &str,
    offer: &Needs,
    authority: &str,
    target: &str,
) -> Result<Case, Unfit> {
    let mut live = vector.rendered(|mark| match mark {
        "host" => Some(authority.to_owned()),
        "target" => Some(target.to_owned()),
        "key" => Some(key.to_owned()),
        _ => transformed(mark, key),
    });
    let Subject::Octets(exchange) = &mut live.subject else {
        return Err(Unfit::Offer("it is about what a client builds".to_owned()));
    };
    let needs = std::mem::replace(&mut exchange.needs, offer.clone());
    exchange.key = Some(key.to_owned());
    let unreadable = || Unfit::Offer("what it offers is malformed".to_owned());
    let cited = |judged: Judged| -> Option<Vec<RequirementId>> {
        judged.judgement.map(|judgement| judgement.findings.iter().map(|finding| finding.requirement.id).collect())
    };
    let mut real = judged(exchange).map(cited).ok_or_else(unreadable)?;
    let meant = vector.exchange().and_then(judged).and_then(cited);
    // Whoever opened the control without a subprotocol does not insist on one.
    if let (Some(real), Some(meant)) = (&mut real, &meant)
        && !meant.contains(&ABSENT)
    {
        real.retain(|id| *id != ABSENT);
    }
    if real != meant {
        let is_same_offer = (&needs.protocols, &needs.extensions) == (&offer.protocols, &offer.extensions);
        return Err(if is_same_offer || !depends_on_offer(vector) {
            Unfit::Key
        } else {
            let (meant, offered) = (words(&needs), words(offer));
            Unfit::Offer(format!("it is for a client that offers {meant}, and this one offers {offered}"))
        });
    }
    let mut case = Case::of(&live, delivery).ok_or_else(unreadable)?;
    // No wire shows what a client takes to be in use, nor which octets it handed on.
    case.expectation.opened = None;
    case.expectation.rest = None;
    // How many octets come in one read is not in our hand, nor how many small reads a client takes for an attack.
    if case.exchange.delivery == Delivery::Octets {
        case.expectation.permitted = Permitted::Either;
    }
    Ok(case)
}

/// Whether what was offered bears on an answer: it is for a certain offer, or names a subprotocol or an extension.
fn depends_on_offer(vector: &Vector) -> bool {
    if vector.exchange().is_some_and(|exchange| !exchange.needs.is_none()) {
        return true;
    }
    let octets = vector.exchange().map(|exchange| exchange.octets.to_ascii_lowercase()).unwrap_or_default();
    [&b"sec-websocket-protocol"[..], b"sec-websocket-extensions"]
        .iter()
        .any(|name| octets.windows(name.len()).any(|window| window == *name))
}

fn words(offer: &Needs) -> String {
    let mut words = Vec::new();
    if !offer.protocols.is_empty() {
        words.push(format!("the subprotocols {}", offer.protocols.join(", ")));
    }
    words.extend(offer.extensions.iter().map(|raw| format!("the extensions {raw}")));
    if words.is_empty() { "nothing".to_owned() } else { words.join(" and ") }
}

/// How a case stands by what was seen.
fn stand(run: &Run<'_>, planned: &Planned<'_>, vector: &Vector, answered: Answered) -> CaseResult {
    let Answered { case, mut seen, request, ended, said } = answered;
    let must_accept = case.expectation.permitted == Permitted::MustAccept;
    let mut result = run.test.blank(planned, Standing::Pass, "");
    let crash = ended.filter(|how| CRASHES.contains(&how.as_str()));
    match &seen.observation.outcome {
        // Some take their time to die, to tell where they were.
        outcome if crash.is_some() && (*outcome == Outcome::Closed || seen.closed_late) => {
            seen.observation.outcome = Outcome::Crashed(format!("it {}", crash.unwrap_or_default()));
        }
        // What stands behind the head may be what it complains of: then it was open.
        Outcome::Refused(refused) if must_accept && refused.error.is_some() && vector.expectation.rest.is_some() => {
            result.notes.push("it complained of the frames behind the head, so it had opened".to_owned());
            seen.observation = opened();
        }
        // Nobody says by when a client has to give up.
        Outcome::TimedOut if !must_accept && seen.closed_late => {
            result.notes.push("it closed once the server had".to_owned());
            seen.observation.outcome = Outcome::Closed;
        }
        _ => {}
    }
    let verdict = judge(&case.expectation, &case.exchange, &seen.observation, &run.test.data.register);
    result.standing = match &verdict {
        // A client that says nothing is no client that failed.
        Verdict::Faulty(faults)
            if verdict.is_failure() && faults.iter().all(|fault| fault.failing == Failing::Hang) =>
        {
            result.notes.push("it said nothing, which proves nothing".to_owned());
            Standing::Informational
        }
        verdict => Standing::of(verdict),
    };
    result.faults = FaultResult::all(&verdict, &result.requirement, &run.test.data.register);
    if result.standing == Standing::Informational {
        // Silence weighs nothing.
        for fault in &mut result.faults {
            (fault.level, fault.standing) = (Level::Info.to_string(), Standing::Informational);
        }
    }
    result.notes.append(&mut seen.notes);
    result.did = seen.observation.words();
    result.sent = latin1(&case.exchange.octets);
    result.received = latin1(&[request, seen.received].concat());
    result.half_closed = case.exchange.end == End::HalfClosed;
    result.delivery = case.exchange.delivery.to_string();
    if !result.faults.is_empty() && !said.is_empty() {
        result.notes.push(format!("it wrote: {said}"));
    }
    result
}
