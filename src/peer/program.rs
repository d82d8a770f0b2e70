//! An implementation behind a program that speaks the adapter contract (conformance/README.md): a case a line in, an answer a
//! line out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::served;
use crate::judgement::Role;
use crate::suite::{Building, Built, End, Exchange, Invocation, Needs, Observation, Opened, Outcome, Peer, Refused};

/// How long a program may take for one answer, unless it is told otherwise, before it counts as hanging.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long it may take to end behind its first answer; one that does not is asked again.
const SOON: Duration = Duration::from_millis(300);

/// An implementation behind a program.
#[derive(Debug)]
pub struct Program {
    name: String,
    words: Vec<String>,
    /// Those that wait for a case: as many as threads have asked at once.
    idle: Mutex<Vec<Running>>,
    /// Whether it ends behind its answer, as one did that was asked first: then each of them has to end with status 0.
    ends: OnceLock<bool>,
    deadline: Duration,
}

impl Program {
    /// A peer with this name, behind the program that the words start: its path and its arguments.
    pub fn new(name: impl Into<String>, words: Vec<String>) -> Program {
        Program { name: name.into(), words, idle: Mutex::default(), ends: OnceLock::new(), deadline: DEADLINE }
    }

    /// The same with another time for an answer.
    pub fn answering_within(mut self, deadline: Duration) -> Program {
        self.deadline = deadline;
        self
    }

    /// What the program says to a case. One that ended behind its last answer is started again.
    fn ask(&self, case: &Value) -> Result<Answer, Trouble> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut line = case.to_string();
        line.push('\n');
        let mut running = match idle {
            Some(running) => running,
            None => Running::start(&self.words).map_err(Trouble::Harness)?,
        };
        let answer = running.ask(&line, self.deadline)?;
        let answer: Answer = serde_json::from_str(&answer)
            .map_err(|error| Trouble::Crashed(format!("no answer ({error}): {answer}")))?;
        if *self.ends.get_or_init(|| running.end(SOON).is_some()) {
            return match running.end(self.deadline) {
                Some(status) if status.success() => Ok(answer),
                Some(status) => Err(Trouble::Crashed(format!("ended behind its answer: {status}"))),
                None => Err(Trouble::Hung),
            };
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(running);
        Ok(answer)
    }
}

impl Peer for Program {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        "adapter"
    }

    fn invocation(&self) -> Option<Invocation> {
        let adapter = format!("{}={}", self.name, self.words.join(" "));
        Some(Invocation { program: "ws101".to_owned(), options: vec!["--adapter".to_owned(), adapter] })
    }

    fn plays(&self, _: Role) -> bool {
        true
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let answer = match self.ask(&case(exchange)) {
            Ok(answer) => answer,
            Err(trouble) => return Observation { outcome: trouble.outcome(), written: Vec::new() },
        };
        let written = || octets(answer.written.as_deref().unwrap_or_default());
        match answer.observed(exchange.role) {
            Ok(None) => {
                let rest = answer.rest.as_deref().map(octets).transpose();
                match (written(), rest) {
                    (Ok(written), Ok(rest)) => served(written, rest, answer.error.clone()),
                    (Err(error), _) | (_, Err(error)) => {
                        Observation { outcome: Outcome::Crashed(error), written: Vec::new() }
                    }
                }
            }
            Ok(Some(outcome)) => Observation { outcome, written: written().unwrap_or_default() },
            Err(error) => Observation { outcome: Outcome::Crashed(error), written: Vec::new() },
        }
    }

    fn build(&self, building: &Building) -> Built {
        match self.ask(&build_case(building)) {
            Ok(answer) => answer.built().unwrap_or_else(Built::Crashed),
            Err(trouble) => match trouble.outcome() {
                Outcome::Harness(what) => Built::Unsupported(what),
                other => Built::Crashed(Observation { outcome: other, written: Vec::new() }.words()),
            },
        }
    }
}

/// Octets as a string: each character U+0000-00FF is one.
fn text(octets: &[u8]) -> String {
    octets.iter().map(|&octet| char::from(octet)).collect()
}

fn octets(text: &str) -> Result<Vec<u8>, String> {
    let octet = |letter| u8::try_from(letter).map_err(|_| format!("U+{:04X} is no octet", u32::from(letter)));
    text.chars().map(octet).collect()
}

/// An exchange as a program gets it.
pub fn case(exchange: &Exchange) -> Value {
    let mut start = 0;
    let reads: Vec<String> = exchange
        .delivery
        .ends(exchange.octets.len())
        .into_iter()
        .map(|end| text(&exchange.octets[std::mem::replace(&mut start, end)..end]))
        .collect();
    let Needs { protocols, extensions, origins, resources, authorities } = &exchange.needs;
    json!({
        "role": exchange.role.as_str(),
        "reads": reads,
        "end": match exchange.end { End::Open => "open", End::HalfClosed => "half-close" },
        "key": exchange.key,
        "needs": {
            "protocols": protocols, "extensions": extensions, "origins": origins,
            "resources": resources, "authorities": authorities,
        },
    })
}

