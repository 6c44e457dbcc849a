//! What `.auth()` takes: a value, a closure, or an async closure that may fail.
//!
//! Must not know: when a connection asks for it.

use std::{fmt, future::Future, pin::Pin};

use serde::Serialize;

use crate::error::AuthError;

/// The payload of a namespace that does not declare one: anything that serialises.
#[derive(Debug)]
pub enum AnyAuth {}

/// A value that can be the CONNECT payload of a namespace that declares `Auth`.
pub trait AuthPayload<Auth>: Serialize {}

impl<T: Serialize> AuthPayload<T> for T {}
impl<T: Serialize> AuthPayload<AnyAuth> for T {}

/// Where the CONNECT payload comes from. `Marker` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give the authentication payload that this namespace declares",
    label = "expected `{Auth}`, or a closure that returns it",
    note = "pass a `{Auth}`, a closure that returns one, or an async closure that returns one or a `Result<{Auth}, AuthError>`"
)]
pub trait AuthSource<Auth, Marker> {
    #[doc(hidden)]
    fn into_provider(self) -> AuthProvider;
}

/// What an authentication closure may return. `Marker` is always inferred.
///
/// # Cancel safety
/// A future has to be cancel-safe: the client drops it half-way when the socket is disconnected or
/// its last handle dropped, when the connection is lost, and after
/// [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout). Of one socket, one at
/// most is at work.
pub trait AuthOutput<Auth, Marker> {
    #[doc(hidden)]
    fn into_future(self) -> AuthFuture;
}

/// Asked at every CONNECT; gives the payload as JSON text.
#[doc(hidden)]
pub struct AuthProvider(pub(crate) Box<dyn FnMut() -> AuthFuture + Send>);

/// The CONNECT payload in the making.
#[doc(hidden)]
pub struct AuthFuture(pub(crate) Pin<Box<dyn Future<Output = Result<String, AuthError>> + Send>>);

impl fmt::Debug for AuthProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthProvider").finish_non_exhaustive()
    }
}

impl fmt::Debug for AuthFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthFuture").finish_non_exhaustive()
    }
}

/// Markers of the forms that `.auth()` takes, so that no two implementations overlap.
mod form {
    #![expect(unnameable_types, reason = "only inferred")]

    #[derive(Debug)]
    pub struct Value;
    #[derive(Debug)]
    pub struct Closure<M>(M);
    #[derive(Debug)]
    pub struct Fallible;
    #[derive(Debug)]
    pub struct Later;
    #[derive(Debug)]
    pub struct LaterFallible;
}

impl<Auth, T: AuthPayload<Auth>> AuthSource<Auth, form::Value> for T {
    #[doc(hidden)]
    fn into_provider(self) -> AuthProvider {
        let payload = to_json(&self);
        AuthProvider(Box::new(move || ready(payload.clone())))
    }
}

impl<Auth, M, F, R> AuthSource<Auth, form::Closure<M>> for F
where
    F: FnMut() -> R + Send + 'static,
    R: AuthOutput<Auth, M>,
{
    #[doc(hidden)]
    fn into_provider(mut self) -> AuthProvider {
        AuthProvider(Box::new(move || self().into_future()))
    }
}

impl<Auth, T: AuthPayload<Auth>> AuthOutput<Auth, form::Value> for T {
    #[doc(hidden)]
    fn into_future(self) -> AuthFuture {
        ready(to_json(&self))
    }
}

impl<Auth, T: AuthPayload<Auth>> AuthOutput<Auth, form::Fallible> for Result<T, AuthError> {
    #[doc(hidden)]
    fn into_future(self) -> AuthFuture {
        ready(self.and_then(|payload| to_json(&payload)))
    }
}

impl<Auth, T, F> AuthOutput<Auth, form::Later> for F
where
    T: AuthPayload<Auth>,
    F: Future<Output = T> + Send + 'static,
{
    #[doc(hidden)]
    fn into_future(self) -> AuthFuture {
        AuthFuture(Box::pin(async { to_json(&self.await) }))
    }
}

impl<Auth, T, F> AuthOutput<Auth, form::LaterFallible> for F
where
    T: AuthPayload<Auth>,
    F: Future<Output = Result<T, AuthError>> + Send + 'static,
{
    #[doc(hidden)]
    fn into_future(self) -> AuthFuture {
        AuthFuture(Box::pin(async { self.await.and_then(|payload| to_json(&payload)) }))
    }
}

fn ready(payload: Result<String, AuthError>) -> AuthFuture {
    AuthFuture(Box::pin(std::future::ready(payload)))
}

/// The server's decoder closes the connection on a CONNECT payload that is not an object
/// (`socket.io-parser/lib/index.ts`, `isPayloadValid`), so that is refused here.
fn to_json<T: Serialize>(payload: &T) -> Result<String, AuthError> {
    let json = serde_json::to_string(payload)?;
    if json.starts_with('{') {
        Ok(json)
    } else {
        Err(AuthError::new("it must serialise as a JSON object"))
    }
}
