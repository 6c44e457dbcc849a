//! A socket's lifecycle as its users watch it: the state now, and its changes.
//!
//! Must not know: what causes the changes.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use crate::{
    codec::Transport,
    error::{ConnectError, DisconnectReason},
};

/// Where a socket stands, as [`Socket::state`](crate::Socket::state) shows it.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct SocketState {
    /// The server has accepted the namespace, and the connection is up as far as is known.
    pub connected: bool,
    /// The connection was lost, or could not be made, and is tried again without further calls.
    pub reconnecting: bool,
    /// Reconnection attempts made since the last
    /// [stable](crate::limits::STABLE_CONNECTION) connection; 0 while connected.
    pub attempts: u32,
    /// Why the last attempt failed; `None` once connected.
    pub last_error: Option<ConnectError>,
    /// Whether the last connect restored the former session, by the server's
    /// [connection state recovery](https://socket.io/docs/v4/connection-state-recovery). Then the
    /// socket is on the server what it was, with its id, its rooms and its data, and the events
    /// that it missed have come, in order, before [`Lifecycle::Connect`].
    ///
    /// `false`: it is a new socket there. Whatever happened in between is lost, so the application
    /// joins its rooms again and loads its state anew. That is so with servers that do not
    /// restore, after too long a time or a server's restart, for a session in which no event had
    /// come (the server asks for the last one), and after this side's own
    /// [`disconnect`](crate::Socket::disconnect).
    pub recovered: bool,
    /// What carries the connection; `None` while disconnected.
    pub transport: Option<Transport>,
    /// The socket's id on the server; another one after each reconnection that was not
    /// [recovered](Self::recovered). `None` while disconnected.
    pub id: Option<Arc<str>>,
}

impl fmt::Debug for SocketState {
    /// The id stays out: services treat it as a name that only its owner and those it was told know.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketState")
            .field("connected", &self.connected)
            .field("reconnecting", &self.reconnecting)
            .field("attempts", &self.attempts)
            .field("last_error", &self.last_error)
            .field("recovered", &self.recovered)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// A change in a socket's lifecycle, in the order in which they happen.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Lifecycle {
    /// The server has accepted the namespace, for the first time or again.
    Connect {
        /// Whether the former session was restored, as [`SocketState::recovered`] explains. If
        /// not, this is the place to join rooms and to load state.
        recovered: bool,
    },
    /// A WebSocket has taken over from long-polling. Nothing was lost, and the order kept. One that
    /// has taken over before the server accepted the namespace is not told; what carries the
    /// connection then is in [`SocketState::transport`].
    Upgrade {
        /// What carries the connection now.
        transport: Transport,
    },
    /// The socket was connected and is no more.
    Disconnect {
        /// Why.
        reason: DisconnectReason,
        /// Whether it is being reconnected.
        will_reconnect: bool,
    },
    /// An attempt to connect failed.
    ConnectError {
        /// Why.
        error: ConnectError,
        /// Whether another attempt follows.
        will_retry: bool,
    },
    /// A reconnection attempt starts.
    ReconnectAttempt {
        /// Counted from 1, anew after each [stable](crate::limits::STABLE_CONNECTION) connection.
        attempt: u32,
    },
    /// The socket is connected again; [`Connect`](Self::Connect) follows.
    Reconnect {
        /// The attempt that succeeded, from 1.
        attempt: u32,
    },
    /// The last allowed attempt failed; nothing is said of an attempt that is not worth another
    /// one. [`Socket::connect`](crate::Socket::connect) starts anew.
    ReconnectFailed,
}

/// The task's end of the state.
pub(crate) type StateSender = watch::Sender<SocketState>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_stays_out_of_the_debug_output() {
        let state = SocketState { id: Some("s3cret".into()), ..SocketState::default() };
        let text = format!("{state:?}");
        assert!(text.contains("connected: false") && !text.contains("s3cret"), "{text}");
    }
}
