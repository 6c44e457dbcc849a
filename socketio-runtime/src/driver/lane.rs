//! HTTP connections, each kept for the next request of its kind while it is alive.
//!
//! Must not know: what is asked and answered, cookies, Engine.IO.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;

use super::dial::{ByteStream, Dialer, system_error};
use crate::error::TransportError;

/// Requests that follow each other, and the connection that they use. It is worked by whoever
/// awaits a request, so that no task outlives the session, and dropping a request closes it.
#[derive(Default)]
pub(super) struct Lane(Mutex<Option<HttpConnection>>);

impl Lane {
    /// Sends a request on the connection of the last one or, where that has been closed without
    /// reading this request, on another.
    pub(super) async fn send(
        &self,
        dialer: &Dialer,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(HttpConnection, Response<Incoming>), TransportError> {
        let kept = self.slot().take();
        if let Some(mut kept) = kept {
            match kept.send(request).await {
                Ok(response) => return Ok((kept, response)),
                Err(Unanswered { unsent: Some(unsent), .. }) => request = *unsent,
                Err(Unanswered { error, unsent: None }) => return Err(transport_error(&error)),
            }
        }
        let mut fresh = HttpConnection::open(dialer).await?;
        let response = fresh.send(request).await;
        let response = response.map_err(|unanswered| transport_error(&unanswered.error))?;
        Ok((fresh, response))
    }

    /// Keeps a connection whose last answer has been read to its end, if it stays open.
    pub(super) async fn keep(&self, mut connection: HttpConnection) {
        // Lets it see that the server, or the answer's `Connection: close`, has closed it.
        connection.driver.drive(std::future::ready(())).await;
        if connection.driver.0.is_some() {
            *self.slot() = Some(connection);
        }
    }

    /// Nothing panics while it is locked.
    fn slot(&self) -> MutexGuard<'_, Option<HttpConnection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection, with at most one request on it.
pub(super) struct HttpConnection {
    sender: SendRequest<Full<Bytes>>,
    driver: ConnectionDriver,
}

struct Unanswered {
    error: hyper::Error,
    /// The request, where it is certain that no byte of it was sent.
    unsent: Option<Box<Request<Full<Bytes>>>>,
}

impl HttpConnection {
    async fn open(dialer: &Dialer) -> Result<Self, TransportError> {
        let stream = dialer.dial().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| transport_error(&error))?;
        Ok(Self { sender, driver: ConnectionDriver(Some(connection)) })
    }

    async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unanswered> {
        let Self { sender, driver } = self;
        if let Err(error) = driver.drive(sender.ready()).await {
            return Err(Unanswered { error, unsent: Some(Box::new(request)) });
        }
        driver.drive(sender.try_send_request(request)).await.map_err(|mut failed| {
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

pub(super) fn transport_error(error: &hyper::Error) -> TransportError {
    use std::error::Error;

    if error.is_parse() {
        return TransportError::NotHttp { reason: error.to_string() };
    }
    match error.source() {
        Some(source) if !error.is_incomplete_message() => {
            TransportError::Io { source: Arc::new(system_error(source)) }
        }
        // Ended where an answer, or more of it, was due.
        _ => TransportError::Closed { code: None },
    }
}
