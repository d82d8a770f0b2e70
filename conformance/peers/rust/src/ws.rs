//! ws (ws-rs), through `Request::parse` and `Response::from_request`.
//!
//! Its connection runs on sockets of its own; so what it does around these two is done here as `Connection` does it: it
//! parses whenever octets came, answers 400 to an error of the protocol and 500 to any other, and says nothing where the
//! client ended inside the head. Its client cannot be run without a socket.

use std::io::Write as _;

use ws::{ErrorKind, Request, Response};
use ws101::suite::{Exchange, Needs};

use crate::adapter::{Adapter, Served};
use crate::pure::{Head, read_head};
use crate::service::{self, Asked, members};
use crate::wire::Wire;

/// ws.
pub const PEER: Adapter = Adapter { name: "ws", package: "ws", serve: Some(serve), connect: None, build: None };

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let request = match read_head(wire, |octets| Request::parse(octets).transpose()) {
        Head::Waits => return Served::Waits,
        Head::Ended => return Served::Answered,
        Head::Read(request, _) => request,
    };
    let (answer, done) = match request.map_err(Box::new).and_then(|request| on_request(&exchange.needs, &request)) {
        Ok(response) => {
            let is_open = response.status() == 101;
            let done = if is_open { Served::Opened(None) } else { Served::Failed("the service refused".to_owned()) };
            let mut octets = Vec::new();
            let _ = response.format(&mut octets);
            (octets, done)
        }
        Err(error) => {
            let status = match error.kind {
                ErrorKind::Protocol => "400 Bad Request",
                _ => "500 Internal Server Error",
            };
            (format!("HTTP/1.1 {status}\r\n\r\n{error}").into_bytes(), Served::Failed(error.to_string()))
        }
    };
    let _ = wire.clone().write_all(&answer);
    done
}

/// A handler: the one that the crate has, and the needs.
fn on_request(needs: &Needs, request: &Request) -> Result<Response, Box<ws::Error>> {
    let field = |name: &str| request.header(name).map(Vec::as_slice);
    let protocols = field("Sec-WebSocket-Protocol").map(|line| members(line).collect()).unwrap_or_default();
    let asked = Asked { target: request.resource(), host: field("Host"), origin: field("Origin"), protocols };
    match service::serve(needs, &asked) {
        Err(status) => Ok(Response::new(status, "Refused", Vec::new())),
        Ok(chosen) => {
            let mut response = Response::from_request(request)?;
            if let Some(chosen) = chosen {
                response.set_protocol(chosen);
            }
            Ok(response)
        }
    }
}
