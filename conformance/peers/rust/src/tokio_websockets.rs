//! tokio-websockets, through `ServerBuilder::accept` and `ClientBuilder::connect_on`.
//!
//! The server answers before its user sees the request, so it cannot be asked to serve some resources, authorities or
//! origins only; extensions it declines, and subprotocols it has none. The client has no subprotocols and no extensions: a user could
//! offer some in a field of its own, and would have to look after the answer. Its key is random.

use tokio_websockets::{ClientBuilder, Error, ServerBuilder, upgrade};
use ws101::suite::{Building, Built, Delivery, End, Exchange, Needs, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::built::{address, keyed};
use crate::drive::{Tasks, drive};
use crate::service::may_choose;
use crate::wire::Wire;

/// tokio-websockets.
pub const PEER: Adapter = Adapter {
    name: "tokio-websockets",
    package: "tokio-websockets",
    serve: Some(serve),
    connect: Some(connect),
    build: Some(build),
};

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let needs = &exchange.needs;
    if needs.resources.is_some() || needs.authorities.is_some() || needs.origins.is_some() {
        return Served::Unsupported("answers before its user sees the request");
    }
    if may_choose(needs, &exchange.octets) {
        return Served::Unsupported("has no subprotocols");
    }
    let server = ServerBuilder::new();
    match drive(wire, &Tasks::default(), server.accept(wire.clone())) {
        None => Served::Waits,
        Some(Err(error)) => Served::Failed(error.to_string()),
        Some(Ok(_)) => Served::Opened(None),
    }
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if !exchange.needs.is_none() {
        return unsupported("has no subprotocols and no extensions");
    }
    let client = ClientBuilder::from_uri(http::Uri::from_static("ws://server.example.com/chat"));
    match drive(wire, &Tasks::default(), client.connect_on(wire.clone())) {
        None => Outcome::TimedOut,
        Some(Ok(_)) => opened(None, None, None),
        Some(Err(error)) => {
            let status = match &error {
                Error::Upgrade(upgrade::Error::DidNotSwitchProtocols(status)) => Some(*status),
                _ => None,
            };
            refused(status, error)
        }
    }
}

fn build(building: &Building) -> Built {
    let Building { uri, protocols, extensions, origin, fields, nonce } = building;
    if !protocols.is_empty() || extensions.is_some() || origin.is_some() {
        return Built::Unsupported("has no subprotocols, no extensions and no origin".to_owned());
    }
    let uri = match uri.parse::<http::Uri>() {
        Ok(uri) => uri,
        Err(error) => return Built::Refused(error.to_string()),
    };
    // `connect` looks the host up, and takes no other scheme.
    if uri.host().unwrap_or_default().is_empty() {
        return Built::Refused(Error::CannotResolveHost.to_string());
    }
    if !matches!(uri.scheme_str(), Some("ws" | "wss")) {
        return Built::Refused(Error::UnsupportedScheme.to_string());
    }
    let mut client = ClientBuilder::from_uri(uri.clone());
    for (name, value) in fields {
        let (Ok(name), Ok(value)) = (name.parse(), http::HeaderValue::from_str(value)) else {
            return Built::Refused("no field in the types of the http crate".to_owned());
        };
        client = match client.add_header(name, value) {
            Ok(client) => client,
            Err(error) => return Built::Refused(error.to_string()),
        };
    }
    let nothing = Exchange {
        delivery: Delivery::Whole,
        end: End::Open,
        needs: Needs::default(),
        key: None,
        ..Exchange::new(ws101::judgement::Role::Client, Vec::new())
    };
    let wire = Wire::of(&nothing);
    match drive(&wire, &Tasks::default(), client.connect_on(wire.clone())) {
        Some(Err(error)) => Built::Refused(error.to_string()),
        _ => {
            let (host, port, tls) = address(&uri);
            Built::Sent { request: keyed(wire.request(), nonce), host, port, tls }
        }
    }
}
