//! actix-http, through `ws::handshake` in its own HTTP/1 service.
//!
//! Subprotocols are a field that its user adds. What follows the head comes as the payload of the request; it is read as the
//! content of the answer, which is how actix-web-actors does it. Timeouts are off: the clock of this run is not a real one.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use ::actix_http::body::{BodySize, BoxBody, MessageBody};
use ::actix_http::{HttpMessage as _, HttpService, Payload, Request, Response, StatusCode, ws};
use actix_service::{Service as _, ServiceFactory as _};
use bytes::Bytes;
use futures::Stream as _;
use ws101::suite::{Exchange, Needs};

use crate::adapter::{Adapter, Served};
use crate::drive::Tasks;
use crate::service::{self, Asked};
use crate::tokio_drive::drive_in_tokio;
use crate::wire::Wire;

/// actix-http.
pub const PEER: Adapter =
    Adapter { name: "actix-http", package: "actix-http", serve: Some(serve), connect: None, build: None };

/// The octets behind the head once a connection is open, and the error of one that is not.
type Seen = Arc<Mutex<(Option<Vec<u8>>, Option<String>)>>;

fn serve(exchange: &Exchange, wire: &Wire) -> Served {
    let (needs, seen) = (Rc::new(exchange.needs.clone()), Seen::default());
    let outside = seen.clone();
    let connection = async {
        let service = HttpService::build()
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(Duration::ZERO)
            .h1(move |request: Request| {
                let answer = answer(request, &needs, &seen);
                async move { Ok::<_, std::convert::Infallible>(answer) }
            });
        let service = service.new_service(()).await.map_err(|()| "no service".to_owned())?;
        service.call((wire.clone(), None)).await.map_err(|error| error.to_string())
    };
    let done = drive_in_tokio(wire, &Tasks::default(), connection);
    let (rest, error) = outside.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match (rest, error, done) {
        (Some(rest), ..) => Served::Opened(Some(rest)),
        (None, Some(error), _) | (None, None, Some(Err(error))) => Served::Failed(error),
        (None, None, Some(Ok(()))) => Served::Answered,
        (None, None, None) => Served::Waits,
    }
}

fn answer(mut request: Request, needs: &Needs, seen: &Seen) -> Response<BoxBody> {
    let mut notes = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let headers: http::HeaderMap = request
        .headers()
        .iter()
        .filter_map(|(name, value)| {
            let name = name.as_str().parse::<http::HeaderName>().ok()?;
            Some((name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?))
        })
        .collect();
    let mut response = match ws::handshake(request.head()) {
        Ok(response) => response,
        Err(error) => {
            notes.1 = Some(error.to_string());
            return Response::from(error).map_into_boxed_body();
        }
    };
    match service::serve(needs, &Asked::of(&request.uri().to_string(), &headers)) {
        Err(status) => {
            notes.1 = Some("the service refused".to_owned());
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            return Response::new(status).map_into_boxed_body();
        }
        Ok(Some(chosen)) => drop(response.insert_header(("Sec-WebSocket-Protocol", chosen))),
        Ok(None) => {}
    }
    notes.0 = Some(Vec::new());
    let content = Content { payload: request.take_payload(), seen: seen.clone() };
    response.message_body(BoxBody::new(content)).unwrap_or_else(|_| Response::internal_server_error())
}

/// What an open connection sends: nothing, while it reads.
struct Content {
    payload: Payload,
    seen: Seen,
}

impl MessageBody for Content {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        loop {
            match Pin::new(&mut self.payload).poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(octets))) => {
                    let mut notes = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                    notes.0.get_or_insert_default().extend_from_slice(&octets);
                }
                Poll::Ready(_) => return Poll::Ready(None),
            }
        }
    }
}
