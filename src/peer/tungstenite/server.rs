//! tungstenite as a server.

use ::tungstenite::handshake::server::{Callback, ErrorResponse, Request, Response};
use ::tungstenite::http::uri::Authority;
use ::tungstenite::http::{HeaderValue, Response as HttpResponse, StatusCode};
use ::tungstenite::{accept_hdr_with_config, accept_with_config};

use super::rest::handed_on;
use super::{Stop, config, finish};
use crate::peer::served;
use crate::peer::stream::Stream;
use crate::suite::wire::members;
use crate::suite::{Exchange, Needs, Observation, Outcome};

/// What it does with a request, and what it wrote.
pub(super) fn serve(exchange: &Exchange, stream: &Stream) -> (Outcome, Vec<u8>) {
    let needs = &exchange.needs;
    let has_callback = !Needs { extensions: None, ..needs.clone() }.is_none();
    let result = if has_callback {
        finish(accept_hdr_with_config(stream.clone(), Service(needs), config()), stream)
    } else {
        finish(accept_with_config(stream.clone(), config()), stream)
    };
    let (rest, error) = match result {
        Ok(socket) => (Some(handed_on(socket, stream, exchange)), None),
        Err(Stop::Waits) => return (Outcome::TimedOut, stream.written()),
        Err(Stop::Failed(error)) => (None, Some(error.to_string())),
    };
    let has_failed = error.is_some();
    let Observation { outcome, written } = served(stream.written(), rest, error);
    match outcome {
        Outcome::Opened(_) if has_failed => (Outcome::Garbled("failed behind status 101".to_owned()), written),
        Outcome::Refused(refused) if !has_failed => {
            (Outcome::Garbled(format!("open behind status {:?}", refused.status)), written)
        }
        outcome => (outcome, written),
    }
}

/// What a user of tungstenite writes to serve certain subprotocols, resources, authorities and origins.
struct Service<'n>(&'n Needs);

impl Callback for Service<'_> {
    fn on_request(self, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        let Service(needs) = self;
        let (path, resource) = (request.uri().path(), request.uri().path_and_query().map(|resource| resource.as_str()));
        let is_asked = |its: &String| its == path || Some(its.as_str()) == resource;
        if needs.resources.as_ref().is_some_and(|served| !served.iter().any(is_asked)) {
            return Err(refusal(StatusCode::NOT_FOUND));
        }
        if needs.authorities.as_ref().is_some_and(|served| !serves_authority(served, request)) {
            return Err(refusal(StatusCode::MISDIRECTED_REQUEST));
        }
        let origin = request.headers().get("Origin");
        if let (Some(allowed), Some(origin)) = (&needs.origins, origin)
            && !allowed.iter().any(|its| its.as_bytes() == origin.as_bytes())
        {
            return Err(refusal(StatusCode::FORBIDDEN));
        }
        let lines = request.headers().get_all("Sec-WebSocket-Protocol").iter();
        let offered: Vec<&[u8]> = lines.flat_map(|line| members(line.as_bytes())).collect();
        let chosen = needs.protocols.iter().find(|its| offered.contains(&its.as_bytes()));
        if let Some(chosen) = chosen.and_then(|name| HeaderValue::from_str(name).ok()) {
            response.headers_mut().insert("Sec-WebSocket-Protocol", chosen);
        }
        Ok(response)
    }
}

/// What it does with a request, and what it wrote.
pub(super) fn serves_authority(served: &[String], request: &Request) -> bool {
    let host = || request.headers().get("Host")?.to_str().ok()?.parse().ok();
    let asked: Option<Authority> = request.uri().authority().cloned().or_else(host);
    let is_asked = |its: &String| {
        let (Some(asked), Ok(its)) = (&asked, its.parse::<Authority>()) else { return false };
        let port = |authority: &Authority| authority.port_u16().unwrap_or(80);
        its.host().eq_ignore_ascii_case(asked.host()) && port(&its) == port(asked)
    };
    served.iter().any(is_asked)
}

fn refusal(status: StatusCode) -> ErrorResponse {
    let mut response = HttpResponse::new(None);
    *response.status_mut() = status;
    response
}
