//! The listeners of one socket and how an event reaches them.
//!
//! Must not know: where events come from.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::sync::mpsc::{self, error::TrySendError};

use super::state::Lifecycle;
use crate::{
    codec::{EventPacket, Packet},
    error::{InvalidEvent, Logged},
    proto::AckToken,
    schema::{AckDescriptor, EventDescriptor},
};

/// A listener of one socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListenerId(pub(crate) u64);

/// What the listener's handle and the connection's task share about it.
#[derive(Debug)]
pub(crate) struct ListenerStatus {
    is_active: AtomicBool,
    missed: AtomicU64,
}

impl ListenerStatus {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { is_active: AtomicBool::new(true), missed: AtomicU64::new(0) })
    }

    pub(crate) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Acquire)
    }

    pub(crate) fn deactivate(&self) {
        self.is_active.store(false, Ordering::Release);
    }

    pub(crate) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    fn miss(&self, event: &str) {
        let missed = self.missed.fetch_add(1, Ordering::Relaxed) + 1;
        // Ever more seldom, so that a listener that lags does not flood the log as well.
        if missed.is_power_of_two() {
            tracing::warn!(event, missed, "a listener lags: its queue is full");
        }
    }
}

/// The future that runs an async listener, for the connection's task to spawn.
pub(crate) type ListenerTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A listener as it stands in the table.
pub(crate) struct ListenerEntry {
    pub(crate) id: ListenerId,
    pub(crate) status: Arc<ListenerStatus>,
    pub(crate) subject: Subject,
    /// Whether it answers events with ack. Of several, the one registered last does.
    pub(crate) answers: bool,
    pub(crate) target: Target,
}

/// What a listener hears.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject {
    Event(&'static EventDescriptor),
    AllEvents,
    Invalid,
    Lifecycle,
}

/// Where a listener runs.
pub(crate) enum Target {
    /// On the connection's task, in order with everything else.
    Inline(InlineListener),
    /// In a task or a stream of its own, behind a bounded queue.
    Queue(mpsc::Sender<QueuedEvent>),
    Invalid(Box<dyn FnMut(&InvalidEvent) + Send>),
    Lifecycle(mpsc::Sender<Lifecycle>),
}

/// Takes an event, and the ack id if this listener is to answer; gives the answer.
pub(crate) type InlineListener =
    Box<dyn FnMut(&EventPacket, Option<u64>) -> Result<Option<Packet>, InvalidEvent> + Send>;

/// An event on its way to an async listener or a stream.
#[derive(Debug)]
pub(crate) struct QueuedEvent {
    pub(crate) event: &'static EventDescriptor,
    pub(crate) packet: EventPacket,
    /// Present if this listener is to answer.
    pub(crate) token: Option<AckToken>,
}

/// All listeners of one socket.
#[derive(Default)]
pub(super) struct Listeners {
    /// By the event's index in its schema.
    events: Vec<Vec<ListenerEntry>>,
    all: Vec<ListenerEntry>,
    invalid: Vec<ListenerEntry>,
    lifecycle: Vec<ListenerEntry>,
}

/// What handing an event to the listeners came to.
#[derive(Default)]
pub(super) struct Delivery {
    pub(super) answer: Option<(AckToken, Packet)>,
    pub(super) invalid: Option<InvalidEvent>,
    /// How many listeners missed it.
    pub(super) missed: u32,
    has_gone: bool,
}

impl Listeners {
    pub(super) fn add(&mut self, entry: ListenerEntry) {
        if let Subject::Event(event) = entry.subject {
            if entry.answers && self.answering(event).is_some() {
                tracing::warn!(event = event.name, "another listener answers from now on");
            }
        }
        self.list(entry.subject).push(entry);
    }

    pub(super) fn remove(&mut self, id: ListenerId) {
        for list in self.lists() {
            remove_if(list, |entry| entry.id == id);
        }
    }

    /// Ends all listeners and frees what they captured.
    pub(super) fn clear(&mut self) {
        for list in self.lists() {
            for entry in &*list {
                entry.status.deactivate();
            }
            remove_if(list, |_| true);
        }
    }

