//! HTTP connections, each kept for the next request of its kind while it is alive.
//!
//! Must not know: what is asked and answered, cookies, Engine.IO.

use std::{
    error::Error,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;

use super::{
    dial::{Dialer, system_error},
    stream::ByteStream,
};
use crate::{driver::clock, error::TransportError, limits};

/// Requests that follow each other, and the connection that they use. It is worked by whoever
/// awaits a request, so that no task outlives the session, and dropping a request closes it.
#[derive(Default)]
pub(super) struct Lane(Mutex<Option<Kept>>);

struct Kept {
    connection: HttpConnection,
    /// From when on the server is likely to close it, if it said so.
    until: Option<Instant>,
}

impl Lane {
    /// Sends a request on the connection of the last one or, where that has been closed without
    /// reading this request, on another.
    pub(super) async fn send(
        &self,
        dialer: &Dialer,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(HttpConnection, Response<Incoming>), TransportError> {
        let kept = self.slot().take();
        if let Some(mut kept) = kept.filter(|kept| kept.until.is_none_or(|t| clock::awake() < t)) {
            match kept.connection.send(request).await {
                Ok(response) => return Ok((kept.connection, response)),
                Err(Unanswered { unsent: Some(unsent), .. }) => request = *unsent,
                Err(Unanswered { error, unsent: None }) => return Err(transport_error(&error)),
            }
        }
        let mut fresh = HttpConnection::open(dialer).await?;
        let response = fresh.send(request).await;
        let response = response.map_err(|unanswered| transport_error(&unanswered.error))?;
        Ok((fresh, response))
    }

    /// Keeps a connection if it can take another request: it stays open, and its server has not
    /// answered before it had read all of the last one. That answer, of which these are the
    /// headers, has been read to its end.
    pub(super) async fn keep(&self, mut connection: HttpConnection, headers: &HeaderMap) {
        // Lets it see that the server, or the answer's `Connection: close`, has closed it.
        connection.driver.drive(std::future::ready(())).await;
        if connection.driver.0.is_some() && connection.sender.is_ready() {
            let until = keep_alive(headers).and_then(|time| connection.idle.checked_add(time));
            *self.slot() = Some(Kept { connection, until });
        }
    }

    /// Nothing panics while it is locked.
    fn slot(&self) -> MutexGuard<'_, Option<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection, with at most one request on it.
pub(super) struct HttpConnection {
    sender: SendRequest<Full<Bytes>>,
    driver: ConnectionDriver,
    /// From when on, at the earliest that is known, the server may count it as unused.
    idle: Instant,
}

struct Unanswered {
    error: hyper::Error,
    /// The request, where it is certain that no byte of it was sent.
    unsent: Option<Box<Request<Full<Bytes>>>>,
}

impl HttpConnection {
    async fn open(dialer: &Dialer) -> Result<Self, TransportError> {
        let stream = dialer.dial().await?;
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(limits::RESPONSE_HEAD)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| transport_error(&error))?;
        Ok(Self { sender, driver: ConnectionDriver(Some(connection)), idle: clock::awake() })
    }

    async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unanswered> {
        let Self { sender, driver, idle } = self;
        if let Err(error) = driver.drive(sender.ready()).await {
            return Err(Unanswered { error, unsent: Some(Box::new(request)) });
        }
        // A GET may be answered long after it was sent. The answer to anything else is given at once,
        // but may have waited here to be read while the system was busy.
        let is_held_back = request.method() == Method::GET;
        *idle = clock::awake();
        let answered = driver.drive(sender.try_send_request(request)).await;
        if is_held_back {
            *idle = clock::awake();
        }
        answered.map_err(|mut failed| {
            let unsent = failed.take_message().map(Box::new);
            Unanswered { error: failed.into_error(), unsent }
        })
    }

    /// Awaits what needs this connection to go on, such as an answer's body.
    pub(super) async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        self.driver.drive(work).await
    }
}

/// The connection, until it has ended. Whoever waits for it learns of the end by its drop.
struct ConnectionDriver(Option<Http1>);

type Http1 = http1::Connection<TokioIo<Box<dyn ByteStream>>, Full<Bytes>>;

impl ConnectionDriver {
    async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Some(connection) = &mut self.0 {
                if Pin::new(connection).poll(context).is_ready() {
                    self.0 = None;
                }
            }
            work.as_mut().poll(context)
        })
        .await
    }
}

/// How long a connection may be unused, if the server says so, as in `Keep-Alive: timeout=5`. A
/// request that arrives just when the server gives up is lost, so it is given up a bit sooner.
fn keep_alive(headers: &HeaderMap) -> Option<Duration> {
    let parameters = headers.get("keep-alive")?.to_str().ok()?.split(',');
    let mut timeouts = parameters.filter_map(|parameter| parameter.trim().strip_prefix("timeout="));
    let seconds = timeouts.next()?.parse().ok()?;
    Some(Duration::from_secs(seconds).saturating_sub(limits::KEEP_ALIVE_MARGIN))
}

pub(super) fn transport_error(error: &hyper::Error) -> TransportError {
    if error.is_parse() {
        return TransportError::NotHttp { reason: error.to_string() };
    }
    let has_ended = error.is_incomplete_message() || error.is_canceled() || error.is_closed();
    match error.source() {
        Some(source) if !has_ended => TransportError::Io { source: Arc::new(system_error(source)) },
        _ => TransportError::Closed { code: None },
    }
}
