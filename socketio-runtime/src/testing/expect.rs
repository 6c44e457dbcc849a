//! The events of the client, one after the other, for a test to take and to answer.
//!
//! Must not know: how they come, the namespace's other direction.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{select, sync::Mutex};

use super::ExpectError;
use crate::{
    client::{Inbox, Incoming, Listener, Question},
    driver::{AnyEvent, sleep},
    error::EmitError,
    limits,
    payload::{EmitValues, PacketWriter},
    schema::Reception,
};

/// What the client has emitted and the test has not taken. The queue is the mirror's, which bounds
/// it.
pub(super) struct Emitted {
    inbox: Mutex<Inbox>,
    listener: Listener,
    /// How many lost events the test knows of.
    told: AtomicU64,
}

impl Emitted {
    pub(super) fn new(inbox: Inbox, listener: Listener) -> Self {
        Self { inbox: Mutex::new(inbox), listener, told: AtomicU64::new(0) }
    }

    /// The next event; `None` if none comes in time.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub(super) async fn next(&self, within: Duration) -> Option<Result<Incoming, ExpectError>> {
        let next = async {
            // Who asks first is served first.
            let incoming = self.inbox.lock().await.next().await;
            incoming.ok_or(ExpectError::Ended)
        };
        select! {
            biased;
            incoming = next => Some(incoming),
            () = sleep(within) => None,
        }
    }

    async fn expect(
        self: Arc<Self>,
        expected: String,
        within: Duration,
    ) -> Result<(AnyEvent, Option<Question>), ExpectError> {
        let missed = self.listener.missed();
        let missed = missed - self.told.swap(missed, Ordering::Relaxed).min(missed);
        if missed > 0 {
            return Err(ExpectError::Missed { expected, missed });
        }
        let Some(incoming) = self.next(within).await else {
            return Err(ExpectError::NoEvent { expected, after: within });
        };
        let (event, question) = incoming?.into_question();
        if event.name() != expected {
            let (emitted, arguments) = (event.name().to_owned(), event.json());
            return Err(ExpectError::OtherEvent { expected, emitted, arguments });
        }
        Ok((event, question))
    }
}

/// Waits for the events of a client; generated methods drive it.
#[derive(Clone, Copy)]
pub struct Expecting<'s> {
    emitted: &'s Arc<Emitted>,
}

impl<'s> Expecting<'s> {
    pub(super) fn new(emitted: &'s Arc<Emitted>) -> Self {
        Self { emitted }
    }

    #[doc(hidden)]
    pub fn event<T: 'static>(self, reception: &'static Reception<T>) -> Expected<T> {
        let read = reception.read;
        self.named(reception.event.name, move |event, _| Ok(read.read_all(&mut event.arguments())?))
    }

    /// `join` puts the arguments and the responder side by side.
    #[doc(hidden)]
    pub fn event_with_ack<V: 'static, A: 'static, T>(
        self,
        reception: &'static Reception<V, A>,
        join: fn(V, Responder<A>) -> T,
    ) -> Expected<T>
    where
        T: 'static,
    {
        let Reception { event, read, write } = reception;
        self.named(event.name, move |event, question| {
            let values = read.read_all(&mut event.arguments())?;
            let question = asked(&event, question)?;
            Ok(join(values, Responder { question, write: *write }))
        })
    }

    fn named<T>(self, name: &str, read: impl ReadEvent<T>) -> Expected<T> {
        Expected {
            emitted: Arc::clone(self.emitted),
            name: name.to_owned(),
            within: limits::EXPECT_TIMEOUT,
            read: Some(Box::new(read)),
            event: None,
        }
    }
}

impl fmt::Debug for Expecting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expecting").finish_non_exhaustive()
    }
}

/// How an event is read.
trait ReadEvent<T>:
    FnOnce(AnyEvent, Option<Question>) -> Result<T, ExpectError> + Send + 'static
{
}

impl<T, F> ReadEvent<T> for F where
    F: FnOnce(AnyEvent, Option<Question>) -> Result<T, ExpectError> + Send + 'static
{
}

fn asked(event: &AnyEvent, question: Option<Question>) -> Result<Question, ExpectError> {
    question.ok_or_else(|| ExpectError::NoQuestion { expected: event.name().to_owned() })
}

