//! The Manager: the namespaces of one connection, and the connection's comings and goings.
//!
//! Must not know: how a packet is written or read; that is `packets`' business.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use super::{
    AckFailure, AckId, AckToken, AuthRequest, Config, EmitOptions, Event, EventKind, Input,
    NamespaceId, Transmit,
    backoff::Backoff,
    namespace::{Namespace, Patience, State},
    outbox::Outbox,
    session::{Expired, Received, Session},
};
use crate::{
    codec::{PONG, Packet, Reassembler, encode_connect, encode_disconnect},
    error::{AuthError, ConnectError, DisconnectReason, EmitError, InvalidEvent},
};

/// One connection, kept alive for the namespaces on it.
#[derive(Debug)]
pub(crate) struct Manager {
    pub(super) config: Config,
    pub(super) session: Session,
    pub(super) reassembler: Reassembler,
    pub(super) namespaces: BTreeMap<NamespaceId, Namespace>,
    /// Who gets the packets of a path.
    pub(super) paths: HashMap<Box<str>, NamespaceId>,
    pub(super) out: Outbox,
    backoff: Backoff,
    /// When the next reconnection attempt starts.
    retry: Option<Instant>,
    auth_requests: u64,
    seed: u64,
}

impl Manager {
    /// `seed` decides the jitter: the same seed and inputs give the same outputs.
    pub(crate) fn new(config: Config, seed: u64) -> Self {
        let config = config.bounded();
        Self {
            backoff: Backoff::new(&config, seed),
            config,
            session: Session::default(),
            reassembler: Reassembler::default(),
            namespaces: BTreeMap::new(),
            paths: HashMap::new(),
            out: Outbox::default(),
            retry: None,
            auth_requests: 0,
            seed,
        }
    }

    pub(crate) fn handle_input(&mut self, now: Instant, input: Input) {
        let channel = match &input {
            Input::Opened { channel }
            | Input::Frame { channel, .. }
            | Input::Failed { channel, .. }
            | Input::Closed { channel, .. }
            | Input::Writable { channel, .. } => *channel,
        };
        if self.session.channel() != Some(channel) {
            tracing::trace!(?channel, "input of a former channel");
            return;
        }
        match input {
            // The session opens with the server's handshake.
            Input::Opened { .. } => {}
            Input::Frame { frame, .. } => match self.session.handle_frame(now, frame) {
                Received::Nothing => {}
                Received::Opened => self.on_opened(now),
                Received::Ping => self.send_pong(),
                Received::Message(text) => self.handle_message(now, text),
                Received::Binary(bytes) => self.handle_attachment(now, bytes),
                Received::Refused(error) => self.fail_attempt(now, |_, _| error.clone()),
                Received::Broken(reason) => self.lose_session(now, reason),
            },
            Input::Failed { error, .. } => {
                self.on_channel_gone(now, DisconnectReason::TransportError(error));
            }
            Input::Closed { code, .. } => {
                self.on_channel_gone(now, DisconnectReason::TransportClose { code });
            }
            Input::Writable { writable, .. } => self.session.set_writable(writable),
        }
    }

