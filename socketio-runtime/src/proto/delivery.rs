//! What becomes of the events and answers that users send: on their way, held back, or refused.
//!
//! Must not know: how connections and namespaces come and go.

use std::time::{Duration, Instant};

use super::{
    AckFailure, AckId, AckToken, BufferedEvent, Cancellation, EmitOptions, EventKind, Manager,
    NamespaceId, OfflinePolicy,
    barrier::Kind,
    held::Emitted,
    namespace::{Namespace, State},
    session::MaxPayload,
};
use crate::{
    codec::Packet,
    error::{DisconnectReason, EmitError, InvalidEvent, TryError},
};

impl Manager {
    /// Sends an event, or does with it what its policy says.
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
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let EmitOptions { event, ack, policy } = options;
        let emitted = Emitted {
            packet,
            event,
            ack: ack.map(|(ack, _)| ack),
            place: namespace.last_place.next(),
            since: now,
            expires: policy.time_to_live.deadline(now),
            offline: policy.offline,
            is_try: false,
        };
        let channel = self.session.open_channel().filter(|_| namespace.state == State::Connected);
        if let Some(reason) = namespace.closed.clone() {
            let event = emitted.event.to_string();
            return self.reject(id, emitted.ack, EmitError::Disconnected { event, reason });
        }
        if policy.is_volatile && !(channel.is_some() && is_writable) {
            if emitted.ack.is_some() {
                let event = emitted.event.to_string();
                return self.reject(id, emitted.ack, EmitError::VolatileDropped { event });
            }
            return self.out.event(id, EventKind::Dropped);
        }
        if channel.is_none() && policy.offline != OfflinePolicy::Buffer {
            return self.refuse_offline(id, &emitted);
        }
        if let Some(error) = too_large(&emitted.packet, &emitted.event, max_payload) {
            return self.reject(id, emitted.ack, error);
        }
        let retried = ack.filter(|_| policy.retries > 0 && !policy.is_volatile);
        if channel.is_none() || retried.is_some() {
            if let Some(error) = over_limit(namespace, &emitted) {
                return self.reject(id, emitted.ack, error);
            }
        }
        if let Some((ack, timeout)) = retried {
            namespace.retries.push(ack, timeout, policy.retries.into(), emitted);
            return self.send_next_try(now, id);
        }
        if let Some((ack, timeout)) = ack {
            namespace.acks.expect(now, ack, timeout);
        }
        match channel {
            None => namespace.hold(emitted),
            Some(channel) if policy.is_volatile => self.out.emit_volatile(channel, id, emitted),
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
        if let Some(namespace) = self.namespaces.get_mut(id) {
            namespace.retries.set_timeout(ack, timeout);
            if !namespace.retries.is_unsent(ack) {
                namespace.acks.set_timeout(ack, timeout);
            }
        }
    }

    /// Nobody waits for the answer any more; the event goes its way.
    pub(crate) fn forget_ack(&mut self, id: NamespaceId, ack: AckId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        if namespace.retries.forget(ack) {
            return;
        }
        // The outbox may give back what nobody waits for, to be told from what timed out.
        if let Some(place) = namespace.acks.forget(ack, self.out.is_empty()) {
            namespace.held.forget_ack(place);
        }
        let forgotten = namespace.acks.take_forgotten(self.out.waiting());
        self.out.forget_acks(id, forgotten);
    }

    /// Nobody waits for the answer any more, and the event is withdrawn if it is still here.
    pub(crate) fn cancel(&mut self, now: Instant, id: NamespaceId, ack: AckId) -> Cancellation {
        let Some(namespace) = self.namespaces.get_mut(id) else { return Cancellation::TooLate };
        let place = namespace.acks.remove(ack);
        if let Some(cancelled) = namespace.retries.remove(ack) {
            self.send_next_try(now, id);
            if cancelled.was_tried() {
                return Cancellation::TooLate;
            }
            return Cancellation::Withdrawn;
        }
        match place.and_then(|place| namespace.held.remove(place)) {
            Some(_) => Cancellation::Withdrawn,
            None => Cancellation::TooLate,
        }
    }

    /// What is held back, or waits to be sent again.
    pub(crate) fn buffered(&self, now: Instant, id: NamespaceId) -> Vec<BufferedEvent> {
        self.namespaces.get(id).into_iter().flat_map(|namespace| namespace.buffered(now)).collect()
    }

    /// Throws all of that away; how many events that were.
    pub(crate) fn clear_buffered(&mut self, id: NamespaceId) -> usize {
        let Some(namespace) = self.namespaces.get_mut(id) else { return 0 };
        let held: Vec<_> = namespace.held.take().collect();
        let count = held.len() + self.clear_retries(id);
        for held in held {
            if held.ack.is_none() {
                self.out.event(id, EventKind::Dropped);
                continue;
            }
            let event = held.event.to_string();
            self.reject_held(id, held.ack, EmitError::Cleared { event });
        }
        count
    }

