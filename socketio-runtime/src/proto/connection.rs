//! The comings and goings of the Manager's connection: dials, losses, retries, the close.
//!
//! Must not know: how a namespace is entered, what packets say.

use std::time::Instant;

use super::{
    ChannelId, Config, EventKind, Manager, NamespaceId, Transmit,
    config::Verdict,
    held::Emitted,
    namespace::{Namespace, State},
    session::Ended,
};
use crate::{
    codec::{Handshake, Transport},
    error::{ConnectError, DisconnectReason, Failure, Logged},
};

impl Manager {
    fn open_session(&mut self, now: Instant) {
        self.abort_session(now);
        self.opening_error = None;
        tracing::debug!(attempt = self.backoff.attempts(), "dialling");
        let deadline = now + self.config.open_timeout;
        let transport = self.transports.begin();
        self.open_over(now, transport, deadline);
    }

    fn open_over(&mut self, now: Instant, transport: Transport, deadline: Instant) {
        let request_timeout = self.config.request_timeout;
        let transmit = self.session.open(now, transport, deadline, request_timeout);
        if let Some(transmit) = transmit {
            self.out.control(transmit);
        }
    }

    /// Dials if somebody wants a connection and nothing is under way.
    pub(super) fn reopen_if_wanted(&mut self, now: Instant) {
        if self.is_wanted() && self.session.is_closed() && self.retry.is_none() {
            self.open_session(now);
        }
    }

    pub(super) fn on_opened(&mut self, now: Instant, handshake: &Handshake) {
        self.traffic.connections += 1;
        tracing::debug!(transport = ?self.session.transport(), "the connection is open");
        // What was cut off by the end of the last session is not completed on this one.
        self.reassembler.abandon();
        self.left.clear();
        self.opening_error = None;
        self.start_upgrade(now, handshake);
        for id in self.wanted() {
            self.ask_for_auth(now, id);
        }
    }

    /// The WebSocket is gone.
    pub(super) fn on_channel_gone(&mut self, now: Instant, reason: DisconnectReason) {
        let (was_open, deadline) = (self.session.is_open(), self.session.opening_deadline());
        if let Some(Ended { channel, .. }) = self.session.end() {
            self.hold_unsent(now, channel);
        }
        if let Some(deadline) = deadline {
            let error = match reason {
                DisconnectReason::TransportError(error) => ConnectError::Transport(error),
                reason => ConnectError::Disconnected(reason),
            };
            self.on_opening_failed(now, deadline, error);
        } else if was_open {
            self.lose_session(now, &reason);
        } else {
            self.reopen_if_wanted(now);
        }
    }

    pub(super) fn fail_opening(&mut self, now: Instant, error: ConnectError) {
        let Some(deadline) = self.session.opening_deadline() else { return };
        self.abort_session(now);
        self.on_opening_failed(now, deadline, error);
    }

    /// A session could not be opened with one transport: another one may do better.
    fn on_opening_failed(&mut self, now: Instant, deadline: Instant, error: ConnectError) {
        let can_help = error.depends_on_transport();
        let next = if can_help { self.transports.next() } else { None };
        let told = match self.opening_error.take() {
            Some(first) if first.says_more_than(&error) => first,
            _ => error,
        };
        if let Some(transport) = next {
            tracing::debug!(error = %Logged(&told), %transport, "trying another transport");
            self.opening_error = Some(told);
            return self.open_over(now, transport, deadline);
        }
        self.transports.on_failure();
        self.fail_attempt(now, |_, _| told.clone());
    }

    pub(super) fn on_open_timeout(&mut self, now: Instant) {
        self.transports.on_timeout();
        let after = self.config.open_timeout;
        let first = self.opening_error.take().filter(ConnectError::is_retried);
        let error = first.unwrap_or(ConnectError::OpenTimeout { after });
        self.fail_attempt(now, |_, _| error.clone());
    }

    /// An open session ends against the user's will.
    pub(super) fn lose_session(&mut self, now: Instant, reason: &DisconnectReason) {
        tracing::debug!(reason = %Logged(reason), "the connection is lost");
        // Attachments that wait for others would wait for ever.
        self.reassembler.abandon();
        let is_parse_error = matches!(reason, DisconnectReason::ParseError(_));
        let channel = self.session.open_channel();
        if let Some(channel) = channel.filter(|_| is_parse_error) {
            // The peer is there, so it is told.
            self.hold_unsent(now, channel);
            self.begin_close(now);
        } else {
            self.abort_session(now);
        }
        self.transports.on_failure();
        let ids = self.namespaces.ids();
        for id in &ids {
            self.forget_failures_if_stable(now, *id);
        }
        for id in ids {
            self.suspend(now, id, reason);
            self.forget_if_released(now, id);
        }
        self.schedule_retry(now);
    }

