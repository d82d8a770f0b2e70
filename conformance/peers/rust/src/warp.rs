//! warp, through its filter `ws`.
//!
//! It has no subprotocols: a user adds the one that is spoken to the reply, as a field. The filters for the resource are there
//! only where some are served and others not. The octets behind the head it does not show. What it refuses it answers by
//! itself.

use std::convert::Infallible;
use std::sync::Arc;

use ::warp::path::FullPath;
use ::warp::reply::{Reply as _, with_header};
use ::warp::ws::Ws;
use ::warp::{Filter, Rejection};
use http::{HeaderMap, StatusCode};
use hyper_util::service::TowerToHyperService;
use ws101::suite::Exchange;

use crate::adapter::{Adapter, Served};
use crate::hyper_server::{Seen, serve_in_tokio};
use crate::service::{self, Asked};
use crate::wire::Wire;

/// warp.
pub const PEER: Adapter = Adapter { name: "warp", package: "warp", serve: Some(serve), connect: None, build: None };

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let (needs, seen) = (Arc::new(exchange.needs.clone()), Seen::default());
    let outside = seen.clone();
    let reply = move |ws: Ws, target: String, headers: HeaderMap| {
        let seen = seen.clone();
        match service::serve(&needs, &Asked::of(&target, &headers)) {
            Err(status) => {
                seen.failed("the service refused");
                StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST).into_response()
            }
            Ok(chosen) => {
                let reply = ws.on_upgrade(move |_| async move { seen.opened() });
                match chosen {
                    Some(chosen) => with_header(reply, "Sec-WebSocket-Protocol", chosen).into_response(),
                    None => reply.into_response(),
                }
            }
        }
    };
    let ws = ::warp::ws();
    if exchange.needs.resources.is_none() {
        let anywhere = ::warp::any().map(|| "/".to_owned());
        let route = ws.and(anywhere).and(::warp::header::headers_cloned()).map(reply);
        return serve_in_tokio(wire, &outside, TowerToHyperService::new(::warp::service(route)));
    }
    let query = ::warp::query::raw().or_else(|_: Rejection| async { Ok::<_, Infallible>((String::new(),)) });
    let target = ::warp::path::full().and(query).map(|path: FullPath, query: String| match query.as_str() {
        "" => path.as_str().to_owned(),
        query => format!("{}?{query}", path.as_str()),
    });
    let route = ws.and(target).and(::warp::header::headers_cloned()).map(reply);
    serve_in_tokio(wire, &outside, TowerToHyperService::new(::warp::service(route)))
}
