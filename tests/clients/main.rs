//! Live clients: each planted fault is found over TCP, none that is right is accused, and no process is left behind.

mod faults;
mod peer;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use ws101::judgement::{RequirementId, Role};
use ws101::live::client::{ClientCommand, Patience};
use ws101::oracle::{Case, duties};
use ws101::peer::broken::{Planted, planted as faults};
use ws101::peer::reference::Reference;
use ws101::peer::tungstenite::Tungstenite;
use ws101::run::clients::{CONTROL, ClientTest, Way, planned};
use ws101::suite::ledger::Behaviour;
use ws101::suite::results::{CaseResult, Ended, Standing};
use ws101::suite::verdict::judge;
use ws101::suite::{Conformance, Delivery, Exchange, Peer, Results, Shows};

/// What no wire shows of a client, each with the reason.
const UNSHOWN: [(&str, &str); 11] = [
    ("client-protocol-not-reported", "what is in use is told to the application alone"),
    ("client-protocol-of-the-offer", "what is in use is told to the application alone"),
    ("client-extension-of-the-offer", "what is in use is told to the application alone"),
    ("client-octet-lost", "what stands behind the head goes to the application"),
    ("client-octets-lost", "what stands behind the head goes to the application"),
    ("client-octet-twice", "what stands behind the head goes to the application"),
    ("client-content-of-101", "what stands behind the head goes to the application"),
    ("build-fragment-sent", "no case has a URL with a fragment, which a client may refuse"),
    ("build-protocol-any", "no client can be told to offer what it must not"),
    ("build-origin-left-out", "no client can be told to have an origin"),
    ("build-wss-on-port-80", "the test has no TLS"),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((_, arguments)) = arguments.split_first().filter(|(first, _)| *first == "client") {
        return peer::play(arguments);
    }
    if let Some((_, url)) = arguments.split_first().filter(|(first, _)| *first == "tungstenite") {
        return faults::tungstenite(url);
    }
    let data: &'static Conformance = Box::leak(Box::new(Conformance::embedded().expect("the data")));
    let first: &'static HashMap<String, String> = Box::leak(Box::new(first_vectors()));
    let mut trials: Vec<Trial> = faults()
        .filter(|planted| planted.role == Role::Client)
        .map(|planted| trial(&format!("planted/{}", planted.name), move || shows_itself(data, planted, first)))
        .collect();
    trials.push(trial("liars/constant-key", move || is_liar(data, peer::CONSTANT_KEY, "client-keys/repeated")));
    trials.push(trial("liars/counting-key", move || is_liar(data, peer::COUNTING_KEY, "client-keys/counter")));
    trials.push(trial("right/reference", move || {
        let results = whole_suite(data, client("reference", "", "", 0), |_| true);
        is_as_in_process(data, &results, &Reference)?;
        let accused = results.cases.iter().find(|case| case.standing < Standing::Known);
        accused.map_or(Ok(()), |case| Err(format!("{case:?}")))
    }));
    trials.push(trial("right/slow", move || {
        let of = |id: &str| id.starts_with("client/opening/") || id.starts_with("client/upgrade/");
        let results = whole_suite(data, client("reference", "", "", 250), of);
        let accused = results.cases.iter().find(|case| case.standing < Standing::Known);
        accused.map_or(Ok(()), |case| Err(format!("{case:?}")))
    }));
    // Whether octets that come one by one make very many reads hangs on the clock.
    trials.push(trial("right/impatient", move || {
        let of = |id: &str| id.starts_with("client/opening/") || id.starts_with("client/behind/");
        let results = whole_suite(data, client(peer::IMPATIENT, "", "", 0), of);
        let one_by_one = || results.cases.iter().filter(|case| case.delivery == "octets");
        let accused = results.cases.iter().find(|case| case.standing < Standing::Known);
        match (accused, one_by_one().count(), one_by_one().all(|case| case.standing == Standing::Permitted)) {
            (None, 1.., true) => Ok(()),
            (Some(case), ..) => Err(format!("{case:?}")),
            (None, count, _) => Err(format!("{count} octet by octet: {:?}", one_by_one().collect::<Vec<_>>())),
        }
    }));
    // Nobody who is tried as a client is accused by a clause that binds servers, where one that binds clients is shown.
    trials.push(trial("right/duties", move || {
        let binds = |id: RequirementId| data.register.get(id).is_some_and(|entry| entry.duty.is_of(Role::Client));
        let vectors = data.vectors.all().iter().filter(|vector| vector.role() == Role::Client);
        let mut untold = vectors.filter(|vector| {
            let shown = vector.requirements.iter().any(|(id, _)| binds(*id));
            shown && !binds(data.about(vector))
        });
        untold.next().map_or(Ok(()), |vector| Err(format!("{}: {}", vector.id, data.about(vector))))
    }));
    trials.push(trial("right/tungstenite", move || {
        let exe = std::env::current_exe().map_err(|error| error.to_string())?;
        let command = [exe.to_string_lossy().into_owned(), "tungstenite".to_owned(), "{url}".to_owned()];
        // How many reads octets make that come one by one is a matter of luck.
        let results = whole_suite(data, ClientCommand(command.to_vec()), |id| !id.ends_with("+ octets"));
        is_as_in_process(data, &results, &Tungstenite)
    }));
    trials.extend(faults::trials(data));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: &str, test: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(name.to_owned(), move || test().map_err(Failed::from))
}

