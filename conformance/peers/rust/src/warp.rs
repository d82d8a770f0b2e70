//! warp, through its filter `ws`.
//!
//! It has no subprotocols: what a user would add to the answer is a field of its own. The octets behind the head it does not
//! show. What it refuses it answers by itself.

use std::convert::Infallible;
use std::sync::Arc;

use ::warp::path::FullPath;
use ::warp::reply::Reply as _;
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
    let query = ::warp::query::raw().or_else(|_: Rejection| async { Ok::<_, Infallible>((String::new(),)) });
    let route = ::warp::ws().and(::warp::path::full()).and(query).and(::warp::header::headers_cloned()).map(
        move |ws: Ws, path: FullPath, query: String, headers: HeaderMap| {
            let target = if query.is_empty() { path.as_str().to_owned() } else { format!("{}?{query}", path.as_str()) };
            let seen = seen.clone();
            match service::serve(&needs, &Asked::of(&target, &headers)) {
                Err(status) => {
                    seen.failed("the service refused");
                    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST).into_response()
                }
                Ok(_) => ws.on_upgrade(move |_| async move { seen.opened() }).into_response(),
            }
        },
    );
    serve_in_tokio(wire, &outside, TowerToHyperService::new(::warp::service(route)))
}