    /// Answers an event, if the connection on which it came is still there: on another one the
    /// server would take the answer for somebody else's. Whether it is on its way.
    pub(crate) fn answer(&mut self, id: NamespaceId, token: &AckToken, packet: Packet) -> bool {
        let Some(namespace) = self.namespaces.get(id) else { return false };
        let is_current = token.connection == namespace.connections;
        let is_current = is_current && namespace.state == State::Connected;
        let Some(channel) = self.session.open_channel().filter(|_| is_current) else {
            if namespace.is_wanted {
                let error = InvalidEvent::LateAnswer { id: token.id };
                self.out.event(id, EventKind::Invalid(error));
            } else {
                let namespace = &*namespace.path;
                tracing::debug!(namespace, ack = token.id, "answer after the namespace was left");
            }
            return false;
        };
        if let Some(error) = too_large(&packet, "(answer)", self.session.max_payload()) {
            self.out.event(id, EventKind::Invalid(InvalidEvent::Emit(error)));
            return false;
        }
        self.out.packet(channel, id, Kind::Answer, packet);
        true
    }

    /// The answers whose time is over.
    pub(super) fn expire_acks(&mut self, now: Instant, id: NamespaceId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let (mut failed_try, mut forgotten) = (None, Vec::new());
        while let Some(ack) = namespace.pop_expired_ack(now, &mut forgotten) {
            if namespace.retries.is_in_flight(ack) {
                failed_try = namespace.retries.timeout(ack);
            } else {
                let failure = AckFailure::TimedOut;
                self.out.event(id, EventKind::AckFailed { ack, failure });
            }
        }
        // Their events are like those without ack, which have no time that could be up.
        self.out.forget_acks(id, forgotten);
        if let Some(after) = failed_try {
            self.fail_try(now, id, TryError::Timeout { after });
        }
    }

    /// What has waited for longer than it should.
    pub(super) fn expire_held(&mut self, now: Instant, id: NamespaceId) {
        while let Some(expired) =
            self.namespaces.get_mut(id).and_then(|namespace| namespace.held.pop_expired(now))
        {
            let (event, after) = (expired.event.to_string(), expired.time_to_live());
            self.reject_held(id, expired.ack, EmitError::Expired { event, after });
        }
        self.expire_retries(now, id);
    }

    /// The connection is lost, and with it the answers to what was sent.
    pub(super) fn fail_sent(&mut self, now: Instant, id: NamespaceId, reason: &DisconnectReason) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        let mut forgotten = Vec::new();
        let sent = namespace.acks.take_sent(&mut forgotten);
        self.out.forget_acks(id, forgotten);
        for ack in sent {
            let reason = reason.clone();
            let is_try = self.namespaces.get(id).is_some_and(|n| n.retries.is_in_flight(ack));
            if is_try {
                self.fail_try(now, id, TryError::Disconnected { reason });
            } else {
                let failure = AckFailure::Disconnected(reason);
                self.out.event(id, EventKind::AckFailed { ack, failure });
            }
        }
    }

    /// A lost connection did not take this event.
    pub(super) fn take_back(&mut self, id: NamespaceId, emitted: Emitted) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        if emitted.is_try {
            if let Some(ack) = emitted.ack {
                namespace.acks.remove(ack);
                namespace.retries.undo_try(ack);
            }
            return;
        }
        if emitted.ack.is_some_and(|ack| !namespace.acks.is_pending(ack)) {
            // Its time was up while it waited, or whoever waits for the answer was told when the
            // namespace was given up.
            return;
        }
        if namespace.is_wanted && emitted.offline == OfflinePolicy::Buffer {
            return namespace.hold(emitted);
        }
        let ack = emitted.ack.filter(|ack| !namespace.acks.forgets(*ack));
        let emitted = Emitted { ack, ..emitted };
        if namespace.is_wanted {
            return self.refuse_offline(id, &emitted);
        }
        let reason = namespace.closed.clone().unwrap_or(DisconnectReason::ClientDisconnect);
        let event = emitted.event.to_string();
        self.reject_held(id, emitted.ack, EmitError::Disconnected { event, reason });
    }

    /// An event that is not to wait meets a socket that is offline.
    fn refuse_offline(&mut self, id: NamespaceId, emitted: &Emitted) {
        if emitted.ack.is_some() || emitted.offline == OfflinePolicy::Reject {
            let event = emitted.event.to_string();
            self.reject_held(id, emitted.ack, EmitError::Offline { event });
        } else {
            self.out.event(id, EventKind::Dropped);
        }
    }

    /// As [`reject`](Self::reject), of an event that was held back.
    pub(super) fn reject_held(&mut self, id: NamespaceId, ack: Option<AckId>, error: EmitError) {
        if let (Some(ack), Some(namespace)) = (ack, self.namespaces.get_mut(id)) {
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

/// Whether the namespace has no room to hold an event back. One alone always has.
fn over_limit(namespace: &Namespace, emitted: &Emitted) -> Option<EmitError> {
    let (buffered, limit) = (namespace.held_bytes(), namespace.held_limit);
    let size = emitted.packet.size();
    let is_over = buffered > 0 && buffered.saturating_add(size) > limit;
    is_over.then(|| EmitError::BufferFull {
        event: emitted.event.to_string(),
        size,
        buffered,
        limit,
    })
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
