//! One Engine.IO session after the other: from dialling to the handshake, the heartbeat and the
//! close.
//!
//! Must not know: namespaces, what a message contains, when to reconnect.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{ChannelId, Frame};
use crate::{
    codec::{EngineType, Handshake, decode_engine},
    error::{ConnectError, DisconnectReason},
};

#[derive(Debug, Default)]
pub(super) struct Session {
    state: State,
    channels: u64,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Closed,
    /// Dialled; the handshake has not come.
    Opening {
        channel: ChannelId,
        deadline: Instant,
    },
    Open(Open),
    /// Closed by this side; the other one has not agreed.
    Closing {
        channel: ChannelId,
        deadline: Instant,
    },
}

#[derive(Debug)]
struct Open {
    channel: ChannelId,
    /// From a ping to the time by which the next one must have come.
    patience: Duration,
    heartbeat: Instant,
    max_payload: Option<usize>,
    is_writable: bool,
}

/// What a frame means to the layer above.
#[derive(Debug)]
pub(super) enum Received {
    Nothing,
    /// The handshake came.
    Opened,
    /// The frame to send in answer to a heartbeat.
    Ping,
    Message(Utf8Bytes),
    Binary(Bytes),
    /// Not a handshake.
    Refused(ConnectError),
    /// Not Engine.IO.
    Broken(DisconnectReason),
}

/// Which time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expired {
    Open,
    Heartbeat,
    Close,
}

impl Session {
    /// A new channel to dial.
    pub(super) fn open(&mut self, deadline: Instant) -> ChannelId {
        self.channels += 1;
        let channel = ChannelId(self.channels);
        self.state = State::Opening { channel, deadline };
        channel
    }

    /// Begins a close in good order; the channel to close, if one is open.
    pub(super) fn begin_close(&mut self, deadline: Instant) -> Option<ChannelId> {
        let channel = self.channel().filter(|_| self.is_open())?;
        self.state = State::Closing { channel, deadline };
        Some(channel)
    }

    /// Forgets the session; the channel that was in use.
    pub(super) fn end(&mut self) -> Option<ChannelId> {
        let channel = self.channel();
        self.state = State::Closed;
        channel
    }

    pub(super) fn handle_frame(&mut self, now: Instant, frame: Frame) -> Received {
        match &mut self.state {
            State::Closed | State::Closing { .. } => Received::Nothing,
            State::Opening { channel, .. } => {
                let channel = *channel;
                match Open::from_handshake(now, channel, &frame) {
                    Ok(open) => {
                        self.state = State::Open(open);
                        Received::Opened
                    }
                    Err(reason) => Received::Refused(ConnectError::Handshake { reason }),
                }
            }
            State::Open(open) => match frame {
                Frame::Binary(bytes) => Received::Binary(bytes),
                Frame::Text(text) => open.handle_text(now, text),
            },
        }
    }

    pub(super) fn set_writable(&mut self, writable: bool) {
        if let State::Open(open) = &mut self.state {
            open.is_writable = writable;
        }
    }

    pub(super) fn channel(&self) -> Option<ChannelId> {
        match &self.state {
            State::Closed => None,
            State::Opening { channel, .. } | State::Closing { channel, .. } => Some(*channel),
            State::Open(open) => Some(open.channel),
        }
    }

    /// The channel that packets go to.
    pub(super) fn open_channel(&self) -> Option<ChannelId> {
        self.open_state().map(|open| open.channel)
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    pub(super) fn is_opening(&self) -> bool {
        matches!(self.state, State::Opening { .. })
    }

    pub(super) fn is_writable(&self) -> bool {
        self.open_state().is_some_and(|open| open.is_writable)
    }

    pub(super) fn max_payload(&self) -> Option<usize> {
        self.open_state()?.max_payload
    }

    pub(super) fn expired(&self, now: Instant) -> Option<Expired> {
        let (deadline, expired) = self.timer()?;
        (deadline <= now).then_some(expired)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.timer().map(|(deadline, _)| deadline)
    }

    fn timer(&self) -> Option<(Instant, Expired)> {
        match &self.state {
            State::Closed => None,
            State::Opening { deadline, .. } => Some((*deadline, Expired::Open)),
            State::Open(open) => Some((open.heartbeat, Expired::Heartbeat)),
            State::Closing { deadline, .. } => Some((*deadline, Expired::Close)),
        }
    }

    fn open_state(&self) -> Option<&Open> {
        match &self.state {
            State::Open(open) => Some(open),
            _ => None,
        }
    }
}

impl Open {
    fn from_handshake(now: Instant, channel: ChannelId, frame: &Frame) -> Result<Self, String> {
        let Frame::Text(text) = frame else {
            return Err("expected an OPEN packet, found binary data".to_owned());
        };
        let data = match decode_engine(text) {
            Ok((EngineType::Open, data)) => data,
            Ok((other, _)) => return Err(format!("expected an OPEN packet, found {other:?}")),
            Err(error) => return Err(format!("expected an OPEN packet: {error}")),
        };
        let handshake = Handshake::decode(data)?;
        let patience = handshake.ping_interval + handshake.ping_timeout;
        Ok(Self {
            channel,
            patience,
            heartbeat: now + patience,
            max_payload: handshake.max_payload,
            is_writable: true,
        })
    }

    /// Only a ping proves that the server is there (`engine.io-client/lib/socket.ts`,
    /// `_resetPingTimeout`). On a WebSocket, CLOSE, UPGRADE, NOOP and an unasked PONG mean nothing.
    fn handle_text(&mut self, now: Instant, text: Utf8Bytes) -> Received {
        match decode_engine(&text) {
            Ok((EngineType::Message, _)) => Received::Message(text),
            Ok((EngineType::Ping, _)) => {
                self.heartbeat = now + self.patience;
                Received::Ping
            }
            Ok(_) => Received::Nothing,
            Err(error) => Received::Broken(DisconnectReason::ParseError(error)),
        }
    }
}
