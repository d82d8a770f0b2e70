//! fastwebsockets, through `upgrade::upgrade` in a service of hyper and `handshake::client`.
//!
//! It stands here twice: bare, and behind its own `upgrade::is_upgrade_request`, which its documentation leaves to the user.
//! The request of a client, key and all, is written by its user; so what the client verifies is what the crate verifies.

use std::sync::Arc;

use ::fastwebsockets::{WebSocketError, handshake, upgrade};
use bytes::Bytes;
use http::Request;
use http_body_util::Empty;
use hyper::service::service_fn;
use ws101::suite::{Exchange, Outcome};

use crate::adapter::{Adapter, Served, joined, opened, refused, unsupported};
use crate::drive::{Tasks, drive};
use crate::hyper_server::{self, Seen, upgrading, whole};
use crate::rest::read_to_pending;
use crate::wire::Wire;

/// fastwebsockets behind its own check.
pub const PEER: Adapter = Adapter {
    name: "fastwebsockets",
    package: "fastwebsockets",
    serve: Some(|exchange, wire| serve(exchange, wire, true)),
    connect: Some(connect),
    build: None,
};

/// fastwebsockets without its own check, as its example for axum has it.
pub const BARE: Adapter = Adapter {
    name: "fastwebsockets-bare",
    package: "fastwebsockets",
    serve: Some(|exchange, wire| serve(exchange, wire, false)),
    connect: None,
    build: None,
};

fn serve(exchange: &Exchange, wire: &Wire, is_checked: bool) -> Served {
    let (needs, seen) = (Arc::new(exchange.needs.clone()), Seen::default());
    let outside = seen.clone();
    let service = service_fn(move |request| {
        upgrading(request, needs.clone(), seen.clone(), move |mut request, seen| {
            let answer = if is_checked && !upgrade::is_upgrade_request(&request) {
                Err("is_upgrade_request says no".to_owned())
            } else {
                upgrade::upgrade(&mut request).map_err(|error| error.to_string())
            };
            let seen = seen.clone();
            std::future::ready(answer.map(|(answer, websocket)| {
                seen.tasks.clone().spawn(async move {
                    if let Ok(open) = websocket.await {
                        seen.read_rest(open.into_inner()).await;
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
        return unsupported("has no subprotocols and no extensions");
    }
    let request = Request::builder()
        .method("GET")
        .uri("/chat")
        .header("Host", "server.example.com")
        .header("Upgrade", "websocket")
        .header("Connection", "upgrade")
        .header("Sec-WebSocket-Key", exchange.key.as_deref().unwrap_or("AAAAAAAAAAAAAAAAAAAAAA=="))
        .header("Sec-WebSocket-Version", "13")
        .body(Empty::<Bytes>::new());
    let request = match request {
        Ok(request) => request,
        Err(error) => return unsupported(&format!("does not send the key: {error}")),
    };
    let tasks = Tasks::default();
    match drive(wire, &tasks, handshake::client(&tasks, request, wire.clone())) {
        None => Outcome::TimedOut,
        Some(Ok((open, response))) => {
            let text = |name| joined(response.headers(), name);
            let (protocol, extensions) = (text("Sec-WebSocket-Protocol"), text("Sec-WebSocket-Extensions"));
            opened(protocol, extensions, Some(read_to_pending(wire, &tasks, open.into_inner())))
        }
        Some(Err(error)) => {
            let (status, error) = match &error {
                WebSocketError::InvalidStatusCode(status) => (Some(*status), error.to_string()),
                WebSocketError::HTTPError(inner) => (None, whole(inner)),
                _ => (None, error.to_string()),
            };
            refused(status, error)
        }
    }
}
