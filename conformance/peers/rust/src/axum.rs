//! axum, through its extractor `WebSocketUpgrade` in a handler for any method, as its documentation has it.
//!
//! Subprotocols are those of `WebSocketUpgrade::protocols`; resources, authorities and origins a handler looks after. The
//! octets behind the head it does not show.

use std::sync::Arc;

use ::axum::Router;
use ::axum::extract::State;
use ::axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use ::axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, Uri};
use hyper_util::service::TowerToHyperService;
use ws101::suite::{Exchange, Needs};

use crate::adapter::{Adapter, Served};
use crate::hyper_server::{Seen, serve_in_tokio};
use crate::service::{self, Asked};
use crate::wire::Wire;

/// axum.
pub const PEER: Adapter = Adapter { name: "axum", package: "axum", serve: Some(serve), connect: None, build: None };

type Shared = (Arc<Needs>, Seen);

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let seen = Seen::default();
    let shared: Shared = (Arc::new(exchange.needs.clone()), seen.clone());
    let router = Router::new().fallback(::axum::routing::any(handler)).with_state(shared);
    serve_in_tokio(wire, &seen, TowerToHyperService::new(router))
}

async fn handler(
    State((needs, seen)): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            seen.failed(rejection.body_text());
            return rejection.into_response();
        }
    };
    if let Err(status) = service::serve(&needs, &Asked::of(&uri.to_string(), &headers)) {
        seen.failed("the service refused");
        return StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST).into_response();
    }
    upgrade.protocols(needs.protocols.clone()).on_upgrade(move |_| async move { seen.opened() })
}
