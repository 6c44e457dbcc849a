//! The waiting half of an answer: settled, forgotten or cancelled, each once.
//!
//! Must not know: what the answer contains.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::{
    driver::{AckChange, AckOutcome, Command, SocketShared},
    error::DisconnectReason,
    proto::{AckFailure, AckId, Cancellation},
};

/// Somebody waits for an answer. Dropped before that has come, it frees what waits with it.
pub(super) struct Pending {
    reply: oneshot::Receiver<AckOutcome>,
    socket: Arc<SocketShared>,
    id: AckId,
    cancels_on_drop: bool,
    is_settled: bool,
}

impl Pending {
    pub(super) fn new(
        reply: oneshot::Receiver<AckOutcome>,
        socket: Arc<SocketShared>,
        id: AckId,
    ) -> Self {
        Self { reply, socket, id, cancels_on_drop: false, is_settled: false }
    }

    pub(super) fn set_timeout(&self, timeout: Duration) {
        self.send(AckChange::Timeout(timeout));
    }

    pub(super) fn set_cancel_on_drop(&mut self) {
        self.cancels_on_drop = true;
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<AckOutcome> {
        let outcome = ready!(Pin::new(&mut self.reply).poll(context));
        self.is_settled = true;
        Poll::Ready(outcome.unwrap_or(Err(AckFailure::Disconnected(DisconnectReason::Shutdown))))
    }

    pub(super) fn cancel(mut self) -> Cancelling {
        let was_settled = std::mem::replace(&mut self.is_settled, true);
        match self.reply.try_recv() {
            Err(TryRecvError::Empty) if !was_settled => {
                let (sender, reply) = oneshot::channel();
                self.send(AckChange::Cancel(Some(sender)));
                Cancelling(Outcome::Asked(reply))
            }
            Ok(Err(AckFailure::Rejected(_))) => Cancelling::known(Cancellation::Withdrawn),
            _ => Cancelling::known(Cancellation::TooLate),
        }
    }

    fn send(&self, change: AckChange) {
        let (namespace, ack) = (self.socket.id, self.id);
        // With the connection's task gone everything is settled already.
        let _ = self.socket.connection.mailbox.send(Command::Ack { namespace, ack, change });
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.is_settled {
            return;
        }
        self.send(if self.cancels_on_drop { AckChange::Cancel(None) } else { AckChange::Forget });
    }
}

/// How an [`Ack::cancel`](crate::Ack::cancel) ends. It goes on without being polled.
///
/// # Cancel safety
/// Dropping the future changes nothing.
#[derive(Debug)]
pub struct Cancelling(Outcome);

#[derive(Debug)]
enum Outcome {
    Known(Cancellation),
    Asked(oneshot::Receiver<Cancellation>),
}

impl Cancelling {
    pub(super) fn known(outcome: Cancellation) -> Self {
        Self(Outcome::Known(outcome))
    }
}

impl Future for Cancelling {
    type Output = Cancellation;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Cancellation> {
        match &mut self.0 {
            Outcome::Known(outcome) => Poll::Ready(*outcome),
            Outcome::Asked(reply) => Pin::new(reply)
                .poll(context)
                .map(|outcome| outcome.unwrap_or(Cancellation::TooLate)),
        }
    }
}
