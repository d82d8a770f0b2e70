//! An implementation behind a program that speaks the adapter contract: a case a line in, an answer a line out.

mod contract;
mod running;
mod trouble;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::contract::{Answer, Hello, octets};
use self::running::Running;
use self::trouble::Trouble;
use super::{Exit, interrupt};
use crate::judgement::Role;
use crate::peer::served;
use crate::suite::{Building, Built, Exchange, Invocation, Observation, Outcome, Peer};

pub use contract::{build_case, case};

/// How long a program may take for one answer, unless it is told otherwise, before it counts as hanging.
const DEADLINE: Duration = Duration::from_secs(10);
/// How many cases in a row it may leave unanswered before it is not asked any more.
const HANGS: u32 = 3;
/// In how many cases in a row it may break the contract, which takes less time.
const BREACHES: u32 = 20;

/// An implementation behind a program.
#[derive(Debug)]
pub struct Program {
    name: String,
    words: Vec<String>,
    deadline: Duration,
    /// What it said when it was started with nothing to read: `None` is the first version of the contract.
    hello: OnceLock<Result<Option<Hello>, String>>,
    version: OnceLock<String>,
    /// Whether one of the first version ends after its answer, as it did after the first one.
    once: OnceLock<bool>,
    /// Those that wait for a case: as many as threads have asked at once.
    idle: Mutex<Vec<Running>>,
    /// How many cases there were.
    cases: AtomicU64,
    /// How many were not answered in time since the last answer.
    hangs: AtomicU32,
    /// In how many it broke the contract since then.
    breaches: AtomicU32,
}

impl Program {
    /// A peer with this name, behind the program that the words start: its path and its arguments.
    pub fn new(name: impl Into<String>, words: Vec<String>) -> Program {
        Program {
            name: name.into(),
            words,
            deadline: DEADLINE,
            hello: OnceLock::new(),
            version: OnceLock::new(),
            once: OnceLock::new(),
            idle: Mutex::default(),
            cases: AtomicU64::new(0),
            hangs: AtomicU32::new(0),
            breaches: AtomicU32::new(0),
        }
    }

    /// The words of a command, quoted as for a shell; `None` where a quote has no end.
    pub fn split(command: &str) -> Option<Vec<String>> {
        shlex::split(command)
    }

    /// The command, quoted as for a shell.
    pub fn command(&self) -> String {
        // Only a NUL cannot be quoted, and no argument can have one.
        shlex::try_join(self.words.iter().map(String::as_str)).unwrap_or_else(|_| self.words.join(" "))
    }

    /// The same with another time for an answer.
    pub fn answering_within(mut self, deadline: Duration) -> Program {
        self.deadline = deadline;
        self
    }

    fn until(&self) -> Instant {
        Instant::now() + self.deadline
    }

    /// What the program says first. It is started with nothing to read: one of the second version says hello and ends; one of the
    /// first must not be asked what it does not know.
    fn hello(&self) -> Result<Option<&Hello>, Trouble> {
        let hello = self.hello.get_or_init(|| {
            let said = Running::start(&self.words, false)?.line(&[], self.until());
            // Whatever else is wrong shows again with a case, and is told then.
            said.ok().as_deref().and_then(Hello::read).transpose()
        });
        hello.as_ref().map(Option::as_ref).map_err(|why| Trouble::Harness(why.clone()))
    }

    /// What the program says to a case.
    fn ask(&self, case: Value) -> Result<Answer, Outcome> {
        if interrupt::flag().load(Ordering::Relaxed) {
            return Err(Trouble::Stopped.outcome(self.deadline));
        }
        if let Some(why) = self.given_up() {
            return Err(Outcome::Harness(why));
        }
        let answer = self.asked(case).map_err(|trouble| (trouble.is_slow(), trouble.outcome(self.deadline)));
        match &answer {
            Err((true, _)) => _ = self.hangs.fetch_add(1, Ordering::Relaxed),
            Err((false, Outcome::Harness(_))) => _ = self.breaches.fetch_add(1, Ordering::Relaxed),
            Ok(_) | Err(_) => {
                self.hangs.store(0, Ordering::Relaxed);
                self.breaches.store(0, Ordering::Relaxed);
            }
        }
        answer.map_err(|(_, outcome)| outcome)
    }

    /// Why it is not asked any more: there are thousands of cases, and each of them would take as long.
    fn given_up(&self) -> Option<String> {
        let end = "in a row: it is not asked any more";
        if self.hangs.load(Ordering::Relaxed) >= HANGS {
            return Some(format!("it left {HANGS} cases unanswered for {} s {end}", self.deadline.as_secs_f32()));
        }
        let has_broken = self.breaches.load(Ordering::Relaxed) >= BREACHES;
        has_broken.then(|| format!("it broke the contract in {BREACHES} cases {end}"))
    }

