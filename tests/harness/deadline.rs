//! Deadlines, so that a test that waits in vain fails with a line number instead of hanging.

use std::{panic::Location, time::Duration};

use tokio::time::timeout;

/// Awaits `future`.
///
/// # Panics
/// When it takes longer than `limit`, naming the line of the call.
#[track_caller]
pub fn within<F: Future>(limit: Duration, future: F) -> impl Future<Output = F::Output> {
    let caller = Location::caller();
    async move {
        let Ok(output) = timeout(limit, future).await else {
            panic!("not done within {limit:?}: the wait at {caller}")
        };
        output
    }
}

/// Awaits `future`, for what takes milliseconds unless something is wrong.
///
/// # Panics
/// When it takes longer than ten seconds, naming the line of the call.
#[track_caller]
pub fn soon<F: Future>(future: F) -> impl Future<Output = F::Output> {
    within(SOON, future)
}

/// Generous, for a loaded machine: it is paid only by tests that fail.
const SOON: Duration = Duration::from_secs(10);
