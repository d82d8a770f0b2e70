//! soketto, through `handshake::Server` and `handshake::Client`.
//!
//! A server's user gets a key, a path, Host, Origin and the known subprotocols, and answers with a `Response`; one whose
//! request was refused answers with `Response::Reject`, which is all that the crate has for it. The octets that a server
//! hands on are those that `into_builder` would take along, and those that it left in the stream. A client offers the
//! parameters of permessage-deflate that its `Deflate` has, and so cannot be asked for other offers. Its key is random.

use futures::AsyncWriteExt as _;
use soketto::connection::Mode;
use soketto::extension::deflate::Deflate;
use soketto::handshake::server::{Response, Server};
use soketto::handshake::{Client, Error, ServerResponse};
use ws101::suite::{Exchange, Outcome};

use crate::adapter::{Adapter, Served, opened, refused, unsupported};
use crate::drive::{Tasks, drive};
use crate::service::{self, Asked};
use crate::wire::Wire;

/// soketto.
pub const PEER: Adapter =
    Adapter { name: "soketto", package: "soketto", serve: Some(serve), connect: Some(connect), build: None };

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let needs = &exchange.needs;
    let handshake = async {
        let mut server = Server::new(wire.clone());
        for protocol in &needs.protocols {
            server.add_protocol(protocol);
        }
        if needs.extensions.is_some() {
            server.add_extension(Box::new(Deflate::new(Mode::Server)));
        }
        let (key, service) = match server.receive_request().await {
            Ok(request) => {
                let headers = request.headers();
                let protocols = request.protocols().map(str::as_bytes).collect();
                let asked =
                    Asked { target: request.path(), host: Some(headers.host), origin: headers.origin, protocols };
                (request.key(), service::serve(needs, &asked))
            }
            Err(error) => {
                if !matches!(error, Error::Io(_)) {
                    let _ = server
                        .send_response(&Response::Reject { status_code: service::status(&exchange.octets) })
                        .await;
                }
                return Err(error.to_string());
            }
        };
        let (response, done) = match service {
            Ok(protocol) => (Response::Accept { key, protocol }, Ok(())),
            Err(status_code) => (Response::Reject { status_code }, Err("the service refused".to_owned())),
        };
        server.send_response(&response).await.map_err(|error| error.to_string())?;
        done.map(|()| server.take_buffer().to_vec())
    };
    match drive(wire, &Tasks::default(), handshake) {
        None => Served::Waits,
        Some(Err(error)) => Served::Failed(error),
        Some(Ok(held)) => Served::Opened(Some([held, wire.unread()].concat())),
    }
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    if exchange.needs.extensions.is_some() {
        return unsupported("offers permessage-deflate with parameters of its own only");
    }
    let handshake = async {
        let mut client = Client::new(wire.clone(), "server.example.com", "/chat");
        for protocol in &exchange.needs.protocols {
            client.add_protocol(protocol);
        }
        let response = client.handshake().await;
        let held = client.take_buffer().to_vec();
        let _ = client.into_inner().close().await;
        response.map(|response| (response, held))
    };
    match drive(wire, &Tasks::default(), handshake) {
        None => Outcome::TimedOut,
        Some(Err(error)) => refused(None, error),
        Some(Ok((ServerResponse::Accepted { protocol }, held))) => {
            opened(protocol, None, Some([held, wire.unread()].concat()))
        }
        Some(Ok((ServerResponse::Redirect { status_code, .. } | ServerResponse::Rejected { status_code }, _))) => {
            refused(Some(status_code), format_args!("status {status_code}"))
        }
    }
}
