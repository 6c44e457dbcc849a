//! The Manager: its inputs, its commands, and what is polled out of it. What they bring about
//! stands beside: `connection`, `membership` and `packets`.
//!
//! Must not know: how a packet is written or read.

use std::{collections::BTreeMap, time::Instant};

use super::{
    AckToken, Arity, AuthRequest, Config, Event, Input, NamespaceId, Transmit,
    backoff::Backoff,
    barrier::Kind,
    namespace::{Namespace, Patience, State},
    namespaces::Namespaces,
    outbox::Outbox,
    session::{Expired, Outlet, Received, Session},
    traffic::Traffic,
    transports::Transports,
};
use crate::{
    codec::{DecodeError, EventPacket, Frame, Reassembler, Transport},
    error::{AuthError, ConnectError, DisconnectReason, TransportError},
};

/// One connection, kept alive for the namespaces on it.
#[derive(Debug)]
pub(crate) struct Manager {
    pub(super) config: Config,
    pub(super) session: Session,
    pub(super) transports: Transports,
    pub(super) reassembler: Reassembler,
    pub(super) namespaces: Namespaces,
    /// The paths that this side has left on this session, and of which something may still come:
    /// events, or the goodbye of a server that has taken leave at the same time; and whether a
    /// heartbeat was answered since. Those are forgotten with the next one, so that a session on
    /// which namespaces come and go for days does not grow.
    pub(super) left: BTreeMap<Box<str>, bool>,
    pub(super) out: Outbox,
    pub(super) backoff: Backoff,
    /// When the next reconnection attempt starts.
    pub(super) retry: Option<Instant>,
    /// Why the preferred transport of this attempt failed.
    pub(super) opening_error: Option<ConnectError>,
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
            transports: Transports::new(&config),
            session: Session::new(config.force_base64),
            config,
            reassembler: Reassembler::default(),
            namespaces: Namespaces::default(),
            left: BTreeMap::new(),
            out: Outbox::default(),
            retry: None,
            opening_error: None,
            auth_requests: 0,
            traffic: Traffic::default(),
            seed,
        }
    }

    pub(crate) fn handle_input(&mut self, now: Instant, input: Input) {
        let channel = input.channel();
        if !self.session.owns(channel) {
            tracing::trace!(?channel, "input of a former channel");
            return;
        }
        match &input {
            Input::Frame { frame, .. } => self.traffic.on_received(frame.size()),
            Input::Part { packets: body, .. } | Input::Polled { result: Ok(body), .. } => {
                self.traffic.on_received(body.len());
            }
            _ => {}
        }
        if self.session.is_upgrade(channel) {
            return self.on_upgrade_input(now, input);
        }
        match input {
            // The session opens with the server's handshake.
            Input::Opened { .. } => {}
            Input::Frame { frame, .. } => self.handle_frame(now, frame),
            Input::Part { packets, .. } => self.handle_payload(now, channel, &packets),
            Input::Polled { result, .. } => self.on_polled(now, result),
            Input::Posted { result, .. } => self.on_posted(now, result),
            Input::Writable { writable, .. } => self.session.set_writable(writable),
            Input::Ponged { number, .. } => self.on_ponged(number),
            Input::Failed { error, .. } => {
                self.on_channel_gone(now, DisconnectReason::TransportError(error));
            }
            Input::Closed { code, .. } => {
                self.on_channel_gone(now, DisconnectReason::TransportClose { code });
            }
        }
    }

    /// The server has read what was sent before a ping, and what it said before that has arrived.
    fn on_ponged(&mut self, number: u64) {
        if self.out.barrier().on_ponged(number) && !self.out.has_disconnect() {
            self.left.clear();
        }
    }

    /// A packet of the session.
    pub(super) fn handle_frame(&mut self, now: Instant, frame: Frame) {
        let frame = match frame {
            Frame::Text(text) => match Frame::decode(text) {
                Ok(frame) => frame,
                Err(error) => return self.on_broken_frame(now, error),
            },
            binary @ Frame::Binary(_) => binary,
        };
        match self.session.handle_frame(now, frame) {
            Received::Nothing => {}
            Received::Opened(handshake) => self.on_opened(now, &handshake),
            Received::Ping => self.on_ping(),
            Received::Message(text) => self.handle_message(now, text),
            Received::Late(frame) => self.handle_late_message(now, frame),
            Received::Binary(bytes) => self.handle_binary(now, bytes),
            Received::Closed => {
                self.lose_session(now, &DisconnectReason::TransportClose { code: None });
            }
            Received::Refused(error) => self.fail_opening(now, error),
            Received::Broken(reason) => self.lose_session(now, &reason),
        }
    }

    /// Something that is no packet.
    pub(super) fn on_broken_frame(&mut self, now: Instant, error: DecodeError) {
        if self.session.is_opening() {
            self.fail_opening(now, ConnectError::Handshake { reason: error.to_string() });
        } else if self.session.is_open() {
            self.lose_session(now, &DisconnectReason::ParseError(error));
        }
    }

    /// Does what is due by now.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        while let Some(expired) = self.session.expired(now) {
            match expired {
                Expired::Open => self.on_open_timeout(now),
                Expired::Heartbeat => self.lose_session(now, &DisconnectReason::PingTimeout),
                Expired::Upgrade => self.cancel_upgrade(now, &"it took too long"),
                Expired::Request { after } => {
                    self.on_request_failed(now, TransportError::RequestTimeout { after });
                }
                Expired::Pause => self.go_on_polling(now),
                Expired::Close => self.on_close_done(now),
            }
        }
        self.out.barrier().handle_timeout(now);
        if self.retry.is_some_and(|retry| retry <= now) {
            self.start_attempt(now);
        }
        for id in self.namespaces.due(now) {
            self.expire_namespace(now, id);
        }
        self.expire_patience(now);
    }

    /// Adds a namespace. It does nothing before [`connect`](Self::connect); emits are held back.
    pub(crate) fn add_namespace(&mut self, id: NamespaceId, path: &str) {
        let backoff = Backoff::new(&self.config, self.seed.wrapping_add(id.0));
        // A former socket of this path may still wait for its last word from the server.
        self.namespaces.insert(id, Namespace::new(path, backoff));
    }

    /// How many bytes of packets may be held back for a namespace. One packet always may.
    pub(crate) fn limit_held(&mut self, id: NamespaceId, bytes: usize) {
        if let Some(namespace) = self.namespaces.get_mut(id) {
            namespace.held_limit = bytes;
        }
    }

    /// Disconnects a namespace and forgets it, as soon as the server's state allows.
    pub(crate) fn remove_namespace(&mut self, now: Instant, id: NamespaceId) {
        self.disconnect(now, id);
        if let Some(namespace) = self.namespaces.get_mut(id) {
            namespace.is_released = true;
        }
        self.forget_if_released(now, id);
    }

    /// Enters the namespace, and stays in it. A namespace that is wanted already stays as it is.
    pub(crate) fn connect(&mut self, now: Instant, id: NamespaceId) {
        let deadline = now + self.config.connect_timeout;
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        if namespace.is_wanted {
            return;
        }
        namespace.is_wanted = true;
        namespace.closed = None;
        namespace.attempt = 0;
        if let State::Leaving(patience) = &mut namespace.state {
            *patience = Some(Patience::new(deadline));
        } else if self.session.is_open() {
            self.ask_for_auth(now, id);
        } else {
            self.reopen_if_wanted(now);
        }
    }

    /// Whether somebody still waits for the answer to [`EventKind::AuthNeeded`].
    pub(crate) fn is_authenticating(&self, id: NamespaceId, request: AuthRequest) -> bool {
        let state = self.namespaces.get(id).map(|namespace| namespace.state);
        matches!(state, Some(State::Authenticating { request: expected, .. }) if request == expected)
    }

    /// The answer to [`EventKind::AuthNeeded`]: a JSON object, or nothing.
    pub(crate) fn authenticate(
        &mut self,
        now: Instant,
        id: NamespaceId,
        request: AuthRequest,
        payload: Result<Option<String>, AuthError>,
    ) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let State::Authenticating { request: expected, deadline } = namespace.state else { return };
        if request != expected {
            return;
        }
        match (payload, self.session.open_channel()) {
            (Ok(payload), Some(channel)) => {
                namespace.state = State::Connecting(Patience::new(deadline));
                let payload = namespace.recovery.credentials(payload);
                let connect = self.config.parser.connect(&namespace.path, payload.as_deref());
                self.out.packet(channel, id, Kind::Connect, connect);
            }
            (Ok(_), None) => {}
            (Err(error), _) => self.fail_entry(now, id, ConnectError::Auth(error)),
        }
    }

    /// Finds the offset of an event that was [received](EventKind::Received), remembers it and cuts
    /// it off: to be called for each one, in order, before anybody reads it. `arity` is asked only
    /// where it may have one; `None` for an event that has none.
    pub(crate) fn take_offset(
        &mut self,
        id: NamespaceId,
        packet: &mut EventPacket,
        token: Option<&AckToken>,
        arity: impl FnOnce(&EventPacket) -> Option<Arity>,
    ) {
        if let (Some(namespace), None) = (self.namespaces.get_mut(id), token) {
            namespace.recovery.take_offset(packet, arity);
        }
    }

    /// Leaves the namespace; the connection closes if no other one needs it.
    pub(crate) fn disconnect(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let state = namespace.state;
        namespace.recovery.forget();
        self.forget_failures_if_stable(now, id);
        self.deactivate(id, &DisconnectReason::ClientDisconnect);
        if let Some(namespace) = self.namespaces.get_mut(id) {
            // Its CONNECT is on the way: see `State::Leaving`.
            if matches!(state, State::Connecting(_) | State::Leaving(_)) {
                namespace.state = State::Leaving(None);
            } else if state == State::Connected {
                self.send_disconnect(id);
            }
        }
        self.close_if_unused(now);
    }

    /// Whether to tell by [`EventKind::Sent`](super::EventKind::Sent) which events are handed to
    /// the transport; at first it is not. Those that are on their way when that ends are told
    /// then.
    pub(crate) fn watch_sent(&mut self, id: NamespaceId, is_watched: bool) {
        self.out.watch(id, is_watched);
    }

    #[must_use]
    pub(crate) fn poll_transmit(&mut self, now: Instant) -> Option<Transmit> {
        let transmit = self.out.poll_control().or_else(|| self.poll_packet(now))?;
        while let Some((id, ack)) = self.out.poll_tried() {
            self.on_try_sent(now, id, ack);
        }
        match &transmit {
            Transmit::Frame { frame, .. } => self.traffic.on_sent(frame.size()),
            Transmit::Post { body, .. } => self.traffic.on_sent(body.len()),
            _ => {}
        }
        Some(transmit)
    }

    fn poll_packet(&mut self, now: Instant) -> Option<Transmit> {
        match self.session.outlet() {
            Outlet::WebSocket => match self.out.poll_frame(now)? {
                Transmit::Frame { channel, frame } if self.config.force_base64 => {
                    let frame = Frame::Text(frame.into_text());
                    Some(Transmit::Frame { channel, frame })
                }
                transmit => Some(transmit),
            },
            Outlet::Post => {
                let polling = self.session.polling()?;
                let body = self.out.poll_payload(polling.max_payload())?;
                polling.start_post(now, body)
            }
            Outlet::None => None,
        }
    }

    /// Whether the next transmit is a frame, for which the WebSocket needs room. What is not
    /// polled out is not lost with its channel.
    pub(crate) fn is_frame_next(&self) -> bool {
        self.session.outlet() == Outlet::WebSocket && self.out.is_frame_next()
    }

    #[must_use]
    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.out.poll_event()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let (session, out) = (self.session.next_deadline(), self.out.next_deadline());
        [session, out, self.retry, self.namespaces.next_deadline()].into_iter().flatten().min()
    }

    /// Bytes of frames that were not polled out.
    pub(crate) fn unsent_bytes(&self) -> usize {
        self.out.unsent_bytes()
    }

    /// Bytes of packets that are held back, or kept to be sent again.
    pub(crate) fn held_bytes(&self) -> usize {
        self.namespaces.held_bytes()
    }

    /// Whether anything waits for a connection, or for its turn.
    pub(crate) fn is_holding(&self) -> bool {
        self.namespaces.is_holding()
    }

    /// How many transmits there ever were, but for heartbeats.
    pub(crate) fn transmits_added(&self) -> u64 {
        self.out.added()
    }

    /// How many of those, from the first on, were polled out.
    pub(crate) fn transmits_polled(&self) -> u64 {
        self.out.polled()
    }

    /// Whether any namespace is known, released ones included.
    #[cfg(feature = "unstable")]
    pub(crate) fn has_namespaces(&self) -> bool {
        !self.namespaces.is_empty()
    }

    /// What went over the connection so far.
    pub(crate) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The server's limit for one message.
    pub(crate) fn max_payload(&self) -> Option<usize> {
        self.session.max_payload().map(|limit| limit.bytes)
    }

    /// What carries the session, once it is open.
    pub(crate) fn transport(&self) -> Option<Transport> {
        self.session.transport()
    }
}
