//! What feeds streams, async listeners and handlers: events behind a queue of their own.
//!
//! Must not know: who reads the queue, the connection's task.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::sync::mpsc;

#[cfg(feature = "testing")]
use crate::codec::EventName;
use crate::{
    codec::Packet,
    driver::{AnyEvent, Command, ListenerStatus, QueuedEvent, SocketShared, isolate},
    error::{EmitError, InvalidEvent, PayloadError},
    payload::{Arguments, PacketWriter},
    proto::AckToken,
    schema::EventDescriptor,
};

/// The events of one async listener or handler, in order.
pub struct Inbox {
    queue: mpsc::Receiver<QueuedEvent>,
    status: Arc<ListenerStatus>,
    socket: Arc<SocketShared>,
}

impl Inbox {
    pub(super) fn new(
        queue: mpsc::Receiver<QueuedEvent>,
        status: Arc<ListenerStatus>,
        socket: Arc<SocketShared>,
    ) -> Self {
        Self { queue, status, socket }
    }

    #[doc(hidden)]
    pub async fn next(&mut self) -> Option<Incoming> {
        poll_fn(|context| self.poll_next(context)).await.filter(|_| self.status.is_active())
    }

    /// What arrived before the end is still given out: a stream that ends loses nothing.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Incoming>> {
        let queued = ready!(self.queue.poll_recv(context));
        Poll::Ready(queued.map(|queued| Incoming { queued, socket: Arc::clone(&self.socket) }))
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

/// One event for an async listener or handler.
pub struct Incoming {
    queued: QueuedEvent,
    socket: Arc<SocketShared>,
}

impl Incoming {
    #[doc(hidden)]
    #[must_use]
    pub fn descriptor(&self) -> &'static EventDescriptor {
        self.event().descriptor().expect("a handler hears the events of its schema")
    }

    /// The arguments; `None`, and a report, if they do not fit.
    #[doc(hidden)]
    #[must_use]
    pub fn read<T>(&self, decode: fn(&mut Arguments<'_>) -> Result<T, PayloadError>) -> Option<T> {
        let event = self.event();
        let decoded = isolate(event.name(), || decode(&mut event.arguments()))?;
        decoded.map_err(|invalid| self.report(invalid)).ok()
    }

    /// Runs the handler and answers with its output, if the server asked for an answer. A panic
    /// in it is logged.
    #[doc(hidden)]
    pub async fn answer<A>(
        self,
        write: fn(&A, &mut PacketWriter),
        handler: impl Future<Output = A> + Send,
    ) {
        let Self { queued: QueuedEvent { event, token }, socket } = self;
        let name = event.name();
        let mut handler = pin!(handler);
        let value = poll_fn(|context| match isolate(name, || handler.as_mut().poll(context)) {
            Some(poll) => poll.map(Some),
            None => Poll::Ready(None),
        });
        let (Some(value), Some(token)) = (value.await, token) else { return };
        let namespace = socket.id;
        // The value is the user's too, and is dropped in there.
        let write = || answer(&socket, name, token.id(), write, &{ value });
        let Some(written) = isolate(name, write) else { return };
        if let Err(error) = written.and_then(|packet| send_answer(&socket, name, token, packet)) {
            let invalid = InvalidEvent::Emit(error);
            // Without the connection's task there is nobody to tell.
            let _ = socket.connection.mailbox.send(Command::Report { namespace, invalid });
        }
    }

    /// The event, and the question that it asks, if it is for this inbox to answer.
    #[cfg(feature = "testing")]
    pub(crate) fn into_question(self) -> (AnyEvent, Option<Question>) {
        let Self { queued: QueuedEvent { event, token }, socket } = self;
        let name = event.name.clone();
        (event, token.map(|token| Question { event: name, token, socket }))
    }

    pub(super) fn event(&self) -> &AnyEvent {
        &self.queued.event
    }

    pub(super) fn report(&self, invalid: PayloadError) {
        let (namespace, invalid) = (self.socket.id, InvalidEvent::Payload(invalid));
        let _ = self.socket.connection.mailbox.send(Command::Report { namespace, invalid });
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("event", &self.event().name()).finish_non_exhaustive()
    }
}

/// An event that waits for its answer.
#[cfg(feature = "testing")]
pub(crate) struct Question {
    event: EventName,
    token: AckToken,
    socket: Arc<SocketShared>,
}

#[cfg(feature = "testing")]
impl Question {
    pub(crate) fn event(&self) -> &str {
        &self.event
    }

    pub(crate) fn answer<A>(
        self,
        write: fn(&A, &mut PacketWriter),
        value: &A,
    ) -> Result<(), EmitError> {
        let Self { event, token, socket } = self;
        let packet = answer(&socket, &event, token.id(), write, value)?;
        send_answer(&socket, &event, token, packet)
    }
}

fn send_answer(
    socket: &SocketShared,
    event: &str,
    token: AckToken,
    packet: Packet,
) -> Result<(), EmitError> {
    let size = packet.size();
    let command = Command::Answer { namespace: socket.id, token, packet };
    let sent = socket.connection.mailbox.send_packet(command, size);
    sent.map_err(|rejected| rejected.into_error(event, size))
}

/// The packet that answers an event.
pub(super) fn answer<A>(
    socket: &SocketShared,
    event: &str,
    ack: u64,
    write: fn(&A, &mut PacketWriter),
    value: &A,
) -> Result<Packet, EmitError> {
    let mut writer = PacketWriter::answer(&socket.prefix, ack);
    write(value, &mut writer);
    writer.finish(event, socket.connection.max_attachments)
}
