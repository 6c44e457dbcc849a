//! The listeners of one socket and how an event reaches them.
//!
//! Must not know: where events come from.

use std::{
    collections::HashMap,
    future::Future,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::mpsc::{self, error::TrySendError};

use super::{any_event::AnyEvent, listener_list::ListenerList, state::Lifecycle};
use crate::{
    codec::Packet,
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
    /// Bytes of the events that wait, and how many may.
    waiting: AtomicUsize,
    most: usize,
}

impl ListenerStatus {
    /// Of one without a queue.
    pub(crate) fn new() -> Arc<Self> {
        Self::with_queue(0)
    }

    /// Of one whose queue takes so many bytes.
    pub(crate) fn with_queue(most: usize) -> Arc<Self> {
        let (missed, waiting) = (AtomicU64::new(0), AtomicUsize::new(0));
        Arc::new(Self { is_active: AtomicBool::new(true), missed, waiting, most })
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

    /// A place in the queue for an event of this size, if there is room; for one alone there always
    /// is. Only the connection's task asks.
    fn reserve<'q>(
        &self,
        queue: &'q mpsc::Sender<QueuedEvent>,
        size: usize,
    ) -> Result<mpsc::Permit<'q, QueuedEvent>, TrySendError<()>> {
        let waiting = self.waiting.load(Ordering::Relaxed);
        if waiting > 0 && waiting.saturating_add(size) > self.most {
            return Err(if queue.is_closed() { TrySendError::Closed } else { TrySendError::Full }(
                (),
            ));
        }
        let place = queue.try_reserve()?;
        // Before the event can be taken out.
        self.waiting.fetch_add(size, Ordering::Relaxed);
        Ok(place)
    }

    /// An event of this size is in the queue no more.
    pub(crate) fn on_taken(&self, size: usize) {
        self.waiting.fetch_sub(size, Ordering::Relaxed);
    }

    /// How many events were missed, this one included.
    fn miss(&self) -> u64 {
        self.missed.fetch_add(1, Ordering::Relaxed) + 1
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
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// An event of the schema.
    Event(&'static EventDescriptor),
    /// An event that no schema declares.
    Named(Arc<str>),
    /// All events of the schema.
    AllEvents,
    /// Every event that comes, declared or not.
    Any,
    /// Every event that is sent.
    Sent,
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
    /// Nowhere any more.
    Removed,
}

/// Takes an event, and the ack id if this listener is to answer; gives the answer.
pub(crate) type InlineListener =
    Box<dyn FnMut(&AnyEvent, Option<u64>) -> Result<Option<Packet>, InvalidEvent> + Send>;

/// An event on its way to an async listener or a stream.
#[derive(Debug)]
pub(crate) struct QueuedEvent {
    pub(crate) event: AnyEvent,
    /// Present if this listener is to answer.
    pub(crate) token: Option<AckToken>,
}

/// All listeners of one socket.
#[derive(Default)]
pub(super) struct Listeners {
    /// By the event's index in its schema.
    events: Vec<ListenerList>,
    /// By name, where no schema declares the event. No list is empty.
    named: HashMap<Arc<str>, ListenerList>,
    all: ListenerList,
    any: ListenerList,
    sent: ListenerList,
    invalid: ListenerList,
    lifecycle: ListenerList,
}

/// What handing an event to the listeners came to.
#[derive(Default)]
pub(super) struct Delivery {
    pub(super) answer: Option<(AckToken, Packet)>,
    /// What went wrong. Listeners that fail in the same way are one failure.
    pub(super) invalid: Vec<InvalidEvent>,
    /// How many listeners missed it.
    pub(super) missed: u32,
    has_gone: bool,
}

impl Listeners {
    pub(super) fn add(&mut self, entry: ListenerEntry) {
        if entry.answers {
            self.warn_of_replacement(&entry.subject);
        }
        self.list(&entry.subject).add(entry);
    }

    pub(super) fn remove(&mut self, id: ListenerId, subject: &Subject) {
        let list = self.list(subject);
        list.remove(id);
        if let (Subject::Named(name), true) = (subject, list.is_empty()) {
            self.named.remove(name);
        }
    }

    /// Ends all listeners and frees what they captured.
    pub(super) fn clear(&mut self) {
        for entry in self.lists().flat_map(|list| list.iter_mut()) {
            entry.status.deactivate();
        }
        self.remove_if(|_| true);
    }

    /// Whether somebody hears what is sent.
    pub(super) fn hear_sent(&self) -> bool {
        !self.sent.is_empty()
    }

    /// A name that no schema declares, as a listener has it.
    pub(super) fn registered(&self, name: &str) -> Option<Arc<str>> {
        self.named.get_key_value(name).map(|(name, _)| Arc::clone(name))
    }

    /// Hands an event to its listeners: catch-alls first, then those of all declared events, then
    /// its own, each in order of registration.
    pub(super) fn deliver(&mut self, event: &AnyEvent, mut token: Option<AckToken>) -> Delivery {
        let (all, own) = match event.descriptor() {
            Some(event) => (&mut *self.all, self.events.get_mut(event.index)),
            None => (&mut [][..], self.named.get_mut(event.name())),
        };
        let own = own.map_or(&mut [][..], |own| own);
        let answering = answering(event.descriptor(), all, own);
        let mut delivery = Delivery::default();
        for list in [&mut *self.any, all, own] {
            for entry in list {
                let is_replaced = entry.answers && answering.is_some_and(|id| id != entry.id);
                if entry.status.is_active() && !is_replaced {
                    entry.deliver(event, &mut token, &mut delivery);
                }
            }
        }
        if token.is_some() {
            tracing::debug!(event = event.name(), "nobody answers an event with ack");
        }
        if delivery.has_gone {
            self.remove_if(|entry| !entry.status.is_active());
        }
        delivery
    }

    /// Hands an event that was sent to those who watch.
    pub(super) fn deliver_sent(&mut self, event: &AnyEvent) -> Delivery {
        let mut delivery = Delivery::default();
        for entry in self.sent.iter_mut().filter(|entry| entry.status.is_active()) {
            entry.deliver(event, &mut None, &mut delivery);
        }
        if delivery.has_gone {
            self.remove_if(|entry| !entry.status.is_active());
        }
        delivery
    }

    /// Tells the hooks and the log.
    pub(super) fn report(&mut self, namespace: &str, invalid: &InvalidEvent) {
        tracing::warn!(namespace, error = %Logged(invalid), "event not delivered");
        for entry in self.invalid.iter_mut() {
            if let Target::Invalid(call) = &mut entry.target {
                isolate("on_invalid", || call(invalid));
            }
        }
    }

    pub(super) fn tell(&mut self, change: &Lifecycle) {
        self.lifecycle.remove_if(|entry| match &entry.target {
            Target::Lifecycle(sender) => {
                matches!(sender.try_send(change.clone()), Err(TrySendError::Closed(_)))
            }
            _ => true,
        });
    }

    fn warn_of_replacement(&self, subject: &Subject) {
        let (name, answering) = match subject {
            Subject::Event(event) => {
                let own = self.events.get(event.index).map_or(&[][..], |own| own);
                (event.name, answering(Some(event), &self.all, own))
            }
            Subject::Named(name) => {
                let own = self.named.get(name).map_or(&[][..], |own| own);
                (&**name, answering(None, &[], own))
            }
            _ => return,
        };
        if answering.is_some() {
            tracing::warn!(event = name, "another listener answers from now on");
        }
    }

    fn list(&mut self, subject: &Subject) -> &mut ListenerList {
        match subject {
            Subject::Named(name) => self.named.entry(Arc::clone(name)).or_default(),
            Subject::Any => &mut self.any,
            Subject::Sent => &mut self.sent,
            Subject::Event(event) => {
                if self.events.len() <= event.index {
                    self.events.resize_with(event.index + 1, ListenerList::default);
                }
                &mut self.events[event.index]
            }
            Subject::AllEvents => &mut self.all,
            Subject::Invalid => &mut self.invalid,
            Subject::Lifecycle => &mut self.lifecycle,
        }
    }

    fn lists(&mut self) -> impl Iterator<Item = &mut ListenerList> {
        let Self { events, named, all, any, sent, invalid, lifecycle } = self;
        let lists = [all, any, sent, invalid, lifecycle];
        events.iter_mut().chain(named.values_mut()).chain(lists)
    }

    fn remove_if(&mut self, is_removed: impl Fn(&ListenerEntry) -> bool) {
        for list in self.lists() {
            list.remove_if(&is_removed);
        }
        self.named.retain(|_, list| !list.is_empty());
    }
}

impl Delivery {
    fn fail(&mut self, invalid: InvalidEvent) {
        let is_known = |known: &InvalidEvent| match (known, &invalid) {
            (InvalidEvent::Payload(known), InvalidEvent::Payload(invalid)) => known == invalid,
            _ => false,
        };
        if !self.invalid.iter().any(is_known) {
            self.invalid.push(invalid);
        }
    }
}

/// Which listener answers an event with ack: the one registered last.
fn answering(
    event: Option<&'static EventDescriptor>,
    all: &[ListenerEntry],
    own: &[ListenerEntry],
) -> Option<ListenerId> {
    if event.is_some_and(|event| event.ack == AckDescriptor::None) {
        return None;
    }
    let answering = all.iter().chain(own).filter(|entry| entry.answers);
    answering.filter(|entry| entry.status.is_active()).map(|entry| entry.id).max()
}

impl ListenerEntry {
    fn deliver(&mut self, event: &AnyEvent, token: &mut Option<AckToken>, delivery: &mut Delivery) {
        match &mut self.target {
            Target::Inline(call) => {
                let ack = token.as_ref().filter(|_| self.answers).map(AckToken::id);
                match isolate(event.name(), || call(event, ack)) {
                    Some(Ok(Some(answer))) => {
                        delivery.answer = token.take().map(|token| (token, answer));
                    }
                    Some(Err(invalid)) => delivery.fail(invalid),
                    Some(Ok(None)) | None => {}
                }
            }
            Target::Queue(sender) => {
                let token = if self.answers { token.take() } else { None };
                match self.status.reserve(sender, event.size()) {
                    Ok(place) => place.send(QueuedEvent { event: event.clone(), token }),
                    Err(TrySendError::Full(())) => {
                        delivery.missed += 1;
                        let missed = self.status.miss();
                        // Ever more seldom, so that a listener that lags does not flood the log
                        // as well. A question that nobody will answer is told every time.
                        if token.is_some() {
                            let event = event.name().to_owned();
                            delivery.fail(InvalidEvent::Unanswered { event, missed });
                        } else if missed.is_power_of_two() {
                            let event = event.name().to_owned();
                            delivery.fail(InvalidEvent::Lagged { event, missed });
                        }
                    }
                    Err(TrySendError::Closed(())) => {
                        self.status.deactivate();
                        delivery.has_gone = true;
                    }
                }
            }
            Target::Invalid(_) | Target::Lifecycle(_) | Target::Removed => {}
        }
    }
}

/// Runs a listener; a panic in it is logged and harms nobody else.
pub(crate) fn isolate<R>(listener: &str, call: impl FnOnce() -> R) -> Option<R> {
    // What a panic leaves half done belongs to the listener alone.
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(output) => Some(output),
        Err(panic) => {
            // The panic hook has said why; what user code panics with may be a payload.
            tracing::error!(listener, "a listener panicked");
            // What was thrown is the user's too. What that throws in turn is left alone.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
                mem::forget(panic);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;
    use crate::{
        codec::{EventName, decode_sent},
        error::{PayloadError, PayloadSubject},
    };

    type Notes = Arc<Mutex<Vec<&'static str>>>;

    static SAID: EventDescriptor = EventDescriptor::new(0, 0, "said", "said", "", &[]);

    fn event(descriptor: Option<&'static EventDescriptor>, name: &str) -> AnyEvent {
        let packet = Packet::text(format!("42[{name:?}]"));
        AnyEvent {
            name: EventName::Shared(name.into()),
            descriptor,
            packet: decode_sent(packet).expect("an event"),
            expects_answer: false,
        }
    }

    fn entry(id: u64, subject: Subject, target: Target) -> ListenerEntry {
        let (id, status) = (ListenerId(id), ListenerStatus::new());
        ListenerEntry { id, status, subject, answers: false, target }
    }

    fn noting(id: u64, subject: Subject, notes: &Notes, note: &'static str) -> ListenerEntry {
        let notes = Arc::clone(notes);
        let call = Box::new(move |_: &AnyEvent, _| {
            notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
            Ok(None)
        });
        entry(id, subject, Target::Inline(call))
    }

    fn failing(id: u64, reason: &'static str) -> ListenerEntry {
        let call = Box::new(move |_: &AnyEvent, _| {
            Err(InvalidEvent::Payload(PayloadError {
                subject: PayloadSubject::Event,
                event: "said".to_owned(),
                argument: None,
                path: String::new(),
                reason: reason.to_owned(),
            }))
        });
        entry(id, Subject::Event(&SAID), Target::Inline(call))
    }

    #[test]
    fn each_event_reaches_its_own_listeners_and_catch_alls_come_first() {
        let (mut listeners, notes) = (Listeners::default(), Notes::default());
        let named = || Subject::Named("said".into());
        for (id, subject, note) in [
            (0, Subject::Event(&SAID), "declared"),
            (1, named(), "named"),
            (2, Subject::AllEvents, "all declared"),
            (3, Subject::Any, "any"),
            (4, Subject::Sent, "sent"),
        ] {
            listeners.add(noting(id, subject, &notes, note));
        }
        let heard = |listeners: &mut Listeners, event: &AnyEvent| {
            listeners.deliver(event, None);
            mem::take(&mut *notes.lock().expect("no panic"))
        };
        let declared = event(Some(&SAID), "said");
        assert_eq!(heard(&mut listeners, &declared), ["any", "all declared", "declared"]);
        assert_eq!(heard(&mut listeners, &event(None, "said")), ["any", "named"]);
        assert_eq!(heard(&mut listeners, &event(None, "other")), ["any"]);
        listeners.deliver_sent(&declared);
        assert_eq!(heard(&mut listeners, &event(None, "other")), ["sent", "any"]);
    }

    #[test]
    fn a_name_is_forgotten_with_its_last_listener() {
        let (mut listeners, notes) = (Listeners::default(), Notes::default());
        for id in 0..2 {
            listeners.add(noting(id, Subject::Named("once".into()), &notes, "heard"));
        }
        listeners.remove(ListenerId(0), &Subject::Named("once".into()));
        assert!(listeners.registered("once").is_some());
        listeners.remove(ListenerId(1), &Subject::Named("once".into()));
        assert!(listeners.named.is_empty());

        // Of a stream that was dropped, it is known when the next event comes.
        let (sender, receiver) = mpsc::channel(1);
        listeners.add(entry(2, Subject::Named("once".into()), Target::Queue(sender)));
        drop(receiver);
        listeners.deliver(&event(None, "once"), None);
        assert!(listeners.named.is_empty());
    }

    #[test]
    fn of_many_that_hear_the_same_those_that_stay_are_called_in_order() {
        const MANY: u64 = 1000;
        let (mut listeners, heard) = (Listeners::default(), Arc::new(Mutex::new(Vec::new())));
        let listen = |listeners: &mut Listeners, number: u64| {
            let heard = Arc::clone(&heard);
            let call = Box::new(move |_: &AnyEvent, _| {
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(number);
                Ok(None)
            });
            listeners.add(entry(number, Subject::Event(&SAID), Target::Inline(call)));
        };
        // One comes late.
        for number in (0..7).chain(8..MANY).chain([7]) {
            listen(&mut listeners, number);
        }
        // What a listener captured is freed at once: a clone of `heard` each.
        for kept in [3, 10, 1000] {
            for number in (0..MANY).filter(|number| number % kept != 0) {
                listeners.remove(ListenerId(number), &Subject::Event(&SAID));
                listeners.remove(ListenerId(number), &Subject::Event(&SAID));
            }
            let left: Vec<_> = (0..MANY)
                .filter(|number| [3, 10, 1000].iter().all(|k| *k > kept || number % k == 0))
                .collect();
            listeners.deliver(&event(Some(&SAID), "said"), None);
            let heard_by = mem::take(&mut *heard.lock().expect("no panic"));
            assert_eq!(heard_by, left);
            assert_eq!(Arc::strong_count(&heard), left.len() + 1);
        }
        listeners.remove(ListenerId(0), &Subject::Event(&SAID));
        assert!(listeners.events[0].is_empty() && listeners.events[0].iter().next().is_none());
    }

    #[test]
    fn what_a_panic_throws_may_panic_in_turn() {
        struct Thrown;
        impl Drop for Thrown {
            fn drop(&mut self) {
                std::panic::panic_any(Thrown);
            }
        }
        assert_eq!(isolate("test", || std::panic::panic_any(Thrown)), None::<()>);
        assert_eq!(isolate("test", || 1), Some(1));
    }

    #[test]
    fn failures_are_told_each_in_its_own_way_once() {
        let mut listeners = Listeners::default();
        for (id, reason) in (0..).zip(["a", "b", "a"]) {
            listeners.add(failing(id, reason));
        }
        let invalid = listeners.deliver(&event(Some(&SAID), "said"), None).invalid;
        let reasons: Vec<_> = invalid.iter().map(ToString::to_string).collect();
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(reasons[0].ends_with(": a") && reasons[1].ends_with(": b"), "{reasons:?}");
    }
}
