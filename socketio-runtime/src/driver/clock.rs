//! The only place that reads the clock and asks for entropy, so that everything else can be
//! tested in virtual time and repeated from a seed.
//!
//! Must not know: what the time is for.

use std::{
    hash::{BuildHasher, RandomState},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant, SystemTime},
};

use tokio::time::{Sleep, sleep_until};

/// The time of a connection: tokio's, so that its tests can pause it, and the time for which the
/// system was suspended. A server does not wait for a laptop that sleeps, but `Instant` stands
/// still meanwhile on Linux and on Apple's systems.
///
/// It never goes backwards. Where no other clock is to be had it is tokio's alone.
#[derive(Debug)]
pub(super) struct Clock(Suspension);

impl Clock {
    pub(super) fn new() -> Self {
        Self(Suspension::since(Reading::first()))
    }

    /// The task was woken, perhaps together with the system. Once for all of the task's rounds:
    /// reading both clocks takes 50 ns.
    pub(super) fn wake(&mut self) {
        self.0.update(Reading::next());
    }

    pub(super) fn now(&self) -> Instant {
        awake() + self.0.total
    }

    /// When tokio's clock will show what this one calls `time`, unless the system is suspended
    /// before that.
    fn to_tokio(&self, time: Instant) -> tokio::time::Instant {
        // It cannot be before the epoch of the clock, in which the system was not suspended.
        tokio::time::Instant::from_std(time.checked_sub(self.0.total).unwrap_or(time))
    }
}

/// How long the system was suspended, by two clocks of which one goes on meanwhile.
#[derive(Debug)]
struct Suspension {
    origin: Option<Reading>,
    total: Duration,
}

impl Suspension {
    fn since(origin: Option<Reading>) -> Self {
        Self { origin, total: Duration::ZERO }
    }

    /// What one clock is ahead of the other. It only grows: a reading that was interrupted between
    /// the clocks shows too little, and the next one sets it right.
    fn update(&mut self, reading: Option<Reading>) {
        let (Some(origin), Some(reading)) = (self.origin, reading) else { return };
        let all = reading.all.saturating_sub(origin.all);
        let awake = reading.awake.saturating_duration_since(origin.awake);
        self.total = self.total.max(all.saturating_sub(awake));
    }
}

/// Two clocks at one time.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// Goes on during suspension, from anywhere.
    all: Duration,
    /// Stands still.
    awake: Instant,
}

impl Reading {
    /// What [`next`](Self::next) readings are compared with. The clocks are read in the other
    /// order, so that an interruption between them can only ever hide a moment of suspension, and
    /// never make one up.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn first() -> Option<Self> {
        let awake = Instant::now();
        Some(Self { all: boot_time()?, awake })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn next() -> Option<Self> {
        Some(Self { all: boot_time()?, awake: Instant::now() })
    }
}

/// The time since the system was started, with that in which it was suspended.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn boot_time() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    // Apple's `CLOCK_MONOTONIC` goes on while the system sleeps; `Instant` has `CLOCK_UPTIME_RAW`.
    #[cfg(target_vendor = "apple")]
    const BOOT_TIME: ClockId = ClockId::Monotonic;
    #[cfg(not(target_vendor = "apple"))]
    const BOOT_TIME: ClockId = ClockId::Boottime;

    let time = clock_gettime(BOOT_TIME);
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn boot_time() -> Option<Duration> {
    None
}

