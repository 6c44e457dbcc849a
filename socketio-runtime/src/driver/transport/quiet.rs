//! Keeps what the WebSocket library logs out of the user's log.
//!
//! Must not know: what it logs.
//!
//! It logs whole handshakes and messages through the `log` crate, headers, queries and
//! authentication payloads among them, and has no switch for that. Where `log` is bridged into
//! `tracing`, as `tracing_subscriber` does by default, the bridge asks for this thread's subscriber at
//! every line, so while the library is at work there is none. A logger of `log`'s own cannot be kept
//! from hearing it.

use std::{
    future::{Future, poll_fn},
    pin::pin,
};

use tracing::{Dispatch, dispatcher};

/// Calls into the library.
#[inline]
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    // Nearly always nobody wants to hear that much.
    if log::max_level() < log::LevelFilter::Debug {
        return work();
    }
    dispatcher::with_default(&Dispatch::none(), work)
}

/// Awaits the library.
pub(super) async fn quiet<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    poll_fn(|context| quietly(|| work.as_mut().poll(context))).await
}
