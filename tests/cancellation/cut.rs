//! The knife: drops a future at a point that is counted, and tries all of them.

use std::{
    cell::Cell,
    future::poll_fn,
    panic::Location,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use tokio::{
    runtime::{Builder, Runtime},
    time::{sleep, timeout},
};

/// Where a future is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// After so many polls, at once; 0 is never polled at all.
    Polls(usize),
    /// After so many polls, when it is woken for the next one: what it waits for is there, and
    /// nobody looks at it.
    Wakes(usize),
    /// After so many turns of the runtime. In each of them one other task is polled once, and the
    /// future is; so each point is tried to which the others can come meanwhile. Once nothing goes
    /// on without it, time passes.
    Turns(usize),
    /// As that, with some turns between its polls, by a seed.
    Seed(u64),
}

/// One drop, to be done by one test case.
#[derive(Debug)]
pub(crate) struct Cut {
    point: Point,
    /// Whether the future was ready before.
    was_ready: Cell<Option<bool>>,
    /// Turns after which all tasks are taken to wait for something, so that time passes.
    settled: usize,
}

impl Cut {
    pub(crate) fn new(point: Point) -> Self {
        Self { point, was_ready: Cell::new(None), settled: SETTLED }
    }

    /// For a future in which so many turns go by before it waits for a time.
    pub(crate) fn settled_after(mut self, turns: usize) -> Self {
        self.settled = turns;
        self
    }

    /// Polls the future up to the point, and drops it there, unless it is ready before.
    pub(crate) async fn run<F: Future>(&self, future: F) -> Option<F::Output> {
        let output = match self.point {
            Point::Polls(polls) => self.polls(polls, future).await,
            Point::Wakes(polls) => self.wakes(polls, future).await,
            Point::Turns(turns) => self.turns(turns, || 1, future).await,
            Point::Seed(seed) => {
                let mut random = Random::new(seed);
                let turns = random.below(SEEDED_TURNS);
                self.turns(turns, move || 1 + random.below(SEEDED_GAP), future).await
            }
        };
        let before = self.was_ready.replace(Some(output.is_some()));
        assert_eq!(before, None, "a case drops one future");
        output
    }

    /// Whether the future was ready before it could be dropped.
    pub(crate) fn was_ready(&self) -> bool {
        self.was_ready.get().expect("the case drops a future")
    }

