//! A namespace's way in and out of the connection: authentication, patience with the server,
//! and the settling of everything that waits when it ends.
//!
//! Must not know: how connections come and go, what packets say.

use std::time::{Duration, Instant};

use super::{
    AckFailure, AuthRequest, Config, EventKind, Manager, NamespaceId,
    barrier::Kind,
    config::Verdict,
    namespace::{Namespace, Patience, State},
};
use crate::error::{ConnectError, DisconnectReason, EmitError, Failure};

impl Manager {
    pub(super) fn ask_for_auth(&mut self, now: Instant, id: NamespaceId) {
        let deadline = now + self.config.connect_timeout;
        let is_owner = self.namespaces.is_owner(id);
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        if !is_owner {
            // `forget_if_released` comes back to this.
            namespace.state = State::Queued(Patience::new(deadline));
            return;
        }
        self.auth_requests += 1;
        let request = AuthRequest(self.auth_requests);
        namespace.state = State::Authenticating { request, deadline };
        self.out.event(id, EventKind::AuthNeeded { request });
    }

    /// A namespace was not entered, for a reason of its own: authentication failed, or the server
    /// said no.
    pub(super) fn fail_entry(&mut self, now: Instant, id: NamespaceId, error: ConnectError) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        namespace.early.take();
        let attempts = namespace.backoff.attempts();
        let verdict = self.config.judge(Failure::Attempt(&error), attempts);
        let (reason, will_retry) = (error.as_reason(), verdict == Verdict::Retried);
        self.out.event(id, EventKind::ConnectError { error, will_retry });
        self.carry_out(now, id, verdict, &reason);
    }

    /// The server sends a namespace away, and keeps the connection.
    pub(super) fn on_server_disconnect(&mut self, now: Instant, id: NamespaceId) {
        self.forget_failures_if_stable(now, id);
        let reason = DisconnectReason::ServerDisconnect;
        // A packet for a socket that it has no more makes the server close the connection
        // (`socket.io/lib/client.ts`, `ondecoded`).
        let unsent = self.out.take_namespace(id);
        self.hold_or_reject(now, unsent);
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let attempts = namespace.backoff.attempts();
        let verdict = self.config.judge(Failure::Loss(&reason), attempts);
        if verdict == Verdict::GivenUp {
            self.deactivate(id, &reason);
            return self.close_if_unused(now);
        }
        // Nothing is sent any more, not even the next try of what is retried.
        namespace.state = State::Idle;
        self.fail_sent(now, id, &reason);
        let will_reconnect = verdict == Verdict::Retried;
        self.out.event(id, EventKind::Disconnected { reason: reason.clone(), will_reconnect });
        self.carry_out(now, id, verdict, &reason);
    }

    /// The namespace is entered again later, on the connection that there is, or not at all.
    fn carry_out(
        &mut self,
        now: Instant,
        id: NamespaceId,
        verdict: Verdict,
        reason: &DisconnectReason,
    ) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        match verdict {
            Verdict::Retried => {
                namespace.state = State::Waiting { until: now + namespace.backoff.next_delay() };
                return;
            }
            Verdict::Exhausted => {
                namespace.state = State::Idle;
                self.out.event(id, EventKind::ReconnectFailed);
                self.give_up(id, &DisconnectReason::ReconnectFailed);
            }
            Verdict::GivenUp => {
                namespace.state = State::Idle;
                self.give_up(id, reason);
            }
        }
        self.close_if_unused(now);
    }

    pub(super) fn expire_namespace(&mut self, now: Instant, id: NamespaceId) {
        self.expire_acks(now, id);
        self.expire_held(now, id);
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        match namespace.state {
            State::Authenticating { deadline, .. } if deadline <= now => {
                let error = namespace_timeout(&self.config, namespace);
                self.fail_entry(now, id, error);
            }
            State::Waiting { until } if until <= now => {
                let attempt = namespace.backoff.attempts();
                namespace.attempt = attempt;
                self.out.event(id, EventKind::ReconnectAttempt { attempt });
                self.ask_for_auth(now, id);
            }
            _ => {}
        }
    }

    /// Tells the namespaces that the server has not accepted in time, and dials anew if nobody
    /// gets anywhere on this session.
    pub(super) fn expire_patience(&mut self, now: Instant) {
        let until = now + self.config.connect_timeout.max(PATIENCE_RENEWAL);
        let mut is_expired = false;
        let mut late = Vec::new();
        for id in self.namespaces.due(now) {
            let patience = self.namespaces.get_mut(id).and_then(Namespace::patience);
            let Some(patience) = patience.filter(|patience| patience.until <= now) else {
                continue;
            };
            is_expired = true;
            if !patience.is_over {
                late.push(id);
            }
            *patience = Patience { until, is_over: true };
        }
        if !is_expired {
            return;
        }
        if !self.namespaces.iter().any(|(_, namespace)| namespace.is_engaged()) {
            return self.fail_idle_session(now);
        }
        // A second CONNECT would close the connection that others use.
        for id in late {
            let Some(namespace) = self.namespaces.get(id) else { continue };
            let error = namespace_timeout(&self.config, namespace);
            let will_retry = self.config.is_worth_another(Failure::Attempt(&error));
            let reason = error.as_reason();
            self.out.event(id, EventKind::ConnectError { error, will_retry });
            if !will_retry {
                self.regret(id);
                self.give_up(id, &reason);
            }
        }
        self.close_if_unused(now);
    }

    /// A namespace is not wanted any more. One whose CONNECT is on the way is
    /// [leaving](State::Leaving).
    fn regret(&mut self, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        namespace.state = match namespace.state {
            State::Connecting(_) | State::Leaving(_) => State::Leaving(None),
            _ => State::Idle,
        };
        namespace.early.take();
    }

    /// Nobody got anywhere on this session: dial another one.
    fn fail_idle_session(&mut self, now: Instant) {
        for id in self.namespaces.ids() {
            if let Some(namespace) = self.namespaces.get_mut(id) {
                namespace.state = State::Idle;
                namespace.early.take();
            }
            self.forget_if_released(now, id);
        }
        self.fail_attempt(now, namespace_timeout);
    }

    /// A namespace ends without being reconnected: everything that waits for it is settled.
    pub(super) fn deactivate(&mut self, id: NamespaceId, reason: &DisconnectReason) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let was_wanted = std::mem::replace(&mut namespace.is_wanted, false);
        namespace.state = State::Idle;
        namespace.early.take();
        if was_wanted {
            let event = EventKind::Disconnected { reason: reason.clone(), will_reconnect: false };
            self.out.event(id, event);
        }
        self.give_up(id, reason);
    }

    /// Settles what waits for a namespace that is not wanted any more.
    pub(super) fn give_up(&mut self, id: NamespaceId, reason: &DisconnectReason) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        namespace.is_wanted = false;
        namespace.backoff.reset();
        namespace.closed = Some(reason.clone());
        self.give_up_retries(id, reason);
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let held = namespace.held.take();
        let mut forgotten = Vec::new();
        for ack in namespace.acks.take_sent(&mut forgotten) {
            let failure = AckFailure::Disconnected(reason.clone());
            self.out.event(id, EventKind::AckFailed { ack, failure });
        }
        // What still waits to be sent is told from what has failed just now.
        self.out.forget_acks(id, forgotten);
        for held in held {
            let error =
                EmitError::Disconnected { event: held.event.to_string(), reason: reason.clone() };
            self.reject_held(id, held.ack, error);
        }
    }

    pub(super) fn send_disconnect(&mut self, id: NamespaceId) {
        if let (Some(namespace), Some(channel)) =
            (self.namespaces.get(id), self.session.open_channel())
        {
            self.left.insert(namespace.path.clone(), false);
            let packet = self.config.parser.disconnect(&namespace.path);
            self.out.packet(channel, id, Kind::Disconnect, packet);
        }
    }

    /// The server has given its word on a CONNECT that was regretted.
    pub(super) fn end_leaving(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        namespace.state = State::Idle;
        if namespace.is_wanted {
            return self.ask_for_auth(now, id);
        }
        self.forget_if_released(now, id);
    }

    /// Forgets a namespace whose handles are gone, unless the server's answer has to be waited
    /// for, and lets a newer socket of the same path go on.
    pub(super) fn forget_if_released(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get(id) else { return };
        if !namespace.is_released || matches!(namespace.state, State::Leaving(_)) {
            return;
        }
        let Some(heir) = self.namespaces.remove(id) else { return };
        let is_wanted = self.namespaces.get(heir).is_some_and(|heir| heir.is_wanted);
        if is_wanted && self.session.is_open() {
            self.ask_for_auth(now, heir);
        }
    }
}

fn namespace_timeout(config: &Config, namespace: &Namespace) -> ConnectError {
    let after = config.connect_timeout;
    ConnectError::NamespaceTimeout { namespace: namespace.path.to_string(), after }
}

/// How long those who have lost their patience wait at least until it is looked again whether
/// somebody else gets anywhere, however short the user's timeout is.
const PATIENCE_RENEWAL: Duration = Duration::from_secs(1);
