//! ratchet_rs, through `accept_with` with `upgrade`, and `subscribe_with`.
//!
//! It has permessage-deflate in a crate of its own, which is not used here: a server declines it. The octets behind the head
//! it does not show. The key of a client is random.

use ::ratchet_rs::{
    Error, HttpError, NoExtProvider, SubprotocolRegistry, WebSocketConfig, WebSocketResponse, accept_with,
    subscribe_with,
};
use http::header::HeaderValue;
use ws101::suite::{Exchange, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::drive::{Tasks, drive};
use crate::service::{self, Asked, REFUSAL};
use crate::wire::Wire;

/// ratchet_rs.
pub const PEER: Adapter =
    Adapter { name: "ratchet-rs", package: "ratchet_rs", serve: Some(serve), connect: Some(connect), build: None };

fn registry(exchange: &Exchange) -> Result<SubprotocolRegistry, Error> {
    match exchange.needs.protocols.as_slice() {
        [] => Ok(SubprotocolRegistry::default()),
        protocols => SubprotocolRegistry::new(protocols.iter().cloned()),
    }
}

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let Ok(registry) = registry(exchange) else { return Served::Unsupported("does not take these subprotocols") };
    let handshake = async {
        let upgrader = accept_with(wire.clone(), WebSocketConfig::default(), NoExtProvider, registry).await?;
        let service = {
            let (target, request) = (upgrader.uri().to_string(), upgrader.request());
            service::serve(&exchange.needs, &Asked::of(&target, request.headers())).map(|_| ())
        };
        if let Err(status) = service {
            let fields = REFUSAL.iter().filter_map(|(name, value)| {
                Some((name.parse::<http::HeaderName>().ok()?, HeaderValue::from_static(value)))
            });
            if let Ok(response) = WebSocketResponse::with_headers(status, fields) {
                upgrader.reject(response).await?;
            }
            return Ok(false);
        }
        upgrader.upgrade().await.map(|_| true)
    };
    match drive(wire, &Tasks::default(), handshake) {
        None => Served::Waits,
        Some(Ok(true)) => Served::Opened(None),
        Some(Ok(false)) => Served::Failed("the service refused".to_owned()),
        Some(Err(error)) => Served::Failed(error.to_string()),
    }
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if exchange.needs.extensions.is_some() {
        return unsupported("has extensions in crates of their own only");
    }
    let Ok(registry) = registry(exchange) else { return unsupported("does not take these subprotocols") };
    let (config, uri) = (WebSocketConfig::default(), "ws://server.example.com/chat");
    let handshake = subscribe_with(config, wire.clone(), uri, NoExtProvider, registry);
    match drive(wire, &Tasks::default(), handshake) {
        None => Outcome::TimedOut,
        Some(Ok(upgraded)) => opened(upgraded.subprotocol, None, None),
        Some(Err(error)) => {
            let status = match error.downcast_ref::<HttpError>() {
                Some(HttpError::Status(status)) => Some(*status),
                _ => None,
            };
            refused(status, error)
        }
    }
}
