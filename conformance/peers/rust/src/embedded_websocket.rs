//! embedded-websocket, through `read_http_header` and `server_accept` behind httparse, and `client_connect` and
//! `client_accept`, as its documentation has them.
//!
//! Extensions it has none. The generator of a client is its user's, so that the key is the one of the exchange.

use std::collections::BTreeSet;
use std::io::Write as _;

use ::embedded_websocket::{
    Error, WebSocketClient, WebSocketKey, WebSocketOptions, WebSocketServer, WebSocketSubProtocol, read_http_header,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand_core::RngCore;
use ws101::suite::{Exchange, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::pure::{Head, read_head};
use crate::service::{self, Asked};
use crate::wire::Wire;

/// embedded-websocket.
pub const PEER: Adapter = Adapter {
    name: "embedded-websocket",
    package: "embedded-websocket",
    serve: Some(serve),
    connect: Some(connect),
    build: None,
};

/// What a request asks for, beside its length: the target, Host, Origin, and what the crate reads; then the names of its
/// fields.
type Read = (
    usize,
    String,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<(WebSocketKey, Vec<WebSocketSubProtocol>)>,
    BTreeSet<String>,
);

fn read(octets: &[u8]) -> Option<Result<Read, String>> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut fields);
    let length = match request.parse(octets) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return None,
        Err(error) => return Some(Err(error.to_string())),
    };
    let field = |name: &str| {
        let its = request.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        its.map(|field| field.value.to_vec())
    };
    let context = read_http_header(request.headers.iter().map(|field| (field.name, field.value)));
    Some(context.map_err(|error| format!("{error:?}")).map(|context| {
        let context =
            context.map(|its| (its.sec_websocket_key, its.sec_websocket_protocol_list.iter().cloned().collect()));
        let fields = request.headers.iter().map(|field| field.name.to_ascii_lowercase()).collect();
        (length, request.path.unwrap_or_default().to_owned(), field("Host"), field("Origin"), context, fields)
    }))
}

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let refuse = |status, error: String| {
        let _ = wire.clone().write_all(&service::refusal(status));
        Served::Failed(error)
    };
    let (read, octets) = match read_head(wire, read) {
        Head::Waits => return Served::Waits,
        Head::Ended => return Served::Answered,
        Head::Read(Err(error), _) => return refuse(service::status(&exchange.octets), error),
        Head::Read(Ok(read), octets) => (read, octets),
    };
    let (length, target, host, origin, context, fields) = read;
    let Some((key, protocols)) = context else {
        return refuse(
            service::status(&exchange.octets),
            "read_http_header says that it is no request for a WebSocket".to_owned(),
        );
    };
    let asked = Asked {
        target: &target,
        host: host.as_deref(),
        origin: origin.as_deref(),
        protocols: protocols.iter().map(|its| its.as_bytes()).collect(),
    };
    let chosen = match service::serve(&exchange.needs, &asked) {
        Ok(chosen) => chosen.and_then(|chosen| protocols.iter().find(|its| its.as_str() == chosen)),
        Err(status) => return refuse(status, "the service refused".to_owned()),
    };
    let mut answer = [0; 1024];
    match WebSocketServer::new_server().server_accept(&key, chosen, &mut answer) {
        Ok(written) => {
            let _ = wire.clone().write_all(&answer[..written]);
            // Content is read by whoever reads the head, which is not this crate.
            let has_content = ["content-length", "transfer-encoding"].iter().any(|name| fields.contains(*name));
            Served::Opened((!has_content).then(|| [&octets[length..], &wire.unread()].concat()))
        }
        Err(error) => refuse(service::status(&exchange.octets), format!("{error:?}")),
    }
}

/// A generator that gives the nonce of a key.
struct Nonce(Vec<u8>);

impl RngCore for Nonce {
    fn next_u32(&mut self) -> u32 {
        0
    }

    fn next_u64(&mut self) -> u64 {
        0
    }

    fn fill_bytes(&mut self, octets: &mut [u8]) {
        for (octet, its) in octets.iter_mut().zip(self.0.iter().cycle()) {
            *octet = *its;
        }
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(octets);
        Ok(())
    }
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if exchange.needs.extensions.is_some() {
        return unsupported("has no extensions");
    }
    let nonce = STANDARD.decode(exchange.key.as_deref().unwrap_or_default()).unwrap_or_else(|_| vec![0; 16]);
    let mut client = WebSocketClient::new_client(Nonce(nonce));
    let protocols: Vec<&str> = exchange.needs.protocols.iter().map(String::as_str).collect();
    let options = WebSocketOptions {
        path: "/chat",
        host: "server.example.com",
        origin: "http://server.example.com",
        sub_protocols: (!protocols.is_empty()).then_some(&protocols),
        additional_headers: None,
    };
    let mut request = [0; 1024];
    let (length, key) = match client.client_connect(&options, &mut request) {
        Ok(sent) => sent,
        Err(error) => return unsupported(&format!("does not send the offer: {error:?}")),
    };
    let _ = wire.clone().write_all(&request[..length]);
    let answer = read_head(wire, |octets| match client.client_accept(&key, octets) {
        Err(Error::HttpHeaderIncomplete) => None,
        done => Some(done),
    });
    match answer {
        Head::Waits => Outcome::TimedOut,
        Head::Ended => refused(None, "the octets ended inside the head"),
        Head::Read(Err(error), _) => {
            let status = if let Error::HttpResponseCodeInvalid(status) = error { status } else { None };
            refused(status, format!("{error:?}"))
        }
        Head::Read(Ok((length, protocol)), octets) => {
            let rest = [&octets[length..], &wire.unread()].concat();
            opened(protocol.map(|its| its.to_string()), None, Some(rest))
        }
    }
}
