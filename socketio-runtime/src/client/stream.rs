//! Events as streams, and the next event as a future.
//!
//! Must not know: the connection's task, where values stand in a packet.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{inbox::Inbox, listener::ListenerGuard};
use crate::{
    codec::EventName,
    driver::AnyEvent,
    error::{ListenerEnded, PayloadError},
    payload::ReadAll,
};

/// A stream of events, from when it was opened, in the order in which the server sent them. It
/// only watches: events with ack are answered by a listener or a handler.
///
/// Events wait in a queue of
/// [`ClientBuilder::listener_queue`](crate::ClientBuilder::listener_queue) places; while it is
/// full, further events are missed and [counted](Self::missed), and the connection goes on. An
/// event that does not fit its declaration is skipped. Both are reported to
/// [`Socket::on_invalid`](crate::Socket::on_invalid).
///
/// The stream ends when the socket is [disconnected](crate::Socket::disconnect) by this side or
/// its last handle is dropped. It does not keep the socket alive.
///
/// # Cancel safety
/// Nothing is lost when a wait for the next event is dropped. Dropped itself, it stops listening.
#[must_use = "streams do nothing unless they are read"]
pub struct EventStream<T> {
    inbox: Inbox,
    decode: Decode<T>,
    guard: ListenerGuard,
}

/// How a stream reads an event.
pub(super) enum Decode<T> {
    Arguments(Box<dyn ReadAll<T>>),
    Event(fn(&AnyEvent) -> Result<T, PayloadError>),
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
            let event = incoming.event();
            let decoded = match &self.decode {
                Decode::Arguments(read) => read.read_all(&mut event.arguments()),
                Decode::Event(decode) => decode(event),
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
    event: EventName,
}

impl<T> Once<T> {
    pub(super) fn new(stream: EventStream<T>, event: EventName) -> Self {
        Self { stream, event }
    }
}

impl<T> Future for Once<T> {
    type Output = Result<T, ListenerEnded>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let next = ready!(self.stream.poll(context));
        Poll::Ready(next.ok_or_else(|| ListenerEnded { event: self.event.to_string() }))
    }
}

impl<T> fmt::Debug for Once<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("event", &&*self.event).finish_non_exhaustive()
    }
}
