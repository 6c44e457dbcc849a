//! Bad listeners beside healthy ones: what the healthy ones hear and how fast, what the bad ones
//! miss and how that is told.
//!
//! Each round is a street of its own, in turn with healthy listeners only and with bad ones, who
//! are sent the same; so what else the machine does meets both kinds alike.
//!
//! Must not know: how bounds are printed.

mod street;

use std::{panic, sync::Arc, time::Duration};

use clap::Args;
use tokio::time::{Instant, sleep};

use self::street::{House, Street};
use crate::{
    Result,
    figures::{Figures, kib},
    latency::Latencies,
    server::{self, Manner},
    trend::Trend,
    verdict::Verdict,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Of each kind
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    #[arg(long, default_value_t = 12)]
    seconds: u64,
    /// How many times slower the healthy ones may be beside bad ones. Medians waver by a tenth from
    /// run to run, more where others use the machine
    #[arg(long, default_value_t = 1.5)]
    slower: f64,
    /// How much the heap may grow in the second half of a round; in a short one queues still fill
    #[arg(long, default_value_t = 128)]
    growth_kib: u32,
}

pub(crate) async fn run(options: &Options) -> Result<Verdict> {
    silence_panics();
    let server = server::start(Manner::default()).await?;
    let (url, time) = (server::url(&server), Duration::from_secs(options.seconds));
    println!(
        "neighbours: {} rounds of {} s of each kind; {} events a second for each listener",
        options.rounds,
        options.seconds,
        1000 / street::INTERVAL_MS,
    );
    let growth_kib = f64::from(options.growth_kib);
    let [good, bad] = [(); 2].map(|()| Arc::new(Latencies::new()));
    let (before, mut verdict) = (Figures::now()?, Verdict::default());
    for round in 1..=options.rounds {
        for (kind, latencies) in [(House::Healthy, &good), (House::Bad, &bad)] {
            println!("round {round}, {kind:?}");
            let street = Street::open(&url, kind).await?;
            let heap = watch(&street, latencies, time).await?;
            let release = street.close(&mut verdict).await?;
            verdict.at_most("KiB that the heap has grown", heap.growth(0.5) / 1024.0, growth_kib);
            // A call that is under way goes on, however its socket has ended.
            let calls = usize::from(kind == House::Bad);
            settled(before.tasks + calls).await;
            verdict.equal("tasks that are left", Figures::now()?.tasks, before.tasks + calls);
            release.notify_one();
            settled(before.tasks).await;
            verdict.equal("once that call is over", Figures::now()?.tasks, before.tasks);
        }
    }
    let (good, bad) = (good.percentiles(), bad.percentiles());
    println!("beside healthy listeners: {good}\nbeside bad ones:          {bad}");
    let slower = |bad: u64, good: u64| bad as f64 / good as f64;
    verdict.at_most("times slower beside bad ones, p50", slower(bad.p50, good.p50), options.slower);
    verdict.at_most(
        "times slower beside bad ones, p99",
        slower(bad.p99, good.p99),
        2.0 * options.slower,
    );
    println!("{:.0} KiB on the heap, {:.0} before", kib(Figures::now()?.heap), kib(before.heap));
    Ok(verdict)
}

/// Lets the street live for a while; how the heap has grown.
async fn watch(street: &Street, latencies: &Arc<Latencies>, time: Duration) -> Result<Trend> {
    let (began, mut heap) = (Instant::now(), Trend::with_capacity(1000));
    let probes = street.probe(latencies, began + time);
    while began.elapsed() < time {
        heap.push(began.elapsed().as_secs_f64(), Figures::now()?.heap as f64);
        sleep(Duration::from_millis(100)).await;
    }
    for probe in probes {
        probe.await??;
    }
    Ok(heap)
}

async fn settled(tasks: usize) {
    let began = Instant::now();
    while Figures::now().is_ok_and(|now| now.tasks > tasks) && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(20)).await;
    }
}

/// Those on purpose are many.
fn silence_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let said = info.payload().downcast_ref::<&str>();
        let is_on_purpose = said.is_some_and(|said| *said == street::ON_PURPOSE);
        if !is_on_purpose {
            usual(info);
        }
    }));
}

const PATIENCE: Duration = Duration::from_secs(10);
