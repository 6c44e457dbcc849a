//! What a run costs the process that it runs in.
//!
//! Must not know: workloads, contenders.

use std::{fs, time::Duration, time::Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::Error;

/// What one run of a contender has to tell.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sample {
    /// Those that were seen to have happened.
    pub operations: u32,
    /// User and system, of all threads.
    pub cpu_seconds: f64,
    pub wall_seconds: f64,
    /// Where they are counted. A reallocation is one.
    #[serde(default)]
    pub allocations: Option<u64>,
    #[serde(default)]
    pub allocated_bytes: Option<u64>,
    /// What all operations have left resident, where that is the question.
    #[serde(default)]
    pub resident_kib: Option<u32>,
}

/// Tells the allocations and their bytes since the start of the process.
pub type Counter = fn() -> (u64, u64);

/// Runs from where the operations begin.
pub struct Meter {
    counter: Option<Counter>,
    allocations: (u64, u64),
    cpu: Duration,
    wall: Instant,
}

impl Meter {
    #[must_use]
    pub fn start(counter: Option<Counter>) -> Self {
        let allocations = counter.map(|count| count()).unwrap_or_default();
        Self { counter, allocations, cpu: cpu_time(), wall: Instant::now() }
    }

    /// After so many operations.
    ///
    /// # Errors
    /// When there are more than fit.
    pub fn stop(self, operations: usize) -> Result<Sample, Error> {
        let wall_seconds = self.wall.elapsed().as_secs_f64();
        let cpu_seconds = cpu_time().saturating_sub(self.cpu).as_secs_f64();
        let (allocations, allocated_bytes) = self.counter.map_or((None, None), |count| {
            let (allocations, bytes) = count();
            (Some(allocations - self.allocations.0), Some(bytes - self.allocations.1))
        });
        Ok(Sample {
            operations: operations.try_into()?,
            cpu_seconds,
            wall_seconds,
            allocations,
            allocated_bytes,
            resident_kib: None,
        })
    }
}

/// # Errors
/// Where `/proc` does not tell it, which is on Linux only.
pub fn resident_kib() -> Result<u32, Error> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}

/// The sum of what `getrusage` gives as user and system time, with the scheduler's precision.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanoseconds) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds)
}
