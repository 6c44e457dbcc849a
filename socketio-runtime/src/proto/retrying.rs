//! Trying again: when the head of a retry queue is sent, and what its end means.
//!
//! Must not know: how connections come and go, the order in the queue.

use std::time::Instant;

use super::{
    AckFailure, AckId, EventKind, Manager, NamespaceId,
    delivery::too_large,
    namespace::State,
    retry::{Retry, Unconfirmed},
};
use crate::error::{DisconnectReason, EmitError, InvalidEvent, TryError};

impl Manager {
    /// Sends the head of the queue, if there is a connection to send it on.
    pub(super) fn send_next_try(&mut self, now: Instant, id: NamespaceId) {
        let Some(channel) = self.session.open_channel() else { return };
        let max_payload = self.session.max_payload();
        while let Some(namespace) = self.namespaces.get_mut(id) {
            if namespace.state != State::Connected {
                return;
            }
            let Some((ack, head)) = namespace.retries.waiting_head() else { return };
            if let Some(error) = too_large(&head.packet, &head.event, max_payload) {
                match namespace.retries.remove(ack) {
                    // The limit is this connection's: an earlier one took the event.
                    Some(unconfirmed) if unconfirmed.was_tried() => self.exhaust(id, unconfirmed),
                    Some(unconfirmed) => {
                        self.settle_unconfirmed(id, unconfirmed, AckFailure::Rejected(error));
                    }
                    None => {}
                }
                continue;
            }
            if let Some((copy, ack)) = namespace.retries.begin_try() {
                // An earlier try may be answered meanwhile.
                namespace.acks.expect(now, ack, None);
                self.out.emit(channel, id, copy);
            }
            return;
        }
    }

    /// A try was polled out: its time runs.
    pub(super) fn on_try_sent(&mut self, now: Instant, id: NamespaceId, ack: AckId) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        // Its event may be settled by now.
        if namespace.retries.is_unsent(ack) {
            namespace.retries.on_sent(ack);
            namespace.acks.expect(now, ack, namespace.retries.timeout(ack));
        }
    }

    /// An answer came: the next event may go, if it was one of the queue's. Whether somebody waits
    /// for the answer.
    pub(super) fn on_answered(&mut self, now: Instant, id: NamespaceId, ack: AckId) -> bool {
        let Some(namespace) = self.namespaces.get_mut(id) else { return false };
        let Some(confirmed) = namespace.retries.remove(ack) else { return true };
        self.send_next_try(now, id);
        !confirmed.retry.is_forgotten
    }

    /// The try that is on its way has failed.
    pub(super) fn fail_try(&mut self, now: Instant, id: NamespaceId, failure: TryError) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        if let Some(unconfirmed) = namespace.retries.end_try(now, failure) {
            self.exhaust(id, unconfirmed);
        }
        self.send_next_try(now, id);
    }

    pub(super) fn expire_retries(&mut self, now: Instant, id: NamespaceId) {
        while let Some(namespace) = self.namespaces.get_mut(id) {
            let Some(ack) = namespace.retries.first_expired(now) else { break };
            if namespace.retries.is_unsent(ack) {
                namespace.retries.undo_try(ack);
                namespace.acks.remove(ack);
                self.out.take_try(id, ack);
            }
            let Some(unconfirmed) = namespace.retries.remove(ack) else { break };
            if unconfirmed.was_tried() {
                self.exhaust(id, unconfirmed);
            } else {
                let event = unconfirmed.emitted.event.to_string();
                let after = unconfirmed.emitted.time_to_live();
                let error = EmitError::Expired { event, after };
                self.settle_unconfirmed(id, unconfirmed, AckFailure::Rejected(error));
            }
            self.send_next_try(now, id);
        }
    }

    /// Throws away what is not on its way; how many events that were.
    pub(super) fn clear_retries(&mut self, id: NamespaceId) -> usize {
        let Some(namespace) = self.namespaces.get_mut(id) else { return 0 };
        let cleared = namespace.retries.take_waiting();
        let count = cleared.len();
        for unconfirmed in cleared {
            if unconfirmed.was_tried() {
                self.exhaust(id, unconfirmed);
            } else {
                let event = unconfirmed.emitted.event.to_string();
                let failure = AckFailure::Rejected(EmitError::Cleared { event });
                self.settle_unconfirmed(id, unconfirmed, failure);
            }
        }
        count
    }

    /// The namespace ends, and nothing is tried any more.
    pub(super) fn give_up_retries(&mut self, id: NamespaceId, reason: &DisconnectReason) {
        let Some(namespace) = self.namespaces.get_mut(id) else { return };
        if let Some(ack) = namespace.retries.take_in_flight() {
            namespace.acks.remove(ack);
        }
        for unconfirmed in namespace.retries.take_waiting() {
            let reason = reason.clone();
            let failure = if unconfirmed.was_tried() {
                AckFailure::Disconnected(reason)
            } else {
                let event = unconfirmed.emitted.event.to_string();
                AckFailure::Rejected(EmitError::Disconnected { event, reason })
            };
            self.settle_unconfirmed(id, unconfirmed, failure);
        }
    }

    /// No further try is made.
    fn exhaust(&mut self, id: NamespaceId, unconfirmed: Unconfirmed) {
        let Retry { tries, last, .. } = &unconfirmed.retry;
        let last = last.clone().expect("the last try of one that waits has failed");
        let failure = AckFailure::RetriesExhausted { tries: *tries, last };
        self.settle_unconfirmed(id, unconfirmed, failure);
    }

    fn settle_unconfirmed(
        &mut self,
        id: NamespaceId,
        unconfirmed: Unconfirmed,
        failure: AckFailure,
    ) {
        let Unconfirmed { emitted, ack, retry } = unconfirmed;
        if !retry.is_forgotten {
            return self.out.event(id, EventKind::AckFailed { ack, failure });
        }
        let (event, tries) = (emitted.event.to_string(), retry.tries);
        let invalid = match failure {
            AckFailure::Rejected(error) => InvalidEvent::Emit(error),
            AckFailure::RetriesExhausted { tries, last } => {
                InvalidEvent::Unconfirmed { event, tries, last }
            }
            AckFailure::Disconnected(reason) => {
                InvalidEvent::Unconfirmed { event, tries, last: TryError::Disconnected { reason } }
            }
            AckFailure::TimedOut => return,
        };
        self.out.event(id, EventKind::Invalid(invalid));
    }
}
