//! What feeds streams, async listeners and handlers: events behind a queue of their own.
//!
//! Must not know: who reads the queue, the connection's task.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
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
    payload::PacketWriter,
    proto::AckToken,
    schema::{Dispatch, Reception},
};

/// The events of one async listener or handler, in order.
pub(crate) struct Inbox {
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

    pub(crate) async fn next(&mut self) -> Option<Incoming> {
        poll_fn(|context| self.poll_next(context)).await.filter(|_| self.status.is_active())
    }

    /// What arrived before the end is still given out: a stream that ends loses nothing.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Incoming>> {
        let queued = ready!(self.queue.poll_recv(context));
        if let Some(queued) = &queued {
            self.status.on_taken(queued.event.size());
        }
        Poll::Ready(queued.map(|queued| Incoming { queued, socket: Arc::clone(&self.socket) }))
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

/// A handler at work on one event.
pub type Handling<'h> = Pin<Box<dyn Future<Output = ()> + Send + 'h>>;

/// One event for an async listener or handler.
pub struct Incoming {
    queued: QueuedEvent,
    socket: Arc<SocketShared>,
}

impl Incoming {
    /// Has the event handled, or reports that its arguments do not fit.
    pub(super) async fn handle<L: Dispatch<H>, H>(self, handler: &mut H) {
        let event = self.event();
        let declared = event.descriptor().expect("a handler hears the events of its schema");
        let decoded = isolate(declared.name, || L::decode(declared, &mut event.arguments()));
        let handling = match decoded {
            Some(Ok(event)) => isolate(declared.name, || L::dispatch(handler, event, self)),
            Some(Err(invalid)) => return self.report(invalid),
            None => None,
        };
        if let Some(handling) = handling {
            handling.await;
        }
    }

    /// As [`answer`](Self::answer), as one type for all events: the future of a schema's handler
    /// would otherwise have a state for each.
    #[doc(hidden)]
    pub fn respond<'h, T, A: 'h>(
        self,
        reception: &Reception<T, A>,
        handler: impl Future<Output = A> + Send + 'h,
    ) -> Handling<'h> {
        Box::pin(self.answer(reception.write, handler))
    }

    /// Runs the handler and answers with its output, if the server asked for an answer. A panic
    /// in it is logged.
    pub(super) async fn answer<A>(
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
