//! The sockets of one connection: who waits for what, and what their users see of it.
//!
//! Must not know: bytes, transports, the clock.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::oneshot;

use super::{
    command::{AckOutcome, OpenSocket},
    listeners::{Delivery, Listeners},
    shared::SocketShared,
    state::{Lifecycle, StateSender},
};
use crate::{
    codec::{EventPacket, Packet},
    error::{ConnectError, DisconnectReason, InvalidEvent},
    proto::{AckFailure, AckId, AckToken},
    schema::{AuthProvider, EventDescriptor},
};

/// One socket as the connection's task knows it.
pub(super) struct SocketRecord {
    pub(super) shared: Arc<SocketShared>,
    pub(super) auth: Option<AuthProvider>,
    pub(super) listeners: Listeners,
    find: fn(&str) -> Option<&'static EventDescriptor>,
    state: StateSender,
    acks: HashMap<AckId, oneshot::Sender<AckOutcome>>,
    connecting: Vec<oneshot::Sender<Result<(), ConnectError>>>,
}

impl SocketRecord {
    pub(super) fn new(open: OpenSocket) -> Self {
        let OpenSocket { shared, find, auth, state } = open;
        Self {
            shared,
            auth,
            listeners: Listeners::default(),
            find,
            state,
            acks: HashMap::new(),
            connecting: Vec::new(),
        }
    }

    pub(super) fn on_connect_called(&mut self, reply: oneshot::Sender<Result<(), ConnectError>>) {
        self.shared.gate.on_connect_seen();
        if self.state.borrow().connected {
            // Nobody minds if the future is gone.
            let _ = reply.send(Ok(()));
        } else {
            self.connecting.push(reply);
        }
    }

    pub(super) fn expect_answer(&mut self, ack: AckId, reply: oneshot::Sender<AckOutcome>) {
        self.acks.insert(ack, reply);
    }

    pub(super) fn settle(&mut self, ack: AckId, outcome: AckOutcome) {
        let stats = &self.shared.stats;
        match &outcome {
            Ok(_) => stats.acks_received.add(1),
            Err(AckFailure::TimedOut) => stats.acks_timed_out.add(1),
            Err(AckFailure::Rejected(_)) => stats.dropped.add(1),
            Err(AckFailure::Disconnected(_)) => {}
        }
        if let Some(reply) = self.acks.remove(&ack) {
            // The `Ack` may have been dropped.
            let _ = reply.send(outcome);
        }
    }

    pub(super) fn on_connected(&mut self, sid: &str, recovered: bool, attempt: u32) {
        self.state.send_modify(|state| {
            state.connected = true;
            state.reconnecting = false;
            state.attempts = 0;
            state.last_error = None;
            state.recovered = recovered;
            state.id = Some(sid.into());
        });
        let stats = &self.shared.stats;
        stats.connects.add(1);
        stats.reconnects.add(u64::from(attempt > 0));
        self.reply_to_connects(&Ok(()));
        if attempt > 0 {
            self.listeners.tell(&Lifecycle::Reconnect { attempt });
        }
        self.listeners.tell(&Lifecycle::Connect { recovered });
    }

    pub(super) fn on_connect_error(&mut self, error: ConnectError, will_retry: bool) {
        self.shared.stats.connect_errors.add(1);
        if !will_retry {
            self.shared.gate.on_disconnected(error.as_reason());
        }
        self.state.send_modify(|state| {
            state.reconnecting = will_retry;
            state.last_error = Some(error.clone());
        });
        self.reply_to_connects(&Err(error.clone()));
        self.listeners.tell(&Lifecycle::ConnectError { error, will_retry });
    }

    pub(super) fn on_disconnected(&mut self, reason: DisconnectReason, will_reconnect: bool) {
        if !will_reconnect {
            self.shared.gate.on_disconnected(reason.clone());
        }
        let was_connected = self.state.borrow().connected;
        self.state.send_modify(|state| {
            state.connected = false;
            state.reconnecting = will_reconnect;
            state.attempts = if will_reconnect { state.attempts } else { 0 };
            state.id = None;
        });
        self.reply_to_connects(&Err(ConnectError::Disconnected(reason.clone())));
        if was_connected {
            self.listeners.tell(&Lifecycle::Disconnect { reason, will_reconnect });
        }
    }

    pub(super) fn on_reconnect_attempt(&mut self, attempt: u32) {
        self.state.send_modify(|state| {
            state.reconnecting = true;
            state.attempts = attempt;
        });
        self.listeners.tell(&Lifecycle::ReconnectAttempt { attempt });
    }

    pub(super) fn on_reconnect_failed(&mut self) {
        self.shared.gate.on_disconnected(DisconnectReason::ReconnectFailed);
        self.state.send_modify(|state| state.reconnecting = false);
        self.listeners.tell(&Lifecycle::ReconnectFailed);
    }

    /// Hands an event to its listeners; gives the answer, if one of them answered at once.
    pub(super) fn on_event(
        &mut self,
        packet: &EventPacket,
        token: Option<AckToken>,
    ) -> Option<(AckToken, Packet)> {
        self.shared.stats.received.add(1);
        let name = packet.name();
        let Some(event) = (self.find)(&name) else {
            self.report(&InvalidEvent::Undeclared { event: name.into_owned() });
            return None;
        };
        let Delivery { answer, invalid, missed, .. } = self.listeners.deliver(event, packet, token);
        if missed > 0 {
            self.shared.stats.missed.add(missed.into());
        }
        if let Some(invalid) = invalid {
            self.report(&invalid);
        }
        answer
    }

    pub(super) fn report(&mut self, invalid: &InvalidEvent) {
        match invalid {
            InvalidEvent::Emit(_) => self.shared.stats.dropped.add(1),
            _ => self.shared.stats.undelivered.add(1),
        }
        self.listeners.report(self.shared.path, invalid);
    }

    /// The socket or the whole task ends: everybody who waits is told why.
    pub(super) fn end(&mut self, reason: &DisconnectReason) {
        self.on_disconnected(reason.clone(), false);
        for (_, reply) in self.acks.drain() {
            let _ = reply.send(Err(AckFailure::Disconnected(reason.clone())));
        }
        self.listeners.clear();
    }

    fn reply_to_connects(&mut self, outcome: &Result<(), ConnectError>) {
        for reply in self.connecting.drain(..) {
            let _ = reply.send(outcome.clone());
        }
    }
}
