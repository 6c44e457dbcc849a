//! The user's hook that is asked before every attempt to open a connection, and what it gives.
//!
//! Must not know: the requests, when they are made.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::query::Query;
use crate::{
    driver::isolate,
    error::{BuildError, HookError},
};

/// Headers and query parameters for the requests of one attempt, given by a
/// [request hook](crate::ClientBuilder::request_hook).
///
/// What cannot be sent, such as a header with a line break, fails the attempt as
/// [`TransportError::Hook`](crate::error::TransportError::Hook).
#[derive(Clone, Default)]
pub struct RequestParts {
    headers: Vec<(String, String)>,
    query: Query,
}

impl RequestParts {
    /// Nothing to add.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A header, in place of the client's [`extra_header`](crate::ClientBuilder::extra_header) of
    /// that name.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A query parameter, after those of the client. It is percent-encoded. A secret is better a
    /// [`header`](Self::header), and warned of here as
    /// [`ClientBuilder::query`](crate::ClientBuilder::query) says, at the first attempt.
    #[must_use]
    pub fn query(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.query.append(name.as_ref(), value.as_ref());
        self
    }

    pub(super) fn warn_of_secrets(&self) {
        self.query.warn_of_secrets();
    }

    /// Adds these to the client's own.
    pub(super) fn merge(
        &self,
        headers: &mut HeaderMap,
        query: &mut Query,
        timestamp_param: &str,
    ) -> Result<(), BuildError> {
        self.query.check(timestamp_param)?;
        query.append_query(&self.query);
        let mut own = HeaderMap::new();
        for (name, value) in &self.headers {
            let (name, value) = parse_header(name, value)?;
            own.append(name, value);
        }
        // Extending replaces the first of a name and appends the others.
        headers.extend(own);
        Ok(())
    }
}

impl fmt::Debug for RequestParts {
    /// Values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>();
        f.debug_struct("RequestParts").field("headers", &names).finish_non_exhaustive()
    }
}

/// A header as users give it, checked.
pub(crate) fn parse_header(
    name: &str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), BuildError> {
    let invalid = |reason: String| BuildError::InvalidHeader { name: shown(name), reason };
    let parsed = name.parse::<HeaderName>().map_err(|error| invalid(error.to_string()))?;
    let mut value = value.parse::<HeaderValue>().map_err(|error| invalid(error.to_string()))?;
    value.set_sensitive(true);
    if OWN_HEADERS.contains(&parsed) || parsed.as_str().starts_with("sec-websocket-") {
        return Err(invalid("the client sets it itself".to_owned()));
    }
    Ok((parsed, value))
}

/// The name up to where it is none: what stands behind may be the value, put in the wrong place.
fn shown(name: &str) -> String {
    match name.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)) {
        Some(end) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

const OWN_HEADERS: [HeaderName; 7] = [
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::PROXY_AUTHORIZATION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What [`request_hook`](crate::ClientBuilder::request_hook) takes: a closure or an async closure
/// that gives [`RequestParts`], or a `Result` of them. `Marker` is always inferred.
///
/// # Cancel safety
/// A future has to be cancel-safe: the client drops it half-way when nobody wants the connection any
/// more, and after [`ClientBuilder::open_timeout`](crate::ClientBuilder::open_timeout). One at most
/// is at work.
#[diagnostic::on_unimplemented(
    message = "a request hook gives `RequestParts`, or a `Result<RequestParts, HookError>`",
    note = "pass a closure or an async closure that returns one of them"
)]
pub trait HookOutput<Marker> {
    #[doc(hidden)]
    fn into_future(self) -> HookFuture;
}

/// The answer of a hook in the making.
#[doc(hidden)]
pub struct HookFuture(Pin<Box<dyn Future<Output = Result<RequestParts, HookError>> + Send>>);

/// A hook, asked once an attempt.
#[derive(Clone)]
pub(crate) struct RequestHook(Arc<dyn Fn() -> HookFuture + Send + Sync>);

impl RequestHook {
    pub(crate) fn new<M, R: HookOutput<M>>(hook: impl Fn() -> R + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || hook().into_future()))
    }

    /// Asks. A panic of the hook is a failure of the attempt, and harms nothing else.
    pub(super) fn ask(
        &self,
    ) -> impl Future<Output = Result<RequestParts, HookError>> + Send + use<> {
        let future = isolate(NAME, || (self.0)());
        async {
            match future {
                Some(future) => Isolated(Some(future)).await,
                None => Err(panicked()),
            }
        }
    }
}

impl fmt::Debug for RequestHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHook").finish_non_exhaustive()
    }
}

impl fmt::Debug for HookFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookFuture").finish_non_exhaustive()
    }
}

/// The user's future, which may panic when it is polled and when it is dropped.
struct Isolated(Option<HookFuture>);

impl Future for Isolated {
    type Output = Result<RequestParts, HookError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else { return Poll::Ready(Err(panicked())) };
        isolate(NAME, || future.0.as_mut().poll(context))
            .unwrap_or_else(|| Poll::Ready(Err(panicked())))
    }
}

impl Drop for Isolated {
    fn drop(&mut self) {
        isolate(NAME, || drop(self.0.take()));
    }
}

/// Markers of the forms that a hook has, so that no two implementations overlap.
mod form {
    #![expect(unnameable_types, reason = "only inferred")]

    #[derive(Debug)]
    pub struct Value;
    #[derive(Debug)]
    pub struct Later;
    #[derive(Debug)]
    pub struct LaterFallible;
}

impl HookOutput<form::Value> for RequestParts {
    fn into_future(self) -> HookFuture {
        HookFuture(Box::pin(std::future::ready(Ok(self))))
    }
}

impl HookOutput<form::Value> for Result<RequestParts, HookError> {
    fn into_future(self) -> HookFuture {
        HookFuture(Box::pin(std::future::ready(self)))
    }
}

impl<F: Future<Output = RequestParts> + Send + 'static> HookOutput<form::Later> for F {
    fn into_future(self) -> HookFuture {
        HookFuture(Box::pin(async { Ok(self.await) }))
    }
}

impl<F> HookOutput<form::LaterFallible> for F
where
    F: Future<Output = Result<RequestParts, HookError>> + Send + 'static,
{
    fn into_future(self) -> HookFuture {
        HookFuture(Box::pin(self))
    }
}

fn panicked() -> HookError {
    HookError::new("it panicked")
}

const NAME: &str = "request hook";
