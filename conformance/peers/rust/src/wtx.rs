//! wtx, through `WebSocketAcceptor::accept` and `WebSocketConnector::connect`, without its `no-masking` extension.
//!
//! A server's user sees the request as httparse read it and may refuse it, but has no answer to write; subprotocols it has
//! none. Compression is not built in. A client's generator is seeded, so that its key is always the same one.

use ::wtx::misc::UriRef;
use ::wtx::rng::Xorshift64;
use ::wtx::stream::{StreamReader, StreamWriter};
use ::wtx::web_socket::{WebSocketAcceptor, WebSocketConnector};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt};
use ws101::suite::{Exchange, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::drive::{Tasks, drive};
use crate::service::may_choose;
use crate::wire::Wire;

/// wtx.
pub const PEER: Adapter =
    Adapter { name: "wtx", package: "wtx", serve: Some(serve), connect: Some(connect), build: None };

struct Connection(Wire);

impl StreamReader for Connection {
    async fn read(&mut self, octets: &mut [u8]) -> ::wtx::Result<usize> {
        Ok(self.0.read(octets).await?)
    }
}

impl StreamWriter for Connection {
    async fn write_all(&mut self, octets: &[u8]) -> ::wtx::Result<()> {
        Ok(AsyncWriteExt::write_all(&mut self.0, octets).await?)
    }

    async fn write_all_vectored(&mut self, all: &[&[u8]]) -> ::wtx::Result<()> {
        for octets in all {
            AsyncWriteExt::write_all(&mut self.0, octets).await?;
        }
        Ok(())
    }
}

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let needs = &exchange.needs;
    if needs.resources.is_some() || needs.authorities.is_some() || needs.origins.is_some() {
        return Served::Unsupported("has no answer for what its user refuses");
    }
    if may_choose(needs, &exchange.octets) {
        return Served::Unsupported("has no subprotocols");
    }
    let acceptor = WebSocketAcceptor::default().no_masking(false);
    match drive(wire, &Tasks::default(), acceptor.accept(Connection(wire.clone()))) {
        None => Served::Waits,
        Some(Ok(_)) => Served::Opened(None),
        Some(Err(error)) => Served::Failed(format!("{error:?}")),
    }
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if !exchange.needs.is_none() {
        return unsupported("has no subprotocols, and no other extension than compression");
    }
    let uri = UriRef::new("ws://server.example.com/chat");
    let connector = WebSocketConnector::default().no_masking(false).rng(Xorshift64::from(101));
    let handshake = async { connector.connect(Connection(wire.clone()), &uri).await.map(drop) };
    match drive(wire, &Tasks::default(), handshake) {
        None => Outcome::TimedOut,
        Some(Ok(())) => opened(None, None, None),
        Some(Err(error)) => refused(None, format!("{error:?}")),
    }
}
