//! tungstenite, through the entry points that its users call.
//!
//! A server is `accept_with_config`, or `accept_hdr_with_config` where subprotocols, resources, authorities or origins
//! matter: tungstenite leaves these to the callback of its user, so the callback here does with the needs what any
//! service would. It has no extensions; a server that is configured for some just declines them, and a client sends the
//! offer as a header of its user. A client is `client_with_config` with a request from `ClientRequestBuilder` whose
//! random key is replaced.
//!
//! The stream of a server that refuses without an answer is dropped: such a refusal has no status, but an error.

mod client;
mod rest;
mod server;

use std::sync::LazyLock;

use ::tungstenite::handshake::HandshakeRole;
use ::tungstenite::protocol::WebSocketConfig;
use ::tungstenite::{Error, HandshakeError};

use super::panics::caught;
use super::stream::Stream;
use crate::judgement::Role;
use crate::suite::{Building, Built, Exchange, Invocation, Observation, Outcome, Peer};

/// tungstenite.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tungstenite;

impl Peer for Tungstenite {
    fn name(&self) -> &str {
        "tungstenite"
    }

    fn version(&self) -> &str {
        static VERSION: LazyLock<&str> = LazyLock::new(|| locked_version("tungstenite").unwrap_or("unknown"));
        &VERSION
    }

    fn invocation(&self) -> Option<Invocation> {
        Some(Invocation::built_in("ws101", self.name()))
    }

    fn plays(&self, _: Role) -> bool {
        true
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let stream = Stream::of(exchange);
        let outcome = caught(|| match exchange.role {
            Role::Server => server::serve(exchange, &stream),
            Role::Client => client::connect(exchange, &stream),
        });
        let written = match exchange.role {
            Role::Server => stream.written(),
            Role::Client => stream.written().split_off(stream.request().len()),
        };
        match outcome {
            Ok((outcome, written)) => Observation { outcome, written },
            Err(panic) => Observation { outcome: Outcome::Crashed(panic), written },
        }
    }

    fn build(&self, building: &Building) -> Built {
        caught(|| client::build(building)).unwrap_or_else(Built::Crashed)
    }
}

/// The version that the lock file of this package names: the crate itself does not tell.
fn locked_version(name: &str) -> Option<&'static str> {
    let (_, entry) = include_str!("../../../Cargo.lock").split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
    entry.split_once('"').map(|(version, _)| version)
}

/// A small read buffer, since one is set aside for each connection. It has no part in the handshake.
fn config() -> Option<WebSocketConfig> {
    Some(WebSocketConfig::default().read_buffer_size(4096))
}

/// How a handshake ended that did not open.
enum Stop {
    /// It waits for more although nothing more comes, or asked for it without end.
    Waits,
    Failed(Error),
}

