//! How much goes over the connection.
//!
//! Must not know: what it is.

/// Counted from the start, over all sessions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traffic {
    /// Sessions that opened.
    pub(crate) connections: u64,
    /// Dials that led to none, or to one on which nobody got anywhere.
    pub(crate) failed_attempts: u64,
    pub(crate) packets_sent: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) packets_received: u64,
    pub(crate) bytes_received: u64,
}

impl Traffic {
    pub(super) fn on_sent(&mut self, bytes: usize) {
        self.packets_sent += 1;
        self.bytes_sent += bytes as u64;
    }

    pub(super) fn on_received(&mut self, bytes: usize) {
        self.packets_received += 1;
        self.bytes_received += bytes as u64;
    }
}
