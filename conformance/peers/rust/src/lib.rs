//! Rust implementations as peers of ws101: an adapter for each, in a file of its own.
//!
//! An adapter calls what the crate's documentation tells its users to call. Where a crate leaves something to its user (which
//! subprotocols, resources and origins are served, or the answer to a request that it refuses), [`service`] does with it what
//! any service would, so that what a peer is blamed for is its own doing. Octets go through memory: [`wire`] delivers them
//! as an exchange says, and [`drive`] and [`tokio_drive`] see a hang at once.

mod actix_http;
pub mod adapter;
mod axum;
mod built;
pub mod drive;
mod embedded_websocket;
mod fastwebsockets;
mod httparse;
mod hyper_server;
mod hyper_tungstenite;
mod pure;
mod ratchet_rs;
mod rekey;
mod rest;
pub mod service;
mod soketto;
pub mod table;
pub mod tokio_drive;
mod tokio_websockets;
mod warp;
mod websocket;
mod websocket_codec;
pub mod wire;
mod ws;
mod wtx;
mod yawc;

use adapter::Adapter;
use ws101::suite::Peer;

/// Every crate that is at hand.
pub static ALL: [Adapter; 16] = [
    soketto::PEER,
    tokio_websockets::PEER,
    fastwebsockets::PEER,
    fastwebsockets::BARE,
    hyper_tungstenite::PEER,
    yawc::PEER,
    axum::PEER,
    warp::PEER,
    actix_http::PEER,
    ratchet_rs::PEER,
    wtx::PEER,
    websocket::PEER,
    ws::PEER,
    embedded_websocket::PEER,
    websocket_codec::PEER,
    httparse::PEER,
];

/// Every peer, as they stand in [`ALL`].
pub fn borrowed() -> impl Iterator<Item = &'static dyn Peer> + Clone {
    ALL.iter().map(|adapter| adapter as &dyn Peer)
}

/// Every peer, owned.
pub fn all() -> Vec<Box<dyn Peer>> {
    ALL.iter().map(|adapter| Box::new(*adapter) as Box<dyn Peer>).collect()
}
