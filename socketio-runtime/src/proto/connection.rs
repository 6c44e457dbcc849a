//! The comings and goings of the Manager's connection: dials, losses, retries, the close.
//!
//! Must not know: how a namespace is entered, what packets say.

use std::time::Instant;

use super::{
    ChannelId, Config, EventKind, Manager, NamespaceId, Transmit,
    namespace::{Namespace, State},
};
use crate::error::{ConnectError, DisconnectReason};

impl Manager {
    fn open_session(&mut self, now: Instant) {
        self.abort_session();
        let channel = self.session.open(now + self.config.open_timeout);
        self.out.transmit(Transmit::Open { channel });
    }

    /// Dials if somebody wants a connection and nothing is under way.
    pub(super) fn reopen_if_wanted(&mut self, now: Instant) {
        if self.is_wanted() && self.session.is_closed() && self.retry.is_none() {
            self.open_session(now);
        }
    }

    pub(super) fn on_opened(&mut self, now: Instant) {
        // What was cut off by the end of the last session is not completed on this one.
        self.reassembler.abandon();
        for id in self.wanted() {
            self.ask_for_auth(now, id);
        }
    }

    pub(super) fn on_channel_gone(&mut self, now: Instant, reason: DisconnectReason) {
        let (was_open, was_opening) = (self.session.is_open(), self.session.is_opening());
        if let Some(channel) = self.session.end() {
            self.hold_unsent(channel);
        }
        if was_open {
            self.lose_session(now, &reason);
        } else if was_opening {
            let error = match reason {
                DisconnectReason::TransportError(error) => ConnectError::Transport(error),
                reason => ConnectError::Disconnected(reason),
            };
            self.fail_attempt(now, |_, _| error.clone());
        } else {
            self.reopen_if_wanted(now);
        }
    }

    /// An open session ends against the user's will.
    pub(super) fn lose_session(&mut self, now: Instant, reason: &DisconnectReason) {
        let is_parse_error = matches!(reason, DisconnectReason::ParseError(_));
        let channel = self.session.open_channel();
        if let Some(channel) = channel.filter(|_| is_parse_error) {
            // The peer is there, so it is told.
            self.hold_unsent(channel);
            self.session.begin_close(now + self.config.close_timeout);
            self.out.transmit(Transmit::Close { channel });
        } else {
            self.abort_session();
        }
        let ids: Vec<_> = self.namespaces.keys().copied().collect();
        for id in ids {
            self.suspend(now, id, reason);
            self.forget_if_released(now, id);
        }
        self.schedule_retry(now);
    }

    /// A namespace loses its session.
    fn suspend(&mut self, now: Instant, id: NamespaceId, reason: &DisconnectReason) {
        let will_reconnect = self.may_retry();
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let state = std::mem::replace(&mut namespace.state, State::Idle);
        namespace.early.take();
        let is_wanted = namespace.is_wanted;
        self.fail_sent(now, id, reason);
        if !is_wanted {
            return;
        }
        if state == State::Connected {
            let reason = reason.clone();
            self.out.event(id, EventKind::Disconnected { reason, will_reconnect });
        } else {
            let error = ConnectError::Disconnected(reason.clone());
            self.out.event(id, EventKind::ConnectError { error, will_retry: will_reconnect });
        }
        if !self.config.reconnection {
            self.give_up(id, reason);
        }
    }

    /// An attempt to open a session fails; `error` says to a namespace why.
    pub(super) fn fail_attempt(
        &mut self,
        now: Instant,
        error: impl Fn(&Config, &Namespace) -> ConnectError,
    ) {
        self.abort_session();
        let will_retry = self.may_retry();
        for id in self.wanted() {
            let Some(namespace) = self.namespaces.get(&id) else { continue };
            let error = error(&self.config, namespace);
            self.out.event(id, EventKind::ConnectError { error, will_retry });
            if !self.config.reconnection {
                self.give_up(id, &DisconnectReason::ReconnectFailed);
            }
        }
        self.schedule_retry(now);
    }

    fn schedule_retry(&mut self, now: Instant) {
        if !self.is_wanted() {
            return;
        }
        if self.may_retry() {
            self.retry = Some(now + self.backoff.next_delay());
            return;
        }
        for id in self.wanted() {
            self.out.event(id, EventKind::ReconnectFailed);
            self.give_up(id, &DisconnectReason::ReconnectFailed);
        }
        self.backoff.reset();
    }

    pub(super) fn start_attempt(&mut self, now: Instant) {
        self.retry = None;
        let attempt = self.backoff.attempts();
        for id in self.wanted() {
            if let Some(namespace) = self.namespaces.get_mut(&id) {
                namespace.attempt = attempt;
            }
            self.out.event(id, EventKind::ReconnectAttempt { attempt });
        }
        self.open_session(now);
    }

    /// A namespace is connected, so the connection is good.
    pub(super) fn on_namespace_connected(&mut self) {
        self.backoff.reset();
    }

    pub(super) fn close_if_unused(&mut self, now: Instant) {
        if self.is_wanted() {
            return;
        }
        self.retry = None;
        self.backoff.reset();
        match self.session.begin_close(now + self.config.close_timeout) {
            Some(channel) => self.out.transmit(Transmit::Close { channel }),
            None if self.session.is_opening() => self.abort_session(),
            None => {}
        }
        let ids: Vec<_> = self.namespaces.keys().copied().collect();
        for id in ids {
            if let Some(namespace) = self.namespaces.get_mut(&id) {
                namespace.state = State::Idle;
            }
            self.forget_if_released(now, id);
        }
    }

    pub(super) fn abort_session(&mut self) {
        if let Some(channel) = self.session.end() {
            self.hold_unsent(channel);
            self.out.transmit(Transmit::Abort { channel });
        }
    }

    /// Keeps for the next connection what the lost one did not take. The reference client loses
    /// it (`engine.io-client/lib/socket.ts`, `_onClose` empties the write buffer).
    fn hold_unsent(&mut self, channel: ChannelId) {
        for (id, emitted) in self.out.take_unsent(channel) {
            self.take_back(id, emitted);
        }
    }

    pub(super) fn send_pong(&mut self) {
        if let Some(channel) = self.session.open_channel() {
            self.out.pong(channel);
        }
    }

    fn may_retry(&self) -> bool {
        let limit = self.config.reconnection_attempts.unwrap_or(u32::MAX);
        self.config.reconnection && self.backoff.attempts() < limit
    }

    fn is_wanted(&self) -> bool {
        self.namespaces.values().any(|namespace| namespace.is_wanted)
    }

    fn wanted(&self) -> Vec<NamespaceId> {
        let wanted = self.namespaces.iter().filter(|(_, namespace)| namespace.is_wanted);
        wanted.map(|(id, _)| *id).collect()
    }
}
