//! What the system says a process has used.

use std::{fs, future::Future, time::Duration};

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};

use crate::Result;

/// Microseconds of CPU, user and system, that `work` takes of this process, for each of so many
/// operations; and what it gives.
pub async fn cost<T>(operations: usize, work: impl Future<Output = Result<T>>) -> Result<(f64, T)> {
    let before = cpu()?;
    let output = work.await?;
    let used = cpu()?.saturating_sub(before);
    Ok((used.as_secs_f64() * 1e6 / operations as f64, output))
}

fn cpu() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    [usage.user_time(), usage.system_time()].into_iter().try_fold(Duration::ZERO, |sum, time| {
        let seconds = Duration::from_secs(time.tv_sec().try_into()?);
        Ok(sum + seconds + Duration::from_micros(time.tv_usec().try_into()?))
    })
}

/// Bytes that are resident, as Linux tells it.
pub fn resident() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kib * 1024.0)
}

/// Lets this process have as many files open as it may.
pub fn raise_open_files() -> Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
