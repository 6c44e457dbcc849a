//! Counts what is alive, such as what listeners capture.
//!
//! Must not know: what it is.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

/// Made once for each kind; each thing that is alive holds a [`Token`].
#[derive(Debug, Clone, Default)]
pub(super) struct Live(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    now: AtomicUsize,
    ever: AtomicU64,
}

/// Counts until it is dropped. Its clones count too.
#[derive(Debug)]
pub(super) struct Token(Live);

impl Live {
    pub(super) fn token(&self) -> Token {
        self.0.now.fetch_add(1, Relaxed);
        self.0.ever.fetch_add(1, Relaxed);
        Token(self.clone())
    }

    pub(super) fn now(&self) -> usize {
        self.0.now.load(Relaxed)
    }

    pub(super) fn ever(&self) -> u64 {
        self.0.ever.load(Relaxed)
    }
}

impl Clone for Token {
    fn clone(&self) -> Self {
        self.0.token()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.0.now.fetch_sub(1, Relaxed);
    }
}
