//! What users may ask for the delivery of an event.
//!
//! Must not know: how it is done.

use std::time::Duration;

/// What becomes of an event that is emitted while the socket is offline: connecting, reconnecting,
/// or not connected yet.
///
/// Set for a socket by [`SocketBuilder::offline`](crate::SocketBuilder::offline), for an event by
/// `#[event(offline = …)]`, for one emit by [`EmitOptions::offline`](crate::EmitOptions::offline);
/// the narrower one wins. A socket that is disconnected for good refuses every emit, whatever the
/// policy.
///
/// The policy also holds for what was accepted while the socket was connected and had not left this
/// process when the connection was lost. What has left it is not sent again, unless it is
/// [retried](crate::SocketBuilder::retries).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OfflinePolicy {
    /// It waits for the connection, in call order, within its time to live, its ack timeout and the
    /// limits on bytes. The default, and what the JavaScript client does.
    #[default]
    Buffer,
    /// It is dropped without a word. Only an emit with ack tells, by
    /// [`EmitError::Offline`](crate::EmitError::Offline).
    Drop,
    /// The emit fails with [`EmitError::Offline`](crate::EmitError::Offline).
    ///
    /// The emit method itself gives the error whenever [`Socket::is_connected`] is `false`, so
    /// from the moment in which the loss of the connection is seen until
    /// [`connect`](crate::Socket::connect) or [`Lifecycle::Connect`](crate::Lifecycle::Connect)
    /// says that it is back. An event that is accepted just before the loss is seen, and did not
    /// leave this process, is told by its ack, or else by
    /// [`Socket::on_invalid`](crate::Socket::on_invalid). In no case is it sent later.
    ///
    /// [`Socket::is_connected`]: crate::Socket::is_connected
    Reject,
}

/// How one event is to be delivered, everything decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EmitPolicy {
    /// Drop it if it cannot be sent at once.
    pub(crate) is_volatile: bool,
    pub(crate) offline: OfflinePolicy,
    /// How long it may wait for the connection, or behind others that are retried.
    pub(crate) time_to_live: Duration,
    /// How often it is sent again where no answer comes; only with ack.
    pub(crate) retries: u32,
}

impl Default for EmitPolicy {
    fn default() -> Self {
        Self {
            is_volatile: false,
            offline: OfflinePolicy::Buffer,
            time_to_live: DEFAULT_TIME_TO_LIVE,
            retries: 0,
        }
    }
}

/// What became of a [cancelled](crate::Ack::cancel) event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cancellation {
    /// Nothing of it was sent, and nothing will be.
    Withdrawn,
    /// It was sent, or was on its way: the server may handle it. It is not sent again.
    TooLate,
}

/// For ever: how long an event may wait for the connection where nobody says. An emit method that
/// returned `Ok` has promised to try, and what must not be late is known to the service only, so
/// nothing is thrown away unasked; the JavaScript client does not either. Memory is bounded by
/// [`DEFAULT_SEND_BUFFER_LIMIT`](crate::limits::DEFAULT_SEND_BUFFER_LIMIT), and an event with ack
/// is withdrawn with its timeout.
pub const DEFAULT_TIME_TO_LIVE: Duration = Duration::MAX;
