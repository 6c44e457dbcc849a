//! What the process has: memory, tasks, open files; and what it has used.
//!
//! Must not know: who uses it.

use std::{fs, time::Duration};

use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    time::{ClockId, clock_gettime},
};
use tokio::runtime::Handle;

use crate::{HEAP, Result};

/// At one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// Bytes, as Linux tells it.
    pub(crate) resident: u64,
    /// Bytes that are allocated and not freed.
    pub(crate) heap: u64,
    /// Allocations that are not freed.
    pub(crate) allocations: u64,
    /// Tasks of the runtime that are alive. The main one is none of them.
    pub(crate) tasks: usize,
    pub(crate) files: usize,
    /// How often a worker went to sleep: once for each time that something woke it.
    pub(crate) parks: u64,
    /// User and system, of all threads.
    pub(crate) cpu: Duration,
}

impl Figures {
    pub(crate) fn now() -> Result<Self> {
        let (heap, allocations) = heap();
        let metrics = Handle::current().metrics();
        Ok(Self {
            resident: resident()?,
            heap,
            allocations,
            tasks: metrics.num_alive_tasks(),
            files: fs::read_dir("/proc/self/fd")?.count() - 1, // The directory itself is open.
            parks: (0..metrics.num_workers()).map(|worker| metrics.worker_park_count(worker)).sum(),
            cpu: cpu(),
        })
    }
}

/// Lets this process have as many files open as it may.
pub(crate) fn raise_open_files() -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}

pub(crate) fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

fn heap() -> (u64, u64) {
    // Counters are read one by one while others go on; a difference of two may be off for a
    // moment, but never for long.
    let stats = HEAP.stats();
    let bytes = stats.bytes_allocated.saturating_sub(stats.bytes_deallocated);
    (bytes as u64, stats.allocations.saturating_sub(stats.deallocations) as u64)
}

fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kib: u64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kib * 1024)
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanoseconds) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds)
}
