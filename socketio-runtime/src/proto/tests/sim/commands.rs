//! What the user of the virtual world does, and what its server and network do.
//!
//! Must not know: what comes of it.

use std::{fmt::Write, time::Duration};

use bytes::Bytes;

use super::{
    super::super::{
        AckId, AckToken, AuthRequest, BufferedEvent, Cancellation, EmitOptions, EmitPolicy, Input,
        NamespaceId,
    },
    Sim, ms,
};
use crate::{
    codec::{Packet, prefix},
    error::AuthError,
};

impl Sim {
    // --- what the user does ---

    pub(in super::super) fn add(&mut self, path: &str) -> NamespaceId {
        self.last_id += 1;
        let id = NamespaceId(self.last_id);
        self.paths.insert(id, path.to_owned());
        self.manager.add_namespace(id, path);
        id
    }

    pub(in super::super) fn connect(&mut self, id: NamespaceId) {
        self.note(&format!("connect {}", self.paths[&id]));
        self.manager.connect(self.now, id);
        self.settle();
    }

    pub(in super::super) fn disconnect(&mut self, id: NamespaceId) {
        self.note(&format!("disconnect {}", self.paths[&id]));
        self.manager.disconnect(self.now, id);
        self.settle();
    }

    pub(in super::super) fn remove(&mut self, id: NamespaceId) {
        self.note(&format!("remove {}", self.paths[&id]));
        self.manager.remove_namespace(self.now, id);
        self.settle();
    }

    pub(in super::super) fn emit(&mut self, id: NamespaceId, event: &'static str) {
        self.emit_packet(id, event, Vec::new(), None, false);
    }

    pub(in super::super) fn emit_volatile(&mut self, id: NamespaceId, event: &'static str) {
        self.emit_packet(id, event, Vec::new(), None, true);
    }

    pub(in super::super) fn emit_with_ack(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        timeout: Option<Duration>,
    ) -> AckId {
        self.last_ack += 1;
        let ack = AckId(self.last_ack);
        self.emit_packet(id, event, Vec::new(), Some((ack, timeout)), false);
        ack
    }

    pub(in super::super) fn emit_packet(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        attachments: Vec<Bytes>,
        ack: Option<(AckId, Option<Duration>)>,
        is_volatile: bool,
    ) {
        let policy = EmitPolicy { is_volatile, ..EmitPolicy::default() };
        self.emit_packet_as(id, event, attachments, ack, policy);
    }

    pub(in super::super) fn emit_as(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        policy: EmitPolicy,
    ) {
        self.emit_packet_as(id, event, Vec::new(), None, policy);
    }

    pub(in super::super) fn emit_with_ack_as(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        timeout: Option<Duration>,
        policy: EmitPolicy,
    ) -> AckId {
        let ack = self.new_ack();
        self.emit_packet_as(id, event, Vec::new(), Some((ack, timeout)), policy);
        ack
    }

    /// An emit that is retried, with a second for each try.
    pub(in super::super) fn emit_retried(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        retries: u16,
    ) -> AckId {
        let policy = EmitPolicy { retries, ..EmitPolicy::default() };
        self.emit_with_ack_as(id, event, Some(ms(1000)), policy)
    }

    fn emit_packet_as(
        &mut self,
        id: NamespaceId,
        event: &'static str,
        attachments: Vec<Bytes>,
        ack: Option<(AckId, Option<Duration>)>,
        policy: EmitPolicy,
    ) {
        let mut text = String::from("4");
        match attachments.len() {
            0 => text.push('2'),
            count => write!(text, "5{count}-").expect("a string takes everything"),
        }
        text.push_str(&prefix(&self.paths[&id]));
        if let Some((ack, _)) = ack {
            write!(text, "{}", ack.0).expect("a string takes everything");
            self.pending.insert((id, ack));
        }
        write!(text, "[\"{event}\"]").expect("a string takes everything");
        if ack.is_some() {
            self.sends_left.insert(text.clone(), 1 + u32::from(policy.retries));
        }
        self.note(&format!("emit {text}"));
        let packet = Packet { text: text.into(), attachments };
        let options = EmitOptions { event: event.into(), ack, policy };
        self.manager.emit(self.now, id, packet, options);
        self.settle();
    }

