//! The sockets of one connection: who waits for what, and what their users see of it.
//!
//! Must not know: bytes, transports, the clock.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::{
    any_event::AnyEvent,
    command::{AckOutcome, EventNames, OpenSocket},
    listeners::{Delivery, Listeners},
    shared::SocketShared,
    state::{Lifecycle, StateSender},
};
use crate::{
    codec::{EventName, EventPacket, Packet, Transport, decode_sent},
    error::{ConnectError, DisconnectReason, InvalidEvent, TryError},
    proto::{AckFailure, AckId, AckMap, AckToken, Arity, KEPT_ROOM},
    schema::{ArgumentDescriptor, ArgumentKind, AuthProvider},
};

/// One socket as the connection's task knows it.
pub(super) struct SocketRecord {
    pub(super) shared: Arc<SocketShared>,
    pub(super) auth: Option<AuthProvider>,
    pub(super) listeners: Listeners,
    names: EventNames,
    state: StateSender,
    acks: AckMap<oneshot::Sender<AckOutcome>>,
    connecting: Vec<oneshot::Sender<Result<(), ConnectError>>>,
}

/// The answer of a listener that runs inline.
pub(super) struct Answered {
    pub(super) event: EventName,
    pub(super) token: AckToken,
    pub(super) packet: Packet,
}

impl SocketRecord {
    pub(super) fn new(open: OpenSocket) -> Self {
        let OpenSocket { shared, names, auth, state } = open;
        Self {
            shared,
            auth,
            listeners: Listeners::default(),
            names,
            state,
            acks: AckMap::default(),
            connecting: Vec::new(),
        }
    }

    pub(super) fn on_connect_called(&mut self, reply: oneshot::Sender<Result<(), ConnectError>>) {
        self.shared.gate.on_connect_seen();
        if self.state.borrow().connected {
            // Nobody minds if the future is gone.
            let _ = reply.send(Ok(()));
        } else {
            // Who stopped waiting is forgotten here, since the attempt may take long.
            self.connecting.retain(|reply| !reply.is_closed());
            self.connecting.push(reply);
        }
    }

    pub(super) fn expect_answer(&mut self, ack: AckId, reply: oneshot::Sender<AckOutcome>) {
        self.acks.insert(ack, reply);
    }

    /// Whether somebody waited for the answer.
    pub(super) fn forget_answer(&mut self, ack: AckId) -> bool {
        self.take_ack(ack).is_some()
    }

    pub(super) fn settle(&mut self, ack: AckId, outcome: AckOutcome) {
        let stats = &self.shared.stats;
        match &outcome {
            Ok(_) => stats.acks_received.add(1),
            Err(
                AckFailure::TimedOut
                | AckFailure::RetriesExhausted { last: TryError::Timeout { .. }, .. },
            ) => stats.acks_timed_out.add(1),
            Err(AckFailure::Rejected(_)) => stats.dropped.add(1),
            Err(AckFailure::Disconnected(_) | AckFailure::RetriesExhausted { .. }) => {}
        }
        if let Some(reply) = self.take_ack(ack) {
            // The `Ack` may have been dropped.
            let _ = reply.send(outcome);
        }
    }

