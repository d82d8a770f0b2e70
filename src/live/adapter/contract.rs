//! The adapter contract (conformance/README.md): what a program says first, what it is asked, and what it may answer.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{Value, json};

use crate::judgement::Role;
use crate::suite::{Building, Built, End, Exchange, Needs, Opened, Outcome, Refused};

/// How much is shown of a line that is not what it should be.
const SHOWN: usize = 80;

/// Octets as a string: each character U+0000-00FF is one.
fn text(octets: &[u8]) -> String {
    octets.iter().map(|&octet| char::from(octet)).collect()
}

pub(super) fn octets(text: &str) -> Result<Vec<u8>, String> {
    let octet = |letter| {
        let not_one = |_| {
            let letter = u32::from(letter);
            format!("it answered with U+{letter:04X}; the contract asks for octets as U+0000-00FF")
        };
        u8::try_from(letter).map_err(not_one)
    };
    text.chars().map(octet).collect()
}

/// The beginning of what a program wrote, in ASCII.
pub(super) fn shown(octets: &[u8]) -> String {
    let mut shown = octets.escape_ascii().to_string();
    if shown.len() > SHOWN {
        shown.truncate(SHOWN);
        shown.push('…');
    }
    shown
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

/// What a line of JSON holds, or what is wrong with it.
fn read<'l, T: Deserialize<'l>>(line: &'l [u8]) -> Result<T, String> {
    let text = std::str::from_utf8(line)
        .map_err(|_| format!("it wrote octets that are not UTF-8 ({}); the contract asks for UTF-8", shown(line)))?;
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => {
            let error = shown(error.to_string().as_bytes());
            format!("its answer {} is not one of the contract ({error})", shown(line))
        }
        _ => format!("it wrote \"{}\"; the contract asks for one JSON object a line", shown(line)),
    })
}

/// What a program of the second version says as soon as it has started.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hello {
    ws101: u64,
    name: Option<String>,
    version: Option<String>,
    /// Whether it ends after its answer.
    #[serde(default)]
    pub(super) once: bool,
}

impl Hello {
    /// What a first line says, if it is a hello.
    pub(super) fn read(line: &[u8]) -> Option<Result<Hello, String>> {
        serde_json::from_slice::<Value>(line).ok()?.get("ws101")?;
        Some(read::<Hello>(line).and_then(|hello| {
            let is_short =
                |text: &String| text.len() <= SHOWN && text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
            if hello.ws101 != 2 {
                Err(format!("it speaks version {} of the contract; say 2, or no hello for the first one", hello.ws101))
            } else if ![&hello.name, &hello.version].into_iter().flatten().all(is_short) {
                Err(format!("its hello {} has a name that is not short and printable ASCII", shown(line)))
            } else {
                Ok(hello)
            }
        }))
    }

    /// What it calls itself.
    pub(super) fn title(&self) -> String {
        let parts: Vec<&str> = [&self.name, &self.version].into_iter().flatten().map(String::as_str).collect();
        parts.join(" ")
    }
}

/// What a program answers: exactly one of `unsupported`, `waits`, `written` (or `closed`), `opened`, `refused` and `sent`,
/// with what belongs to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    id: Option<u64>,
    unsupported: Option<String>,
    #[serde(default)]
    waits: bool,
    pub(super) written: Option<String>,
    pub(super) rest: Option<String>,
    pub(super) error: Option<String>,
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
    /// The answer on a line, to the case with the id if it had one.
    pub(super) fn read(line: &[u8], id: Option<u64>) -> Result<Answer, String> {
        let answer: Answer = read(line)?;
        match (answer.id, id) {
            (its, id) if its == id => Ok(answer),
            (_, None) => Err("its answer has an id, though it said no hello; the contract asks for both".to_owned()),
            (None, Some(id)) => {
                Err(format!("its answer has no id; the contract asks for that of the case, which is {id}"))
            }
            (Some(its), Some(id)) => Err(format!(
                "it answered case {its} when it was asked case {id}; the contract asks for one answer a case"
            )),
        }
    }

    /// What was seen of an exchange; `None` where the octets that a server wrote tell.
    pub(super) fn observed(&self, role: Role) -> Result<Option<Outcome>, String> {
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
            (Role::Server, ..) => Err(none("a server", "written, waits or unsupported")),
            (Role::Client, ..) => Err(none("a client", "opened, refused, waits or unsupported")),
        }
    }

    pub(super) fn built(self) -> Result<Built, String> {
        match (self.unsupported, self.sent, self.refused) {
            (Some(what), None, None) => Ok(Built::Unsupported(what)),
            (None, Some(Sent { request, host, port, tls }), None) => {
                Ok(Built::Sent { request: octets(&request)?, host, port, tls })
            }
            (None, None, Some(refusal)) => Ok(Built::Refused(refusal.error.unwrap_or_default())),
            _ => Err(none("a client that builds", "sent, refused or unsupported")),
        }
    }
}

fn none(who: &str, members: &str) -> String {
    format!("its answer is none of {who}; the contract asks for {members}")
}
