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

use super::AnyAnswer;
use crate::{
    codec::EventName,
    driver::{AckOutcome, Command, SocketShared},
    error::{AckError, DisconnectReason, EmitError, PayloadError},
    proto::{AckFailure, AckId},
};

/// The future of the answer to an emit with acknowledgement: what the server's handler passes to
/// its callback, decoded into the declared type. `E` is the service's own error, for events
/// declared with `ack = error_first`.
///
/// The event itself is on its way as soon as the emit method returns; the future only waits for
/// the answer. An event that is still waiting for the connection keeps waiting over a
/// reconnection, within its timeout. Dropping an `Ack` forgets the answer, not the event.
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
/// - [`AckError::Disconnected`] when the connection goes down after the event was sent;
/// - [`AckError::Decode`] if the answer does not fit its type;
/// - [`AckError::Remote`] if the service answered with its own error, `E`.
///
/// # Cancel safety
/// Polled and kept, nothing is lost: `&mut ack` can stand in a `select!`.
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
    reply: oneshot::Receiver<AckOutcome>,
    socket: Arc<SocketShared>,
    id: AckId,
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
        let waiting = Waiting { reply, socket, id, event, timeout, read };
        Self { state: State::Waiting(waiting) }
    }

    /// Waits at most `timeout`, counted from the emit, instead of the event's own timeout or of
    /// [`ClientBuilder::ack_timeout`](crate::ClientBuilder::ack_timeout). The time in which the
    /// socket is offline counts too. [`Duration::MAX`] waits for ever.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        if let State::Waiting(waiting) = &mut self.state {
            waiting.timeout = timeout;
            let (namespace, ack) = (waiting.socket.id, waiting.id);
            // With the connection's task gone the reply is settled already.
            let command = Command::AckTimeout { namespace, ack, timeout };
            let _ = waiting.socket.connection.mailbox.send(command);
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
                let outcome = ready!(Pin::new(&mut waiting.reply).poll(context))
                    .unwrap_or(Err(AckFailure::Disconnected(DisconnectReason::Shutdown)));
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
