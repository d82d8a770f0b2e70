//! websocket-codec (of websocket-lite), through `ClientRequest::parse` in a service of hyper, as hyper-websocket-lite has it,
//! and `UpgradeCodec` behind a request of its user.
//!
//! It has no subprotocols and no extensions.

use std::io::Write as _;
use std::sync::Arc;

use ::websocket_codec::{ClientRequest, UpgradeCodec};
use bytes::BytesMut;
use http::{Response, StatusCode};
use http_body_util::Empty;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio_util::codec::Decoder as _;
use ws101::suite::{Exchange, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::hyper_server::{self, Seen, upgrading};
use crate::pure::{Head, read_head};
use crate::wire::Wire;

/// websocket-codec.
pub const PEER: Adapter = Adapter {
    name: "websocket-codec",
    package: "websocket-codec",
    serve: Some(serve),
    connect: Some(connect),
    build: None,
};

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let (needs, seen) = (Arc::new(exchange.needs.clone()), Seen::default());
    let outside = seen.clone();
    let service = service_fn(move |request| {
        upgrading(request, needs.clone(), seen.clone(), |mut request, seen| {
            let parsed = {
                let headers = request.headers();
                ClientRequest::parse(|name| headers.get(name).and_then(|value| value.to_str().ok()))
            };
            let accept = parsed.map(|parsed| parsed.ws_accept()).map_err(|error| error.to_string());
            let seen = seen.clone();
            std::future::ready(accept.and_then(|accept| {
                let upgraded = hyper::upgrade::on(&mut request);
                seen.tasks.clone().spawn(async move {
                    if let Ok(open) = upgraded.await {
                        seen.read_rest(TokioIo::new(open)).await;
                    }
                });
                let answer = Response::builder()
                    .status(StatusCode::SWITCHING_PROTOCOLS)
                    .header("Upgrade", "websocket")
                    .header("Connection", "Upgrade")
                    .header("Sec-WebSocket-Accept", accept);
                answer.body(Empty::<bytes::Bytes>::new()).map_err(|error| error.to_string())
            }))
        })
    });
    hyper_server::serve(wire, &outside, service)
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if !exchange.needs.is_none() {
        return unsupported("has no subprotocols and no extensions");
    }
    let key = exchange.key.as_deref().unwrap_or("AAAAAAAAAAAAAAAAAAAAAA==");
    let request = format!(
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    let _ = wire.clone().write_all(request.as_bytes());
    let mut codec = UpgradeCodec::new(key);
    let answer = read_head(wire, |octets| {
        let mut buffer = BytesMut::from(octets);
        let done = codec.decode(&mut buffer).map_err(|error| error.to_string()).transpose();
        done.map(|done| done.map(|()| buffer.to_vec()))
    });
    match answer {
        Head::Waits => Outcome::TimedOut,
        Head::Ended => refused(None, "the octets ended inside the head"),
        Head::Read(Err(error), _) => refused(None, error),
        Head::Read(Ok(held), _) => opened(None, None, Some([held, wire.unread()].concat())),
    }
}
