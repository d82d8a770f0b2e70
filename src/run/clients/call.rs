//! How a client is told to connect, and how its request is waited for.

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::{Run, Way, lock};
use crate::live::client::{Arrival, ClientCommand, Expected, Listener};
use crate::live::{Exit, Process};

/// How often is looked whether the client or the user has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long a request may take that a process sent before it ended well; what it started may do so, too.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long a process may take to read a line.
const READING: Duration = Duration::from_secs(10);
/// How long nobody may ask for the next case.
const ABSENCE: Duration = Duration::from_secs(60);

/// Who tells the client to connect.
pub(super) enum Caller<'a> {
    Each(&'a ClientCommand),
    Lines(&'a ClientCommand),
    /// With the process that was started once, or why it was not.
    Asks(Mutex<Option<Process>>, Option<String>),
}

/// What a worker keeps from case to case.
#[derive(Default)]
pub(super) struct Worker {
    /// The process that reads lines.
    process: Option<Process>,
}

impl<'a> Caller<'a> {
    pub(super) fn new(way: &'a Way, listener: &Listener) -> Caller<'a> {
        match way {
            Way::Each(command) => Caller::Each(command),
            Way::Lines(command) => Caller::Lines(command),
            Way::Asks(_, None) => Caller::Asks(Mutex::new(None), None),
            Way::Asks(_, Some(command)) => {
                let url = format!("http://{}/", listener.address());
                match command.start(&url, &[], false) {
                    Ok(process) => Caller::Asks(Mutex::new(Some(process)), None),
                    Err(error) => Caller::Asks(Mutex::new(None), Some(not_started(command, &error))),
                }
            }
        }
    }

    /// Whether the client can be told which subprotocols to offer.
    pub(super) fn tells_protocols(&self) -> bool {
        match self {
            Caller::Each(command) => command.has("{protocols}"),
            Caller::Lines(_) => false,
            Caller::Asks(..) => true,
        }
    }
}

fn not_started(command: &ClientCommand, error: &std::io::Error) -> String {
    let program = command.0.first().map_or("", String::as_str);
    format!("{program} cannot be started ({error}): check its path and whether it may be executed")
}

/// What came of a call: the request, and the process that was started for it alone.
pub(super) struct Called {
    pub(super) arrival: Arrival,
    pub(super) process: Option<Process>,
}

/// Tells the client to connect, and waits for its request. The error says why there is none.
pub(super) fn call(
    run: &Run<'_>,
    worker: &mut Worker,
    expected: &Expected<'_>,
    protocols: &[String],
) -> Result<Called, String> {
    match &run.caller {
        Caller::Each(command) => {
            let mut process =
                command.start(&expected.url(), protocols, false).map_err(|error| not_started(command, &error))?;
            let arrival = wait(run, expected, Some(&mut process))?;
            Ok(Called { arrival, process: Some(process) })
        }
        Caller::Lines(command) => {
            let told = worker
                .process
                .as_mut()
                .is_some_and(|its| its.exited().is_none() && its.tell(&expected.url(), READING).is_ok());
            if !told {
                let mut process = command.start("", &[], true).map_err(|error| not_started(command, &error))?;
                process
                    .tell(&expected.url(), READING)
                    .map_err(|error| format!("it reads no line ({error}){}", said(&process)))?;
                worker.process = Some(process);
            }
            let arrival = wait(run, expected, worker.process.as_mut());
            if arrival.is_err() {
                // A process that did not do as it was told may do so late: the next case gets another one.
                worker.process = None;
            }
            Ok(Called { arrival: arrival?, process: None })
        }
        Caller::Asks(process, failed) => {
            if let Some(why) = failed {
                return Err(why.clone());
            }
            taken(run, &expected.offer(protocols), process)?;
            Ok(Called { arrival: wait(run, expected, None)?, process: None })
        }
    }
}

/// Waits until somebody asked for the case.
fn taken(run: &Run<'_>, taken: &Receiver<()>, process: &Mutex<Option<Process>>) -> Result<(), String> {
    let since = Instant::now();
    loop {
        if taken.recv_timeout(LOOK).is_ok() {
            return Ok(());
        }
        if run.stop.load(Ordering::Relaxed) {
            return Err("the run was stopped".to_owned());
        }
        let mut process = lock(process);
        if let Some(its) = process.as_mut()
            && let Some(how) = its.exited()
        {
            return Err(format!("it {how} before it asked for the case{}", said(its)));
        }
        // Whoever is to come by hand may take the time it takes.
        let may_come = run.listener.asked().is_none() && process.is_none();
        let last = run.listener.asked().map_or(since, |asked| asked.max(since));
        if !may_come && last.elapsed() > ABSENCE {
            return Err(format!("nobody asked for the next case within {} s", ABSENCE.as_secs()));
        }
    }
}

/// Waits for the request.
fn wait(run: &Run<'_>, expected: &Expected<'_>, mut process: Option<&mut Process>) -> Result<Arrival, String> {
    let mut until = Instant::now() + run.test.patience.connect;
    let mut ended = None;
    loop {
        if let Some(arrival) = expected.arrival(LOOK) {
            return Ok(arrival);
        }
        if run.stop.load(Ordering::Relaxed) {
            return Err("the run was stopped".to_owned());
        }
        let now = Instant::now();
        if ended.is_none()
            && let Some(process) = process.as_mut()
            && let Some(how) = process.exited()
        {
            until = until.min(now + if how == Exit::Status(0) { FAREWELL } else { LOOK * 5 });
            ended = Some(how);
        }
        if now > until {
            let said = process.as_ref().map(|process| said(process)).unwrap_or_default();
            let patience = run.test.patience.connect.as_secs_f32();
            return Err(match ended {
                Some(how) => format!("it {how} without a connection{said}"),
                None => format!("it did not connect within {patience} s{said}"),
            });
        }
    }
}

fn said(process: &Process) -> String {
    match process.said() {
        said if said.is_empty() => String::new(),
        said => format!("; it wrote: {said}"),
    }
}