/// tokio's time, which stands still while the system is suspended: for what need not be exact.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(super) fn awake() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// A time of tokio's clock, for a test server, whose clients keep the same.
#[cfg(feature = "testing")]
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn sleep(time: Duration) -> Sleep {
    tokio::time::sleep(time)
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
    /// Ready once `deadline`, a time of `clock`, has passed, or earlier. What is due when the
    /// system wakes up is found at the next occasion, since tokio's timers have slept as well.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub(super) fn poll(
        &mut self,
        deadline: Option<Instant>,
        clock: &Clock,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let Some(deadline) = deadline.map(|deadline| clock.to_tokio(deadline)) else {
            return Poll::Pending;
        };
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.is_elapsed() || sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A reading after so much time awake and in all.
    fn reading(origin: Reading, awake: Duration, all: Duration) -> Reading {
        Reading { all: origin.all + all, awake: origin.awake + awake }
    }

    #[expect(clippy::disallowed_methods, reason = "the epoch of a clock that jumps from here")]
    fn origin() -> Reading {
        Reading { all: seconds(1_000_000), awake: Instant::now() }
    }

    #[test]
    fn an_hour_of_suspension_is_an_hour() {
        let origin = origin();
        let mut suspension = Suspension::since(Some(origin));
        suspension.update(Some(reading(origin, seconds(10), seconds(10))));
        assert_eq!(suspension.total, Duration::ZERO);
        suspension.update(Some(reading(origin, seconds(11), HOUR + seconds(11))));
        assert_eq!(suspension.total, HOUR);
        suspension.update(Some(reading(origin, seconds(12), 2 * HOUR + seconds(12))));
        assert_eq!(suspension.total, 2 * HOUR);
    }

    #[test]
    fn a_reading_that_was_interrupted_neither_adds_time_nor_takes_any_back() {
        let origin = origin();
        let mut suspension = Suspension::since(Some(origin));
        suspension.update(Some(reading(origin, seconds(2), seconds(1))));
        assert_eq!(suspension.total, Duration::ZERO);
        suspension.update(Some(reading(origin, seconds(3), HOUR + seconds(3))));
        suspension.update(Some(reading(origin, seconds(5), HOUR + seconds(4))));
        assert_eq!(suspension.total, HOUR);
        // A clock that was set back.
        suspension.update(Some(Reading { all: Duration::ZERO, awake: origin.awake }));
        assert_eq!(suspension.total, HOUR);
    }

    #[test]
    fn without_a_second_clock_nothing_is_added() {
        let origin = origin();
        let mut suspension = Suspension::since(None);
        suspension.update(Some(reading(origin, seconds(1), HOUR)));
        suspension.update(None);
        assert_eq!(suspension.total, Duration::ZERO);
    }

    /// As if the system had been suspended for an hour since the clock was made.
    fn after_an_hours_suspension() -> Clock {
        Clock(Suspension { origin: Reading::first(), total: HOUR })
    }

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "tokio's own clock is what is compared with")]
    async fn time_is_tokios_and_what_was_slept() {
        let (mut awake, mut suspended) = (Clock::new(), after_an_hours_suspension());
        awake.wake();
        suspended.wake();
        let start = tokio::time::Instant::now().into_std();
        assert_eq!(awake.now(), start, "a paused clock stands still");
        let now = suspended.now();
        assert_eq!(now, start + HOUR);
        tokio::time::advance(seconds(30)).await;
        awake.wake();
        suspended.wake();
        assert_eq!(awake.now(), start + seconds(30));
        assert_eq!(suspended.now(), now + seconds(30));
    }

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "tokio's own clock is what is compared with")]
    async fn an_alarm_rings_in_time_whatever_was_slept() {
        let (clock, mut alarm) = (after_an_hours_suspension(), Alarm::default());
        let start = tokio::time::Instant::now();
        let deadline = clock.now() + seconds(45);
        poll_fn(|context| alarm.poll(Some(deadline), &clock, context)).await;
        assert!(clock.now() >= deadline);
        let waited = start.elapsed();
        assert!(waited >= seconds(45) && waited < seconds(46), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "tokio's own clock is what is compared with")]
    async fn an_alarm_set_before_a_suspension_is_due_at_the_next_occasion_after_it() {
        let (mut clock, mut alarm) = (Clock::new(), Alarm::default());
        let start = tokio::time::Instant::now();
        let deadline = clock.now() + seconds(45);
        let is_due =
            poll_fn(|context| Poll::Ready(alarm.poll(Some(deadline), &clock, context).is_ready()));
        assert!(!is_due.await);
        clock = after_an_hours_suspension();
        assert!(clock.now() >= deadline);
        poll_fn(|context| alarm.poll(Some(deadline), &clock, context)).await;
        assert!(start.elapsed() < seconds(1), "{:?}", start.elapsed());
    }
}