/// Options to build from as a program gets them.
pub fn build_case(building: &Building) -> Value {
    let Building { uri, protocols, extensions, origin, fields, nonce } = building;
    let nonce: String = nonce.iter().map(|octet| format!("{octet:02x}")).collect();
    json!({"role": "client", "build": {
        "uri": uri, "protocols": protocols, "extensions": extensions, "origin": origin, "fields": fields, "nonce": nonce,
    }})
}

/// What a program answers: exactly one of `unsupported`, `waits`, `written` (or `closed`), `opened`, `refused` and `sent`,
/// with what belongs to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    unsupported: Option<String>,
    #[serde(default)]
    waits: bool,
    written: Option<String>,
    rest: Option<String>,
    error: Option<String>,
    opened: Option<Open>,
    refused: Option<Refusal>,
    sent: Option<Sent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    protocol: Option<String>,
    extensions: Option<String>,
    rest: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    status: Option<u16>,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    request: String,
    host: String,
    port: u16,
    tls: bool,
}

impl Answer {
    /// What was seen of an exchange; `None` where the octets that a server wrote tell.
    fn observed(&self, role: Role) -> Result<Option<Outcome>, String> {
        if let Some(what) = &self.unsupported {
            return Ok(Some(Outcome::Unsupported(what.clone())));
        }
        if self.waits {
            return Ok(Some(Outcome::TimedOut));
        }
        match (role, &self.written, &self.opened, &self.refused) {
            (Role::Server, Some(_), None, None) => Ok(None),
            (Role::Client, _, Some(open), None) => Ok(Some(Outcome::Opened(Opened {
                protocol: open.protocol.clone(),
                extensions: open.extensions.clone(),
                rest: open.rest.as_deref().map(octets).transpose()?,
                ..Opened::default()
            }))),
            (Role::Client, _, None, Some(Refusal { status, error })) => {
                Ok(Some(Outcome::Refused(Refused { status: *status, fields: Vec::new(), error: error.clone() })))
            }
            (Role::Server, ..) => Err("no answer for a server: give written, waits or unsupported".to_owned()),
            (Role::Client, ..) => Err("no answer for a client: give opened, refused, waits or unsupported".to_owned()),
        }
    }

    fn built(self) -> Result<Built, String> {
        match (self.unsupported, self.sent, self.refused) {
            (Some(what), None, None) => Ok(Built::Unsupported(what)),
            (None, Some(Sent { request, host, port, tls }), None) => {
                Ok(Built::Sent { request: octets(&request)?, host, port, tls })
            }
            (None, None, Some(refusal)) => Ok(Built::Refused(refusal.error.unwrap_or_default())),
            _ => Err("no answer to a build: give sent, refused or unsupported".to_owned()),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
enum Trouble {
    /// The program could not be started.
    Harness(String),
    /// It ended without an answer, or gave something that is none.
    Crashed(String),
    /// It gave none in time.
    Hung,
}

impl Trouble {
    fn outcome(self) -> Outcome {
        match self {
            Trouble::Harness(what) => Outcome::Harness(what),
            Trouble::Crashed(what) => Outcome::Crashed(what),
            Trouble::Hung => Outcome::TimedOut,
        }
    }
}

/// A program that runs, with a thread that reads its lines, so that waiting for one has an end.
#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Running {
    fn start(words: &[String]) -> Result<Running, String> {
        let (path, arguments) = words.split_first().ok_or("there is no program")?;
        let mut command = Command::new(path);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("cannot start {path}: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{path} has no standard input and output"));
        };
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Running { child, input, lines })
    }

    /// How it ended, if it does so in time.
    fn end(&mut self, within: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + within;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(1)),
                _ => return None,
            }
        }
    }

    fn ask(&mut self, line: &str, deadline: Duration) -> Result<String, Trouble> {
        let written = self.input.write_all(line.as_bytes()).and_then(|()| self.input.flush());
        if let Err(error) = written {
            return Err(self.crashed(&format!("takes no case ({error})")));
        }
        match self.lines.recv_timeout(deadline) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => Err(Trouble::Hung),
            Err(RecvTimeoutError::Disconnected) => Err(self.crashed("ended without an answer")),
        }
    }

    fn crashed(&mut self, what: &str) -> Trouble {
        // Its output has ended: it ends at once, or is ended with this value.
        let status = self.end(Duration::from_secs(1));
        Trouble::Crashed(status.map_or_else(|| what.to_owned(), |status| format!("{what}: {status}")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already cannot be ended, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
