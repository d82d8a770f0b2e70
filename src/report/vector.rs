//! A vector: its octets, what is permitted, and how it differs from its control.

use serde_json::{Value, json};

use super::divergence::known;
use super::drawing::{Drawing, Mark};
use super::sheet::{Sheet, listed, word};
use super::visible::visible;
use super::{Look, ODD, cut};
use crate::http::grammar::latin1;
use crate::judgement::Role;
use crate::suite::law::vector::{Acceptance, Bearing, Form, Subject, Terms, Vector};
use crate::suite::ledger::Divergence;
use crate::suite::{Building, Conformance, Delivery, End, Exchange};

/// A vector, with its control and who fails it.
#[derive(Clone, Debug)]
pub struct VectorSheet<'c> {
    vector: &'c Vector,
    control: Option<&'c Vector>,
    divergences: Vec<&'c Divergence>,
    data: &'c Conformance,
}

impl<'c> VectorSheet<'c> {
    /// The vector of an id.
    pub fn find(data: &'c Conformance, id: &str) -> Option<VectorSheet<'c>> {
        let vector = data.vectors.get(id)?;
        let speaks_of = |divergence: &&Divergence| {
            let covered = |(id, bearing): &(_, Bearing)| *bearing != Bearing::Keeps && divergence.covers(*id);
            divergence.role == vector.role() && vector.requirements.iter().any(covered)
        };
        let divergences = data.ledgers.iter().flat_map(|ledger| ledger.divergences());
        Some(VectorSheet {
            vector,
            control: vector.control.as_deref().and_then(|id| data.vectors.get(id)),
            divergences: divergences.filter(speaks_of).collect(),
            data,
        })
    }

    /// The vector as an object.
    pub fn json(&self) -> Value {
        let vector = self.vector;
        let requirements: serde_json::Map<String, Value> =
            vector.requirements.iter().map(|(id, bearing)| (id.to_string(), json!(word(bearing)))).collect();
        json!({
            "type": "vector",
            "id": vector.id,
            "kind": word(vector.kind),
            "role": vector.role().as_str(),
            "section": vector.section,
            "requirements": requirements,
            "permitted": vector.permitted().as_str(),
            "why": vector.why,
            "control": vector.control,
            "sample": vector.sample,
            "seen_in": vector.seen_in,
            "exchange": vector.exchange().map(octets_of),
            "build": vector.building().map(options_of),
            "divergences": self.divergences.iter().map(|divergence| &divergence.id).collect::<Vec<_>>(),
        })
    }

    /// The vector for people.
    pub fn human(&self, look: Look) -> String {
        let vector = self.vector;
        let mut sheet = Sheet::new(look, &vector.id);
        sheet.text(&format!("{}: {}", vector.permitted(), vector.why));
        sheet.space();
        for (id, bearing) in &vector.requirements {
            sheet.term(&word(bearing), id.as_str());
        }
        sheet.term("control", vector.control.as_deref().unwrap_or_default());
        for (story, name) in vector.seen_in.iter().zip(["seen in"].into_iter().chain(std::iter::repeat(""))) {
            sheet.term(name, story);
        }
        if vector.sample {
            sheet.term("sample", "a whole message as some program sends it");
        }
        self.expectation(&mut sheet);
        match &vector.subject {
            Subject::Octets(exchange) => {
                sheet.term("needs", &needs(exchange));
                sheet.term("delivered", &delivery(exchange));
                sheet.space();
                let behind = vector.expectation.rest.as_ref().map_or(0, Vec::len);
                let head = exchange.octets.len().saturating_sub(behind);
                sheet.drawn(&draw(exchange, head, self.difference().into_iter().collect(), look));
            }
            Subject::Options(building) => {
                sheet.space();
                options(&mut sheet, building);
            }
        }
        known(&mut sheet, self.data, &self.divergences);
        sheet.finish()
    }

    fn expectation(&self, sheet: &mut Sheet) {
        let expectation = &self.vector.expectation;
        if let Some(form) = &expectation.form {
            sheet.term("refusal", &refusal(form));
        }
        if let Some(answer) = &expectation.answer {
            sheet.term("answer", &acceptance(answer));
        }
        if let Some(opened) = &expectation.opened {
            let protocol = opened.protocol.as_ref().map(|name| format!("subprotocol {name}"));
            let all: Vec<String> = protocol.into_iter().chain(opened.extensions.iter().cloned()).collect();
            sheet.term("opened with", if all.is_empty() { "nothing agreed" } else { "" });
            sheet.term("opened with", &listed(&all, "and"));
        }
        if let Some(writing) = &expectation.request {
            let target = writing.target.as_ref().map(|target| format!("target {target}"));
            let fields = writing.fields.iter().map(|(name, value)| match value {
                Some(value) => format!("{name}: {}", escaped(value)),
                None => format!("{name} of any value"),
            });
            let absent = writing.absent.iter().map(|name| format!("no {name}"));
            let octets = writing.octets_absent.iter().map(|octets| format!("nowhere {}", escaped(octets)));
            let all: Vec<String> = target.into_iter().chain(fields).chain(absent).chain(octets).collect();
            sheet.term("request", &all.join("; "));
        }
        if let Some(connect) = &expectation.connect {
            let tls = if connect.tls { " with TLS" } else { "" };
            sheet.term("connect", &format!("{} port {}{tls}", connect.host, connect.port));
        }
    }

    /// Where the octets differ from those of the control, and what the control has there.
    fn difference(&self) -> Option<Mark> {
        let control = self.control?;
        let (ours, theirs) = (&self.vector.exchange()?.octets, &control.exchange()?.octets);
        let shorter = ours.len().min(theirs.len());
        let before = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
        let behind =
            ours.iter().rev().zip(theirs.iter().rev()).take_while(|(a, b)| a == b).count().min(shorter - before);
        let instead = &theirs[before..theirs.len() - behind];
        let text = match instead {
            [] => "does not have this".to_owned(),
            _ => format!("has {} here", cut(&escaped(instead), 200)),
        };
        Some(Mark { span: before..ours.len() - behind, glyph: '^', style: ODD, name: control.id.clone(), text })
    }
}

fn refusal(form: &Form) -> String {
    let status = listed(&form.status.iter().map(u16::to_string).collect::<Vec<_>>(), "or");
    let status = if status.is_empty() { "any status".to_owned() } else { status };
    format!("{} (by {})", [vec![status], fields(&form.fields)].concat().join(", "), form.requirement)
}

fn fields(fields: &[(String, Option<String>)]) -> Vec<String> {
    let field = |(name, value): &(String, Option<String>)| match value {
        Some(value) => format!("{name}: {value}"),
        None => format!("{name} of any value"),
    };
    fields.iter().map(field).collect()
}

fn acceptance(answer: &Acceptance) -> String {
    let mut all = Vec::new();
    all.extend(answer.accept.as_ref().map(|accept| format!("Sec-WebSocket-Accept: {}", escaped(accept))));
    if let Some(protocols) = &answer.protocol {
        let named: Vec<String> =
            protocols.iter().map(|name| name.clone().unwrap_or_else(|| "none".to_owned())).collect();
        all.push(format!("subprotocol {}", listed(&named, "or")));
    }
    if let Some(grant) = &answer.grant {
        all.extend(grant.is_empty().then(|| "no extension".to_owned()));
        all.extend(grant.iter().map(|(name, terms)| granted(name, terms)));
    }
    all.extend(fields(&answer.fields));
    all.extend(answer.absent.iter().map(|name| format!("no {name}")));
    all.join("; ")
}

fn granted(name: &str, terms: &Terms) -> String {
    let mut text = format!("{}extension {name}", if terms.optional { "perhaps " } else { "" });
    for (parameter, values) in &terms.parameters {
        let values: Vec<String> =
            values.iter().map(|value| value.clone().unwrap_or_else(|| "no value".to_owned())).collect();
        text.push_str(&format!(", {parameter} with {}", listed(&values, "or")));
    }
    for (word, names) in [("with", &terms.required), ("without", &terms.forbidden)] {
        if !names.is_empty() {
            text.push_str(&format!(", {word} {}", names.join(", ")));
        }
    }
    text
}

/// The octets of an exchange, drawn.
pub(super) fn draw(exchange: &Exchange, head: usize, marks: Vec<Mark>, look: Look) -> String {
    if exchange.octets.is_empty() {
        return "(no octets)\n".to_owned();
    }
    Drawing { octets: &exchange.octets, head, divider: "(the head ends here)", marks }.draw(look)
}

/// What the peer has to be configured for, in words.
pub(super) fn needs(exchange: &Exchange) -> String {
    let needs = &exchange.needs;
    let mut all = Vec::new();
    all.extend((!needs.protocols.is_empty()).then(|| format!("subprotocols {}", needs.protocols.join(", "))));
    all.extend(needs.extensions.as_ref().map(|raw| format!("extensions {raw}")));
    for (what, only) in
        [("origins", &needs.origins), ("resources", &needs.resources), ("authorities", &needs.authorities)]
    {
        all.extend(only.as_ref().map(|only| format!("no other {what} than {}", listed(only, "and"))));
    }
    let standard = Exchange::new(Role::Client, Vec::new()).key;
    if exchange.key.is_some() && exchange.key != standard {
        all.extend(exchange.key.as_ref().map(|key| format!("the key {key}")));
    }
    let who = match exchange.role {
        Role::Server => "a server with",
        Role::Client => "a client that sent",
    };
    if all.is_empty() { String::new() } else { format!("{who} {}", all.join("; ")) }
}

/// How the octets are delivered, unless it is in one read with the connection left open.
pub(super) fn delivery(exchange: &Exchange) -> String {
    let cut = match &exchange.delivery {
        Delivery::Whole => None,
        Delivery::Split(at) => {
            Some(format!("cut at {}", listed(&at.iter().map(usize::to_string).collect::<Vec<_>>(), "and")))
        }
        Delivery::Octets => Some("octet by octet".to_owned()),
    };
    let end = (exchange.end == End::HalfClosed).then(|| "then the sender's side ends".to_owned());
    cut.into_iter().chain(end).collect::<Vec<_>>().join(", ")
}

/// What a client is asked to build from.
pub(super) fn options(sheet: &mut Sheet, building: &Building) {
    sheet.term("uri", &escaped(building.uri.as_bytes()));
    sheet.term(
        "protocols",
        &building.protocols.iter().map(|name| escaped(name.as_bytes())).collect::<Vec<_>>().join(", "),
    );
    sheet.term("extensions", &building.extensions.as_ref().map(|raw| escaped(raw.as_bytes())).unwrap_or_default());
    sheet.term("origin", &building.origin.as_ref().map(|origin| escaped(origin.as_bytes())).unwrap_or_default());
    for (name, value) in &building.fields {
        sheet.term("field", &escaped(format!("{name}: {value}").as_bytes()));
    }
}

fn escaped(octets: &[u8]) -> String {
    octets.iter().map(|&octet| visible(octet).to_string()).collect()
}

/// The octets of an exchange as an object.
pub(super) fn octets_of(exchange: &Exchange) -> Value {
    let needs = &exchange.needs;
    json!({
        "octets": exchange.octets.split_inclusive(|&octet| octet == b'\n').map(latin1).collect::<Vec<_>>(),
        "split": match &exchange.delivery {
            Delivery::Whole => json!([]),
            Delivery::Split(at) => json!(at),
            Delivery::Octets => json!("octets"),
        },
        "end": if exchange.end == End::HalfClosed { "half-close" } else { "open" },
        "key": exchange.key,
        "needs": {
            "protocols": needs.protocols,
            "extensions": needs.extensions,
            "origins": needs.origins,
            "resources": needs.resources,
            "authorities": needs.authorities,
        },
    })
}

/// The options of a building as an object.
pub(super) fn options_of(building: &Building) -> Value {
    json!({
        "uri": building.uri,
        "protocols": building.protocols,
        "extensions": building.extensions,
        "origin": building.origin,
        "fields": building.fields,
        "nonce": building.nonce.iter().map(|octet| format!("{octet:02x}")).collect::<String>(),
    })
}
