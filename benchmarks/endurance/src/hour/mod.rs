//! Everything at once, for an hour: connections break all the time, and clients recover, retry,
//! withdraw and forget; listeners and sockets come and go. Each minute it is made quiet, and the
//! books of both sides are compared.
//!
//! Must not know: how bounds are printed.

mod acts;
mod books;
mod leak;
mod live;
mod passing;
mod regular;
mod service;
mod stage;

use std::time::Duration;

use clap::Args;
use tokio::time::{Instant, sleep};

use self::{leak::Leak, stage::Stage};
use crate::{
    Result,
    figures::{Figures, kib},
    trend::Trend,
    verdict::Verdict,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, default_value_t = 3600)]
    seconds: u64,
    /// How often it is made quiet, to look
    #[arg(long, default_value_t = 60)]
    period: u64,
    /// Clients that stay
    #[arg(long, default_value_t = 28)]
    regulars: usize,
    /// How long a connection lasts, on average
    #[arg(long, default_value_t = 15)]
    lifetime: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How much the heap may grow: what clients hold at a quiet moment depends on how their last
    /// connection was made, and before queues and buffers have come to their size they grow
    #[arg(long, default_value_t = 128)]
    growth_kib: u32,
    /// How many seconds to wait for what is to be gone
    #[arg(long, default_value_t = 20)]
    patience: u64,
    /// Breaks a bound on purpose, to see that it is noticed
    #[arg(long)]
    leak: Vec<Leak>,
}

pub(crate) async fn run(options: &Options) -> Result<Verdict> {
    println!(
        "hour: {} clients for {} s, whose connections last {} s; a look each {} s",
        options.regulars, options.seconds, options.lifetime, options.period,
    );
    let mut stage = Stage::set(Duration::from_secs(options.lifetime), options.seed).await?;
    let (before, mut verdict) = (Figures::now()?, Verdict::default());
    stage.begin(options.regulars).await?;

    let patience = Duration::from_secs(options.patience);
    let (began, periods) = (Instant::now(), options.seconds / options.period);
    let mut trends = Trends::new();
    for period in 1..=periods {
        sleep(Duration::from_secs(options.period)).await;
        for leak in &options.leak {
            leak.happen(&mut stage).await?;
        }
        stage.be_quiet().await?;
        stage.compare(&mut verdict).await?;
        stage.settled(patience).await;
        let now = Figures::now()?;
        trends.push(began.elapsed(), now);
        stage.print(began.elapsed(), now);
        stage.count(now, before, &mut verdict);
        // The last time it stays quiet.
        if period < periods {
            stage.go_on().await?;
        }
    }
    trends.judge(options.growth_kib, &mut verdict);
    stage.sum_up(&mut verdict);
    stage.end().await?;
    nothing_left(before, patience, &mut verdict).await?;
    Ok(verdict)
}

/// What may not grow.
struct Trends {
    heap: Trend,
    allocations: Trend,
    resident: Trend,
}

impl Trends {
    fn new() -> Self {
        let [heap, allocations, resident] = [(); 3].map(|()| Trend::with_capacity(1000));
        Self { heap, allocations, resident }
    }

    fn push(&mut self, time: Duration, now: Figures) {
        let time = time.as_secs_f64();
        self.heap.push(time, now.heap as f64);
        self.allocations.push(time, now.allocations as f64);
        self.resident.push(time, now.resident as f64);
    }

    fn judge(&self, growth_kib: u32, verdict: &mut Verdict) {
        let grown = |trend: &Trend| trend.growth(WARM_UP);
        verdict.at_most(
            "KiB that the heap has grown",
            grown(&self.heap) / 1024.0,
            growth_kib.into(),
        );
        verdict.at_most("allocations more than before", grown(&self.allocations), ALLOCATIONS);
        verdict.at_most("KiB resident more", grown(&self.resident) / 1024.0, RESIDENT_KIB);
    }
}

/// After all clients are gone.
async fn nothing_left(before: Figures, patience: Duration, verdict: &mut Verdict) -> Result<()> {
    let began = Instant::now();
    while Figures::now()?.tasks > before.tasks && began.elapsed() < patience {
        sleep(Duration::from_millis(50)).await;
    }
    let now = Figures::now()?;
    verdict.equal("in the end: tasks", now.tasks, before.tasks);
    verdict.equal("in the end: open files", now.files, before.files);
    let left = kib(now.heap.saturating_sub(before.heap));
    verdict.at_most("in the end: KiB more on the heap than before", left, LEFT_KIB);
    // A timer that was left would wake somebody.
    let parks = now.parks;
    sleep(Duration::from_secs(5)).await;
    let woken = Figures::now()?.parks - parks;
    verdict.at_most("in the end: wake-ups in 5 s", woken as f64, WAKE_UPS);
    Ok(())
}

/// The first part of the time does not count: queues and buffers come to the size that they need.
const WARM_UP: f64 = 0.2;
const ALLOCATIONS: f64 = 500.0;
/// The allocator keeps what is torn into pieces.
const RESIDENT_KIB: f64 = 2048.0;
const LEFT_KIB: f64 = 64.0;
const WAKE_UPS: f64 = 8.0;
