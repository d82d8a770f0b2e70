//! websocket (rust-websocket), through `IntoWs::into_ws` with `accept`, and `ClientBuilder::connect_on`, on blocking streams.
//!
//! A server whose request is refused gets the stream back with an error, and answers for itself. Its extensions are names
//! without meaning, which its user would have to look after: none are used here.

use std::io::Write as _;

use ::websocket::sync::server::upgrade::IntoWs as _;
use ::websocket::{ClientBuilder, WebSocketError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ws101::suite::{Building, Built, Exchange, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::built::address;
use crate::service::{self, Asked};
use crate::wire::Wire;

/// websocket.
pub const PEER: Adapter =
    Adapter { name: "websocket", package: "websocket", serve: Some(serve), connect: Some(connect), build: Some(build) };

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let refuse = |status, error: String| {
        if wire.is_starved() {
            return Served::Waits;
        }
        let _ = wire.clone().write_all(&service::refusal(status));
        Served::Failed(error)
    };
    let upgrade = match wire.clone().into_ws() {
        Ok(upgrade) => upgrade,
        Err((_, _, _, error)) => return refuse(service::status(&exchange.octets), error.to_string()),
    };
    let (target, headers) = (upgrade.uri(), &upgrade.request.headers);
    let field = |name: &str| headers.get_raw(name).and_then(|lines| lines.first()).map(Vec::as_slice);
    let protocols = upgrade.protocols().iter().map(String::as_bytes).collect();
    let asked = Asked { target: &target, host: field("Host"), origin: field("Origin"), protocols };
    let upgrade = match service::serve(&exchange.needs, &asked) {
        Err(status) => return refuse(status, "the service refused".to_owned()),
        Ok(None) => upgrade,
        Ok(Some(chosen)) => upgrade.use_protocol(chosen),
    };
    match upgrade.accept() {
        Ok(client) => {
            let (_, held) = client.into_stream();
            let held = held.map(|(octets, from, to)| octets[from..to].to_vec()).unwrap_or_default();
            Served::Opened(Some([held, wire.unread()].concat()))
        }
        Err((_, error)) => Served::Failed(error.to_string()),
    }
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if exchange.needs.extensions.is_some() {
        return unsupported("has no extensions of its own");
    }
    let nonce = STANDARD.decode(exchange.key.as_deref().unwrap_or_default()).ok();
    let mut builder = match ClientBuilder::new("ws://server.example.com/chat") {
        Ok(builder) => builder,
        Err(error) => return unsupported(&error.to_string()),
    };
    if let Some(nonce) = nonce.and_then(|nonce| <[u8; 16]>::try_from(nonce).ok()) {
        builder = builder.key(nonce);
    }
    if !exchange.needs.protocols.is_empty() {
        builder = builder.add_protocols(&exchange.needs.protocols);
    }
    match builder.connect_on(wire.clone()) {
        Ok(client) => {
            let (protocols, extensions) = (client.protocols().to_vec(), client.extensions().to_vec());
            let (_, held) = client.into_stream();
            let held = held.map(|(octets, from, to)| octets[from..to].to_vec()).unwrap_or_default();
            let text = |texts: Vec<String>| (!texts.is_empty()).then(|| texts.join(", "));
            let extensions = extensions.iter().map(ToString::to_string).collect();
            opened(text(protocols), text(extensions), Some([held, wire.unread()].concat()))
        }
        Err(_) if wire.is_starved() => Outcome::TimedOut,
        Err(error) => refused(None, whole(&error)),
    }
}

fn whole(error: &WebSocketError) -> String {
    format!("{error:?}")
}

fn build(building: &Building) -> Built {
    let Building { uri, protocols, extensions, origin, fields, nonce } = building;
    if extensions.is_some() || !fields.is_empty() {
        return Built::Unsupported("takes extensions and fields as values of types of its own".to_owned());
    }
    let mut builder = match ClientBuilder::new(uri) {
        Ok(builder) => builder.key(*nonce),
        Err(error) => return Built::Refused(error.to_string()),
    };
    if !protocols.is_empty() {
        builder = builder.add_protocols(protocols);
    }
    if let Some(origin) = origin {
        builder = builder.origin(origin.clone());
    }
    let nothing = Exchange { key: None, ..Exchange::new(ws101::judgement::Role::Client, Vec::new()) };
    let wire = Wire::of(&nothing);
    let done = builder.connect_on(wire.clone());
    let request = wire.request();
    match (done, uri.parse::<http::Uri>()) {
        (Err(error), _) if request.is_empty() => Built::Refused(whole(&error)),
        (_, Ok(uri)) => {
            let (host, port, tls) = address(&uri);
            Built::Sent { request, host, port, tls }
        }
        (_, Err(_)) => Built::Unsupported("connects where only the url crate knows".to_owned()),
    }
}
