//! What users may ask for the delivery of an event.
//!
//! Must not know: how it is done.

use std::time::{Duration, Instant};

/// What becomes of an event that is emitted while the socket is offline: connecting, reconnecting,
/// or not connected yet.
///
/// Set for a socket by [`SocketBuilder::offline`](crate::SocketBuilder::offline), for an event by
/// `#[event(offline = …)]`, for one emit by [`EmitOptions::offline`](crate::EmitOptions::offline);
/// the narrower one wins. A socket that is disconnected for good refuses every emit, whatever the
/// policy.
///
/// The policy also holds for what was accepted while the socket was connected and had not been handed
/// to the network when the connection was lost.
///
/// # What arrives
///
/// What is handed to the network is what
/// [`Socket::on_any_outgoing`](crate::Socket::on_any_outgoing) hears and
/// [`Socket::flushed`](crate::Socket::flushed) waits for: a WebSocket has taken it, or a request of
/// long-polling has begun with it. It may still be in this process's buffers or the system's.
///
/// - Events arrive in call order and at most once, but for those that are
///   [retried](crate::SocketBuilder::retries), which are in order among themselves and may arrive
///   again.
/// - What was handed to a connection arrives up to some point, and nothing after it: as long as the
///   connection lives, everything; when it is lost, perhaps without the last of it. That is not sent
///   again.
/// - What was not handed to a lost connection goes to the next one, in call order, if it waits. If it
///   does not wait, or cannot be sent any more, that is told: by its ack, or else, unless it was to be
///   dropped, by [`Socket::on_invalid`](crate::Socket::on_invalid). All of it is counted
///   ([`SocketStats::dropped`](crate::SocketStats::dropped)).
/// - Whether the last events of a lost connection arrived, this side cannot know. An event with ack
///   says so: [`AckError::Disconnected`](crate::AckError::Disconnected). Of one without ack nothing is
///   told. What must not get lost has an ack, and what has to arrive is retried.
///
/// A server that notices the loss later than this side may still read the rest of the former
/// connection. In the other direction, a server with connection state recovery keeps what a lost
/// session misses, and it comes in order and once; where
/// [`Lifecycle::Connect`](crate::Lifecycle::Connect) says that the session was not recovered, what the
/// server sent meanwhile is missed.
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
    /// says that it is back. An event that is accepted just before the loss is seen, and was not
    /// handed to the network, is told by its ack, or else by
    /// [`Socket::on_invalid`](crate::Socket::on_invalid). In no case is it sent later.
    ///
    /// [`Socket::is_connected`]: crate::Socket::is_connected
    Reject,
}

/// How one event is to be delivered, everything decided. Eight bytes, since an event is moved
/// several times on its way, and most events have nothing special.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EmitPolicy {
    /// Drop it if it cannot be sent at once.
    pub(crate) is_volatile: bool,
    pub(crate) offline: OfflinePolicy,
    /// How often it is sent again where no answer comes; only with ack.
    pub(crate) retries: u16,
    /// How long it may wait for the connection, or behind others that are retried.
    pub(crate) time_to_live: TimeToLive,
}

/// In milliseconds, up to 49 days; more is for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeToLive(u32);

impl TimeToLive {
    /// When that is over; `None` for never.
    pub(super) fn deadline(self, now: Instant) -> Option<Instant> {
        let millis = Some(self.0).filter(|millis| *millis != u32::MAX)?;
        now.checked_add(Duration::from_millis(millis.into()))
    }
}

impl From<Duration> for TimeToLive {
    fn from(time: Duration) -> Self {
        let millis = time.as_nanos().div_ceil(1_000_000);
        Self(millis.try_into().unwrap_or(u32::MAX))
    }
}

impl Default for EmitPolicy {
    fn default() -> Self {
        Self {
            is_volatile: false,
            offline: OfflinePolicy::Buffer,
            time_to_live: DEFAULT_TIME_TO_LIVE.into(),
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
