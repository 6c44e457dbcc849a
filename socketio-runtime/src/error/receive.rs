//! What can go wrong with what the server sends.
//!
//! Must not know: how it is read.

use std::fmt;

use thiserror::Error;

use super::{DecodeError, EmitError, TryError};

/// Something the server sent on a socket that could not be handed to its listeners, or
/// something emitted that had to be thrown away later. See [`Socket::on_invalid`](crate::Socket::on_invalid).
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// The schema has no such event (peer, or an old schema).
    #[error("the server sent event `{event}`, which the schema does not declare")]
    Undeclared {
        /// The event's wire name.
        event: String,
    },
    /// The arguments do not fit the declaration (peer, or an old schema).
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The packet broke the protocol and was dropped; the connection goes on (peer).
    #[error("a packet was dropped: {0}")]
    Packet(DecodeError),
    /// An event that had been accepted for sending was thrown away (caller).
    #[error(transparent)]
    Emit(EmitError),
    /// An event that is retried, and whose [`Ack`](crate::Ack) was dropped, was never confirmed
    /// (peer or network).
    #[error("event `{event}` was sent {tries} times without an answer: {last}")]
    Unconfirmed {
        /// The event's wire name.
        event: String,
        /// How often it was sent.
        tries: u32,
        /// Why the last try had no answer.
        last: TryError,
    },
    /// A listener answered an event after the connection on which it came was lost (network). The
    /// answer was not sent: on another connection the server would take it for somebody else's.
    #[error("an answer was not sent: its event came on a connection that is gone (ack id {id})")]
    LateAnswer {
        /// The ack id that the server gave to the event.
        id: u64,
    },
    /// An async listener, a handler or a stream misses events, because its queue is full (caller).
    /// Told at the first event that a listener misses, then ever more seldom, each time that their
    /// number has doubled.
    #[error("a listener lags: with event `{event}` it has missed {missed}")]
    Lagged {
        /// The wire name of the event that was missed last.
        event: String,
        /// How many events this listener has missed.
        missed: u64,
    },
    /// An event with ack is answered by nobody, because the queue of the listener that answers it
    /// is full (caller). Told every time: the server waits for the answer.
    #[error("event `{event}` is not answered: the listener that answers it lags")]
    Unanswered {
        /// The event's wire name.
        event: String,
        /// How many events this listener has missed.
        missed: u64,
    },
}

/// A payload that does not fit its declared type: the peer's fault, or the schema's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{subject} `{event}` does not fit its declaration: {argument}{at}: {reason}", argument = ArgumentName(argument.as_ref()), at = At(path))]
#[non_exhaustive]
pub struct PayloadError {
    /// Whether this is about an event's arguments or about an answer.
    pub subject: PayloadSubject,
    /// The event's wire name.
    pub event: String,
    /// The argument that does not fit; `None` when it is the list of arguments itself.
    pub argument: Option<ArgumentPosition>,
    /// Where in the argument, such as `rooms[2].name`; empty for the argument itself.
    pub path: String,
    /// What was expected and what was found.
    pub reason: String,
}

/// Which payload a [`PayloadError`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadSubject {
    /// The arguments of an event.
    Event,
    /// The values of an acknowledgement.
    Answer,
    /// The `data` of a refused connection.
    Refusal,
}

/// An argument by position, and by name where the schema gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentPosition {
    /// Position, from 0.
    pub index: usize,
    /// The name in the schema.
    pub name: Option<&'static str>,
}

/// A [`once`](crate::Socket::once) whose socket was disconnected before the event came (caller).
#[derive(Debug, Clone, Error)]
#[error("the socket was disconnected before event `{event}` came")]
#[non_exhaustive]
pub struct ListenerEnded {
    /// The event's wire name.
    pub event: String,
}

impl fmt::Display for PayloadSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => "event",
            Self::Answer => "the answer to",
            Self::Refusal => "the refusal of",
        })
    }
}

struct ArgumentName<'a>(Option<&'a ArgumentPosition>);

impl fmt::Display for ArgumentName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(ArgumentPosition { name: Some(name), .. }) => write!(f, "argument `{name}`"),
            Some(ArgumentPosition { index, name: None }) => write!(f, "argument {index}"),
            None => f.write_str("the payload"),
        }
    }
}

struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " at `{}`", self.0) }
    }
}