/// The future of the client's next event, which is to be the one that was asked for. It gives the
/// arguments, as a listener has them: the single one itself, or a tuple; and after them, for an
/// event with ack, the [`Responder`].
///
/// # Errors
/// [`ExpectError`] says what happened instead. An event that is not the expected one is taken too.
///
/// # Cancel safety
/// Dropped before it was ready, it has taken nothing.
#[must_use = "nothing is expected before this is awaited"]
pub struct Expected<T> {
    emitted: Arc<Emitted>,
    name: String,
    within: Duration,
    read: Option<Box<dyn ReadEvent<T>>>,
    /// Once it was polled.
    event: Option<NextEvent>,
}

type NextEvent =
    Pin<Box<dyn Future<Output = Result<(AnyEvent, Option<Question>), ExpectError>> + Send>>;

impl<T> Expected<T> {
    /// Waits at most so long, from the first poll on, instead of
    /// [`EXPECT_TIMEOUT`](limits::EXPECT_TIMEOUT).
    pub fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }
}

impl<T> Future for Expected<T> {
    type Output = Result<T, ExpectError>;

    /// # Panics
    /// When it is polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { emitted, name, within, read, event } = &mut *self;
        let event = event.get_or_insert_with(|| {
            Box::pin(Arc::clone(emitted).expect(std::mem::take(name), *within))
        });
        let (event, question) = ready!(event.as_mut().poll(context))?;
        let read = read.take().expect("an `Expected` is not polled after it is ready");
        Poll::Ready(read(event, question))
    }
}

impl<T> fmt::Debug for Expected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expected").field("within", &self.within).finish_non_exhaustive()
    }
}

/// Answers one event of the client. Dropped, it leaves the client without an answer, until that
/// client's timeout.
#[must_use = "the client waits for this answer; drop it to let the client wait in vain"]
pub struct Responder<A> {
    question: Question,
    write: fn(&A, &mut PacketWriter),
}

impl<A> Responder<A> {
    /// Sends the answer. One whose event came on a connection that is gone is sent to nobody, as
    /// by every server.
    ///
    /// # Errors
    /// When the answer cannot be serialised or is not accepted for sending.
    #[expect(clippy::needless_pass_by_value, reason = "an answer is given away, as by a listener")]
    pub fn answer(self, value: A) -> Result<(), EmitError> {
        self.question.answer(self.write, &value)
    }
}

impl<A> fmt::Debug for Responder<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").field("event", &self.question.event()).finish_non_exhaustive()
    }
}

/// Waits for events of any name: [`expect`](super::TestServer::expect) where the client's events
/// are [`Untyped`](crate::Untyped).
#[derive(Debug, Clone, Copy)]
pub struct UntypedExpect<'s>(Expecting<'s>);

impl<'s> UntypedExpect<'s> {
    pub(super) fn new(expecting: Expecting<'s>) -> Self {
        Self(expecting)
    }

    /// The next event, which is to have this name.
    pub fn event(self, name: &str) -> Expected<AnyEvent> {
        self.0.named(name, |event, _| Ok(event))
    }

    /// The next event, which is to have this name and to ask for an answer.
    pub fn event_with_ack(self, name: &str) -> Expected<(AnyEvent, UntypedResponder)> {
        self.0.named(name, |event, question| {
            let question = asked(&event, question)?;
            Ok((event, UntypedResponder(question)))
        })
    }
}

/// Answers one event that no schema declares. Dropped, it leaves the client without an answer.
#[must_use = "the client waits for this answer; drop it to let the client wait in vain"]
pub struct UntypedResponder(Question);

impl UntypedResponder {
    /// Sends the answer: a tuple of values, or a list.
    ///
    /// # Errors
    /// When the answer cannot be serialised or is not accepted for sending.
    pub fn answer<V: EmitValues>(self, values: V) -> Result<(), EmitError> {
        self.0.answer(V::write, &values)
    }
}

impl fmt::Debug for UntypedResponder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedResponder").field("event", &self.0.event()).finish_non_exhaustive()
    }
}

/// What can be expected of a client that emits no events: there are no methods.
#[derive(Debug, Clone, Copy)]
pub struct NothingToExpect;
