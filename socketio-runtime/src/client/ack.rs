//! The future of an answer.
//!
//! Must not know: packets' syntax, the connection's task.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{AnyAnswer, Cancelling, cancel::Pending};
use crate::{
    codec::EventName,
    driver::{AckOutcome, SocketShared},
    error::{AckError, EmitError, PayloadError},
    proto::{AckFailure, AckId, Cancellation},
};

/// The future of the answer to an emit with acknowledgement: what the server's handler passes to
/// its callback, decoded into the declared type. `E` is the service's own error, for events
/// declared with `ack = error_first`.
///
/// The event itself is on its way as soon as the emit method returns; the future only waits for
/// the answer. An event that is still waiting for the connection keeps waiting over a
/// reconnection, within its timeout. Dropping an `Ack` forgets the answer, not the event: it frees
/// at once what waits for the answer, and the event goes its way. To withdraw the event as well,
/// see [`cancel`](Self::cancel) and [`cancel_on_drop`](Self::cancel_on_drop).
///
/// ```no_run
/// # use std::time::Duration;
/// # use socketio_runtime::{AckError, Client, Socket, client_to_server, namespace};
/// #[client_to_server]
/// trait ClientToServer {
///     #[event("message:send")]
///     fn message_send(content: &str) -> u64;
/// }
///
/// #[namespace("/chat", emits = ClientToServer)]
/// struct Chat;
///
/// # async fn run(chat: Socket<Chat>) -> Result<(), AckError> {
/// let id = chat.emit().message_send("hello").timeout(Duration::from_secs(5)).await?;
/// println!("message {id} was accepted");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// It always settles: with the answer, or with
/// - [`AckError::Emit`] if the event was not accepted for sending, or never sent;
/// - [`AckError::Timeout`] after the event's timeout;
/// - [`AckError::Disconnected`] when the connection goes down after the event was sent: it may have
///   arrived or not, and is not sent again;
/// - [`AckError::RetriesExhausted`] instead of these two for an event that is retried;
/// - [`AckError::Decode`] if the answer does not fit its type;
/// - [`AckError::Remote`] if the service answered with its own error, `E`.
///
/// # Panics
/// When it is polled again after it was ready.
///
/// # Cancel safety
/// Polled and kept, nothing is lost: `&mut ack` can stand in a `select!`. Dropped, it forgets the
/// answer and not the event, which is neither lost nor doubled; one that is
/// [retried](crate::SocketBuilder::retries) is retried on.
#[must_use = "this is the server's answer; use `drop(…)` to emit without waiting for it"]
pub struct Ack<T, E = Infallible> {
    state: State<T, E>,
}

enum State<T, E> {
    /// The event was not accepted; `None` once that was told.
    Rejected(Option<EmitError>),
    Waiting(Waiting<T, E>),
}

struct Waiting<T, E> {
    pending: Pending,
    event: EventName,
    timeout: Duration,
    read: ReadAnswer<T, E>,
}

/// How an answer is read.
pub(super) type ReadAnswer<T, E> = fn(AnyAnswer) -> Result<Result<T, E>, PayloadError>;

impl<T, E> Ack<T, E> {
    pub(super) fn rejected(error: EmitError) -> Self {
        Self { state: State::Rejected(Some(error)) }
    }

    pub(super) fn waiting(
        reply: oneshot::Receiver<AckOutcome>,
        socket: Arc<SocketShared>,
        id: AckId,
        event: EventName,
        timeout: Duration,
        read: ReadAnswer<T, E>,
    ) -> Self {
        let pending = Pending::new(reply, socket, id);
        Self { state: State::Waiting(Waiting { pending, event, timeout, read }) }
    }

    /// Waits at most `timeout`, counted from the emit, instead of the event's own timeout, of
    /// [`SocketBuilder::ack_timeout`](crate::SocketBuilder::ack_timeout) or of
    /// [`ClientBuilder::ack_timeout`](crate::ClientBuilder::ack_timeout). The time in which the
    /// socket is offline counts too. For an event that is
    /// [retried](crate::SocketBuilder::retries) it is counted from each try.
    /// [`Duration::MAX`] waits for ever.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        if let State::Waiting(waiting) = &mut self.state {
            waiting.timeout = timeout;
            waiting.pending.set_timeout(timeout);
        }
        self
    }

    /// Withdraws the event if it still waits for the connection or for its turn, and forgets the
    /// answer. It happens at once, in call order with the emits; the future, which does not have
    /// to be awaited, says whether it was in time. An event that is retried is not tried again.
    ///
    /// ```no_run
    /// # use socketio_runtime::{AckError, Socket, client_to_server, namespace};
    /// use socketio_runtime::Cancellation;
    ///
    /// # #[client_to_server]
    /// # trait ClientToServer { fn order(article: &str) -> u64; }
    /// # #[namespace("/shop", emits = ClientToServer)]
    /// # struct Shop;
    /// # async fn run(shop: Socket<Shop>) {
    /// let order = shop.emit().order("tea");
    /// // The user has changed their mind.
    /// if order.cancel().await == Cancellation::TooLate {
    ///     println!("it may have been ordered");
    /// }
    /// # }
    /// ```
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    #[expect(clippy::must_use_candidate, reason = "it acts without being awaited")]
    pub fn cancel(self) -> Cancelling {
        match self.state {
            State::Rejected(_) => Cancelling::known(Cancellation::Withdrawn),
            State::Waiting(waiting) => waiting.pending.cancel(),
        }
    }

    /// From now on, dropping this [cancels](Self::cancel) the event too, as when the `select!` or
    /// the timeout around it is done with it.
    pub fn cancel_on_drop(mut self) -> Self {
        if let State::Waiting(waiting) = &mut self.state {
            waiting.pending.set_cancel_on_drop();
        }
        self
    }
}

impl<T, E> Waiting<T, E> {
    fn settle(&self, outcome: AckOutcome) -> Result<T, AckError<E>>
    where
        E: fmt::Debug,
    {
        let event = || self.event.to_string();
        let answer = outcome.map_err(|failure| match failure {
            AckFailure::TimedOut => AckError::Timeout { event: event(), after: self.timeout },
            AckFailure::Disconnected(reason) => AckError::Disconnected { event: event(), reason },
            AckFailure::Rejected(error) => AckError::Emit(error),
            AckFailure::RetriesExhausted { tries, last } => {
                AckError::RetriesExhausted { event: event(), tries, last }
            }
        })?;
        (self.read)(AnyAnswer::new(self.event.clone(), answer))?.map_err(AckError::Remote)
    }
}

impl<T, E: fmt::Debug> Future for Ack<T, E> {
    type Output = Result<T, AckError<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Rejected(error) => {
                let error = error.take().expect("an `Ack` is not polled after it is ready");
                Poll::Ready(Err(error.into()))
            }
            State::Waiting(waiting) => {
                let outcome = ready!(waiting.pending.poll(context));
                Poll::Ready(waiting.settle(outcome))
            }
        }
    }
}

impl<T, E> fmt::Debug for Ack<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Ack");
        match &self.state {
            State::Rejected(error) => debug.field("error", error),
            State::Waiting(waiting) => debug.field("event", &&*waiting.event),
        };
        debug.finish_non_exhaustive()
    }
}
