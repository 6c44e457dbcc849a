//! How a packet can differ from its contract.
//!
//! Must not know: how it was found out.

use std::fmt;

use thiserror::Error;

use crate::{codec::DecodeError, schema::Direction};

/// A schema in a catalogue is no JSON Schema, or never comes to an end: the catalogue was changed by
/// hand, or a payload type describes itself wrongly.
#[derive(Debug, Error)]
#[error("the catalogue has a schema for {subject} that cannot be used: {reason}")]
#[non_exhaustive]
pub struct InvalidCatalogue {
    /// What the schema is for.
    pub subject: String,
    /// What is wrong.
    pub reason: String,
}

/// What is wrong with a packet.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ValidationError {
    /// An acknowledgement does not say which event it answers.
    #[error("an acknowledgement does not name its event: use `check_ack`, or a session")]
    AckAlone,

    /// The packet announces another number of attachments than its values take.
    #[error("{subject} takes {found} attachments, and its packet announces {announced}")]
    Attachments {
        /// What the packet is.
        subject: String,
        /// The number in the packet's head.
        announced: usize,
        /// Placeholders in its values.
        found: usize,
    },

    /// It is no Socket.IO packet.
    #[error("this is no Socket.IO packet")]
    Decode(#[source] DecodeError),

    /// The payload is no JSON.
    #[error("the payload of {subject} is no JSON")]
    Json {
        /// What the packet is.
        subject: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },

    /// The values are not what the schema says.
    #[error("{subject} does not fit its schema: {}", list(misfits))]
    Misfits {
        /// What the packet is.
        subject: String,
        /// Every place that does not fit.
        misfits: Vec<Misfit>,
    },

    /// An acknowledgement of an event that has none, or a request for one.
    #[error("the event `{event}` of `{namespace}` has no acknowledgement")]
    NoAck {
        /// The namespace.
        namespace: String,
        /// The event.
        event: String,
    },

    /// An acknowledgement that nothing in this session waits for.
    #[error("nothing in `{namespace}` waits for the acknowledgement {id}")]
    UnknownAck {
        /// The namespace.
        namespace: String,
        /// The acknowledgement's id.
        id: u64,
    },

    /// The namespace has no such event, in either direction.
    #[error("the namespace `{namespace}` declares no event `{event}`")]
    UnknownEvent {
        /// The namespace.
        namespace: String,
        /// The event.
        event: String,
    },

    /// The catalogue has no such namespace.
    #[error("the catalogue has no namespace `{namespace}`")]
    UnknownNamespace {
        /// The namespace.
        namespace: String,
    },

    /// The event exists, but travels the other way.
    #[error("the event `{event}` of `{namespace}` is sent by {}, not by {}", sender(*declared), other(*declared))]
    WrongDirection {
        /// The namespace.
        namespace: String,
        /// The event.
        event: String,
        /// The way it travels in the catalogue.
        declared: Direction,
    },
}

/// A place in a packet's values that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// Where, as a JSON Pointer into the array of values, such as `/0/roomId`; empty if it is the
    /// array itself.
    pub path: String,
    /// The argument's name, if it is in one.
    pub argument: Option<String>,
    /// What was expected.
    pub reason: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, argument, reason } = self;
        match (argument, &**path) {
            (Some(argument), path) => write!(f, "`{argument}` at `{path}`: {reason}"),
            (None, "") => write!(f, "{reason}"),
            (None, path) => write!(f, "at `{path}`: {reason}"),
        }
    }
}

fn list(misfits: &[Misfit]) -> String {
    misfits.iter().map(Misfit::to_string).collect::<Vec<_>>().join("; ")
}

fn sender(direction: Direction) -> &'static str {
    match direction {
        Direction::ServerToClient => "the server",
        Direction::ClientToServer => "clients",
    }
}

fn other(direction: Direction) -> &'static str {
    match direction {
        Direction::ServerToClient => "clients",
        Direction::ClientToServer => "the server",
    }
}
