//! Long-polling, and the WebSocket that takes over from it.
//!
//! Must not know: HTTP, namespaces.
//!
//! The change is the reference's (`engine.io-client/lib/socket.ts`, `_probe`): a WebSocket of the
//! same session sends a probe; after its answer no request begins any more; when those that are
//! under way have ended, whatever they bring, the WebSocket says that it takes over and carries
//! what waits. So no packet is lost, and none overtakes another. Whatever goes wrong before that
//! leaves the session where it is, on long-polling.

use std::{fmt::Display, time::Instant};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{ChannelId, EventKind, Input, Manager, Transmit, UPGRADE_TIMEOUT, namespace::State};
use crate::{
    codec::{Frame, Handshake, NOOP, PROBE, PROBE_ANSWER, Transport, UPGRADE, decode_payload},
    error::{DisconnectReason, Logged, TransportError},
};

impl Manager {
    pub(super) fn start_upgrade(&mut self, now: Instant, handshake: &Handshake) {
        if self.session.transport() == Some(Transport::WebSocket) {
            return self.transports.on_websocket();
        }
        let is_offered = handshake.upgrades.contains(&Transport::WebSocket);
        if self.config.upgrade && is_offered && self.transports.allows_upgrade() {
            if let Some(transmit) = self.session.start_upgrade(now + UPGRADE_TIMEOUT) {
                self.out.control(transmit);
            }
        }
    }

    /// The GET has ended.
    pub(super) fn on_polled(&mut self, now: Instant, result: Result<Utf8Bytes, TransportError>) {
        let is_pausing = self.session.is_pausing();
        let Some(polling) = self.session.polling() else { return };
        polling.on_polled();
        // While a WebSocket takes over, that is how the server lets the request end.
        if !is_pausing && result.as_ref().is_ok_and(|body| **body == *NOOP) {
            polling.on_polled_nothing();
        }
        let channel = polling.channel();
        match result {
            Ok(body) => self.handle_payload(now, channel, &body),
            Err(error) => return self.on_request_failed(now, error),
        }
        if self.session.owns(channel) {
            self.go_on_polling(now);
        }
    }

    /// The POST has ended.
    pub(super) fn on_posted(&mut self, now: Instant, result: Result<(), TransportError>) {
        let Some(polling) = self.session.polling() else { return };
        polling.on_posted();
        if result.is_ok() {
            self.out.barrier().on_read();
        }
        match result {
            Ok(()) if self.session.is_open() => self.go_on_polling(now),
            // The close was the last thing to be sent.
            Ok(()) if self.out.is_empty() => self.on_close_done(now),
            Ok(()) => {}
            Err(error) => self.on_request_failed(now, error),
        }
    }

    /// What came over, or happened to, a WebSocket that is to take over.
    pub(super) fn on_upgrade_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::Opened { channel } => {
                let frame = Frame::Text(PROBE.into());
                self.out.control(Transmit::Frame { channel, frame });
            }
            Input::Frame { frame: Frame::Text(text), .. } if *text == *PROBE_ANSWER => {
                self.session.on_probed();
                self.go_on_polling(now);
            }
            Input::Frame { .. } => self.cancel_upgrade(now, &"it did not answer the probe"),
            Input::Failed { error, .. } => self.cancel_upgrade(now, &Logged(&error)),
            Input::Closed { .. } => self.cancel_upgrade(now, &"it was closed"),
            Input::Writable { .. }
            | Input::Ponged { .. }
            | Input::Part { .. }
            | Input::Polled { .. }
            | Input::Posted { .. } => {}
        }
    }

    /// Stays on long-polling.
    pub(super) fn cancel_upgrade(&mut self, now: Instant, reason: &dyn Display) {
        if let Some(channel) = self.session.cancel_upgrade() {
            tracing::debug!(%reason, "no WebSocket takes over from long-polling");
            self.out.control(Transmit::Abort { channel });
            self.go_on_polling(now);
        }
    }

    pub(super) fn handle_payload(&mut self, now: Instant, channel: ChannelId, body: &Utf8Bytes) {
        for frame in decode_payload(body) {
            match frame {
                Ok(frame) => self.handle_frame(now, frame),
                Err(error) => self.on_broken_frame(now, error),
            }
            // Behind what ends the session nothing counts.
            if !self.session.owns(channel) {
                return;
            }
        }
    }

    pub(super) fn on_request_failed(&mut self, now: Instant, error: TransportError) {
        if self.session.is_opening() {
            self.fail_opening(now, error.into());
        } else if self.session.is_open() {
            self.lose_session(now, &DisconnectReason::TransportError(error));
        } else {
            self.on_close_done(now);
        }
    }

    fn on_transport_changed(&mut self) {
        for (id, namespace) in self.namespaces.iter() {
            if namespace.state == State::Connected {
                self.out.event(id, EventKind::Upgraded { transport: Transport::WebSocket });
            }
        }
    }

    /// The next GET, or the end of long-polling.
    pub(super) fn go_on_polling(&mut self, now: Instant) {
        if let Some((former, channel)) = self.session.finish_upgrade() {
            self.out.control(Transmit::Frame { channel, frame: Frame::Text(UPGRADE.into()) });
            self.out.control(Transmit::Abort { channel: former });
            self.out.change_channel(former, channel);
            self.transports.on_websocket();
            self.on_transport_changed();
        } else if let Some(get) = self.session.start_get(now) {
            self.out.control(get);
        }
    }
}
