//! What the Manager does with the packets of an open session.
//!
//! Must not know: how sessions come and go.

use std::time::Instant;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    AckId, AckToken, EventKind, Manager, NamespaceId, delivery::too_large, event::Sid,
    namespace::State, trace,
};
#[cfg(feature = "msgpack")]
use crate::codec::Parser;
use crate::{
    codec::{
        ConnectReply, DecodeError, EventPacket, Frame, Incoming, Packet, SocketType, decode_socket,
    },
    error::{ConnectError, DisconnectReason, InvalidEvent, Refusal, TransportError},
};

impl Manager {
    /// A text message: a packet, or the beginning of one with attachments.
    pub(super) fn handle_message(&mut self, now: Instant, text: Utf8Bytes) {
        #[cfg(feature = "msgpack")]
        if self.config.parser == Parser::Msgpack {
            let error = DecodeError::InvalidMsgpack { at: 0, expected: "a binary message" };
            return self.lose_session(now, &DisconnectReason::ParseError(error));
        }
        if let Some(error) = self.reassembler.abandon() {
            // The messages that came instead are whole, so only the packet is lost.
            self.report(&error);
        }
        match decode_socket(&text, self.config.max_attachments) {
            Ok(header) if header.attachments > 0 => self.reassembler.begin(header, text),
            Ok(header) => {
                self.handle_packet(now, Incoming::Json { header, text, attachments: Vec::new() });
            }
            Err(error) => self.lose_session(now, &DisconnectReason::ParseError(error)),
        }
    }

    /// A message on a connection that this side closes.
    pub(super) fn handle_late_message(&mut self, now: Instant, frame: Frame) {
        let packet = match frame {
            Frame::Text(text) => Packet::text(text),
            Frame::Binary(bytes) => Packet { attachments: vec![bytes], ..Packet::default() },
        };
        if let Ok(packet) = Incoming::sent(packet) {
            if packet.kind() == SocketType::Disconnect {
                self.is_disconnect_returned(now, &packet);
            }
        }
    }

    /// A binary message: an attachment, or a packet in msgpack.
    pub(super) fn handle_binary(&mut self, now: Instant, bytes: Bytes) {
        #[cfg(feature = "msgpack")]
        if self.config.parser == Parser::Msgpack {
            return match Incoming::msgpack(bytes) {
                Ok(packet) => self.handle_packet(now, packet),
                Err(error) => self.lose_session(now, &DisconnectReason::ParseError(error)),
            };
        }
        let (size, limit) = (self.reassembler.size() + bytes.len(), self.config.max_message_size);
        if size > limit {
            let error = TransportError::MessageTooLarge { size, limit };
            return self.lose_session(now, &DisconnectReason::TransportError(error));
        }
        match self.reassembler.add(bytes) {
            Ok(Some((header, text, attachments))) => {
                self.handle_packet(now, Incoming::Json { header, text, attachments });
            }
            Ok(None) => {}
            Err(error) => self.report(&error),
        }
    }

    fn handle_packet(&mut self, now: Instant, packet: Incoming) {
        trace::received(&packet);
        let kind = packet.kind();
        if kind == SocketType::Disconnect && self.is_disconnect_returned(now, &packet) {
            return;
        }
        let Some(id) = self.namespaces.owner(packet.namespace()) else {
            tracing::debug!(?kind, "packet for an unknown namespace");
            return;
        };
        if self.is_of_former_connection(id, &packet) {
            tracing::debug!(?kind, "packet of a connection that was left");
            return;
        }
        match kind {
            SocketType::Connect => match packet.connect_reply() {
                Ok(reply) => self.on_connect(now, id, reply),
                Err(error) => self.lose_session(now, &DisconnectReason::ParseError(error)),
            },
            SocketType::Disconnect => self.on_disconnect(now, id),
            SocketType::Event => {
                let ack = packet.ack();
                self.on_event(id, packet.into_event(), ack);
            }
            SocketType::Ack => {
                let Some(namespace) = self.namespaces.get_mut(id) else { return };
                // Late, doubled and unknown answers are nobody's, and so is one without an id.
                if let Some(ack) = packet.ack().map(AckId).filter(|ack| namespace.acks.settle(*ack))
                {
                    if self.on_answered(now, id, ack) {
                        let answer = packet.into_answer();
                        self.out.event(id, EventKind::Acked { ack, answer });
                    }
                }
            }
            SocketType::ConnectError => self.on_connect_error(now, id, &packet),
        }
    }

    /// Whether the server leaves a namespace, by this DISCONNECT, while this side's own waits. Then
    /// nothing more is sent to it.
    fn is_disconnect_returned(&mut self, now: Instant, packet: &Incoming) -> bool {
        let disconnect = self.config.parser.disconnect(packet.namespace());
        let Some(unsent) = self.out.take_disconnect(&disconnect) else { return false };
        self.hold_or_reject(now, unsent);
        true
    }

