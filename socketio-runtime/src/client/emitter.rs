//! The sending half that generated emit methods drive.
//!
//! Must not know: the connection's task, where values go in a packet.

use std::{fmt, sync::Arc};

use tokio::sync::oneshot;

use super::{Ack, ack::ReadAnswer};
use crate::{
    codec::{EventName, Packet},
    driver::{Command, Emit, EmitAck, SocketShared},
    error::EmitError,
    payload::PacketWriter,
    proto::AckId,
    schema::{AckDecode, AckDescriptor, EventDescriptor},
};

/// Begins emits on a socket.
#[derive(Clone, Copy)]
pub struct Emitter<'s> {
    socket: &'s Arc<SocketShared>,
    is_volatile: bool,
}

impl<'s> Emitter<'s> {
    pub(super) fn new(socket: &'s Arc<SocketShared>, is_volatile: bool) -> Self {
        Self { socket, is_volatile }
    }

    #[doc(hidden)]
    #[must_use]
    pub fn begin(&self, event: &'static EventDescriptor) -> Emission<'s> {
        self.begin_named(event.name.into(), event)
    }

    /// As [`begin`](Self::begin), for an event under a name that no schema knows.
    pub(super) fn begin_named(
        &self,
        name: EventName,
        event: &'static EventDescriptor,
    ) -> Emission<'s> {
        let Self { socket, is_volatile } = *self;
        let ack = (event.ack != AckDescriptor::None).then(|| socket.next_ack());
        let writer = PacketWriter::event(&socket.prefix, ack.map(|ack| ack.0), &name);
        Emission { socket, name, event, ack, writer, is_volatile: is_volatile || event.is_volatile }
    }
}

impl fmt::Debug for Emitter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = &self.socket.path;
        f.debug_struct("Emitter").field("namespace", &namespace).finish_non_exhaustive()
    }
}

/// One emit, while its arguments are written.
pub struct Emission<'s> {
    socket: &'s Arc<SocketShared>,
    name: EventName,
    event: &'static EventDescriptor,
    ack: Option<AckId>,
    writer: PacketWriter,
    is_volatile: bool,
}

impl Emission<'_> {
    #[doc(hidden)]
    pub fn writer(&mut self) -> &mut PacketWriter {
        &mut self.writer
    }

    #[doc(hidden)]
    pub fn send(self) -> Result<(), EmitError> {
        self.queue(None).map(drop)
    }

    #[doc(hidden)]
    pub fn send_with_ack<C: AckDecode<A>, A>(self) -> Ack<C::Ok, C::Err> {
        self.send_for(|answer| C::read(&mut answer.arguments()))
    }

    /// Sends an event with ack; `read` reads the answer.
    pub(super) fn send_for<T, E>(self, read: ReadAnswer<T, E>) -> Ack<T, E> {
        let (socket, event, name) = (self.socket, self.event, self.name.clone());
        let id = self.ack.expect("the macros call this for events with ack only");
        let timeout = event.timeout.unwrap_or(socket.connection.ack_timeout);
        let (sender, reply) = oneshot::channel();
        match self.queue(Some(EmitAck { id, timeout, reply: sender })) {
            Ok(()) => Ack::waiting(reply, Arc::clone(socket), id, name, timeout, read),
            Err(error) => Ack::rejected(error),
        }
    }

    /// Hands the finished packet to the connection's task, or says why not.
    fn queue(self, ack: Option<EmitAck>) -> Result<(), EmitError> {
        let Self { socket, name, writer, is_volatile, .. } = self;
        let connection = &socket.connection;
        socket.gate.check(&name)?;
        let packet = writer.finish(&name, connection.max_attachments)?;
        check_size(&packet, &name, connection.max_payload())?;
        let size = packet.size();
        let namespace = socket.id;
        let event = name.clone();
        let emit = Emit { namespace, event, packet, ack, is_volatile };
        let sent = connection.mailbox.send_packet(Command::Emit(emit), size);
        sent.map_err(|rejected| rejected.into_error(&name, size))
    }
}

impl fmt::Debug for Emission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emission").field("event", &&*self.name).finish_non_exhaustive()
    }
}

/// A message over the server's `maxPayload` would close the whole connection.
fn check_size(packet: &Packet, event: &str, limit: Option<usize>) -> Result<(), EmitError> {
    let size = packet.largest_part(false);
    match limit {
        Some(limit) if size > limit => {
            Err(EmitError::TooLarge { event: event.to_owned(), size, limit })
        }
        _ => Ok(()),
    }
}
