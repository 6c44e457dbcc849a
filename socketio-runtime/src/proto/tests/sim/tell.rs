//! What happens in the virtual world, in words, and what a test says of it.
//!
//! Must not know: how the world works.

use std::fmt::Write;

use super::{
    super::super::{
        AckFailure, AckId, AuthRequest, Event, EventKind, Frame, NamespaceId, Transmit,
    },
    Auth, Sim,
};
use crate::error::AuthError;

impl Sim {
    // --- what was seen ---

    /// What happened to the namespaces, as `seconds path what`.
    #[track_caller]
    pub(in super::super) fn assert_events(&mut self, expected: &[&str]) {
        assert_eq!(self.events, expected);
        self.events.clear();
    }

    /// What the client sent, as `seconds what`.
    #[track_caller]
    pub(in super::super) fn assert_wire(&mut self, expected: &[&str]) {
        assert_eq!(self.wire, expected);
        self.wire.clear();
    }

    pub(in super::super) fn events(&self) -> &[String] {
        &self.events
    }

    pub(in super::super) fn wire(&self) -> &[String] {
        &self.wire
    }

    pub(in super::super) fn trace(&self) -> &[String] {
        &self.trace
    }

    pub(in super::super) fn pending_acks(&self) -> usize {
        self.pending.len()
    }

    /// The paths that were left, and of which the server may still say something.
    pub(in super::super) fn left_paths(&self) -> usize {
        self.manager.left.len()
    }

    /// Forgets what happened so far.
    pub(in super::super) fn forget(&mut self) {
        self.events.clear();
        self.wire.clear();
    }

    #[track_caller]
    pub(in super::super) fn assert_nothing_left(&self) {
        assert_eq!(self.manager.poll_timeout(), None, "timers");
        assert_eq!(self.manager.unsent_bytes(), 0, "bytes to send");
        assert_eq!(self.manager.held_bytes(), 0, "bytes held back");
        assert!(!self.manager.is_holding(), "events held back");
        assert_eq!(self.manager.transmits_polled(), self.manager.transmits_added());
        assert_eq!(self.server.channel, None, "connections");
        assert!(self.pending.is_empty(), "answers: {:?}", self.pending);
    }

    // --- how it is told ---

    pub(super) fn on_transmit(&mut self, transmit: Transmit) {
        let line = match &transmit {
            Transmit::Open { channel, session: None } => {
                format!("{} dial {}", self.clock(), channel.0)
            }
            Transmit::Open { channel, .. } => format!("{} probe {}", self.clock(), channel.0),
            Transmit::Get { channel, .. } => format!("{} get {}", self.clock(), channel.0),
            Transmit::Post { body, .. } => {
                format!("{} post {}", self.clock(), body.replace('\x1e', " + "))
            }
            Transmit::Frame { frame: Frame::Text(text), .. } => format!("{} {text}", self.clock()),
            Transmit::Frame { frame: Frame::Binary(bytes), .. } => {
                format!("{} {} bytes", self.clock(), bytes.len())
            }
            Transmit::Ping { channel, .. } => format!("{} ping {}", self.clock(), channel.0),
            Transmit::Close { channel } => format!("{} close {}", self.clock(), channel.0),
            Transmit::Abort { channel } => format!("{} abort {}", self.clock(), channel.0),
        };
        self.trace.push(format!("-> {line}"));
        if let Some(left) = line.split_once(' ').and_then(|(_, text)| self.sends_left.get_mut(text))
        {
            *left = left.checked_sub(1).expect("it was sent too often");
        }
        self.wire.push(line);
        self.server.handle(self.now, transmit);
    }

    pub(super) fn on_event(&mut self, Event { namespace: id, kind }: Event) {
        let path = self.paths[&id].clone();
        let is_quiet = matches!(kind, EventKind::AuthNeeded { .. } | EventKind::Dropped);
        let line = format!("{} {path} {}", self.clock(), self.tell(id, kind));
        self.trace.push(format!("** {line}"));
        if !is_quiet {
            self.events.push(line);
        }
    }

