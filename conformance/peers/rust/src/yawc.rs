//! yawc, through `WebSocket::upgrade` in a service of hyper and `WebSocket::handshake`, both without compression.
//!
//! It has no subprotocols. Its documentation has no check of Upgrade and Connection in front of `upgrade`. The octets behind
//! the head it does not show. The key of a client is random.

use std::sync::Arc;

use ::yawc::{Options, WebSocket, WebSocketError};
use hyper::service::service_fn;
use ws101::suite::{Exchange, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::drive::Tasks;
use crate::hyper_server::{self, Seen, upgrading, whole};
use crate::tokio_drive::drive_in_tokio;
use crate::wire::Wire;

/// yawc.
pub const PEER: Adapter =
    Adapter { name: "yawc", package: "yawc", serve: Some(serve), connect: Some(connect), build: None };

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let (needs, seen) = (Arc::new(exchange.needs.clone()), Seen::default());
    let outside = seen.clone();
    let service = service_fn(move |request| {
        upgrading(request, needs.clone(), seen.clone(), |mut request, seen| {
            let answer = WebSocket::upgrade_with_options(&mut request, Options::default());
            let seen = seen.clone();
            std::future::ready(answer.map_err(|error| error.to_string()).map(|(answer, upgraded)| {
                seen.tasks.clone().spawn(async move {
                    if upgraded.await.is_ok() {
                        seen.opened();
                    }
                });
                answer
            }))
        })
    });
    hyper_server::serve(wire, &outside, service)
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if !exchange.needs.is_none() {
        return unsupported("has no subprotocols, and no other extension than compression");
    }
    let uri = match "ws://server.example.com/chat".parse() {
        Ok(uri) => uri,
        Err(error) => return unsupported(&format!("{error}")),
    };
    let handshake = WebSocket::handshake(uri, wire.clone(), Options::default());
    match drive_in_tokio(wire, &Tasks::default(), handshake) {
        None => Outcome::TimedOut,
        Some(Ok(_)) => opened(None, None, None),
        Some(Err(error)) => {
            let status = match &error {
                WebSocketError::InvalidStatusCode(status) => Some(*status),
                WebSocketError::Redirected { status_code, .. } => Some(*status_code),
                _ => None,
            };
            let error = match &error {
                WebSocketError::HTTPError(inner) => whole(inner),
                other => other.to_string(),
            };
            refused(status, error)
        }
    }
}