    pub(super) fn on_connected(
        &mut self,
        sid: &str,
        transport: Option<Transport>,
        recovered: bool,
        attempt: u32,
    ) {
        self.shared.gate.set_connected(true);
        self.state.send_modify(|state| {
            state.connected = true;
            state.reconnecting = false;
            state.attempts = 0;
            state.last_error = None;
            state.recovered = recovered;
            state.transport = transport;
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

    pub(super) fn on_upgraded(&mut self, transport: Transport) {
        self.state.send_modify(|state| state.transport = Some(transport));
        self.listeners.tell(&Lifecycle::Upgrade { transport });
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
        self.shared.gate.set_connected(false);
        if !will_reconnect {
            self.shared.gate.on_disconnected(reason.clone());
        }
        let was_connected = self.state.borrow().connected;
        self.state.send_modify(|state| {
            state.connected = false;
            state.reconnecting = will_reconnect;
            state.attempts = if will_reconnect { state.attempts } else { 0 };
            state.id = None;
            state.transport = None;
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
        packet: EventPacket,
        token: Option<AckToken>,
    ) -> Option<Answered> {
        self.shared.stats.received.add(1);
        let written = packet.name();
        let descriptor = (self.names.listened)(&written);
        let name = match descriptor {
            Some(event) => EventName::Static(event.name),
            None => self.listeners.registered(&written).unwrap_or_else(|| (*written).into()).into(),
        };
        let event = AnyEvent { name, descriptor, packet, expects_answer: token.is_some() };
        let Delivery { answer, invalid, missed, .. } = self.listeners.deliver(&event, token);
        if missed > 0 {
            self.shared.stats.missed.add(missed.into());
        }
        for invalid in invalid {
            self.report(&invalid);
        }
        // Also where a catch-all heard it: one that only watches must not hide that the schemas
        // of both sides differ.
        if descriptor.is_none() && !self.names.are_open {
            self.report(&InvalidEvent::Undeclared { event: event.name().to_owned() });
        }
        answer.map(|(token, packet)| Answered { event: event.name, token, packet })
    }

    /// An event was handed to the transport.
    pub(super) fn on_sent(&mut self, name: EventName, packet: Packet, expects_answer: bool) {
        let descriptor = (self.names.emitted)(&name);
        match decode_sent(packet) {
            Ok(packet) => {
                let event = AnyEvent { name, descriptor, packet, expects_answer };
                for invalid in self.listeners.deliver_sent(&event).invalid {
                    self.report(&invalid);
                }
            }
            Err(error) => self.report(&InvalidEvent::Packet(error)),
        }
    }

    /// How many arguments the schema gives to an event; `None` for a volatile one, which has no
    /// offset.
    pub(super) fn arity(&self, packet: &EventPacket) -> Option<Arity> {
        let Some(event) = (self.names.listened)(&packet.name()) else {
            return Some(Arity::UNKNOWN);
        };
        let is = |kind: ArgumentKind| move |argument: &&ArgumentDescriptor| argument.kind == kind;
        let arguments = event.arguments.iter();
        let required = arguments.clone().filter(is(ArgumentKind::Required)).count();
        let has_rest = arguments.clone().any(|argument| argument.kind == ArgumentKind::Rest);
        let most = if has_rest { usize::MAX } else { arguments.len() };
        (!event.is_volatile).then_some(Arity { required, most })
    }

    pub(super) fn report(&mut self, invalid: &InvalidEvent) {
        match invalid {
            InvalidEvent::Emit(_) => self.shared.stats.dropped.add(1),
            // The events that a listener misses are counted as such; of the others nothing came.
            InvalidEvent::Lagged { .. }
            | InvalidEvent::Unconfirmed { .. }
            | InvalidEvent::LateAnswer { .. } => {}
            _ => self.shared.stats.undelivered.add(1),
        }
        self.listeners.report(&self.shared.path, invalid);
    }

    /// The socket or the whole task ends: everybody who waits is told why.
    pub(super) fn end(&mut self, reason: &DisconnectReason) {
        self.on_disconnected(reason.clone(), false);
        for (_, reply) in std::mem::take(&mut self.acks) {
            let _ = reply.send(Err(AckFailure::Disconnected(reason.clone())));
        }
        self.listeners.clear();
    }

    fn take_ack(&mut self, ack: AckId) -> Option<oneshot::Sender<AckOutcome>> {
        let reply = self.acks.remove(&ack);
        if self.acks.is_empty() && self.acks.capacity() > KEPT_ROOM {
            self.acks = AckMap::default();
        }
        reply
    }

    fn reply_to_connects(&mut self, outcome: &Result<(), ConnectError>) {
        for reply in self.connecting.drain(..) {
            let _ = reply.send(outcome.clone());
        }
    }
}
