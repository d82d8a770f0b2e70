//! hyper-tungstenite, through `is_upgrade_request` and `upgrade` in a service of hyper, as its documentation shows it.

use std::sync::Arc;

use hyper::service::service_fn;
use hyper_tungstenite::{is_upgrade_request, upgrade};
use ws101::suite::Exchange;

use crate::adapter::{Adapter, Served};
use crate::hyper_server::{self, Seen, upgrading};
use crate::wire::Wire;

/// hyper-tungstenite.
pub const PEER: Adapter =
    Adapter { name: "hyper-tungstenite", package: "hyper-tungstenite", serve: Some(serve), connect: None, build: None };

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let (needs, seen) = (Arc::new(exchange.needs.clone()), Seen::default());
    let outside = seen.clone();
    let service = service_fn(move |request| {
        upgrading(request, needs.clone(), seen.clone(), |mut request, seen| {
            let answer = if is_upgrade_request(&request) {
                upgrade(&mut request, None).map_err(|error| error.to_string())
            } else {
                Err("is_upgrade_request says no".to_owned())
            };
            let seen = seen.clone();
            std::future::ready(answer.map(|(answer, websocket)| {
                seen.tasks.clone().spawn(async move {
                    if let Ok(open) = websocket.await {
                        seen.read_rest(open.into_inner()).await;
                    }
                });
                answer
            }))
        })
    });
    hyper_server::serve(wire, &outside, service)
}