    /// Does what is due by now.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        match self.session.expired(now) {
            Some(Expired::Open) => {
                let after = self.config.open_timeout;
                self.fail_attempt(now, |_, _| ConnectError::OpenTimeout { after });
            }
            Some(Expired::Heartbeat) => self.lose_session(now, DisconnectReason::PingTimeout),
            Some(Expired::Close) => {
                self.abort_session();
                self.reopen_if_wanted(now);
            }
            None => {}
        }
        if self.retry.is_some_and(|retry| retry <= now) {
            self.start_attempt(now);
        }
        let ids: Vec<_> = self.namespaces.keys().copied().collect();
        for id in ids {
            self.expire_namespace(now, id);
        }
        self.expire_patience(now);
    }

    /// Adds a namespace. It does nothing before [`connect`](Self::connect); emits are held back.
    pub(crate) fn add_namespace(&mut self, id: NamespaceId, path: &str) {
        let backoff = Backoff::new(&self.config, self.seed.wrapping_add(id.0));
        self.namespaces.insert(id, Namespace::new(path, backoff));
        // A former socket of this path may still wait for its last word from the server.
        self.paths.entry(path.into()).or_insert(id);
    }

    /// Disconnects a namespace and forgets it, as soon as the server's state allows.
    pub(crate) fn remove_namespace(&mut self, now: Instant, id: NamespaceId) {
        self.disconnect(now, id);
        if let Some(namespace) = self.namespaces.get_mut(&id) {
            namespace.is_released = true;
        }
        self.forget_if_released(now, id);
    }

    /// Enters the namespace, and stays in it. A namespace that is wanted already stays as it is.
    pub(crate) fn connect(&mut self, now: Instant, id: NamespaceId) {
        let deadline = now + self.config.connect_timeout;
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        if namespace.is_wanted {
            return;
        }
        namespace.is_wanted = true;
        namespace.closed = None;
        namespace.attempt = 0;
        if namespace.state == State::Leaving {
            // The CONNECT that was regretted is the one that is wanted now.
            namespace.state = State::Connecting(Patience::new(deadline));
        } else if self.session.is_open() {
            self.ask_for_auth(now, id);
        } else {
            self.reopen_if_wanted(now);
        }
    }

    /// The answer to [`EventKind::AuthNeeded`]: a JSON object, or nothing.
    pub(crate) fn authenticate(
        &mut self,
        now: Instant,
        id: NamespaceId,
        request: AuthRequest,
        payload: Result<Option<String>, AuthError>,
    ) {
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let State::Authenticating { request: expected, deadline } = namespace.state else { return };
        if request != expected {
            return;
        }
        match (payload, self.session.open_channel()) {
            (Ok(payload), Some(channel)) => {
                namespace.state = State::Connecting(Patience::new(deadline));
                let connect = encode_connect(&namespace.path, payload.as_deref());
                self.out.packet(channel, Packet::text(connect));
            }
            (Ok(_), None) => {}
            (Err(error), _) => self.fail_auth(now, id, ConnectError::Auth(error)),
        }
    }

    /// Sends an event, or holds it back until the namespace is connected.
    pub(crate) fn emit(
        &mut self,
        now: Instant,
        id: NamespaceId,
        packet: Packet,
        options: EmitOptions,
    ) {
        // After a suspend, the heartbeat may have expired before the timer could tell.
        if self.session.expired(now) == Some(Expired::Heartbeat) {
            self.lose_session(now, DisconnectReason::PingTimeout);
        }
        let (is_writable, max_payload) = (self.session.is_writable(), self.session.max_payload());
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let is_connected = namespace.state == State::Connected;
        let event = options.event.to_owned();
        let ack = options.ack.map(|(ack, _)| ack);
        if let Some(reason) = namespace.closed.clone() {
            self.reject(id, ack, EmitError::Disconnected { event, reason });
        } else if options.is_volatile && !(is_connected && is_writable) {
            // Only an emit with ack reports it.
            if ack.is_some() {
                self.reject(id, ack, EmitError::VolatileDropped { event });
            }
        } else if !is_connected {
            namespace.hold(now, packet, options);
        } else if let Some(error) = too_large(&packet, options.event, max_payload) {
            self.reject(id, ack, error);
        } else if let Some(channel) = self.session.open_channel() {
            if let Some((ack, timeout)) = options.ack {
                namespace.acks.expect(now, ack, timeout, None);
            }
            self.out.packet(channel, packet);
        }
    }

    /// Another timeout for an emit, counted from the emit; `None` for ever.
    pub(crate) fn set_ack_timeout(
        &mut self,
        id: NamespaceId,
        ack: AckId,
        timeout: Option<Duration>,
    ) {
        if let Some(namespace) = self.namespaces.get_mut(&id) {
            namespace.acks.set_timeout(ack, timeout);
        }
    }

    /// Answers an event, if the connection on which it came is still there: on another one the
    /// server would take the answer for somebody else's.
    pub(crate) fn answer(&mut self, id: NamespaceId, token: &AckToken, packet: Packet) {
        let Some(namespace) = self.namespaces.get(&id) else { return };
        let is_current = token.connection == namespace.connections;
        match self.session.open_channel() {
            Some(channel) if is_current && namespace.state == State::Connected => {
                match too_large(&packet, "(answer)", self.session.max_payload()) {
                    Some(error) => {
                        self.out.event(id, EventKind::Invalid(InvalidEvent::Emit(error)))
                    }
                    None => self.out.packet(channel, packet),
                }
            }
            _ => tracing::debug!(ack = token.id, "answer after the connection was lost"),
        }
    }

    /// Leaves the namespace; the connection closes if no other one needs it.
    pub(crate) fn disconnect(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let state = namespace.state;
        self.deactivate(id, DisconnectReason::ClientDisconnect);
        if let Some(namespace) = self.namespaces.get_mut(&id) {
            // Its CONNECT is on the way: see `State::Leaving`.
            if matches!(state, State::Connecting(_) | State::Leaving) {
                namespace.state = State::Leaving;
            } else if let Some(channel) = self.session.open_channel() {
                if state == State::Connected {
                    self.out.packet(channel, Packet::text(encode_disconnect(&namespace.path)));
                }
            }
        }
        self.close_if_unused(now);
    }

    #[must_use]
    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.out.poll_transmit()
    }

    #[must_use]
    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.out.poll_event()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let namespaces = self.namespaces.values().filter_map(Namespace::next_deadline).min();
        [self.session.next_deadline(), self.retry, namespaces].into_iter().flatten().min()
    }

    /// Bytes of frames that were not polled out.
    pub(crate) fn unsent_bytes(&self) -> usize {
        self.out.unsent_bytes()
    }

    /// Bytes of packets that wait for a connection.
    pub(crate) fn held_bytes(&self) -> usize {
        self.namespaces.values().map(Namespace::held_bytes).sum()
    }

    /// Whether everything was polled out.
    pub(crate) fn is_drained(&self) -> bool {
        !self.out.has_transmits()
    }

    /// The server's limit for one message.
    pub(crate) fn max_payload(&self) -> Option<usize> {
        self.session.max_payload()
    }

    // --- the connection ---

    fn open_session(&mut self, now: Instant) {
        self.abort_session();
        let channel = self.session.open(now + self.config.open_timeout);
        self.out.transmit(Transmit::Open { channel });
    }

    /// Dials if somebody wants a connection and nothing is under way.
    fn reopen_if_wanted(&mut self, now: Instant) {
        if self.is_wanted() && self.session.is_closed() && self.retry.is_none() {
            self.open_session(now);
        }
    }

    fn on_opened(&mut self, now: Instant) {
        for id in self.wanted() {
            self.ask_for_auth(now, id);
        }
    }

    fn on_channel_gone(&mut self, now: Instant, reason: DisconnectReason) {
        let (was_open, was_opening) = (self.session.is_open(), self.session.is_opening());
        if let Some(channel) = self.session.end() {
            self.out.forget_frames(channel);
        }
        if was_open {
            self.lose_session(now, reason);
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
    pub(super) fn lose_session(&mut self, now: Instant, reason: DisconnectReason) {
        let is_parse_error = matches!(reason, DisconnectReason::ParseError(_));
        let channel = self.session.open_channel();
        if let Some(channel) = channel.filter(|_| is_parse_error) {
            // The peer is there, so it is told.
            self.out.forget_frames(channel);
            self.session.begin_close(now + self.config.close_timeout);
            self.out.transmit(Transmit::Close { channel });
        } else {
            self.abort_session();
        }
        self.reassembler.abandon();
        let ids: Vec<_> = self.namespaces.keys().copied().collect();
        for id in ids {
            self.suspend(id, &reason);
            self.forget_if_released(now, id);
        }
        self.schedule_retry(now);
    }

    /// A namespace loses its session.
    fn suspend(&mut self, id: NamespaceId, reason: &DisconnectReason) {
        let will_reconnect = self.may_retry();
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let state = std::mem::replace(&mut namespace.state, State::Idle);
        namespace.early.clear();
        for ack in namespace.acks.take_sent() {
            let failure = AckFailure::Disconnected(reason.clone());
            self.out.event(id, EventKind::AckFailed { ack, failure });
        }
        if !namespace.is_wanted {
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
            self.give_up(id, reason.clone());
        }
    }

    /// An attempt to open a session fails; `error` says to a namespace why.
    fn fail_attempt(&mut self, now: Instant, error: impl Fn(&Config, &Namespace) -> ConnectError) {
        self.abort_session();
        let will_retry = self.may_retry();
        for id in self.wanted() {
            let Some(namespace) = self.namespaces.get(&id) else { continue };
            let error = error(&self.config, namespace);
            self.out.event(id, EventKind::ConnectError { error, will_retry });
            if !self.config.reconnection {
                self.give_up(id, DisconnectReason::ReconnectFailed);
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
            self.give_up(id, DisconnectReason::ReconnectFailed);
        }
        self.backoff.reset();
    }

    fn start_attempt(&mut self, now: Instant) {
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

    fn abort_session(&mut self) {
        if let Some(channel) = self.session.end() {
            self.out.forget_frames(channel);
            self.out.transmit(Transmit::Abort { channel });
        }
    }

    fn send_pong(&mut self) {
        if let Some(channel) = self.session.open_channel() {
            self.out.packet(channel, Packet::text(PONG));
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

    // --- the namespaces ---

    pub(super) fn ask_for_auth(&mut self, now: Instant, id: NamespaceId) {
        let deadline = now + self.config.connect_timeout;
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        if self.paths.get(&namespace.path) != Some(&id) {
            // `forget_if_released` comes back to this.
            namespace.state = State::Queued(Patience::new(deadline));
            return;
        }
        self.auth_requests += 1;
        let request = AuthRequest(self.auth_requests);
        namespace.state = State::Authenticating { request, deadline };
        self.out.event(id, EventKind::AuthNeeded { request });
    }

    fn fail_auth(&mut self, now: Instant, id: NamespaceId, error: ConnectError) {
        let limit = self.config.reconnection_attempts.unwrap_or(u32::MAX);
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let will_retry = self.config.reconnection && namespace.backoff.attempts() < limit;
        self.out.event(id, EventKind::ConnectError { error, will_retry });
        if will_retry {
            namespace.state = State::Waiting { until: now + namespace.backoff.next_delay() };
            return;
        }
        namespace.state = State::Idle;
        if self.config.reconnection {
            self.out.event(id, EventKind::ReconnectFailed);
        }
        self.give_up(id, DisconnectReason::ReconnectFailed);
        self.close_if_unused(now);
    }

    fn expire_namespace(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        while let Some(ack) = namespace.pop_expired_ack(now) {
            let failure = AckFailure::TimedOut;
            self.out.event(id, EventKind::AckFailed { ack, failure });
        }
        match namespace.state {
            State::Authenticating { deadline, .. } if deadline <= now => {
                let error = namespace_timeout(&self.config, namespace);
                self.fail_auth(now, id, error);
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
    fn expire_patience(&mut self, now: Instant) {
        let until = now + self.config.connect_timeout;
        let mut is_expired = false;
        let mut late = Vec::new();
        for (id, namespace) in &mut self.namespaces {
            let Some(patience) = namespace.patience().filter(|patience| patience.until <= now)
            else {
                continue;
            };
            is_expired = true;
            if !patience.is_over {
                late.push(*id);
            }
            *patience = Patience { until, is_over: true };
        }
        if !is_expired {
            return;
        }
        if !self.namespaces.values().any(Namespace::is_engaged) {
            return self.fail_idle_session(now);
        }
        // A second CONNECT would close the connection that others use.
        for id in late {
            let Some(namespace) = self.namespaces.get(&id) else { continue };
            let error = namespace_timeout(&self.config, namespace);
            self.out.event(id, EventKind::ConnectError { error, will_retry: true });
        }
    }

    /// Nobody got anywhere on this session: dial another one.
    fn fail_idle_session(&mut self, now: Instant) {
        let ids: Vec<_> = self.namespaces.keys().copied().collect();
        for id in ids {
            if let Some(namespace) = self.namespaces.get_mut(&id) {
                namespace.state = State::Idle;
                namespace.early.clear();
            }
            self.forget_if_released(now, id);
        }
        self.reassembler.abandon();
        self.fail_attempt(now, namespace_timeout);
    }

    /// A namespace ends without being reconnected: everything that waits for it is settled.
    pub(super) fn deactivate(&mut self, id: NamespaceId, reason: DisconnectReason) {
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let was_wanted = std::mem::replace(&mut namespace.is_wanted, false);
        namespace.state = State::Idle;
        namespace.early.clear();
        if was_wanted {
            let event = EventKind::Disconnected { reason: reason.clone(), will_reconnect: false };
            self.out.event(id, event);
        }
        self.give_up(id, reason);
    }

    /// Settles what waits for a namespace that is not wanted any more.
    pub(super) fn give_up(&mut self, id: NamespaceId, reason: DisconnectReason) {
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        namespace.is_wanted = false;
        namespace.attempt = 0;
        namespace.backoff.reset();
        namespace.closed = Some(reason.clone());
        let held = namespace.take_held();
        for ack in namespace.acks.take_sent() {
            let failure = AckFailure::Disconnected(reason.clone());
            self.out.event(id, EventKind::AckFailed { ack, failure });
        }
        for held in held {
            let error =
                EmitError::Disconnected { event: held.event.to_owned(), reason: reason.clone() };
            self.reject_held(id, held.ack, error);
        }
    }

    /// As [`reject`](Self::reject), of an event that was held back.
    pub(super) fn reject_held(&mut self, id: NamespaceId, ack: Option<AckId>, error: EmitError) {
        if let (Some(ack), Some(namespace)) = (ack, self.namespaces.get_mut(&id)) {
            namespace.acks.remove(ack);
        }
        self.reject(id, ack, error);
    }

    /// An event that was accepted is not sent: whoever waits for its answer is told, or else the
    /// socket.
    pub(super) fn reject(&mut self, id: NamespaceId, ack: Option<AckId>, error: EmitError) {
        let kind = match ack {
            Some(ack) => EventKind::AckFailed { ack, failure: AckFailure::Rejected(error) },
            None => EventKind::Invalid(InvalidEvent::Emit(error)),
        };
        self.out.event(id, kind);
    }

    /// Forgets a namespace whose handles are gone, unless the server's answer has to be waited
    /// for, and lets a newer socket of the same path go on.
    pub(super) fn forget_if_released(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get(&id) else { return };
        if !namespace.is_released || namespace.state == State::Leaving {
            return;
        }
        let Some(namespace) = self.namespaces.remove(&id) else { return };
        if self.paths.get(&namespace.path) != Some(&id) {
            return;
        }
        self.paths.remove(&namespace.path);
        let heir = self.namespaces.iter().find(|(_, other)| other.path == namespace.path);
        let Some((heir, is_wanted)) = heir.map(|(id, heir)| (*id, heir.is_wanted)) else { return };
        self.paths.insert(namespace.path, heir);
        if is_wanted && self.session.is_open() {
            self.ask_for_auth(now, heir);
        }
    }
}

fn namespace_timeout(config: &Config, namespace: &Namespace) -> ConnectError {
    let after = config.connect_timeout;
    ConnectError::NamespaceTimeout { namespace: namespace.path.to_string(), after }
}

/// A message over the server's limit would cost the whole connection.
pub(super) fn too_large(
    packet: &Packet,
    event: &str,
    max_payload: Option<usize>,
) -> Option<EmitError> {
    let (size, limit) = (packet.largest_part(), max_payload?);
    (size > limit).then(|| EmitError::TooLarge { event: event.to_owned(), size, limit })
}
