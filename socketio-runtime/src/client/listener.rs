//! The handles of registered listeners.
//!
//! Must not know: what a listener does.

use std::{fmt, sync::Arc};

use crate::driver::{Command, ListenerId, ListenerStatus, SocketShared, Subject};

/// A registered listener. It stays registered when this is dropped; see [`off`](Self::off) and
/// [`guard`](Self::guard).
///
/// Listeners belong to the socket, not to the connection: a reconnection neither loses nor
/// doubles them. [`Socket::disconnect`](crate::Socket::disconnect) and
/// [`Socket::off_all`](crate::Socket::off_all) end them.
pub struct Listener {
    socket: Arc<SocketShared>,
    id: ListenerId,
    subject: Subject,
    status: Arc<ListenerStatus>,
}

impl Listener {
    pub(super) fn new(
        socket: Arc<SocketShared>,
        id: ListenerId,
        subject: Subject,
        status: Arc<ListenerStatus>,
    ) -> Self {
        Self { socket, id, subject, status }
    }

    /// Ends the listener. Once this returns it is not called again; a call that is under way
    /// goes on.
    pub fn off(self) {
        self.end();
    }

    /// Ties the listener to the returned guard: it ends when the guard is dropped.
    #[must_use = "the listener ends when the guard is dropped"]
    pub fn guard(self) -> ListenerGuard {
        ListenerGuard(self)
    }

    /// Whether the listener will still be called.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status.is_active()
    }

    /// How many events this listener missed because its queue was full, up to now. Always 0 for
    /// a synchronous listener, which has no queue.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.status.missed()
    }

    fn end(&self) {
        self.status.deactivate();
        let (id, subject) = (self.id, self.subject.clone());
        let command = Command::Unlisten { namespace: self.socket.id, id, subject };
        // Without the connection's task there is no listener left.
        let _ = self.socket.connection.mailbox.send(command);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("is_active", &self.is_active()).finish_non_exhaustive()
    }
}

/// Ends a [`Listener`] when dropped.
#[derive(Debug)]
#[must_use = "the listener ends when the guard is dropped"]
pub struct ListenerGuard(Listener);

impl ListenerGuard {
    /// The listener under guard.
    #[must_use]
    pub fn listener(&self) -> &Listener {
        &self.0
    }
}

impl Drop for ListenerGuard {
    fn drop(&mut self) {
        self.0.end();
    }
}
