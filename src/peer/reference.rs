//! The strict reference of this crate as a peer: judged like any other.

use crate::handshake::{
    Client, ClientOptions, ClientOutcome, ClientRequest, Extension, ExtensionList, ExtensionOffer, Offer, Policy,
    Server, ServerOutcome, Step, deflate, judge_request,
};
use crate::http::Limits;
use crate::judgement::Role;
use crate::suite::{Building, Built, End, Exchange, Invocation, Needs, Observation, Opened, Outcome, Peer, Refused};

/// The reference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference;

/// The policy of a server that is configured for the needs. `None` for an extension that the reference does not have.
pub fn policy(needs: &Needs) -> Option<Policy> {
    let supported = match &needs.extensions {
        None => ExtensionList::default(),
        Some(raw) => ExtensionList::parse(raw).ok()?,
    };
    if supported.elements.iter().any(|extension| extension.name != deflate::NAME) {
        return None;
    }
    Some(Policy {
        resources: needs.resources.clone(),
        authorities: needs.authorities.clone(),
        origins: needs.origins.clone(),
        protocols: needs.protocols.clone(),
        deflate: !supported.elements.is_empty(),
        secure: false,
        limits: Limits::default(),
    })
}

/// The offer of a client with the key and the needs. `None` where what it offered is no extension list.
pub fn offer(key: Option<&str>, needs: &Needs) -> Option<Offer> {
    let extensions = match &needs.extensions {
        None => Vec::new(),
        Some(raw) => ExtensionOffer::among(&ExtensionList::parse(raw).ok()?).collect(),
    };
    Some(Offer { key: key.map(str::to_owned), protocols: needs.protocols.clone(), extensions })
}

impl Peer for Reference {
    fn name(&self) -> &str {
        "reference"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn invocation(&self) -> Option<Invocation> {
        Some(Invocation::built_in("ws101", self.name()))
    }

    fn plays(&self, _: Role) -> bool {
        true
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        match exchange.role {
            Role::Server => serve(exchange),
            Role::Client => connect(exchange),
        }
    }

    fn build(&self, building: &Building) -> Built {
        let options = ClientOptions {
            protocols: building.protocols.clone(),
            extensions: building.extensions.clone(),
            origin: building.origin.clone(),
            fields: building.fields.clone(),
        };
        match ClientRequest::build(&building.uri, &options, building.nonce) {
            Ok(ClientRequest { octets, uri, .. }) => Built::Sent {
                request: octets,
                host: uri.host.trim_matches(['[', ']']).to_owned(),
                port: uri.port,
                tls: uri.secure,
            },
            Err(error) => Built::Refused(error.to_string()),
        }
    }
}

/// Feeds a reader the octets of an exchange as its delivery cuts them. `None` where the head is not at its end and more may come.
pub fn fed<R, O>(
    exchange: &Exchange,
    reader: R,
    feed: impl Fn(R, &[u8]) -> Step<R, O>,
    finish: impl FnOnce(R) -> O,
) -> Option<O> {
    let feed = |step: Step<R, O>, portion| step.then(|reader| feed(reader, portion));
    match exchange.portions().fold(Step::More(reader), feed) {
        Step::Done { outcome, .. } => Some(outcome),
        Step::More(reader) => (exchange.end == End::HalfClosed).then(|| finish(reader)),
    }
}

fn waiting() -> Observation {
    Observation { outcome: Outcome::TimedOut, written: Vec::new() }
}

fn unsupported(what: &str) -> Observation {
    Observation { outcome: Outcome::Unsupported(what.to_owned()), written: Vec::new() }
}

fn serve(exchange: &Exchange) -> Observation {
    let Some(policy) = policy(&exchange.needs) else {
        return unsupported("no other extension than permessage-deflate");
    };
    let Some(outcome) = fed(exchange, Server::new(&policy), Server::feed, Server::finish) else { return waiting() };
    // Every octet of an exchange was sent before there was an answer, however late it is read.
    let early = outcome.accepted().is_some() && outcome.consumed < exchange.octets.len();
    let strict = early.then(|| judge_request(&exchange.octets, false, &policy)).flatten();
    let outcome = strict.unwrap_or(outcome);
    served(&outcome, outcome.rest(&exchange.octets).to_vec())
}

fn served(outcome: &ServerOutcome, rest: Vec<u8>) -> Observation {
    let written = outcome.answer.octets();
    let outcome = match outcome.accepted() {
        Some(accepted) => Outcome::Opened(Opened {
            accept: Some(accepted.accept.to_vec()),
            fields: fields(outcome),
            protocol: accepted.protocol.clone(),
            extensions: accepted.deflate.map(|deflate| deflate.to_string()),
            rest: Some(rest),
        }),
        None => Outcome::Refused(Refused {
            status: Some(outcome.answer.status()),
            fields: fields(outcome),
            error: outcome.deciding().map(|finding| finding.requirement.id.to_string()),
        }),
    };
    Observation { outcome, written }
}

fn fields(outcome: &ServerOutcome) -> Vec<(String, Vec<u8>)> {
    let fields = outcome.answer.fields().into_iter();
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn connect(exchange: &Exchange) -> Observation {
    let Some(offer) = offer(exchange.key.as_deref(), &exchange.needs) else {
        return unsupported("offers no malformed extension list");
    };
    let client = Client::new(&offer, Limits::default());
    let Some(outcome) = fed(exchange, client, Client::feed, Client::finish) else { return waiting() };
    connected(&outcome, outcome.rest(&exchange.octets).to_vec())
}

fn connected(outcome: &ClientOutcome, rest: Vec<u8>) -> Observation {
    let outcome = match &outcome.opened {
        Some(opening) => Outcome::Opened(Opened {
            accept: None,
            fields: Vec::new(),
            protocol: opening.protocol.clone(),
            extensions: names(&opening.extensions),
            rest: Some(rest),
        }),
        None => Outcome::Refused(Refused {
            status: outcome.status,
            fields: Vec::new(),
            error: outcome.deciding().map(|finding| finding.requirement.id.to_string()),
        }),
    };
    Observation { outcome, written: Vec::new() }
}

/// The names of the extensions in use; the parameters are what the response says.
fn names(extensions: &[Extension]) -> Option<String> {
    let names: Vec<&str> = extensions.iter().map(|element| &*element.name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