/// Goes on with a handshake whenever its stream is ready, as the user of a nonblocking socket does.
fn finish<R: HandshakeRole>(
    mut result: Result<R::FinalResult, HandshakeError<R>>,
    stream: &Stream,
) -> Result<R::FinalResult, Stop> {
    loop {
        result = match result {
            Ok(open) => return Ok(open),
            Err(HandshakeError::Interrupted(middle)) if stream.is_readable() => middle.handshake(),
            Err(HandshakeError::Interrupted(_)) => return Err(Stop::Waits),
            Err(HandshakeError::Failure(_)) if stream.is_spent() => return Err(Stop::Waits),
            Err(HandshakeError::Failure(error)) => return Err(Stop::Failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{Delivery, End, Needs, Opened};

    const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    fn observe(role: Role, octets: impl Into<Vec<u8>>, delivery: Delivery, end: End) -> Outcome {
        Tungstenite.observe(&Exchange { delivery, end, ..Exchange::new(role, octets) }).outcome
    }

    fn rest(outcome: Outcome) -> Vec<u8> {
        match outcome {
            Outcome::Opened(opened) => opened.rest.expect("tungstenite shows them"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_example_opens() {
        let observation = Tungstenite.observe(&Exchange::new(Role::Server, REQUEST));
        let Outcome::Opened(opened) = observation.outcome else { panic!("{observation:?}") };
        assert_eq!(opened.accept.as_deref(), Some(&b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="[..]));
        assert_eq!((opened.protocol, opened.extensions, opened.rest), (None, None, Some(Vec::new())));
        assert!(observation.written.starts_with(b"HTTP/1.1 101 "));
        let observation = Tungstenite.observe(&Exchange::new(Role::Client, RESPONSE));
        assert_eq!(observation.outcome, Outcome::Opened(Opened { rest: Some(Vec::new()), ..Opened::default() }));
        assert_eq!(observation.written, b"");
    }

    #[test]
    fn octets_left_in_the_stream_are_handed_on() {
        let octets = [REQUEST.as_bytes(), b"\x81\x81\0\0\0\0a"].concat();
        let outcome = observe(Role::Server, octets, Delivery::Split(vec![REQUEST.len()]), End::Open);
        assert_eq!(rest(outcome), b"\x81\x81\0\0\0\0a");
    }

    #[test]
    fn octets_held_are_handed_on() {
        for behind in [&b"\x81\x05Hello"[..], b"\x89\x01a\x81\x05Hello", b"\x81", b"\x81\x05He", b"\0\0\0", b"\r\n\r\n"]
        {
            let octets = [RESPONSE.as_bytes(), behind].concat();
            for at in RESPONSE.len()..octets.len() {
                let outcome = observe(Role::Client, &octets[..], Delivery::Split(vec![at]), End::Open);
                assert_eq!(rest(outcome), behind, "{behind:?} {at}");
            }
        }
    }

    #[test]
    fn waiting_and_ends_differ() {
        assert_eq!(observe(Role::Server, &REQUEST[..40], Delivery::Whole, End::Open), Outcome::TimedOut);
        let Outcome::Refused(refused) = observe(Role::Server, &REQUEST[..40], Delivery::Whole, End::HalfClosed) else {
            panic!("not refused");
        };
        assert_eq!(
            (refused.status, refused.error.as_deref()),
            (None, Some("WebSocket protocol error: Handshake not finished"))
        );
    }

    #[test]
    fn the_callback_serves_the_needs() {
        let request = REQUEST.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: a, b\r\nOrigin: http://x\r\n\r\n");
        let status = |needs: Needs| {
            let outcome = Tungstenite.observe(&Exchange { needs, ..Exchange::new(Role::Server, &request[..]) }).outcome;
            match outcome {
                Outcome::Opened(opened) => Ok(opened.protocol),
                Outcome::Refused(refused) => Err(refused.status),
                other => panic!("{other:?}"),
            }
        };
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(status(Needs { protocols: list(&["b", "a"]), ..Needs::default() }), Ok(Some("b".to_owned())));
        assert_eq!(status(Needs { protocols: list(&["c"]), ..Needs::default() }), Ok(None));
        assert_eq!(status(Needs { resources: Some(list(&["/chat"])), ..Needs::default() }), Ok(None));
        assert_eq!(status(Needs { resources: Some(list(&["/other"])), ..Needs::default() }), Err(Some(404)));
        assert_eq!(status(Needs { authorities: Some(list(&["SERVER.example.com:80"])), ..Needs::default() }), Ok(None));
        assert_eq!(status(Needs { authorities: Some(list(&["example.com"])), ..Needs::default() }), Err(Some(421)));
        assert_eq!(status(Needs { origins: Some(list(&["http://x"])), ..Needs::default() }), Ok(None));
        assert_eq!(status(Needs { origins: Some(list(&["http://y"])), ..Needs::default() }), Err(Some(403)));
    }

    #[test]
    fn knows_its_version() {
        assert!(Tungstenite.version().starts_with("0."), "{}", Tungstenite.version());
    }
}
