//! Events behind a queue of their own: streams, single events, and what feeds async listeners.
//!
//! Must not know: the connection's task.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use tokio::sync::mpsc;

use super::listener::{ListenerGuard, answer, arguments};
use crate::{
    codec::EventPacket,
    driver::{Command, ListenerStatus, QueuedEvent, SocketShared, isolate},
    error::{InvalidEvent, ListenerEnded, PayloadError},
    payload::{Arguments, PacketWriter},
    schema::EventDescriptor,
};

/// A stream of events, from when it was opened, in the order in which the server sent them. It
/// only watches: events with ack are answered by a listener or a handler.
///
/// Events wait in a queue of
/// [`ClientBuilder::listener_queue`](crate::ClientBuilder::listener_queue) places; while it is
/// full, further events are missed and [counted](Self::missed), and the connection goes on. An
/// event that does not fit its declaration is skipped and reported to
/// [`Socket::on_invalid`](crate::Socket::on_invalid).
///
/// The stream ends when the socket is [disconnected](crate::Socket::disconnect) by this side or
/// its last handle is dropped. It does not keep the socket alive.
#[must_use = "streams do nothing unless they are read"]
pub struct EventStream<T> {
    inbox: Inbox,
    decode: Decode<T>,
    guard: ListenerGuard,
}

/// How a stream reads an event.
pub(super) enum Decode<T> {
    One(fn(&mut Arguments<'_>) -> Result<T, PayloadError>),
    All(fn(&'static EventDescriptor, &mut Arguments<'_>) -> Result<T, PayloadError>),
}

impl<T> EventStream<T> {
    pub(super) fn new(inbox: Inbox, decode: Decode<T>, guard: ListenerGuard) -> Self {
        Self { inbox, decode, guard }
    }

    /// The next event; `None` when no more will come.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<T> {
        poll_fn(|context| self.poll(context)).await
    }

    /// How many events this stream missed because its queue was full, up to now.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.guard.listener().missed()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        loop {
            let Some(incoming) = ready!(self.inbox.poll_next(context)) else {
                return Poll::Ready(None);
            };
            let event = incoming.descriptor();
            let mut arguments = arguments(event, incoming.packet());
            let decoded = match self.decode {
                Decode::One(decode) => decode(&mut arguments),
                Decode::All(decode) => decode(event, &mut arguments),
            };
            match decoded {
                Ok(value) => return Poll::Ready(Some(value)),
                Err(invalid) => incoming.report(invalid),
            }
        }
    }
}

impl<T> Stream for EventStream<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("missed", &self.missed()).finish_non_exhaustive()
    }
}

/// The future of the next event of one kind. It listens from when it is made, not from when it
/// is first polled, and only watches: it does not answer events with ack.
///
/// # Cancel safety
/// Polled and kept, nothing is lost; dropped, it stops listening.
#[must_use = "this is the event; it is missed when the future is dropped"]
pub struct Once<T> {
    stream: EventStream<T>,
    event: &'static EventDescriptor,
}

impl<T> Once<T> {
    pub(super) fn new(stream: EventStream<T>, event: &'static EventDescriptor) -> Self {
        Self { stream, event }
    }
}

impl<T> Future for Once<T> {
    type Output = Result<T, ListenerEnded>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let event = self.event.name;
        let next = ready!(self.stream.poll(context));
        Poll::Ready(next.ok_or(ListenerEnded { event }))
    }
}

impl<T> fmt::Debug for Once<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("event", &self.event.name).finish_non_exhaustive()
    }
}

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
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Incoming>> {
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
        self.queued.event
    }

    /// The arguments; `None`, and a report, if they do not fit.
    #[doc(hidden)]
    #[must_use]
    pub fn read<T>(&self, decode: fn(&mut Arguments<'_>) -> Result<T, PayloadError>) -> Option<T> {
        decode(&mut arguments(self.queued.event, &self.queued.packet))
            .map_err(|invalid| self.report(invalid))
            .ok()
    }

    /// Runs the handler and answers with its output, if the server asked for an answer. A panic
    /// in it is logged.
    #[doc(hidden)]
    pub async fn answer<A>(
        self,
        write: fn(&A, &mut PacketWriter),
        handler: impl Future<Output = A> + Send,
    ) {
        let Self { queued: QueuedEvent { event, token, .. }, socket } = self;
        let mut handler = pin!(handler);
        let value =
            poll_fn(|context| match isolate(event.name, || handler.as_mut().poll(context)) {
                Some(poll) => poll.map(Some),
                None => Poll::Ready(None),
            });
        let (Some(value), Some(token)) = (value.await, token) else { return };
        let namespace = socket.id;
        let mailbox = &socket.connection.mailbox;
        let sent = answer(&socket, event, token.id(), write, &value).and_then(|packet| {
            let size = packet.size();
            let command = Command::Answer { namespace, token, packet };
            mailbox
                .send_packet(command, size)
                .map_err(|rejected| InvalidEvent::Emit(rejected.into_error(event.name, size)))
        });
        if let Err(invalid) = sent {
            // Without the connection's task there is nobody to tell.
            let _ = mailbox.send(Command::Report { namespace, invalid });
        }
    }

    pub(super) fn packet(&self) -> &EventPacket {
        &self.queued.packet
    }

    pub(super) fn report(&self, invalid: PayloadError) {
        let (namespace, invalid) = (self.socket.id, InvalidEvent::Payload(invalid));
        let _ = self.socket.connection.mailbox.send(Command::Report { namespace, invalid });
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("event", &self.queued.event.name).finish_non_exhaustive()
    }
}
