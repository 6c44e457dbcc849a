//! What a test and its relay share about the namespaces: which there are, who is let in.
//!
//! Must not know: packets, connections.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::json;
use tokio::sync::watch;

use crate::driver::SocketState;

/// The namespaces of one test server, by their paths.
#[derive(Debug, Default)]
pub(in crate::testing) struct Desk(Mutex<BTreeMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    /// The state of the mirror's socket.
    state: watch::Receiver<SocketState>,
    /// The payload of the last CONNECT.
    auth: Option<String>,
    /// What whoever wants to enter is told.
    refusal: Option<String>,
}

/// What becomes of somebody who wants to enter a namespace.
pub(super) enum Verdict {
    Welcome,
    /// The payload of the `CONNECT_ERROR`.
    Refused(String),
}

impl Desk {
    pub(in crate::testing) fn open(&self, path: &str, state: watch::Receiver<SocketState>) {
        self.lock().insert(path.to_owned(), Entry { state, auth: None, refusal: None });
    }

    pub(in crate::testing) fn close(&self, path: &str) {
        self.lock().remove(path);
    }

    pub(in crate::testing) fn set_refusal(&self, path: &str, refusal: Option<String>) {
        if let Some(entry) = self.lock().get_mut(path) {
            entry.refusal = refusal;
        }
    }

    pub(in crate::testing) fn auth(&self, path: &str) -> Option<String> {
        self.lock().get(path)?.auth.clone()
    }

    pub(super) fn judge(&self, path: &str, auth: &str) -> Verdict {
        let mut entries = self.lock();
        let Some(entry) = entries.get_mut(path) else {
            // In the words of `socket.io/lib/client.ts`.
            return Verdict::Refused(json!({ "message": "Invalid namespace" }).to_string());
        };
        entry.auth = (!auth.is_empty()).then(|| auth.to_owned());
        entry.refusal.clone().map_or(Verdict::Welcome, Verdict::Refused)
    }

    /// Waits until the mirror's socket is connected, or is no more.
    pub(super) async fn mirrored(&self, path: &str, is_connected: bool) {
        let state = self.lock().get(path).map(|entry| entry.state.clone());
        if let Some(mut state) = state {
            // Without the socket there is nothing to wait for.
            let _ = state.wait_for(|state| state.connected == is_connected).await;
        }
    }

    /// Nothing panics while the lock is held.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