    /// Hands an event to its listeners: those of all events first, each in order of
    /// registration.
    pub(super) fn deliver(
        &mut self,
        event: &'static EventDescriptor,
        packet: &EventPacket,
        mut token: Option<AckToken>,
    ) -> Delivery {
        let answering = self.answering(event);
        let mut delivery = Delivery::default();
        let named = self.events.get_mut(event.index).into_iter().flatten();
        for entry in self.all.iter_mut().chain(named) {
            let is_replaced = entry.answers && answering.is_some_and(|id| id != entry.id);
            if entry.status.is_active() && !is_replaced {
                entry.deliver(event, packet, &mut token, &mut delivery);
            }
        }
        if delivery.has_gone {
            self.forget_inactive();
        }
        if token.is_some() {
            tracing::debug!(event = event.name, "nobody answers an event with ack");
        }
        delivery
    }

    /// Tells the hooks and the log.
    pub(super) fn report(&mut self, namespace: &str, invalid: &InvalidEvent) {
        tracing::warn!(namespace, error = %Logged(invalid), "event not delivered");
        for entry in &mut self.invalid {
            if let Target::Invalid(call) = &mut entry.target {
                isolate("on_invalid", || call(invalid));
            }
        }
    }

    pub(super) fn tell(&mut self, change: &Lifecycle) {
        self.lifecycle.retain(|entry| match &entry.target {
            Target::Lifecycle(sender) => {
                !matches!(sender.try_send(change.clone()), Err(TrySendError::Closed(_)))
            }
            _ => false,
        });
    }

    /// Which listener answers an event with ack: the one registered last.
    fn answering(&self, event: &EventDescriptor) -> Option<ListenerId> {
        if event.ack == AckDescriptor::None {
            return None;
        }
        let named = self.events.get(event.index).into_iter().flatten();
        let answering = self.all.iter().chain(named).filter(|entry| entry.answers);
        answering.filter(|entry| entry.status.is_active()).map(|entry| entry.id).max()
    }

    fn list(&mut self, subject: Subject) -> &mut Vec<ListenerEntry> {
        match subject {
            Subject::Event(event) => {
                if self.events.len() <= event.index {
                    self.events.resize_with(event.index + 1, Vec::new);
                }
                &mut self.events[event.index]
            }
            Subject::AllEvents => &mut self.all,
            Subject::Invalid => &mut self.invalid,
            Subject::Lifecycle => &mut self.lifecycle,
        }
    }

    fn lists(&mut self) -> impl Iterator<Item = &mut Vec<ListenerEntry>> {
        let Self { events, all, invalid, lifecycle } = self;
        events.iter_mut().chain([all, invalid, lifecycle])
    }

    fn forget_inactive(&mut self) {
        for list in self.lists() {
            remove_if(list, |entry| !entry.status.is_active());
        }
    }
}

/// Removes listeners. What they captured is the user's, and may panic when it is dropped.
fn remove_if(list: &mut Vec<ListenerEntry>, is_removed: impl Fn(&ListenerEntry) -> bool) {
    let mut at = 0;
    while let Some(entry) = list.get(at) {
        if is_removed(entry) {
            let entry = list.remove(at);
            isolate("drop", || drop(entry));
        } else {
            at += 1;
        }
    }
}

impl ListenerEntry {
    fn deliver(
        &mut self,
        event: &'static EventDescriptor,
        packet: &EventPacket,
        token: &mut Option<AckToken>,
        delivery: &mut Delivery,
    ) {
        match &mut self.target {
            Target::Inline(call) => {
                let ack = token.as_ref().filter(|_| self.answers).map(AckToken::id);
                match isolate(event.name, || call(packet, ack)) {
                    Some(Ok(Some(answer))) => {
                        delivery.answer = token.take().map(|token| (token, answer));
                    }
                    Some(Err(invalid)) => delivery.invalid = Some(invalid),
                    Some(Ok(None)) | None => {}
                }
            }
            Target::Queue(sender) => {
                let token = if self.answers { token.take() } else { None };
                match sender.try_send(QueuedEvent { event, packet: packet.clone(), token }) {
                    Ok(()) => {}
                    Err(TrySendError::Full(_)) => {
                        self.status.miss(event.name);
                        delivery.missed += 1;
                    }
                    Err(TrySendError::Closed(_)) => {
                        self.status.deactivate();
                        delivery.has_gone = true;
                    }
                }
            }
            Target::Invalid(_) | Target::Lifecycle(_) => {}
        }
    }
}

/// Runs a listener; a panic in it is logged and harms nobody else.
pub(crate) fn isolate<R>(listener: &str, call: impl FnOnce() -> R) -> Option<R> {
    // What a panic leaves half done belongs to the listener alone.
    if let Ok(output) = catch_unwind(AssertUnwindSafe(call)) {
        Some(output)
    } else {
        // The panic hook has said why; what user code panics with may be a payload.
        tracing::error!(listener, "a listener panicked");
        None
    }
}
