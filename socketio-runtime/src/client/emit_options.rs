//! How an emit is delivered, as users say it.
//!
//! Must not know: the connection's task, packets.

use std::time::Duration;

use crate::{
    driver::SocketDefaults,
    proto::{EmitPolicy, OfflinePolicy},
    schema::EventDescriptor,
};

/// How to deliver the emits that [`Socket::emit_with`](crate::Socket::emit_with) begins.
///
/// Each option can be set in three places, and the narrowest one wins: for a socket by its
/// [`SocketBuilder`](crate::SocketBuilder), for an event by the options of `#[event(…)]`, and
/// here. What is set nowhere has the default.
///
/// ```no_run
/// # use std::time::Duration;
/// # use socketio_runtime::{Socket, client_to_server, namespace};
/// use socketio_runtime::{EmitOptions, OfflinePolicy};
///
/// # #[client_to_server]
/// # trait ClientToServer {
/// #     #[event("order:place", retries = 3, idempotency_key)]
/// #     fn order_place(article: &str) -> u64;
/// #     #[event("cursor:moved")]
/// #     fn cursor_moved(x: u32, y: u32);
/// # }
/// # #[namespace("/shop", emits = ClientToServer)]
/// # struct Shop;
/// # async fn run(shop: Socket<Shop>) -> Result<(), Box<dyn std::error::Error>> {
/// // Old positions are of no use after a reconnection.
/// let fresh = EmitOptions::new().time_to_live(Duration::from_secs(2));
/// shop.emit_with(fresh).cursor_moved(10, 20)?;
///
/// // The user is to know at once that this needs a connection.
/// let now = EmitOptions::new().offline(OfflinePolicy::Reject).timeout(Duration::from_secs(5));
/// let order = shop.emit_with(now).order_place("tea").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "options do nothing before `Socket::emit_with`"]
pub struct EmitOptions {
    is_volatile: bool,
    offline: Option<OfflinePolicy>,
    time_to_live: Option<Duration>,
    timeout: Option<Duration>,
    retries: Option<u32>,
}

impl EmitOptions {
    /// No options: everything is as the event and the socket say.
    pub const fn new() -> Self {
        Self { is_volatile: false, offline: None, time_to_live: None, timeout: None, retries: None }
    }

    /// Drops the event when it cannot be sent at once, because the socket is offline or the network
    /// is busy; then nothing else here matters, and it is never retried.
    /// [`Socket::volatile`](crate::Socket::volatile) is short for this.
    pub const fn volatile(self) -> Self {
        Self { is_volatile: true, ..self }
    }

    /// What becomes of the event while the socket is offline. Default:
    /// [`OfflinePolicy::Buffer`].
    pub const fn offline(self, policy: OfflinePolicy) -> Self {
        Self { offline: Some(policy), ..self }
    }

    /// How long the event may wait for the connection, counted from the emit; then it is not sent
    /// any more, which its ack tells, or else
    /// [`Socket::on_invalid`](crate::Socket::on_invalid). [`Duration::MAX`] is for ever. Default:
    /// for ever, [`DEFAULT_TIME_TO_LIVE`](crate::limits::DEFAULT_TIME_TO_LIVE).
    ///
    /// It is also how long an event that is retried may wait for its turn and for a connection;
    /// after it no further try is begun.
    pub const fn time_to_live(self, time: Duration) -> Self {
        Self { time_to_live: Some(time), ..self }
    }

    /// How long the answer is awaited, counted from the emit, the time offline included; for an
    /// event that is retried, counted from each try. As
    /// [`Ack::timeout`](crate::Ack::timeout). It has no meaning for an event without ack.
    pub const fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// How often the event is sent again where no answer comes, as
    /// [`SocketBuilder::retries`](crate::SocketBuilder::retries). It has no meaning for an event
    /// without ack.
    pub const fn retries(self, retries: u32) -> Self {
        Self { retries: Some(retries), ..self }
    }

    pub(super) fn of_event(event: &EventDescriptor) -> Self {
        Self {
            is_volatile: event.is_volatile,
            offline: event.offline,
            time_to_live: event.time_to_live,
            timeout: event.timeout,
            retries: event.retries,
        }
    }

    /// These, and those of the wider place where nothing is said here.
    pub(super) fn or(self, wider: Self) -> Self {
        Self {
            is_volatile: self.is_volatile || wider.is_volatile,
            offline: self.offline.or(wider.offline),
            time_to_live: self.time_to_live.or(wider.time_to_live),
            timeout: self.timeout.or(wider.timeout),
            retries: self.retries.or(wider.retries),
        }
    }

    /// How to deliver, and how long to wait for the answer.
    pub(super) fn resolve(self, socket: &SocketDefaults) -> (EmitPolicy, Duration) {
        let policy = EmitPolicy {
            is_volatile: self.is_volatile,
            offline: self.offline.unwrap_or(socket.policy.offline),
            time_to_live: self.time_to_live.unwrap_or(socket.policy.time_to_live),
            retries: self.retries.unwrap_or(socket.policy.retries),
        };
        (policy, self.timeout.unwrap_or(socket.ack_timeout))
    }
}
