//! The way from the handles to the connection's task: one list of commands, in call order.
//!
//! Must not know: what the commands do.
//!
//! A list behind a lock that is held for a push or a swap, rather than a channel: the task takes
//! everything at once, a handle wakes it only when it sleeps, and the limit on bytes covers what
//! the task has taken and not yet sent.

use std::{
    fmt, mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use super::command::Command;
use crate::error::{DisconnectReason, EmitError};

pub(crate) struct Mailbox {
    inner: Mutex<Inner>,
    /// Whether there are commands, without the lock.
    has_commands: AtomicBool,
    /// Bytes of packets that may wait for the network.
    limit: usize,
}

#[derive(Default)]
struct Inner {
    commands: Vec<Command>,
    /// Bytes of the packets in `commands`.
    waiting: usize,
    /// Bytes that the task has taken and not yet handed to the transport.
    taken: usize,
    /// How many commands were taken at once of late: the most, half of it forgotten each time that
    /// there are none.
    recent: usize,
    is_closed: bool,
    waker: Option<Waker>,
}

/// Why a packet was not accepted.
#[derive(Debug)]
pub(crate) enum Rejected {
    Full { buffered: usize, limit: usize },
    Closed,
}

impl Rejected {
    pub(crate) fn into_error(self, event: &str, size: usize) -> EmitError {
        let event = event.to_owned();
        match self {
            Self::Full { buffered, limit } => {
                EmitError::BufferFull { event, size, buffered, limit }
            }
            Self::Closed => EmitError::Disconnected { event, reason: DisconnectReason::Shutdown },
        }
    }
}

impl Mailbox {
    pub(crate) fn new(limit: usize) -> Self {
        Self { inner: Mutex::default(), has_commands: AtomicBool::new(false), limit }
    }

    /// Adds a command; hands it back when the task has ended.
    pub(crate) fn send(&self, command: Command) -> Result<(), Box<Command>> {
        let mut inner = self.lock();
        if inner.is_closed {
            return Err(Box::new(command));
        }
        if inner.commands.capacity() == 0 {
            // A socket's first two, which many a quiet connection has no more than.
            inner.commands.reserve_exact(2);
        }
        inner.commands.push(command);
        self.has_commands.store(true, Ordering::Release);
        wake(inner);
        Ok(())
    }

    /// Adds a command with a packet of `size` bytes, unless it does not fit the limit.
    pub(crate) fn send_packet(&self, command: Command, size: usize) -> Result<(), Rejected> {
        let mut inner = self.lock();
        if inner.is_closed {
            return Err(Rejected::Closed);
        }
        self.check(size, inner.waiting + inner.taken)?;
        inner.waiting += size;
        inner.commands.push(command);
        self.has_commands.store(true, Ordering::Release);
        wake(inner);
        Ok(())
    }

    /// Whether a packet has room beside those that are buffered. One alone always has, however
    /// large, since it could never be sent otherwise.
    pub(super) fn check(&self, size: usize, buffered: usize) -> Result<(), Rejected> {
        if buffered > 0 && buffered.saturating_add(size) > self.limit {
            return Err(Rejected::Full { buffered, limit: self.limit });
        }
        Ok(())
    }

    /// Swaps the commands into the empty `commands`. `unsent` is how many bytes of what was
    /// taken before have not been handed to the transport.
    pub(super) fn poll_take(
        &self,
        commands: &mut Vec<Command>,
        unsent: usize,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let mut inner = self.lock();
        inner.taken = unsent + mem::take(&mut inner.waiting);
        if inner.commands.is_empty() {
            inner.give_back_room(commands);
            match &inner.waker {
                Some(waker) if waker.will_wake(context.waker()) => {}
                _ => inner.waker = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        self.has_commands.store(false, Ordering::Relaxed);
        inner.recent = inner.recent.max(inner.commands.len());
        mem::swap(&mut inner.commands, commands);
        Poll::Ready(())
    }

    /// Whether there is something to take: whatever was added before something else happened that the
    /// task has seen.
    pub(super) fn has_commands(&self) -> bool {
        self.has_commands.load(Ordering::Acquire)
    }

    /// Refuses everything from now on; gives back what was not taken.
    pub(super) fn close(&self) -> Vec<Command> {
        let mut inner = self.lock();
        inner.is_closed = true;
        mem::take(&mut inner.commands)
    }

    /// Whether the task has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while the lock is held, and if it did the list would still be sound.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Long after a burst, which both lists have had in turn. As long as as many come again and
    /// again, it is kept.
    fn give_back_room(&mut self, other: &mut Vec<Command>) {
        self.recent /= 2;
        let kept = KEPT_COMMANDS.max(4 * self.recent);
        for list in [&mut self.commands, other] {
            if list.capacity() > kept {
                *list = Vec::new();
            }
        }
    }
}

/// Commands for which there is room at any time: some KiB.
const KEPT_COMMANDS: usize = 32;

/// Wakes the task, outside the lock, if it sleeps.
fn wake(mut inner: MutexGuard<'_, Inner>) {
    let waker = inner.waker.take();
    drop(inner);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_have_room_up_to_the_limit_and_one_alone_always() {
        let mailbox = Mailbox::new(10);
        assert!(mailbox.check(10, 0).is_ok());
        assert!(mailbox.check(5, 5).is_ok());
        assert!(matches!(mailbox.check(6, 5), Err(Rejected::Full { buffered: 5, limit: 10 })));
        assert!(mailbox.check(11, 0).is_ok());
        assert!(mailbox.check(1, 11).is_err());
    }

    #[test]
    fn room_for_a_burst_is_kept_for_a_while() {
        const BURST: usize = 1000;
        let (mailbox, mut commands) = (Mailbox::new(usize::MAX), Vec::new());
        let context = &mut Context::from_waker(Waker::noop());
        // Two, one after the other, so that both lists have had one.
        for _ in 0..2 {
            for _ in 0..BURST {
                assert!(mailbox.send(Command::Shutdown).is_ok());
            }
            assert!(mailbox.poll_take(&mut commands, 0, context).is_ready());
            assert_eq!(commands.drain(..).count(), BURST);
        }
        let room = |commands: &Vec<_>| commands.capacity() + mailbox.lock().commands.capacity();
        assert!(mailbox.poll_take(&mut commands, 0, context).is_pending());
        assert!(room(&commands) >= 2 * BURST, "another one may follow");
        for _ in 0..10 {
            assert!(mailbox.poll_take(&mut commands, 0, context).is_pending());
        }
        assert!(room(&commands) <= 2 * KEPT_COMMANDS, "{}", room(&commands));
    }
}
