//! An answer as those see it who do not know its types beforehand.
//!
//! Must not know: who waits for it.

use std::fmt;

use crate::{
    codec::{AnswerPacket, EventName},
    error::{PayloadError, PayloadSubject},
    payload::{Arguments, Bytes, EventSource, ReceiveValues},
};

/// The answer to an event that no schema declares. Its values are decoded when, and as what, they
/// are asked for.
#[derive(Clone)]
pub struct AnyAnswer {
    event: EventName,
    packet: AnswerPacket,
}

impl AnyAnswer {
    pub(crate) fn new(event: EventName, packet: AnswerPacket) -> Self {
        Self { event, packet }
    }

    /// The name of the event that is answered.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The values, decoded: a tuple of their types, or a [`Vec`] for all of them. An answer by
    /// Node's convention, `(error)` or `(null, value)`, is read as `(Option<E>, Option<T>)`.
    ///
    /// # Errors
    /// When a value is missing or does not fit its type.
    pub fn decode<V: ReceiveValues>(&self) -> Result<V, PayloadError> {
        let mut arguments = self.arguments();
        let values = V::read(&mut arguments)?;
        arguments.end()?;
        Ok(values)
    }

    /// The values as the text of a JSON array; binary data as in [`AnyEvent::json`].
    ///
    /// [`AnyEvent::json`]: crate::AnyEvent::json
    #[must_use]
    pub fn json(&self) -> String {
        self.packet.values().to_json()
    }

    /// The binary data of the values.
    pub fn attachments(&self) -> impl ExactSizeIterator<Item = Bytes> + '_ {
        self.packet.binaries().into_iter().map(Bytes::from)
    }

    /// The values, for reading.
    pub(super) fn arguments(&self) -> Arguments<'_> {
        let source = EventSource {
            subject: PayloadSubject::Answer,
            event: &self.event,
            declared: &[],
            values: self.packet.values(),
            attachments: self.packet.attachments(),
        };
        Arguments::new(source, true)
    }
}

impl fmt::Debug for AnyAnswer {
    /// The values stay out, since they may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyAnswer").field("event", &self.event()).finish_non_exhaustive()
    }
}
