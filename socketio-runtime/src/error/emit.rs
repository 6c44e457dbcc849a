//! What can go wrong with sending an event and with its answer.
//!
//! Must not know: how events are sent.

use std::{convert::Infallible, fmt, time::Duration};

use thiserror::Error;

use super::{DisconnectReason, PayloadError};

/// Why an event was not accepted for sending. Nothing of it was sent.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum EmitError {
    /// An argument could not be written as the parser demands (caller).
    #[error("argument {argument} of event `{event}` cannot be written: {reason}")]
    Serialize {
        /// The event's wire name.
        event: String,
        /// The argument's position, from 0.
        argument: usize,
        /// What its `Serialize` implementation said.
        reason: String,
    },
    /// The name is one that Socket.IO keeps for itself, such as `connect` (caller). The compiler
    /// refuses it in a schema.
    #[error("`{event}` is a reserved Socket.IO event name")]
    ReservedName {
        /// The event's wire name.
        event: String,
    },
    /// A payload with attachments also has an object with a key `_placeholder`, which the
    /// server would take for an attachment (caller).
    #[error("event `{event}` has a key `_placeholder`, which is reserved beside binary data")]
    ReservedKey {
        /// The event's wire name.
        event: String,
    },
    /// More attachments than a Socket.IO decoder accepts in one packet (caller).
    #[error("event `{event}` has {count} attachments, over the limit of {limit}")]
    TooManyAttachments {
        /// The event's wire name.
        event: String,
        /// How many there are.
        count: usize,
        /// [`ClientBuilder::max_attachments`](crate::ClientBuilder::max_attachments).
        limit: usize,
    },
    /// The event, or one attachment, is larger than the server accepts; sent, it would have
    /// cost the whole connection (caller).
    #[error(
        "event `{event}` has a part of {size} bytes, over the server's `maxPayload` of {limit}"
    )]
    TooLarge {
        /// The event's wire name.
        event: String,
        /// Size in bytes of the largest part.
        size: usize,
        /// The server's `maxPayload`, in bytes.
        limit: usize,
    },
    /// The send buffer is full: the network takes less than is emitted, or the socket has been
    /// offline for long, or the server does not confirm what is retried (network, peer or caller).
    #[error(
        "event `{event}` of {size} bytes does not fit the send buffer: {buffered} of {limit} bytes are waiting"
    )]
    BufferFull {
        /// The event's wire name.
        event: String,
        /// Size in bytes of the event with its attachments.
        size: usize,
        /// Bytes that are waiting.
        buffered: usize,
        /// [`ClientBuilder::send_buffer_limit`](crate::ClientBuilder::send_buffer_limit) or
        /// [`SocketBuilder::buffer_limit`](crate::SocketBuilder::buffer_limit).
        limit: usize,
    },
    /// The socket is offline, and the event is not to wait for the connection
    /// ([`OfflinePolicy`](crate::OfflinePolicy); network). One that is dropped reports it only with ack.
    #[error("event `{event}` was not sent: the socket is offline, and the event does not wait")]
    Offline {
        /// The event's wire name.
        event: String,
    },
    /// The event waited for the connection, or for its turn, for as long as it may (network).
    #[error("event `{event}` was not sent within its time to live of {after:?}")]
    Expired {
        /// The event's wire name.
        event: String,
        /// Its time to live.
        after: Duration,
    },
    /// The event was thrown away by [`Socket::clear_buffered`](crate::Socket::clear_buffered)
    /// (caller). Only an emit with ack reports it.
    #[error("event `{event}` was not sent: it was cleared from the buffer")]
    Cleared {
        /// The event's wire name.
        event: String,
    },
    /// A volatile event could not be sent at once (network). Only an emit with ack reports it.
    #[error("volatile event `{event}` was dropped: it could not be sent at once")]
    VolatileDropped {
        /// The event's wire name.
        event: String,
    },
    /// The socket is disconnected and will not reconnect by itself (whose fault, the reason says).
    /// [`Socket::connect`](crate::Socket::connect) begins anew.
    #[error("event `{event}` was not sent: the socket is disconnected ({reason})")]
    Disconnected {
        /// The event's wire name.
        event: String,
        /// Why it is disconnected.
        reason: DisconnectReason,
    },
}

/// Why one try of an event that is retried had no answer.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TryError {
    /// No answer came in time (peer or network).
    #[error("no answer came within {after:?}")]
    Timeout {
        /// The timeout that passed.
        after: Duration,
    },
    /// The connection ended before the answer (network).
    #[error("disconnected: {reason}")]
    Disconnected {
        /// Why the connection ended.
        reason: DisconnectReason,
    },
}

/// Why an emit has no answer. `E` is the error that the service itself answers with, for
/// events declared with `ack = error_first`.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum AckError<E = Infallible>
where
    E: fmt::Debug,
{
    /// The event was not accepted for sending, or was still waiting to be sent when the socket
    /// was disconnected (whose fault, the [`EmitError`] says). The server has not seen it.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// No answer came in time (peer or network). The server may have handled the event.
    #[error("no answer to `{event}` came within {after:?}")]
    Timeout {
        /// The event's wire name.
        event: String,
        /// The timeout that passed.
        after: Duration,
    },
    /// The connection ended after the event was sent and before its answer (network). The
    /// server may have handled the event.
    #[error("disconnected before `{event}` was answered: {reason}")]
    Disconnected {
        /// The event's wire name.
        event: String,
        /// Why the connection ended.
        reason: DisconnectReason,
    },
    /// The event was [retried](crate::SocketBuilder::retries), and no try had an answer (peer or
    /// network). The server may have handled it, even more than once.
    #[error("`{event}` was sent {tries} times without an answer: {last}")]
    RetriesExhausted {
        /// The event's wire name.
        event: String,
        /// How often it was sent: `retries + 1` times, or fewer if its time to live was over or it
        /// was cleared from the buffer.
        tries: u32,
        /// Why the last try had no answer.
        last: TryError,
    },
    /// The answer does not fit the declared type (peer).
    #[error(transparent)]
    Decode(#[from] PayloadError),
    /// The service answered with an error of its own.
    #[error("the server answered with an error: {0:?}")]
    Remote(E),
}
