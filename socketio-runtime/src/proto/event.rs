//! The words between the state machine and the sockets.
//!
//! Must not know: who waits for what.

use std::{fmt, time::Duration};

use super::EmitPolicy;
use crate::{
    codec::{AnswerPacket, EventName, EventPacket, Packet, Transport},
    error::{ConnectError, DisconnectReason, EmitError, InvalidEvent, TryError},
};

/// A socket of this client. Given out by the client, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NamespaceId(pub(crate) u64);

/// An emit that expects an answer, by its id on the wire. Given out by the socket, so that a
/// packet can be written in one go on the caller's thread; never used twice in a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AckId(pub(crate) u64);

/// A question for an authentication payload; answers to older ones are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuthRequest(pub(super) u64);

/// The right to answer an event, once, on the connection on which it came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AckToken {
    pub(super) id: u64,
    /// Which of the namespace's connections.
    pub(super) connection: u64,
}

impl AckToken {
    /// The id on the wire.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }
}

/// How to emit.
#[derive(Debug, Clone)]
pub(crate) struct EmitOptions {
    /// The event's name, for errors.
    pub(crate) event: EventName,
    /// The answer to expect, and for how long from now, or from each try; `None` for ever.
    pub(crate) ack: Option<(AckId, Option<Duration>)>,
    pub(crate) policy: EmitPolicy,
}

/// Something that happened to a namespace.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) namespace: NamespaceId,
    pub(crate) kind: EventKind,
}

#[derive(Debug)]
pub(crate) enum EventKind {
    /// A CONNECT is due: what should it carry?
    AuthNeeded { request: AuthRequest },
    /// The server accepted the namespace. `attempt` is the reconnection attempt that led here, 0
    /// for none.
    Connected { sid: Sid, recovered: bool, attempt: u32 },
    /// Another transport carries the connection from now on.
    Upgraded { transport: Transport },
    /// An attempt failed.
    ConnectError { error: ConnectError, will_retry: bool },
    /// An event came.
    Received { packet: EventPacket, token: Option<AckToken> },
    /// An event was handed to the transport. Only told of namespaces whose events are
    /// [watched](super::Manager::watch_sent).
    Sent { event: EventName, packet: Packet, expects_answer: bool },
    /// An answer came.
    Acked { ack: AckId, answer: AnswerPacket },
    /// No answer will come.
    AckFailed { ack: AckId, failure: AckFailure },
    /// The namespace was connected, or wanted to be, and is not any more. One that is lost and
    /// then given up has two of them.
    Disconnected { reason: DisconnectReason, will_reconnect: bool },
    /// A reconnection attempt starts, counted from 1.
    ReconnectAttempt { attempt: u32 },
    /// The last allowed attempt has failed.
    ReconnectFailed,
    /// An event without ack was thrown away unsent, as its user wanted.
    Dropped,
    /// Something could not be handed on.
    Invalid(InvalidEvent),
}

/// The id of a socket on the server.
pub(crate) struct Sid(pub(crate) String);

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sid(…)")
    }
}

/// Why an emit gets no answer.
#[derive(Debug, Clone)]
pub(crate) enum AckFailure {
    TimedOut,
    Disconnected(DisconnectReason),
    /// The event was not sent.
    Rejected(EmitError),
    /// It was sent this often, and no try had an answer.
    RetriesExhausted {
        tries: u32,
        last: TryError,
    },
}