/// This test, started as a client of the name.
fn client(name: &str, protocols: &str, extensions: &str, pause: u32) -> ClientCommand {
    let exe = std::env::current_exe().expect("this program").to_string_lossy().into_owned();
    let pause = pause.to_string();
    ClientCommand([&exe, "client", name, "{url}", protocols, extensions, &pause].map(str::to_owned).to_vec())
}

/// The results of the cases with such ids.
fn whole_suite(data: &Conformance, command: ClientCommand, of: impl Fn(&str) -> bool) -> Results {
    results(data, Way::Each(command), of)
}

fn results(data: &Conformance, way: Way, of: impl Fn(&str) -> bool) -> Results {
    let cases = planned(data).into_iter().filter(|planned| of(&planned.id())).collect();
    let patience = Patience { connect: Duration::from_secs(30), ..Patience::default() };
    let test = ClientTest { data, way, options: Vec::new(), cases, jobs: 4, patience };
    test.run(&AtomicBool::new(false), &|_| {}, &|_| {}).expect("a loopback address")
}

/// The first vector that catches each planted fault, as `broken.toml` has it.
fn first_vectors() -> HashMap<String, String> {
    let text = include_str!("../../conformance/broken.toml");
    let entries = text.split("[[planted]]").skip(1).filter_map(|entry| {
        let member = |name: &str| Some(entry.split_once(&format!("{name} = \""))?.1.split('"').next()?.to_owned());
        Some((member("name")?, member("vector")?))
    });
    entries.collect()
}

/// Whether the fault is found, in one of several runs where a busy machine may hide it: two portions that it hands over in one
/// read show nothing of a fault between reads.
fn shows_itself(data: &Conformance, planted: &Planted, first: &HashMap<String, String>) -> Result<(), String> {
    let more = if matches!(planted.shows, Shows::Behaviour(Behaviour::Split)) { 4 } else { 0 };
    let caught = || is_caught(data, planted, first);
    (0..more).find_map(|_| caught().ok()).map_or_else(caught, Ok)
}