    fn tell(&mut self, id: NamespaceId, kind: EventKind) -> String {
        match kind {
            EventKind::AuthNeeded { request } => {
                self.on_auth_needed(id, request);
                "auth needed".to_owned()
            }
            EventKind::Connected { recovered: true, .. } => "recovered".to_owned(),
            EventKind::Connected { attempt: 0, .. } => "connected".to_owned(),
            EventKind::Connected { attempt, .. } => format!("connected by attempt {attempt}"),
            EventKind::ConnectError { error, will_retry } => {
                format!("connect error: {error}{}", if will_retry { ", will retry" } else { "" })
            }
            EventKind::Received { mut packet, token } => {
                let is_in_time = self.server.accepted.contains(&self.paths[&id]);
                assert!(is_in_time, "an event came before its time");
                self.manager.take_offset(id, &mut packet, token.as_ref(), |_| self.arity);
                let mut text = format!("received {}", packet.name());
                if self.server.pid.is_some() {
                    let values = packet.values().as_json();
                    text.push_str(values.strip_suffix(']').unwrap_or(values));
                }
                if !packet.attachments().is_empty() {
                    let count = packet.attachments().len();
                    write!(text, " with {count} attachments").expect("a string takes everything");
                }
                self.tokens.extend(token);
                text
            }
            EventKind::Sent { event, packet, expects_answer } => {
                let kind = if expects_answer { "question" } else { "event" };
                format!("sent {kind} {} with {}", &*event, packet.attachments.len())
            }
            EventKind::Acked { ack, answer } => {
                self.on_settled(id, ack);
                format!("answered {}: [{}", ack.0, answer.values().as_json())
            }
            EventKind::AckFailed { ack, failure } => {
                self.on_settled(id, ack);
                match failure {
                    AckFailure::TimedOut => format!("unanswered {}: timeout", ack.0),
                    AckFailure::Disconnected(reason) => format!("unanswered {}: {reason}", ack.0),
                    AckFailure::Rejected(error) => format!("unsent {}: {error}", ack.0),
                    AckFailure::RetriesExhausted { tries, last } => {
                        format!("unanswered {}: {tries} tries, {last}", ack.0)
                    }
                }
            }
            EventKind::Disconnected { reason, will_reconnect } => {
                let suffix = if will_reconnect { ", will reconnect" } else { "" };
                format!("disconnected: {reason}{suffix}")
            }
            EventKind::ReconnectAttempt { attempt } => format!("attempt {attempt}"),
            EventKind::ReconnectFailed => "reconnect failed".to_owned(),
            EventKind::Upgraded { transport } => format!("upgraded to {transport}"),
            EventKind::Dropped => "dropped".to_owned(),
            EventKind::Invalid(invalid) => format!("invalid: {invalid}"),
        }
    }

    fn on_settled(&mut self, id: NamespaceId, ack: AckId) {
        let is_expected = self.pending.remove(&(id, ack)) || self.dropped.remove(&(id, ack));
        assert!(is_expected, "ack {} was settled before", ack.0);
    }

    fn on_auth_needed(&mut self, id: NamespaceId, request: AuthRequest) {
        let payload = match &mut self.auth {
            Auth::Nothing => Ok(None),
            Auth::Counting(count) => {
                *count += 1;
                Ok(Some(format!("{{\"n\":{count}}}")))
            }
            Auth::Fails => Err(AuthError::new("no token")),
            Auth::Silent => return self.questions.push((id, request)),
        };
        self.manager.authenticate(self.now, id, request, payload);
    }

    pub(super) fn note(&mut self, what: &str) {
        let line = format!("{} {what}", self.clock());
        self.trace.push(line);
    }

    pub(super) fn clock(&self) -> String {
        format!("{:.3}", self.elapsed().as_secs_f64())
    }
}
