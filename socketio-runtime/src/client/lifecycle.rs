//! The changes of a socket's state as a stream.
//!
//! Must not know: what causes them.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use tokio::sync::mpsc;

use super::ListenerGuard;
use crate::driver::Lifecycle;

/// A stream of lifecycle changes, from when it was opened. It ends when the socket is
/// [disconnected](crate::Socket::disconnect) by this side.
///
/// A stream that is not read misses changes past the
/// [`LIFECYCLE_QUEUE`](crate::limits::LIFECYCLE_QUEUE) that wait;
/// [`Socket::state`](crate::Socket::state) never does.
///
/// # Cancel safety
/// Nothing is lost when a wait for the next change is dropped. Dropped itself, it stops listening.
#[must_use = "streams do nothing unless they are read"]
pub struct LifecycleStream {
    changes: mpsc::Receiver<Lifecycle>,
    _guard: ListenerGuard,
}

impl LifecycleStream {
    pub(super) fn new(changes: mpsc::Receiver<Lifecycle>, guard: ListenerGuard) -> Self {
        Self { changes, _guard: guard }
    }

    /// The next change; `None` when no more will come.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Lifecycle> {
        self.changes.recv().await
    }
}

impl Stream for LifecycleStream {
    type Item = Lifecycle;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Lifecycle>> {
        self.changes.poll_recv(context)
    }
}

impl fmt::Debug for LifecycleStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LifecycleStream").finish_non_exhaustive()
    }
}
