//! What a socket holds back: how it is looked at and thrown away.
//!
//! Must not know: the connection's task, packets.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot;

use super::Socket;
use crate::{driver::Command, error::Shutdown, proto::BufferedEvent, schema::Namespace};

/// # What waits for the connection
impl<N: Namespace> Socket<N> {
    /// What waits for the connection, in the order in which it will be sent: first what is held
    /// back, then what is [retried](crate::SocketBuilder::retries) and not on its way. What only
    /// waits for a busy network is not among it.
    ///
    /// # Errors
    /// When the runtime that ran the connection has shut down.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn buffered(&self) -> Result<Vec<BufferedEvent>, Shutdown> {
        let (sender, reply) = oneshot::channel();
        let _ = self.send(Command::Buffered { namespace: self.shared().id, reply: sender });
        reply.await.map_err(|_| Shutdown)
    }

    /// Throws away what [`buffered`](Self::buffered) shows. Whoever waits for an answer is told by
    /// [`EmitError::Cleared`](crate::EmitError::Cleared); a retried event that was sent before is
    /// settled with its last failure.
    ///
    /// It happens at once, in call order with the emits; the future, which does not have to be
    /// awaited, says how many events it was. What is held back is sent the moment the server
    /// accepts the namespace again, before [`Lifecycle::Connect`](crate::Lifecycle::Connect): a
    /// call then comes too late. The times to call it are those before: on
    /// [`Lifecycle::Disconnect`](crate::Lifecycle::Disconnect) or
    /// [`Lifecycle::ReconnectAttempt`](crate::Lifecycle::ReconnectAttempt), or, at the very last,
    /// in the closure given to [`SocketBuilder::auth`](crate::SocketBuilder::auth), which is asked
    /// before the server is.
    ///
    /// ```no_run
    /// # use socketio_runtime::{Lifecycle, Namespace, Socket};
    /// # fn run<N: Namespace>(socket: &Socket<N>) {
    /// // Nothing old is sent after a reconnection.
    /// let (mut lifecycle, weak) = (socket.lifecycle(), socket.downgrade());
    /// tokio::spawn(async move {
    ///     while let Some(change) = lifecycle.next().await {
    ///         if let (Lifecycle::ReconnectAttempt { .. }, Some(socket)) = (change, weak.upgrade()) {
    ///             socket.clear_buffered();
    ///         }
    ///     }
    /// });
    /// # }
    /// ```
    ///
    /// Where events become useless by themselves, a
    /// [time to live](crate::SocketBuilder::time_to_live) or another
    /// [`OfflinePolicy`](crate::OfflinePolicy) is simpler.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    #[expect(clippy::must_use_candidate, reason = "it acts without being awaited")]
    pub fn clear_buffered(&self) -> Clearing {
        let (sender, reply) = oneshot::channel();
        // Without a task nothing is buffered, and the dropped sender says so.
        let _ = self.send(Command::ClearBuffered { namespace: self.shared().id, reply: sender });
        Clearing(reply)
    }
}

/// How many events a [`Socket::clear_buffered`] threw away. It goes on without being polled.
///
/// # Cancel safety
/// Dropping the future changes nothing.
#[derive(Debug)]
pub struct Clearing(oneshot::Receiver<usize>);

impl Future for Clearing {
    type Output = usize;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<usize> {
        Pin::new(&mut self.0).poll(context).map(Result::unwrap_or_default)
    }
}
