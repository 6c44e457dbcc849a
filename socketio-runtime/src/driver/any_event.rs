//! An event as those see it who do not know its types beforehand.
//!
//! Must not know: who listens, connections.

use std::fmt;

use crate::{
    codec::{EventName, EventPacket},
    error::{PayloadError, PayloadSubject},
    payload::{Arguments, Bytes, EventSource, ReceiveValues},
    schema::{EventDescriptor, Listens},
};

/// An event of any name, with arguments of any types: what catch-alls hear
/// ([`Socket::on_any`](crate::Socket::on_any),
/// [`Socket::on_any_outgoing`](crate::Socket::on_any_outgoing)), and the listeners of an
/// [`Untyped`](crate::Untyped) socket. Its arguments are decoded when, and as what, they are asked
/// for.
///
/// Cheap to clone: clones share the text.
#[derive(Clone)]
pub struct AnyEvent {
    pub(crate) name: EventName,
    pub(super) descriptor: Option<&'static EventDescriptor>,
    pub(super) packet: EventPacket,
    pub(super) expects_answer: bool,
}

impl AnyEvent {
    /// An event without ack, found in its schema.
    #[cfg(feature = "unstable")]
    pub(crate) fn listened<L: Listens>(packet: EventPacket) -> Self {
        let written = packet.name();
        let descriptor = L::find(&written);
        let name = match descriptor {
            Some(event) => EventName::Static(event.name),
            None => EventName::Shared((*written).into()),
        };
        drop(written);
        Self { name, descriptor, packet, expects_answer: false }
    }

    /// Size in bytes of everything that came over the wire.
    pub(crate) fn size(&self) -> usize {
        self.packet.size()
    }

    /// The name on the wire.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the socket's schema says of the event; `None` if it does not declare it.
    #[must_use]
    pub fn descriptor(&self) -> Option<&'static EventDescriptor> {
        self.descriptor
    }

    /// Whether the sender asked for an answer.
    #[must_use]
    pub fn expects_answer(&self) -> bool {
        self.expects_answer
    }

    /// The arguments, decoded: a tuple of their types, or a [`Vec`] for all of them.
    ///
    /// ```
    /// # use socketio_runtime::{AnyEvent, Bytes, error::PayloadError};
    /// # fn read(event: &AnyEvent) -> Result<(), PayloadError> {
    /// let (room, members): (String, Option<u32>) = event.decode()?;
    /// let (picture,) = event.decode::<(Bytes,)>()?;
    /// let all: Vec<serde_json::Value> = event.decode()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When an argument is missing or does not fit its type.
    pub fn decode<V: ReceiveValues>(&self) -> Result<V, PayloadError> {
        let mut arguments = self.arguments();
        let values = V::read(&mut arguments)?;
        arguments.end()?;
        Ok(values)
    }

    /// The event as the enum of a schema, such as the one that the socket's namespace listens to;
    /// `None` if that schema does not declare it.
    ///
    /// ```
    /// # use socketio_runtime::{AnyEvent, server_to_client};
    /// # #[server_to_client]
    /// # trait ServerToClient { fn said(text: String); }
    /// # fn read(event: &AnyEvent) {
    /// if let Some(Ok(ServerToClientEvent::Said { text })) = event.decode_as::<ServerToClient>() {
    ///     println!("{text}");
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// When an argument is missing or does not fit its declared type.
    #[must_use]
    pub fn decode_as<L: Listens>(&self) -> Option<Result<L::Event, PayloadError>> {
        let event = L::find(&self.name)?;
        Some(L::decode(event, &mut self.arguments()))
    }

    /// The arguments as the text of a JSON array. Binary data stands in it as
    /// `{"_placeholder":true,"num":0}`, where `num` is the place among the
    /// [attachments](Self::attachments).
    #[must_use]
    pub fn json(&self) -> String {
        self.packet.values().to_json()
    }

    /// The binary data of the arguments.
    pub fn attachments(&self) -> impl ExactSizeIterator<Item = Bytes> + '_ {
        self.packet.binaries().into_iter().map(Bytes::from)
    }

    /// The arguments, for reading.
    pub(crate) fn arguments(&self) -> Arguments<'_> {
        let source = EventSource {
            subject: PayloadSubject::Event,
            event: &self.name,
            declared: self.descriptor.map_or(&[], |event| event.arguments),
            values: self.packet.values(),
            attachments: self.packet.attachments(),
        };
        Arguments::new(source, false)
    }
}

impl fmt::Debug for AnyEvent {
    /// The arguments stay out, since they may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyEvent")
            .field("name", &self.name())
            .field("expects_answer", &self.expects_answer)
            .finish_non_exhaustive()
    }
}
