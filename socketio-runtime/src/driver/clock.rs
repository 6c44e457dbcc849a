//! The only place that reads the clock and asks for entropy, so that everything else can be
//! tested in virtual time and repeated from a seed.
//!
//! Must not know: what the time is for.

use std::{
    hash::{BuildHasher, RandomState},
    pin::Pin,
    task::{Context, Poll},
    time::{Instant, SystemTime},
};

use tokio::time::{Sleep, sleep_until};

/// The time now; tokio's, so that its tests can pause it.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// The calendar's time in seconds since 1970, by which cookies expire.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(super) fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A seed that differs from process to process and from call to call.
pub(super) fn seed() -> u64 {
    // The standard library keys its hasher from the system's entropy: enough for jitter.
    RandomState::new().hash_one(())
}

/// Wakes the task at a deadline.
///
/// Deadlines mostly move away, with every heartbeat and every answered ack. Moving a timer
/// costs, waking up once too often does not, so a timer that is early enough is left alone.
#[derive(Debug, Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready once `deadline` has passed, or earlier.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub(super) fn poll(
        &mut self,
        deadline: Option<Instant>,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let Some(deadline) = deadline.map(tokio::time::Instant::from_std) else {
            return Poll::Pending;
        };
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.is_elapsed() || sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(context)
    }
}
