//! What a test learns when its client does something else.
//!
//! Must not know: how it was found out.

use std::time::Duration;

use thiserror::Error;

use crate::error::PayloadError;

/// Something that a test expected of its client did not happen, or something else did.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ExpectError {
    /// The client emitted another event (client). It is taken: the next call looks at the one
    /// after it.
    #[error("expected event `{expected}`, but the client emitted `{emitted}` with {arguments}")]
    OtherEvent {
        /// The wire name of the event that was expected.
        expected: String,
        /// The wire name of the event that came.
        emitted: String,
        /// Its arguments, as the text of a JSON array.
        arguments: String,
    },
    /// The client emitted nothing (client, or a test that waits for the wrong thing).
    #[error("expected event `{expected}`, but the client emitted nothing within {after:?}")]
    NoEvent {
        /// The wire name of the event that was expected.
        expected: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The client emitted something, where nothing was expected (client). It is taken.
    #[error("expected no event, but the client emitted `{emitted}` with {arguments}")]
    AnEvent {
        /// The wire name of the event that came.
        emitted: String,
        /// Its arguments, as the text of a JSON array.
        arguments: String,
    },
    /// The event is declared with ack, and the client asked for no answer (client).
    #[error("expected event `{expected}` with ack, but the client asked for no answer")]
    NoQuestion {
        /// The wire name of the event.
        expected: String,
    },
    /// The arguments do not fit their declaration: the client has another schema, or an
    /// implementation of `Serialize` does not match that of `Deserialize`.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// Events were lost, because more of them waited than
    /// [`EXPECT_QUEUE`](crate::limits::EXPECT_QUEUE) (test). It is told once; those that were kept
    /// are there for the next calls.
    #[error("expected event `{expected}`, but {missed} events were lost, since too many waited")]
    Missed {
        /// The wire name of the event that was expected.
        expected: String,
        /// How many were lost since it was told last.
        missed: u64,
    },
    /// The client did not connect, or did not go away (client).
    #[error("expected the client {expected}, but it {instead} for {after:?}")]
    Connection {
        /// What was waited for.
        expected: &'static str,
        /// What was the case instead.
        instead: &'static str,
        /// How long it was waited for.
        after: Duration,
    },
    /// The client sent no authentication payload, or one that does not fit the type (client).
    #[error("the client's authentication payload does not fit: {reason}")]
    Auth {
        /// What is wrong with it.
        reason: String,
    },
    /// The test server has ended, with the runtime that it ran on.
    #[error("the test server has ended")]
    Ended,
}
