//! httparse as an oracle of the grammar: what it reads is written again plainly and given to the reference, so that this
//! peer differs from the reference by the reading of a head alone.

use std::io::Write as _;

use ::httparse::{EMPTY_HEADER, Header, Status};
use ws101::peer::reference::Reference;
use ws101::suite::{Delivery, Exchange, Outcome, Peer as _};

use crate::adapter::{Adapter, Served, refused};
use crate::pure::{Head, read_head};
use crate::service;
use crate::wire::Wire;

/// httparse in front of the reference.
pub const PEER: Adapter =
    Adapter { name: "httparse", package: "httparse", serve: Some(serve), connect: Some(connect), build: None };

/// As many field lines as the reference takes.
const FIELDS: usize = 256;

fn again(start_line: String, fields: &[Header<'_>], behind: &[u8]) -> Vec<u8> {
    let mut octets = format!("{start_line}\r\n").into_bytes();
    for field in fields {
        octets.extend_from_slice(field.name.as_bytes());
        octets.extend_from_slice(b": ");
        octets.extend_from_slice(field.value);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"\r\n");
    octets.extend_from_slice(behind);
    octets
}

fn request(octets: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let mut fields = [EMPTY_HEADER; FIELDS];
    let mut request = ::httparse::Request::new(&mut fields);
    match request.parse(octets) {
        Ok(Status::Partial) => None,
        Err(error) => Some(Err(error.to_string())),
        Ok(Status::Complete(length)) => {
            let (method, target) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
            let start_line = format!("{method} {target} HTTP/1.{}", request.version.unwrap_or_default());
            Some(Ok(again(start_line, request.headers, &octets[length..])))
        }
    }
}

fn response(octets: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let mut fields = [EMPTY_HEADER; FIELDS];
    let mut response = ::httparse::Response::new(&mut fields);
    match response.parse(octets) {
        Ok(Status::Partial) => None,
        Err(error) => Some(Err(error.to_string())),
        Ok(Status::Complete(length)) => {
            let (version, status) = (response.version.unwrap_or_default(), response.code.unwrap_or_default());
            let start_line = format!("HTTP/1.{version} {status} {}", response.reason.unwrap_or_default());
            let head = again(start_line, response.headers, b"");
            // Behind an interim response stands another head.
            match response.code {
                Some(100 | 102..=199) => match self::response(&octets[length..])? {
                    Ok(behind) => Some(Ok([head, behind].concat())),
                    Err(error) => Some(Err(error)),
                },
                _ => Some(Ok([&head, &octets[length..]].concat())),
            }
        }
    }
}

fn judged(exchange: &Exchange, read: Vec<u8>, wire: &Wire) -> ws101::suite::Observation {
    let octets = [read, wire.unread()].concat();
    Reference.observe(&Exchange { octets, delivery: Delivery::Whole, ..exchange.clone() })
}

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let read = match read_head(wire, request) {
        Head::Waits => return Served::Waits,
        Head::Ended => Err("the octets ended inside the head".to_owned()),
        Head::Read(read, _) => read,
    };
    match read {
        Err(error) => {
            let _ = wire.clone().write_all(&service::refusal(service::status(&exchange.octets)));
            Served::Failed(error)
        }
        Ok(read) => {
            let observation = judged(exchange, read, wire);
            let _ = wire.clone().write_all(&observation.written);
            match observation.outcome {
                Outcome::Opened(opened) => Served::Opened(opened.rest),
                Outcome::Refused(refused) => Served::Failed(refused.error.unwrap_or_default()),
                Outcome::TimedOut => Served::Waits,
                _ => Served::Answered,
            }
        }
    }
}

fn connect(exchange: &Exchange, wire: &Wire) -> Outcome {
    match read_head(wire, response) {
        Head::Waits => Outcome::TimedOut,
        Head::Ended => refused(None, "the octets ended inside the head"),
        Head::Read(Err(error), _) => refused(None, error),
        Head::Read(Ok(read), _) => judged(exchange, read, wire).outcome,
    }
}
