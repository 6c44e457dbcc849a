//! The Manager: its inputs, its commands, and what is polled out of it. What they bring about
//! stands beside: `connection`, `membership` and `packets`.
//!
//! Must not know: how a packet is written or read.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use super::{
    AckId, AckToken, AuthRequest, Config, EmitOptions, Event, EventKind, Input, NamespaceId,
    Transmit,
    backoff::Backoff,
    namespace::{Emitted, Namespace, Patience, State},
    outbox::Outbox,
    session::{Expired, Received, Session},
    traffic::Traffic,
};
use crate::{
    codec::{Packet, Reassembler, encode_connect},
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
    pub(super) backoff: Backoff,
    /// When the next reconnection attempt starts.
    pub(super) retry: Option<Instant>,
    pub(super) auth_requests: u64,
    pub(super) traffic: Traffic,
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
            traffic: Traffic::default(),
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
        if let Input::Frame { frame, .. } = &input {
            self.traffic.on_received(frame.size());
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
                Received::Broken(reason) => self.lose_session(now, &reason),
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
            Some(Expired::Heartbeat) => self.lose_session(now, &DisconnectReason::PingTimeout),
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
            (Err(error), _) => self.fail_entry(now, id, ConnectError::Auth(error)),
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
            self.lose_session(now, &DisconnectReason::PingTimeout);
        }
        let (is_writable, max_payload) = (self.session.is_writable(), self.session.max_payload());
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let EmitOptions { event, ack, is_volatile } = options;
        let emitted = Emitted { packet, event, ack: ack.map(|(ack, _)| ack) };
        let channel = self.session.open_channel().filter(|_| namespace.state == State::Connected);
        if let Some(reason) = namespace.closed.clone() {
            let event = event.to_owned();
            return self.reject(id, emitted.ack, EmitError::Disconnected { event, reason });
        }
        if is_volatile && !(channel.is_some() && is_writable) {
            if emitted.ack.is_some() {
                let event = event.to_owned();
                return self.reject(id, emitted.ack, EmitError::VolatileDropped { event });
            }
            return self.out.event(id, EventKind::VolatileDropped);
        }
        if let Some(error) = too_large(&emitted.packet, event, max_payload) {
            return self.reject(id, emitted.ack, error);
        }
        if let Some((ack, timeout)) = ack {
            namespace.acks.expect(now, ack, timeout);
        }
        match channel {
            None => namespace.hold(emitted),
            Some(channel) if is_volatile => self.out.packet(channel, emitted.packet),
            Some(channel) => self.out.emit(channel, id, emitted),
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
    /// server would take the answer for somebody else's. Whether it is on its way.
    pub(crate) fn answer(&mut self, id: NamespaceId, token: &AckToken, packet: Packet) -> bool {
        let Some(namespace) = self.namespaces.get(&id) else { return false };
        let is_current = token.connection == namespace.connections;
        let is_current = is_current && namespace.state == State::Connected;
        let Some(channel) = self.session.open_channel().filter(|_| is_current) else {
            let namespace = &*namespace.path;
            tracing::debug!(namespace, ack = token.id, "answer after the connection was lost");
            return false;
        };
        if let Some(error) = too_large(&packet, "(answer)", self.session.max_payload()) {
            self.out.event(id, EventKind::Invalid(InvalidEvent::Emit(error)));
            return false;
        }
        self.out.packet(channel, packet);
        true
    }

    /// Leaves the namespace; the connection closes if no other one needs it.
    pub(crate) fn disconnect(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let state = namespace.state;
        self.forget_failures_if_stable(now, id);
        self.deactivate(id, &DisconnectReason::ClientDisconnect);
        if let Some(namespace) = self.namespaces.get_mut(&id) {
            // Its CONNECT is on the way: see `State::Leaving`.
            if matches!(state, State::Connecting(_) | State::Leaving) {
                namespace.state = State::Leaving;
            } else if state == State::Connected {
                self.send_disconnect(id);
            }
        }
        self.close_if_unused(now);
    }

    #[must_use]
    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        let transmit = self.out.poll_transmit();
        if let Some(Transmit::Frame { frame, .. }) = &transmit {
            self.traffic.on_sent(frame.size());
        }
        transmit
    }

    /// Whether the next transmit is a frame, for which the channel needs room. What is not polled
    /// out is not lost with its channel.
    pub(crate) fn is_frame_next(&self) -> bool {
        self.out.is_frame_next()
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

    /// How many transmits there ever were, but for heartbeats.
    pub(crate) fn transmits_added(&self) -> u64 {
        self.out.added()
    }

    /// How many of those, from the first on, were polled out.
    pub(crate) fn transmits_polled(&self) -> u64 {
        self.out.polled()
    }

    /// What went over the connection so far.
    pub(crate) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The server's limit for one message.
    pub(crate) fn max_payload(&self) -> Option<usize> {
        self.session.max_payload()
    }
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