    /// Whether a packet cannot mean the present connection of its namespace: the server has not been
    /// asked for one yet, since the CONNECT waits until the DISCONNECT before it has been read; or
    /// it is a goodbye or an event that crossed this side's own goodbye, and is still to be followed
    /// by the word on the CONNECT.
    fn is_of_former_connection(&mut self, id: NamespaceId, packet: &Incoming) -> bool {
        let is_left = match packet.kind() {
            SocketType::Disconnect | SocketType::Connect | SocketType::ConnectError => {
                self.left.remove(packet.namespace()).is_some()
                    && packet.kind() == SocketType::Disconnect
            }
            // Nothing says of which connection an event is, and over long-polling it may be older
            // than the answer to the POST that brought the DISCONNECT.
            SocketType::Event | SocketType::Ack => self.left.contains_key(packet.namespace()),
        };
        let state = self.namespaces.get(id).map(|namespace| namespace.state);
        let is_entering = matches!(state, Some(State::Connecting(_) | State::Leaving(_)));
        is_entering && (is_left || self.out.has_connect(id))
    }

    fn on_connect(&mut self, now: Instant, id: NamespaceId, reply: ConnectReply) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        match namespace.state {
            State::Connecting(_) => {
                let ConnectReply { sid, pid } = reply;
                let Some(sid) = sid else {
                    // The server has a socket now; a later CONNECT must not find it there.
                    self.send_disconnect(id);
                    return self.fail_entry(now, id, ConnectError::UnsupportedServer);
                };
                self.on_accepted(now, id, sid, pid);
            }
            State::Leaving(_) => {
                self.send_disconnect(id);
                self.end_leaving(now, id);
            }
            State::Connected => {
                let error = InvalidEvent::Packet(DecodeError::DuplicateConnect);
                self.out.event(id, EventKind::Invalid(error));
            }
            State::Idle
            | State::Queued(_)
            | State::Authenticating { .. }
            | State::Waiting { .. } => {}
        }
    }

    /// The order is the reference's (`socket.io-client/lib/socket.ts`, `onconnect`): what came
    /// early, what was held back, what is tried until it is confirmed, then the word that the
    /// namespace is connected.
    fn on_accepted(&mut self, now: Instant, id: NamespaceId, sid: String, pid: Option<String>) {
        self.expire_held(now, id);
        let max_payload = self.session.max_payload();
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        namespace.state = State::Connected;
        namespace.connections += 1;
        namespace.connected = Some(now);
        let recovered = namespace.recovery.resume(pid);
        let attempt = std::mem::take(&mut namespace.attempt);
        let (early, held) = (namespace.early.take(), namespace.held.take());
        for (packet, ack) in early {
            self.on_event(id, packet, ack);
        }
        for held in held {
            if let Some(error) = too_large(&held.packet, &held.event, max_payload) {
                self.reject_held(id, held.ack, error);
                continue;
            }
            if let (Some(ack), Some(namespace)) = (held.ack, self.namespaces.get_mut(id)) {
                namespace.acks.set_held(ack, None);
            }
            if let Some(channel) = self.session.open_channel() {
                self.out.emit(channel, id, held);
            }
        }
        self.send_next_try(now, id);
        let sid = Sid(sid);
        self.out.event(id, EventKind::Connected { sid, recovered, attempt });
    }

    fn on_disconnect(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        match namespace.state {
            State::Connected => self.on_server_disconnect(now, id),
            State::Connecting(_) => {
                // The CONNECT may still be here; another one would be a second one.
                let unsent = self.out.take_namespace(id);
                self.hold_or_reject(now, unsent);
                let error = ConnectError::Disconnected(DisconnectReason::ServerDisconnect);
                self.fail_entry(now, id, error);
            }
            State::Leaving(_) => self.end_leaving(now, id),
            State::Idle
            | State::Queued(_)
            | State::Authenticating { .. }
            | State::Waiting { .. } => {}
        }
    }

    fn on_event(&mut self, id: NamespaceId, packet: EventPacket, ack: Option<u64>) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        match namespace.state {
            State::Connected => {
                let connection = namespace.connections;
                let token = ack.map(|id| AckToken { id, connection });
                self.out.event(id, EventKind::Received { packet, token });
            }
            State::Connecting(_) => {
                if !namespace.early.push(packet, ack) {
                    let error = InvalidEvent::Packet(DecodeError::TooEarly);
                    self.out.event(id, EventKind::Invalid(error));
                }
            }
            // On its way while this side left.
            State::Idle
            | State::Queued(_)
            | State::Authenticating { .. }
            | State::Waiting { .. }
            | State::Leaving(_) => {}
        }
    }

    fn on_connect_error(&mut self, now: Instant, id: NamespaceId, packet: &Incoming) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        match namespace.state {
            State::Connecting(_) => {
                let (message, data) = packet.refusal();
                let refusal = Refusal::new(&message, data.as_deref().map(RawValue::get));
                let namespace = namespace.path.to_string();
                self.fail_entry(now, id, ConnectError::Refused { namespace, refusal });
            }
            State::Leaving(_) => self.end_leaving(now, id),
            State::Connected
            | State::Idle
            | State::Queued(_)
            | State::Authenticating { .. }
            | State::Waiting { .. } => {}
        }
    }

    /// A packet that belongs to nobody in particular: all who are connected are told.
    fn report(&mut self, error: &DecodeError) {
        for (id, namespace) in self.namespaces.iter() {
            if namespace.state == State::Connected {
                let error = InvalidEvent::Packet(error.clone());
                self.out.event(id, EventKind::Invalid(error));
            }
        }
    }
}
