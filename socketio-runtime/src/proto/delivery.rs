//! What becomes of the events and answers that users send: on their way, held back, or refused.
//!
//! Must not know: how connections and namespaces come and go.

use std::time::{Duration, Instant};

use super::{
    AckFailure, AckId, AckToken, EmitOptions, EventKind, Manager, NamespaceId,
    barrier::Kind,
    namespace::{Emitted, State},
    session::MaxPayload,
};
use crate::{
    codec::Packet,
    error::{DisconnectReason, EmitError, InvalidEvent},
};

impl Manager {
    /// Sends an event, or holds it back until the namespace is connected.
    pub(crate) fn emit(
        &mut self,
        now: Instant,
        id: NamespaceId,
        packet: Packet,
        options: EmitOptions,
    ) {
        // After a suspend, the heartbeat may have expired before the timer could tell.
        if self.session.is_heartbeat_overdue(now) {
            self.lose_session(now, &DisconnectReason::PingTimeout);
        }
        let (is_writable, max_payload) = (self.session.is_writable(), self.session.max_payload());
        let Some(namespace) = self.namespaces.get_mut(&id) else { return };
        let EmitOptions { event, ack, is_volatile } = options;
        let emitted = Emitted { packet, event, ack: ack.map(|(ack, _)| ack) };
        let channel = self.session.open_channel().filter(|_| namespace.state == State::Connected);
        if let Some(reason) = namespace.closed.clone() {
            let event = emitted.event.to_string();
            return self.reject(id, emitted.ack, EmitError::Disconnected { event, reason });
        }
        if is_volatile && !(channel.is_some() && is_writable) {
            if emitted.ack.is_some() {
                let event = emitted.event.to_string();
                return self.reject(id, emitted.ack, EmitError::VolatileDropped { event });
            }
            return self.out.event(id, EventKind::VolatileDropped);
        }
        if let Some(error) = too_large(&emitted.packet, &emitted.event, max_payload) {
            return self.reject(id, emitted.ack, error);
        }
        if let Some((ack, timeout)) = ack {
            namespace.acks.expect(now, ack, timeout);
        }
        match channel {
            None => namespace.hold(emitted),
            Some(channel) if is_volatile => self.out.emit_volatile(channel, id, emitted),
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
        self.out.packet(channel, id, Kind::Answer, packet);
        true
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
}

/// A message over the server's limit would cost the whole connection.
pub(super) fn too_large(
    packet: &Packet,
    event: &str,
    max_payload: Option<MaxPayload>,
) -> Option<EmitError> {
    let MaxPayload { bytes: limit, is_base64 } = max_payload?;
    let size = packet.largest_part(is_base64);
    (size > limit).then(|| EmitError::TooLarge { event: event.to_owned(), size, limit })
}
