//! The sending half that generated emit methods drive.
//!
//! Must not know: the connection's task, where values go in a packet.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::oneshot;

use super::{Ack, EmitOptions, ack::ReadAnswer};
use crate::{
    codec::{EventName, Packet},
    driver::{AckOutcome, Command, Emit, EmitAck, SocketShared},
    error::EmitError,
    payload::{EmitArgument, PacketWriter},
    proto::{AckId, EmitPolicy, OfflinePolicy},
    schema::{AckDecode, AckDescriptor, EventDescriptor},
};

/// Begins emits on a socket.
#[derive(Clone, Copy)]
pub struct Emitter<'s> {
    socket: &'s Arc<SocketShared>,
    options: EmitOptions,
}

impl<'s> Emitter<'s> {
    pub(super) fn new(socket: &'s Arc<SocketShared>, options: EmitOptions) -> Self {
        Self { socket, options }
    }

    #[doc(hidden)]
    #[must_use]
    pub fn begin(&self, event: &'static EventDescriptor) -> Emission<'s> {
        self.begin_named(event.name.into(), event)
    }

    /// As [`begin`](Self::begin), for an event under a name that no schema knows.
    pub(super) fn begin_named(&self, name: EventName, event: &EventDescriptor) -> Emission<'s> {
        let Self { socket, options } = *self;
        let options = options.or(EmitOptions::of_event(event));
        let (policy, timeout) = options.resolve(&socket.defaults);
        let ack = (event.ack != AckDescriptor::None).then(|| socket.next_ack());
        let writer = PacketWriter::event(&socket.prefix, ack.map(|ack| ack.0), &name);
        let has_key = event.has_idempotency_key;
        Emission { socket, name, ack, writer, policy, timeout, has_key }
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
    ack: Option<AckId>,
    writer: PacketWriter,
    policy: EmitPolicy,
    /// For the answer.
    timeout: Duration,
    /// Whether an idempotency key follows the arguments.
    has_key: bool,
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
        let (name, timeout) = (self.name.clone(), self.timeout);
        match self.queue_with_ack() {
            Ok((socket, id, reply)) => Ack::waiting(reply, socket, id, name, timeout, read),
            Err(error) => Ack::rejected(error),
        }
    }

    fn queue_with_ack(mut self) -> Result<AckParts, EmitError> {
        let (socket, timeout) = (Arc::clone(self.socket), self.timeout);
        let id = self.ack.expect("the macros call this for events with ack only");
        if self.has_key {
            socket.idempotency_key(id).required(&mut self.writer);
        }
        let (sender, reply) = oneshot::channel();
        self.queue(Some(EmitAck { id, timeout, reply: sender }))?;
        Ok((socket, id, reply))
    }

    /// Hands the finished packet to the connection's task, or says why not.
    fn queue(self, ack: Option<EmitAck>) -> Result<(), EmitError> {
        let Self { socket, name, writer, policy, .. } = self;
        let connection = &socket.connection;
        socket.gate.check(&name)?;
        if policy.offline == OfflinePolicy::Reject && !policy.is_volatile {
            socket.gate.check_connected(&name)?;
        }
        let packet = writer.finish(&name, connection.max_attachments)?;
        check_size(&packet, &name, connection.max_payload())?;
        let size = packet.size();
        let namespace = socket.id;
        let event = name.clone();
        let emit = Emit { namespace, event, packet, ack, policy };
        let sent = connection.mailbox.send_packet(Command::Emit(emit), size);
        sent.map_err(|rejected| rejected.into_error(&name, size))
    }
}

impl fmt::Debug for Emission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emission").field("event", &&*self.name).finish_non_exhaustive()
    }
}

/// What an [`Ack`] is made of, whatever its type.
type AckParts = (Arc<SocketShared>, AckId, oneshot::Receiver<AckOutcome>);

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