    async fn polls<F: Future>(&self, polls: usize, future: F) -> Option<F::Output> {
        let (mut future, mut done) = (pin!(future), 0);
        poll_fn(|context| {
            if done == polls {
                return Poll::Ready(None);
            }
            done += 1;
            match future.as_mut().poll(context) {
                Poll::Ready(output) => Poll::Ready(Some(output)),
                Poll::Pending if done == polls => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    async fn wakes<F: Future>(&self, polls: usize, future: F) -> Option<F::Output> {
        let (mut future, mut done) = (pin!(future), 0);
        let mut bell: Option<Arc<Bell>> = None;
        poll_fn(|context| {
            if bell.as_ref().is_some_and(|bell| !bell.was_rung.load(Ordering::Acquire)) {
                return Poll::Pending;
            }
            if done == polls {
                return Poll::Ready(None);
            }
            done += 1;
            let rung =
                Arc::new(Bell { was_rung: AtomicBool::new(false), task: context.waker().clone() });
            bell = Some(Arc::clone(&rung));
            let waker = Waker::from(rung);
            future.as_mut().poll(&mut Context::from_waker(&waker)).map(Some)
        })
        .await
    }

    async fn turns<F: Future>(
        &self,
        turns: usize,
        mut gap: impl FnMut() -> usize,
        future: F,
    ) -> Option<F::Output> {
        let mut future = pin!(future);
        let mut turn = 0;
        loop {
            let until = turns.min(turn + gap());
            if turn == until {
                return None;
            }
            if let Poll::Ready(output) = poll_once(future.as_mut()).await {
                return Some(output);
            }
            for turn in turn..until {
                match turn.checked_sub(self.settled) {
                    Some(later) => {
                        sleep(Duration::from_millis(1 << later.min(LONGEST_WAIT))).await;
                    }
                    None => one_poll().await,
                }
            }
            turn = until;
        }
    }
}

/// What wakes the future, told from what wakes its task.
struct Bell {
    was_rung: AtomicBool,
    task: Waker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.was_rung.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

/// Gives way to one poll of another task, in the runtime of [`in_virtual_time`].
pub(crate) async fn one_poll() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        // At once: tokio's own `yield_now` lets everybody else go on as far as they can.
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What a sweep tried.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// How many polls it takes until the future is ready.
    pub(crate) polls: usize,
    /// How many turns of the runtime.
    pub(crate) turns: usize,
}

/// Runs the case once for each point at which its future can be dropped, each time in a world of
/// its own, until the future is ready before it is dropped. Nothing may be left of a case: no task.
///
/// # Panics
/// When the case does, and says at which point; when it leaves a task behind; when the future never
/// waits, so that there is nothing to drop.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a case is written where it is swept")]
pub(crate) fn sweep(case: impl AsyncFn(&Cut)) -> Swept {
    let swept = Swept {
        polls: until_ready(0, Point::Polls, &case),
        turns: until_ready(1, Point::Turns, &case),
    };
    assert!(at(Point::Polls(swept.polls), &case), "it can be repeated, poll for poll");
    until_ready(1, Point::Wakes, &case);
    for seed in 0..SEEDS {
        at(Point::Seed(seed), &case);
    }
    assert!(swept.polls > 1, "the future was ready at once: {swept:?} at {}", Location::caller());
    swept
}

/// The first point, counted from `first`, at which the future is ready before it is dropped.
fn until_ready(first: usize, point: fn(usize) -> Point, case: &impl AsyncFn(&Cut)) -> usize {
    for number in first..MOST_POINTS {
        if at(point(number), case) {
            return number;
        }
    }
    panic!("never ready: {:?}", point(MOST_POINTS));
}

/// Runs the case with one drop; whether the future was ready before.
pub(crate) fn at(point: Point, case: &impl AsyncFn(&Cut)) -> bool {
    let announced = Announced(point);
    let was_ready = in_virtual_time(async {
        let cut = Cut::new(point);
        case(&cut).await;
        cut.was_ready()
    });
    announced.passed();
    was_ready
}

/// Runs a future to its end, and holds that nothing goes on after it.
///
/// # Panics
/// When it takes more than a day, which is where nothing happens any more, or leaves a task.
pub(crate) fn in_virtual_time<T>(future: impl Future<Output = T>) -> T {
    let runtime = runtime();
    let output = runtime.block_on(async {
        let Ok(output) = timeout(DAY, future).await else { panic!("it waits for ever") };
        // A last goodbye may have to wait for a server that does not answer.
        sleep(HOUR).await;
        output
    });
    assert_eq!(runtime.metrics().num_alive_tasks(), 0, "tasks are left");
    output
}

/// A runtime on this thread alone, in which each turn is one poll of one task.
pub(crate) fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(true).event_interval(1);
    builder.build().expect("the system has room for a runtime")
}

/// Says at which point a case failed.
struct Announced(Point);

impl Announced {
    fn passed(self) {
        std::mem::forget(self);
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        eprintln!("the future was dropped at {:?}", self.0);
    }
}

/// Numbers that look random, the same for a seed: splitmix64.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % bound as u64).expect("it is below a `usize`")
    }
}

/// How many of something there are, by their drops: what a listener or a future captured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alive(Arc<()>);

impl Alive {
    /// How many clones there are beside this one.
    pub(crate) fn others(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }

    /// Waits until there are so many, for as long as a listener's task may need to end.
    pub(crate) async fn becomes(&self, others: usize) {
        for _ in 0..SETTLED {
            if self.others() == others {
                return;
            }
            one_poll().await;
        }
        assert_eq!(self.others(), others, "of what was captured is still there");
    }
}

/// Turns after which all tasks wait for something.
const SETTLED: usize = 32;
/// Turns after that double the time, up to this power of two.
const LONGEST_WAIT: usize = 22;
/// More than any future needs.
const MOST_POINTS: usize = SETTLED + 60;
const SEEDS: u64 = 6;
const SEEDED_TURNS: usize = SETTLED;
const SEEDED_GAP: usize = 4;
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = HOUR.saturating_mul(24);