    pub(in super::super) fn new_ack(&mut self) -> AckId {
        self.last_ack += 1;
        AckId(self.last_ack)
    }

    pub(in super::super) fn set_ack_timeout(
        &mut self,
        id: NamespaceId,
        ack: AckId,
        timeout: Duration,
    ) {
        self.manager.set_ack_timeout(id, ack, Some(timeout));
        self.settle();
    }

    pub(in super::super) fn forget_ack(&mut self, id: NamespaceId, ack: AckId) {
        self.note(&format!("forget {}", ack.0));
        self.drop_interest(id, ack);
        self.manager.forget_ack(id, ack);
        self.settle();
    }

    pub(in super::super) fn cancel(&mut self, id: NamespaceId, ack: AckId) -> Cancellation {
        self.note(&format!("cancel {}", ack.0));
        self.drop_interest(id, ack);
        let outcome = self.manager.cancel(self.now, id, ack);
        self.settle();
        outcome
    }

    fn drop_interest(&mut self, id: NamespaceId, ack: AckId) {
        if self.pending.remove(&(id, ack)) && self.is_lazy {
            self.dropped.insert((id, ack));
        }
    }

    pub(in super::super) fn clear_buffered(&mut self, id: NamespaceId) -> usize {
        self.note("clear");
        let count = self.manager.clear_buffered(id);
        assert_eq!(self.buffered(id), [""; 0]);
        self.settle();
        count
    }

    /// What is held back, as `event size age tries`.
    pub(in super::super) fn buffered(&self, id: NamespaceId) -> Vec<String> {
        let buffered = self.manager.buffered(self.now, id).into_iter();
        let tell = |b: BufferedEvent| {
            let ack = if b.has_ack { " ack" } else { "" };
            format!("{} {} {:.3}{ack} {}", b.event, b.size, b.age.as_secs_f64(), b.tries)
        };
        buffered.map(tell).collect()
    }

    pub(in super::super) fn answer(&mut self, id: NamespaceId, token: &AckToken) {
        let text = format!("43{}{}[\"answer\"]", prefix(&self.paths[&id]), token.id());
        self.manager.answer(id, token, Packet::text(text));
        self.settle();
    }

    pub(in super::super) fn authenticate(
        &mut self,
        (id, request): (NamespaceId, AuthRequest),
        payload: Result<Option<&str>, &str>,
    ) {
        let payload = payload.map(|payload| payload.map(str::to_owned)).map_err(AuthError::new);
        self.manager.authenticate(self.now, id, request, payload);
        self.settle();
    }

    // --- what the server and the network do ---

    /// A text frame from the server.
    pub(in super::super) fn server_sends(&mut self, text: &str) {
        self.server.send(text);
        self.settle();
    }

    pub(in super::super) fn server_sends_binary(&mut self, bytes: &'static [u8]) {
        self.server.send_binary(bytes);
        self.settle();
    }

    /// The server's late word on a CONNECT.
    pub(in super::super) fn server_accepts(&mut self, path: &str) {
        self.server.accept(path);
        self.settle();
    }

    pub(in super::super) fn server_refuses(&mut self, path: &str, payload: &str) {
        self.server.refuse(path, payload);
        self.settle();
    }

    pub(in super::super) fn server_disconnects(&mut self, path: &str) {
        self.server.disconnect(path);
        self.settle();
    }

    /// The connection is closed in good order, as by a proxy.
    pub(in super::super) fn drop_connection(&mut self) {
        self.server.drop_connection();
        self.settle();
    }

    /// An input made by hand.
    pub(in super::super) fn input(&mut self, input: Input) {
        self.note(&format!("input {input:?}"));
        self.manager.handle_input(self.now, input);
        self.settle();
    }

    /// The WebSocket's last ping is answered.
    pub(in super::super) fn pong(&mut self) {
        let (channel, number) = (self.server.channel(), self.server.ping);
        self.input(Input::Ponged { channel, number });
    }
}