/// Whether the fault is found, and called by its name.
fn is_caught(data: &Conformance, planted: &Planted, first: &HashMap<String, String>) -> Result<(), String> {
    let vector = first.get(planted.name).and_then(|id| data.vectors.get(id)).ok_or("no vector")?;
    let vector = match planted.shows {
        Shows::Behaviour(Behaviour::Split) => data.vectors.get(CONTROL).ok_or("no control")?,
        // Not at the end of what the server sends, where every client ends.
        Shows::Behaviour(Behaviour::Hang) => {
            data.vectors.get("client/interim/continue").ok_or("no interim response")?
        }
        _ => vector,
    };
    let id = vector.id.as_str();
    let needs = vector.exchange().map(|exchange| exchange.needs.clone()).unwrap_or_default();
    // A list of two, for those that write lists wrongly.
    let protocols = if planted.builds() { "chat,superchat".to_owned() } else { needs.protocols.join(",") };
    let command = client(planted.name, &protocols, needs.extensions.as_deref().unwrap_or_default(), 0);
    let of = |case: &str| {
        if planted.builds() {
            case.starts_with("client-request/")
        } else {
            case == id || case.starts_with(&format!("{id} +"))
        }
    };
    let results = whole_suite(data, command, of);
    if results.ended != Ended::Complete {
        return Err(format!("{:?} {:?}", results.ended, results.control));
    }
    let is_named = |case: &&CaseResult| {
        let named = case.faults.iter().filter_map(|fault| Some(data.register.find(&fault.requirement)?.id));
        let is_its = |id: RequirementId| match planted.shows {
            Shows::Requirement(requirement) => data.register.same_test(requirement, id),
            Shows::Behaviour(_) => false,
        };
        // By what a refusal or an acceptance is explained: what the octets show.
        let mut also: Vec<RequirementId> = Vec::new();
        if !planted.builds() {
            also.extend(vector.requirements.iter().map(|(id, _)| *id));
            let judged = vector.exchange().and_then(ws101::oracle::judge).and_then(|judged| judged.judgement);
            also.extend(judged.iter().flat_map(|judgement| &judgement.findings).map(|finding| finding.requirement.id));
        }
        let failing = case.faults.first().map_or("", |fault| fault.failing.as_str());
        match planted.shows {
            // Silence is told, and proves nothing.
            Shows::Behaviour(Behaviour::Hang) => case.standing == Standing::Informational && failing == "hang",
            Shows::Behaviour(Behaviour::Crash) => case.standing == Standing::Fail && failing == "crash",
            Shows::Behaviour(Behaviour::Split) => case.standing == Standing::Fail && case.id.contains(" + "),
            Shows::Behaviour(Behaviour::Octets) => case.standing == Standing::Fail && failing == "octets",
            Shows::Requirement(_) => case.standing <= Standing::Informational && named.chain(also).any(is_its),
        }
    };
    let caught = results.cases.iter().find(is_named);
    match (caught, UNSHOWN.iter().any(|(name, _)| *name == planted.name)) {
        (Some(_), false) => Ok(()),
        (None, true) => match results.cases.iter().find(|case| case.standing == Standing::Fail) {
            Some(case) => Err(format!("is accused of what no wire shows: {case:?}")),
            None => Ok(()),
        },
        (Some(case), true) => Err(format!("is shown after all: {case:?}")),
        (None, false) => Err(format!("is not found: {:#?}", results.cases)),
    }
}

fn is_liar(data: &Conformance, name: &str, id: &str) -> Result<(), String> {
    let of = |case: &str| case.starts_with("client-keys/") || case.starts_with("client/upgrade/");
    let results = whole_suite(data, client(name, "", "", 0), of);
    let found = results.cases.iter().any(|case| case.id == id && case.standing == Standing::Fail);
    if found { Ok(()) } else { Err(format!("{:#?}", results.cases)) }
}

/// Whether each vector stands as it does without a socket, as far as a wire shows it.
fn is_as_in_process(data: &Conformance, results: &Results, peer: &dyn Peer) -> Result<(), String> {
    if results.ended != Ended::Complete {
        return Err(format!("{:?} {:?}", results.ended, results.control));
    }
    let mut compared = 0;
    for case in results.cases.iter().filter(|case| case.standing != Standing::Unsupported) {
        let (id, cut) = case.id.split_once(" + ").unwrap_or((&case.id, ""));
        let Some(exchange) = data.vectors.get(id).and_then(|vector| vector.exchange()) else { continue };
        // What it offers bears on it.
        if !exchange.needs.is_none() {
            continue;
        }
        let delivery = match cut {
            "octets" => Delivery::Octets,
            "split" => Delivery::Split(vec![exchange.octets.len() / 2]),
            _ => Delivery::Whole,
        };
        let mut inside = data.vectors.get(id).and_then(|vector| Case::of(vector, delivery)).ok_or("no case")?;
        (inside.expectation.opened, inside.expectation.rest) = (None, None);
        let observation = peer.observe(&Exchange { ..inside.exchange.clone() });
        let verdict = judge(&inside.expectation, &inside.exchange, &observation, &data.register);
        let fails = verdict.is_failure();
        if fails != (case.standing == Standing::Fail) {
            return Err(format!("in the process {verdict:?}, live {case:?}"));
        }
        compared += 1;
    }
    let judged = results.cases.iter().filter(|case| case.id.starts_with("client-request/")).count();
    if compared > 300 && judged == duties().len() { Ok(()) } else { Err(format!("{compared} {judged}")) }
}
