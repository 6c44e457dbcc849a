//! Which transport a session is opened with.
//!
//! Must not know: what goes wrong with one, sessions.

use super::Config;
use crate::codec::Transport;

/// The transports in the order of the user's wish.
///
/// An attempt begins with the first, and goes on with the others where that may help, each once.
/// The reference client does so with `tryAllTransports` only (`engine.io-client/lib/socket.ts`,
/// `_onError`), and then forgets for good the one that failed; here each attempt begins anew.
#[derive(Debug)]
pub(super) struct Transports {
    order: Vec<Transport>,
    try_all: bool,
    remember_upgrade: bool,
    /// Where the next attempt begins.
    first: usize,
    /// How many were tried in this attempt.
    tried: usize,
    /// Whether a WebSocket has worked, and nothing has failed since.
    has_upgraded: bool,
}

impl Transports {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            order: config.transports.clone(),
            try_all: config.try_all_transports,
            remember_upgrade: config.remember_upgrade,
            first: 0,
            tried: 0,
            has_upgraded: false,
        }
    }

    /// The first one of a new attempt.
    pub(super) fn begin(&mut self) -> Transport {
        self.tried = 1;
        if self.remember_upgrade && self.has_upgraded && self.allows(Transport::WebSocket) {
            self.first = self.position(Transport::WebSocket);
        }
        self.nth(0)
    }

    /// The one to go on with after another one failed.
    pub(super) fn next(&mut self) -> Option<Transport> {
        if !self.try_all || self.tried >= self.order.len() {
            return None;
        }
        self.tried += 1;
        Some(self.nth(self.tried - 1))
    }

    /// A session has ended, or could not be opened.
    pub(super) fn on_failure(&mut self) {
        self.first = 0;
        self.has_upgraded = false;
    }

    /// The time for opening is up. What swallowed the request would do so again, so the next
    /// attempt begins with another transport.
    pub(super) fn on_timeout(&mut self) {
        let next = (self.first + self.tried) % self.order.len().max(1);
        self.on_failure();
        if self.try_all {
            self.first = next;
        }
    }

    /// A session is open over a WebSocket.
    pub(super) fn on_websocket(&mut self) {
        self.has_upgraded = true;
    }

    pub(super) fn allows(&self, transport: Transport) -> bool {
        self.order.contains(&transport)
    }

    /// Whether it is worth a probe: it is allowed, and has not failed in this attempt.
    pub(super) fn allows_upgrade(&self) -> bool {
        let has_failed =
            (0..self.tried.saturating_sub(1)).any(|index| self.nth(index) == Transport::WebSocket);
        self.allows(Transport::WebSocket) && !has_failed
    }

    fn position(&self, wanted: Transport) -> usize {
        self.order.iter().position(|transport| *transport == wanted).unwrap_or(0)
    }

    fn nth(&self, index: usize) -> Transport {
        let at = (self.first + index) % self.order.len().max(1);
        // The builder refuses an empty list.
        self.order.get(at).copied().unwrap_or(Transport::WebSocket)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::Config,
        Transport::{self, Polling, WebSocket},
        Transports,
    };

    fn transports(order: &[Transport], try_all: bool, remember_upgrade: bool) -> Transports {
        let config = Config {
            transports: order.to_vec(),
            try_all_transports: try_all,
            remember_upgrade,
            ..Config::default()
        };
        Transports::new(&config)
    }

    #[test]
    fn each_transport_has_its_turn_once_an_attempt() {
        let mut transports = transports(&[WebSocket, Polling], true, false);
        for _ in 0..2 {
            assert_eq!(transports.begin(), WebSocket);
            assert!(transports.allows_upgrade());
            assert_eq!(transports.next(), Some(Polling));
            assert!(!transports.allows_upgrade());
            assert_eq!(transports.next(), None);
            transports.on_failure();
        }
    }

    #[test]
    fn others_are_tried_only_if_the_user_wants_it() {
        let mut transports = transports(&[Polling, WebSocket], false, false);
        assert_eq!(transports.begin(), Polling);
        assert_eq!(transports.next(), None);
        assert!(transports.allows_upgrade());
        transports.on_timeout();
        assert_eq!(transports.begin(), Polling);
    }

    #[test]
    fn after_a_timeout_the_next_attempt_begins_with_another_one() {
        let mut transports = transports(&[WebSocket, Polling], true, false);
        assert_eq!(transports.begin(), WebSocket);
        transports.on_timeout();
        assert_eq!(transports.begin(), Polling);
        transports.on_failure();
        assert_eq!(transports.begin(), WebSocket);
    }

    #[test]
    fn a_websocket_that_worked_is_remembered_until_something_fails() {
        let mut transports = transports(&[Polling, WebSocket], false, true);
        assert_eq!(transports.begin(), Polling);
        transports.on_websocket();
        assert_eq!(transports.begin(), WebSocket);
        transports.on_failure();
        assert_eq!(transports.begin(), Polling);
    }
}
