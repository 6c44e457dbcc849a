//! The future of an answer.
//!
//! Must not know: the connection's task.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use crate::error::AckError;

/// The future of the answer to an emit.
#[must_use = "an `Ack` is the server's answer; to emit without waiting for it, drop it explicitly with `drop(…)`"]
pub struct Ack<T, E = Infallible> {
    _types: PhantomData<fn() -> (T, E)>,
}

impl<T, E> Ack<T, E> {
    /// Waits at most `timeout`.
    pub fn timeout(self, _timeout: Duration) -> Self {
        self
    }
}

impl<T, E> fmt::Debug for Ack<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ack").finish_non_exhaustive()
    }
}

impl<T, E: fmt::Debug> Future for Ack<T, E> {
    type Output = Result<T, AckError<E>>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}