    /// A namespace loses its session.
    fn suspend(&mut self, now: Instant, id: NamespaceId, reason: &DisconnectReason) {
        let attempts = self.backoff.attempts();
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let state = std::mem::replace(&mut namespace.state, State::Idle);
        namespace.early.take();
        let is_wanted = namespace.is_wanted;
        self.fail_sent(now, id, reason);
        if !is_wanted {
            return;
        }
        let verdict = if state == State::Connected {
            let verdict = self.config.judge(Failure::Loss(reason), attempts);
            let (reason, will_reconnect) = (reason.clone(), verdict == Verdict::Retried);
            self.out.event(id, EventKind::Disconnected { reason, will_reconnect });
            verdict
        } else {
            let error = ConnectError::Disconnected(reason.clone());
            let verdict = self.config.judge(Failure::Attempt(&error), attempts);
            let will_retry = verdict == Verdict::Retried;
            self.out.event(id, EventKind::ConnectError { error, will_retry });
            verdict
        };
        if verdict == Verdict::GivenUp {
            self.give_up(id, reason);
        }
    }

    /// An attempt to open a session fails; `error` says to a namespace why.
    pub(super) fn fail_attempt(
        &mut self,
        now: Instant,
        error: impl Fn(&Config, &Namespace) -> ConnectError,
    ) {
        self.abort_session(now);
        self.traffic.failed_attempts += 1;
        let attempts = self.backoff.attempts();
        for id in self.wanted() {
            let Some(namespace) = self.namespaces.get(id) else { continue };
            let error = error(&self.config, namespace);
            let verdict = self.config.judge(Failure::Attempt(&error), attempts);
            let (reason, will_retry) = (error.as_reason(), verdict == Verdict::Retried);
            self.out.event(id, EventKind::ConnectError { error, will_retry });
            if verdict == Verdict::GivenUp {
                self.give_up(id, &reason);
            }
        }
        self.schedule_retry(now);
    }

    fn schedule_retry(&mut self, now: Instant) {
        if !self.is_wanted() {
            self.backoff.reset();
            return;
        }
        // Those who are still wanted have all been judged by the same number of attempts.
        let limit = self.config.reconnection_attempts.unwrap_or(u32::MAX);
        if self.backoff.attempts() < limit {
            let delay = self.backoff.next_delay();
            tracing::debug!(?delay, attempt = self.backoff.attempts(), "will dial again");
            self.retry = Some(now + delay);
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
            if let Some(namespace) = self.namespaces.get_mut(id) {
                namespace.attempt = attempt;
            }
            self.out.event(id, EventKind::ReconnectAttempt { attempt });
        }
        self.open_session(now);
    }

    /// A namespace that leaves, or is lost, was connected for long enough to prove the connection
    /// good: the failures before it do not count any more.
    pub(super) fn forget_failures_if_stable(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        if namespace.has_lasted(now, self.config.stable_connection) {
            namespace.backoff.reset();
            self.backoff.reset();
        }
    }

    pub(super) fn close_if_unused(&mut self, now: Instant) {
        if self.is_wanted() {
            return;
        }
        self.retry = None;
        self.backoff.reset();
        if self.session.is_opening() {
            self.abort_session(now);
        } else if !self.session.is_open() {
            // Without a session all of them are idle.
            return;
        }
        self.begin_close(now);
        for id in self.namespaces.ids() {
            if let Some(namespace) = self.namespaces.get_mut(id) {
                namespace.state = State::Idle;
            }
            self.forget_if_released(now, id);
        }
    }

    /// Closes an open session in good order, behind what waits to be sent.
    fn begin_close(&mut self, now: Instant) {
        let deadline = now + self.config.close_timeout;
        let Some(Ended { channel, upgrade }) = self.session.begin_close(deadline) else { return };
        // It is easier to close one channel than to change to another first.
        if let Some(channel) = upgrade {
            self.out.control(Transmit::Abort { channel });
        }
        self.out.close(channel);
    }

    /// The close is done, or has taken too long.
    pub(super) fn on_close_done(&mut self, now: Instant) {
        self.abort_session(now);
        self.reopen_if_wanted(now);
    }

    pub(super) fn abort_session(&mut self, now: Instant) {
        let Some(Ended { channel, upgrade }) = self.session.end() else { return };
        self.hold_unsent(now, channel);
        for channel in [Some(channel), upgrade].into_iter().flatten() {
            self.out.control(Transmit::Abort { channel });
        }
    }

    /// Keeps for the next connection what the lost one did not take. The reference client loses
    /// it (`engine.io-client/lib/socket.ts`, `_onClose` empties the write buffer).
    fn hold_unsent(&mut self, now: Instant, channel: ChannelId) {
        let unsent = self.out.take_unsent(channel);
        self.hold_or_reject(now, unsent);
    }

    pub(super) fn hold_or_reject(&mut self, now: Instant, unsent: Vec<(NamespaceId, Emitted)>) {
        for (id, emitted) in unsent {
            self.take_back(id, emitted);
            // On its way it may have waited for longer than its time to live.
            self.expire_held(now, id);
        }
    }

    /// The server sends the next ping when it has read the answer to this one, and so also what was
    /// sent before that answer. What it had said by then has come by then.
    pub(super) fn on_ping(&mut self) {
        // The answer overtakes what waits.
        if self.out.unsent_bytes() == 0 {
            self.left.retain(|_, is_older| !std::mem::replace(is_older, true));
        }
        if let Some(channel) = self.session.open_channel() {
            self.out.pong(channel);
        }
    }

    fn is_wanted(&self) -> bool {
        self.namespaces.is_wanted()
    }

    fn wanted(&self) -> Vec<NamespaceId> {
        let wanted = self.namespaces.iter().filter(|(_, namespace)| namespace.is_wanted);
        wanted.map(|(id, _)| id).collect()
    }
}
