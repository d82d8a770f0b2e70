//! The server of hyper around a service that upgrades: what hyper-tungstenite, fastwebsockets, yawc, axum and warp share.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use ws101::suite::Needs;

use crate::adapter::Served;
use crate::drive::{Tasks, drive};
use crate::service::{self, Asked, REFUSAL};
use crate::tokio_drive::drive_in_tokio;
use crate::wire::Wire;

/// What is seen of a connection beside what it writes.
#[derive(Clone, Default)]
pub struct Seen {
    /// What runs on behind the answer.
    pub tasks: Tasks,
    is_open: Arc<Mutex<bool>>,
    rest: Arc<Mutex<Option<Vec<u8>>>>,
    error: Arc<Mutex<Option<String>>>,
}

impl Seen {
    /// Notes the error of a crate.
    pub fn failed(&self, error: impl ToString) {
        *lock(&self.error) = Some(error.to_string());
    }

    /// Notes that an upgraded connection is open.
    pub fn opened(&self) {
        *lock(&self.is_open) = true;
    }

    /// Notes that an upgraded connection is open, and reads the octets that it hands on.
    pub async fn read_rest(self, mut connection: impl AsyncRead + Unpin) {
        self.opened();
        *lock(&self.rest) = Some(Vec::new());
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = connection.read(&mut buffer).await {
            lock(&self.rest).get_or_insert_default().extend_from_slice(&buffer[..count]);
        }
    }

    /// What was seen, once nothing moves any more.
    fn tell(&self, done: Option<hyper::Result<()>>) -> Served {
        if *lock(&self.is_open) {
            return Served::Opened(lock(&self.rest).clone());
        }
        match (done, lock(&self.error).clone()) {
            (_, Some(error)) => Served::Failed(error),
            (Some(Err(error)), None) => Served::Failed(whole(&error)),
            (None, None) => Served::Waits,
            (Some(Ok(())), None) => Served::Answered,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves one connection.
pub fn serve<S, B>(wire: &Wire, seen: &Seen, service: S) -> Served
where
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let connection = http1::Builder::new().serve_connection(TokioIo::new(wire.clone()), service).with_upgrades();
    let done = drive(wire, &seen.tasks, connection);
    seen.tasks.end();
    seen.tell(done)
}

/// The same for a service that spawns tasks on tokio.
pub fn serve_in_tokio<S, B>(wire: &Wire, seen: &Seen, service: S) -> Served
where
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let connection = http1::Builder::new().serve_connection(TokioIo::new(wire.clone()), service).with_upgrades();
    let done = drive_in_tokio(wire, &seen.tasks, connection);
    seen.tasks.end();
    seen.tell(done)
}

/// An error of hyper with what it is due to.
pub fn whole(error: &hyper::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

/// What a user writes around a crate that has no service of its own: the needs, and an answer where it is refused. `upgrade`
/// gives the 101, or the error of the crate.
pub async fn upgrading<B, F>(
    request: Request<Incoming>,
    needs: Arc<Needs>,
    seen: Seen,
    upgrade: impl FnOnce(Request<Incoming>, &Seen) -> F,
) -> Result<Response<http_body_util::Either<B, Full<Bytes>>>, Infallible>
where
    F: Future<Output = Result<Response<B>, String>>,
{
    let chosen = {
        let target = request.uri().to_string();
        service::serve(&needs, &Asked::of(&target, request.headers())).map(|chosen| chosen.map(str::to_owned))
    };
    let answer = match chosen {
        Err(status) => Err((status, "the service refused".to_owned())),
        Ok(chosen) => {
            let answer = upgrade(request, &seen).await;
            answer.map(|answer| (answer, chosen)).map_err(|error| (400, error))
        }
    };
    Ok(match answer {
        Ok((mut answer, chosen)) => {
            if let Some(chosen) = chosen.and_then(|chosen| HeaderValue::from_str(&chosen).ok()) {
                answer.headers_mut().insert("Sec-WebSocket-Protocol", chosen);
            }
            answer.map(http_body_util::Either::Left)
        }
        Err((status, error)) => {
            seen.failed(error);
            refusal(status).map(http_body_util::Either::Right)
        }
    })
}

/// An answer that refuses, as a service writes it whose crate only reports an error.
fn refusal(status: u16) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    for (name, value) in REFUSAL {
        if let Ok(name) = name.parse::<HeaderName>() {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    answer
}
