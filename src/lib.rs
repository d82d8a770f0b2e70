//! ws101, the referee of the WebSocket opening handshake (RFC 6455 §4).
//!
//! ```text
//!  vectors  ─┐
//!  corpus   ─┼─► exchange ─► peer ─► observation ─┐
//!  generated ┘       │                            ├─► verdict ─► report
//!                    └─► judgement (permitted) ───┘
//! ```
//!
//! Data flows one way. Reading order: [`judgement`] (the words) and [`handshake`] (the strict reference of both roles): these
//! two are the library without default features, and depend on `sha1` and `base64` alone.
#![cfg_attr(
    feature = "suite",
    doc = "Then [`suite`] (the law and the judge), [`peer`] (who is judged), [`generate`] and [`oracle`] (what is thrown \
           at them), and [`run`] (the loop). The page [`octets_to_verdict`] has the chain of types from one end to the other."
)]
//!
//! A server reads a request in whatever portions it comes, and gives what to answer:
//!
//! ```
//! use ws101::handshake::{Policy, Server, Step};
//!
//! let policy = Policy::default().resources(["/chat"]).protocols(["chat"]);
//! let mut server = Server::new(&policy);
//! let portions = [
//!     b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".as_slice(),
//!     b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
//! ];
//! for portion in portions {
//!     server = match server.feed(portion) {
//!         Step::More(server) => server,
//!         Step::Done { outcome, octets } => {
//!             assert_eq!(outcome.answer.status(), 101);
//!             assert!(outcome.answer.octets().starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
//!             assert!(outcome.rest(&octets).is_empty(), "what came after the head belongs to the frames");
//!             break;
//!         }
//!     };
//! }
//! ```
//!
//! A client builds a request, and judges the response to it:
//!
//! ```
//! use ws101::handshake::{Client, ClientOptions, ClientRequest, Limits};
//!
//! // The nonce has to be random, and fresh for each connection.
//! let request = ClientRequest::build("ws://server.example.com/chat", &ClientOptions::default(), *b"the sample nonce")?;
//! assert!(request.octets.starts_with(b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\n"));
//! let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
//!                  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
//! let client = Client::new(&request.offer, Limits::default());
//! let outcome = client.feed(response).outcome().expect("the head is complete");
//! assert!(outcome.opened.is_some());
//! # Ok::<(), ws101::handshake::RequestError>(())
//! ```
//!
//! And octets that are at hand as a whole are judged, with every reason:
//!
//! ```
//! use ws101::handshake::{Policy, check_request};
//! use ws101::judgement::Permitted;
//!
//! let checked = check_request(b"POST /chat HTTP/1.1\r\nHost: a\r\n\r\n", &Policy::default());
//! assert_eq!(checked.judgement.permitted(), Permitted::MustReject);
//! let finding = checked.deciding().expect("a ground for the refusal");
//! assert_eq!((finding.span.clone(), finding.message), (0..4, "method is not GET"));
//! ```
//!
//! The README of the project has the two commands to begin with, and an implementation of your own judged in twenty lines.
//!
//! # Invariants
//!
//! * The reference is sans-I/O and deterministic: octets, limits and nonces are parameters.
//! * No input makes it panic, under any limits, policy and offer; memory is bounded by the limits of the caller; time is linear in the head.
//! * It shares no parser with any peer.
//! * How octets are cut into reads changes no decision and no finding.

pub mod handshake;
mod http;
pub mod judgement;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "suite")]
pub mod generate;
#[cfg(feature = "live")]
pub mod live;
#[cfg(feature = "suite")]
pub mod oracle;
#[cfg(feature = "suite")]
pub mod peer;
#[cfg(feature = "suite")]
pub mod report;
#[cfg(feature = "suite")]
pub mod run;
#[cfg(feature = "suite")]
pub mod suite;

#[cfg(all(doc, feature = "suite"))]
pub mod octets_to_verdict;

/// What tests and benchmarks of this project look at beside its interface: no part of that, and free to change.
#[doc(hidden)]
pub mod internal {
    pub use crate::http::*;
}

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "suite"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