    /// Asks a program that has answered before, or one that is started for the case.
    fn asked(&self, mut case: Value) -> Result<Answer, Trouble> {
        let hello = self.hello()?;
        let id = hello.map(|_| self.cases.fetch_add(1, Ordering::Relaxed) + 1);
        if let Some(id) = id {
            case["id"] = json!(id);
        }
        let line = format!("{case}\n").into_bytes();
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(running) = idle else { return self.first(hello, &line, id) };
        let answers = running.answers;
        match self.of(running, &line, id) {
            // One that ended in order after its last answer is started again. One that died may have done so of an earlier case:
            // this one counts where it does so alone.
            Err(Trouble::Ended(exit)) => match self.first(hello, &line, id) {
                Ok(_) if exit != Exit::Status(0) => Err(Trouble::Harness(format!(
                    "it {exit} after {answers} answers, and answers the case when it is started anew; the contract asks for \
                     status 0"
                ))),
                other => other,
            },
            other => other,
        }
    }

    /// Asks a program that is started for it.
    fn first(&self, hello: Option<&Hello>, line: &[u8], id: Option<u64>) -> Result<Answer, Trouble> {
        let mut running = Running::start(&self.words, true).map_err(Trouble::Harness)?;
        if hello.is_some() {
            let said = running.line(&[], self.until()).map_err(|trouble| match trouble {
                Trouble::Hung => Trouble::Mute,
                Trouble::Ended(exit) => Trouble::Harness(format!("it {exit} before its hello")),
                Trouble::Crashed(_) => Trouble::Harness("it died inside its hello".to_owned()),
                other => other,
            })?;
            if !matches!(Hello::read(&said), Some(Ok(_))) {
                let said = contract::shown(&said);
                let why = format!("it wrote \"{said}\" first; the contract asks for its hello whenever it is started");
                return Err(Trouble::Harness(why));
            }
        }
        self.of(running, line, id)
    }

    /// Asks a program that runs.
    fn of(&self, mut running: Running, line: &[u8], id: Option<u64>) -> Result<Answer, Trouble> {
        let said = running.ask(line, self.until())?;
        if let (None, Some(_)) = (id, Hello::read(&said)) {
            let why = "it said hello only when it was asked; the contract asks for that before it reads";
            return Err(Trouble::Harness(why.to_owned()));
        }
        let answer = Answer::read(&said, id).map_err(Trouble::Harness)?;
        if self.ends(&mut running, line, id)? {
            return match running.farewell(self.until())? {
                Exit::Status(0) => Ok(answer),
                exit => Err(Trouble::Crashed(format!("{exit} after its answer"))),
            };
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(running);
        Ok(answer)
    }

    /// Whether the program ends after its answer. One of the second version has told; one of the first is asked its first case
    /// once more: it answers again, or has ended.
    fn ends(&self, running: &mut Running, line: &[u8], id: Option<u64>) -> Result<bool, Trouble> {
        if id.is_some() {
            return Ok(self.hello()?.is_some_and(|hello| hello.once));
        }
        if let Some(&once) = self.once.get() {
            return Ok(once);
        }
        let once = match running.ask(line, self.until()) {
            Ok(again) => {
                Answer::read(&again, id).map_err(Trouble::Harness)?;
                false
            }
            Err(Trouble::Ended(Exit::Status(0))) => true,
            // How it ended is told by whoever waits for it, and is no custom.
            Err(Trouble::Ended(_)) => return Ok(true),
            Err(trouble) => return Err(trouble),
        };
        Ok(*self.once.get_or_init(|| once))
    }
}

impl Peer for Program {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        self.version.get_or_init(|| {
            let title = self.hello().ok().flatten().map(Hello::title);
            title.filter(|title| !title.is_empty()).unwrap_or_else(|| "adapter".to_owned())
        })
    }

    fn invocation(&self) -> Option<Invocation> {
        let adapter = format!("{}={}", self.name, self.command());
        Some(Invocation { program: "ws101".to_owned(), options: vec!["--adapter".to_owned(), adapter] })
    }

    fn plays(&self, _: Role) -> bool {
        true
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let seen = |answer: Answer| -> Result<Observation, String> {
            let outcome = answer.observed(exchange.role)?;
            let written = octets(answer.written.as_deref().unwrap_or_default())?;
            match outcome {
                None => Ok(served(written, answer.rest.as_deref().map(octets).transpose()?, answer.error)),
                Some(outcome) => Ok(Observation { outcome, written }),
            }
        };
        let outcome = match self.ask(case(exchange)).map(seen) {
            Ok(Ok(observation)) => return observation,
            Ok(Err(what)) => Outcome::Harness(what),
            Err(outcome) => outcome,
        };
        Observation { outcome, written: Vec::new() }
    }

    fn build(&self, building: &Building) -> Built {
        match self.ask(build_case(building)).map(Answer::built) {
            Ok(Ok(built)) => built,
            Ok(Err(what)) | Err(Outcome::Harness(what)) => Built::Harness(what),
            Err(Outcome::Crashed(what)) => Built::Crashed(what),
            Err(_) => Built::Crashed(format!("no answer within {} s", self.deadline.as_secs_f32())),
        }
    }
}
