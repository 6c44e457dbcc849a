//! Many connections, much traffic, bad neighbours and long hours; see README.md.
//!
//! Each run is one process with the client in it. The server, and the proxy that breaks
//! connections, are others, so that what is counted here is the client's.

// Must not know: what a run does.

mod active;
mod burst;
mod child;
mod figures;
mod hour;
mod idle;
mod latency;
mod neighbours;
mod proxy;
mod server;
mod smoke;
mod trend;
mod verdict;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use self::verdict::Verdict;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Counts what is allocated and not freed.
#[global_allocator]
static HEAP: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// Long runs of the client against the reference server. Each prints figures and a verdict, and
/// fails when a bound is broken.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    run: Run,
}

#[derive(Debug, Subcommand)]
enum Run {
    /// Connections that only answer heartbeats
    Idle(idle::Options),
    /// Connections that ask, upload and are told something all the time
    Active(active::Options),
    /// A client that has had to hold much
    Burst(burst::Options),
    /// Listeners that are slow, blocked, panic or are not read, beside healthy ones
    Neighbours(neighbours::Options),
    /// Everything, while connections break all the time
    Hour(hour::Options),
    /// Each of these for a few seconds, and whether leaks are noticed
    Smoke,
    /// The proxy, which breaks connections
    #[command(hide = true)]
    Proxy(proxy::Options),
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    figures::raise_open_files()?;
    let workers = if matches!(options.run, Run::Neighbours(_)) { 4 } else { 2 };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    let verdict = runtime.block_on(async {
        match options.run {
            Run::Idle(options) => idle::run(&options).await,
            Run::Active(options) => active::run(&options).await,
            Run::Burst(options) => burst::run(&options).await,
            Run::Neighbours(options) => neighbours::run(&options).await,
            Run::Hour(options) => hour::run(&options).await,
            Run::Smoke => smoke::run().await,
            Run::Proxy(options) => proxy::run(&options).await.map(|()| Verdict::default()),
        }
    })?;
    // A listener that blocks its thread on purpose is not waited for.
    runtime.shutdown_background();
    Ok(verdict.into_exit_code())
}
