//! One Engine.IO session after the other: from opening to the handshake, the heartbeat, the
//! change from long-polling to a WebSocket, and the close.
//!
//! Must not know: namespaces, what a message contains, when to reconnect.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{ChannelId, SessionId, Transmit, polling::Polling};
use crate::{
    codec::{EngineType, Frame, Handshake, Transport, decode_engine},
    error::{ConnectError, DisconnectReason},
};

#[derive(Debug)]
pub(super) struct Session {
    state: State,
    channels: u64,
    /// Whether binary packets travel as text on a WebSocket too.
    force_base64: bool,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Closed,
    /// The handshake has not come.
    Opening {
        carrier: Carrier,
        deadline: Instant,
    },
    Open(Open),
    /// Closed by this side; the other one has not agreed.
    Closing {
        carrier: Carrier,
        deadline: Instant,
    },
}

/// What carries the packets.
#[derive(Debug)]
enum Carrier {
    WebSocket(ChannelId),
    Polling(Polling),
}

#[derive(Debug)]
struct Open {
    carrier: Carrier,
    upgrade: Option<Upgrade>,
    /// From a ping to the time by which the next one must have come.
    patience: Duration,
    heartbeat: Instant,
    /// In bytes.
    max_payload: Option<usize>,
    /// Whether the WebSocket has room.
    is_writable: bool,
}

/// A WebSocket that is to take over from long-polling.
#[derive(Debug)]
struct Upgrade {
    channel: ChannelId,
    deadline: Instant,
    /// The server has answered the probe, so long-polling pauses: no request begins, and those
    /// that are under way come to their end.
    is_probed: bool,
}

/// The channels of a session that is gone.
pub(super) struct Ended {
    pub(super) channel: ChannelId,
    pub(super) upgrade: Option<ChannelId>,
}

/// The server's limit for one message.
#[derive(Debug, Clone, Copy)]
pub(super) struct MaxPayload {
    pub(super) bytes: usize,
    /// Whether binary data counts by its size in base64.
    pub(super) is_base64: bool,
}

/// How packets can be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlet {
    /// One by one.
    WebSocket,
    /// Many in one body.
    Post,
    /// Not now.
    None,
}

/// What a frame means to the layer above.
#[derive(Debug)]
pub(super) enum Received {
    Nothing,
    /// The handshake came.
    Opened(Handshake),
    /// A heartbeat, to be answered.
    Ping,
    Message(Utf8Bytes),
    /// A message after this side has begun to close.
    Late(Frame),
    Binary(Bytes),
    /// The server has closed the session.
    Closed,
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
    Upgrade,
    /// A request has taken too long.
    Request {
        after: Duration,
    },
    /// The next GET may begin.
    Pause,
    Close,
}

impl Session {
    pub(super) fn new(force_base64: bool) -> Self {
        Self { state: State::Closed, channels: 0, force_base64 }
    }

    /// A new session; what opens it.
    pub(super) fn open(
        &mut self,
        now: Instant,
        transport: Transport,
        deadline: Instant,
        request_timeout: Option<Duration>,
    ) -> Option<Transmit> {
        let channel = self.next_channel();
        let (carrier, transmit) = match transport {
            Transport::WebSocket => {
                (Carrier::WebSocket(channel), Some(Transmit::Open { channel, session: None }))
            }
            Transport::Polling => {
                let mut polling = Polling::new(channel, request_timeout);
                let get = polling.start_get(now);
                (Carrier::Polling(polling), get)
            }
        };
        self.state = State::Opening { carrier, deadline };
        transmit
    }

    /// Begins a close in good order; the channel to close, if one is open.
    pub(super) fn begin_close(&mut self, deadline: Instant) -> Option<Ended> {
        match std::mem::take(&mut self.state) {
            State::Open(Open { carrier, upgrade, .. }) => {
                let channel = carrier.channel();
                self.state = State::Closing { carrier, deadline };
                Some(Ended { channel, upgrade: upgrade.map(|upgrade| upgrade.channel) })
            }
            other => {
                self.state = other;
                None
            }
        }
    }

    /// Forgets the session; the channels that were in use.
    pub(super) fn end(&mut self) -> Option<Ended> {
        let channel = self.carrier()?.channel();
        let upgrade = self.upgrade_channel();
        self.state = State::Closed;
        Some(Ended { channel, upgrade })
    }

    /// A packet, over whatever carries the session.
    #[inline]
    pub(super) fn handle_frame(&mut self, now: Instant, frame: Frame) -> Received {
        match &mut self.state {
            State::Closed => Received::Nothing,
            State::Closing { .. } => match &frame {
                Frame::Text(text) if !is_message(text) => Received::Nothing,
                _ => Received::Late(frame),
            },
            State::Open(open) => match frame {
                Frame::Binary(bytes) => Received::Binary(bytes),
                Frame::Text(text) => open.handle_text(now, text),
            },
            State::Opening { .. } => match read_handshake(&frame) {
                Ok(handshake) => {
                    self.on_handshake(now, &handshake);
                    Received::Opened(handshake)
                }
                Err(reason) => Received::Refused(ConnectError::Handshake { reason }),
            },
        }
    }

    pub(super) fn set_writable(&mut self, writable: bool) {
        if let State::Open(open) = &mut self.state {
            open.is_writable = writable;
        }
    }

    /// The long-polling requests, of a session that is opening, open or closing.
    pub(super) fn polling(&mut self) -> Option<&mut Polling> {
        match &mut self.state {
            State::Opening { carrier: Carrier::Polling(polling), .. }
            | State::Open(Open { carrier: Carrier::Polling(polling), .. })
            | State::Closing { carrier: Carrier::Polling(polling), .. } => Some(polling),
            _ => None,
        }
    }

    /// The next GET, if there is to be one.
    pub(super) fn start_get(&mut self, now: Instant) -> Option<Transmit> {
        let is_wanted = self.is_open() && !self.is_pausing();
        self.polling().filter(|_| is_wanted)?.start_get(now)
    }

    /// A WebSocket that is to take over.
    pub(super) fn start_upgrade(&mut self, deadline: Instant) -> Option<Transmit> {
        let session = self.polling()?.session().cloned();
        let channel = self.next_channel();
        let State::Open(open) = &mut self.state else { return None };
        open.upgrade = Some(Upgrade { channel, deadline, is_probed: false });
        Some(Transmit::Open { channel, session })
    }

    /// The server has answered the probe.
    pub(super) fn on_probed(&mut self) {
        if let State::Open(Open { upgrade: Some(upgrade), .. }) = &mut self.state {
            upgrade.is_probed = true;
        }
    }

    /// Gives the upgrade up; its channel.
    pub(super) fn cancel_upgrade(&mut self) -> Option<ChannelId> {
        let State::Open(open) = &mut self.state else { return None };
        open.upgrade.take().map(|upgrade| upgrade.channel)
    }

    /// Lets the WebSocket take over as soon as long-polling has come to its end; the former
    /// channel and the new one.
    pub(super) fn finish_upgrade(&mut self) -> Option<(ChannelId, ChannelId)> {
        let State::Open(open) = &mut self.state else { return None };
        let Carrier::Polling(polling) = &open.carrier else { return None };
        if !polling.is_idle() || !open.upgrade.as_ref().is_some_and(|upgrade| upgrade.is_probed) {
            return None;
        }
        let (former, upgrade) = (polling.channel(), open.upgrade.take()?);
        open.carrier = Carrier::WebSocket(upgrade.channel);
        Some((former, upgrade.channel))
    }

    /// Whether something from this channel means anything.
    pub(super) fn owns(&self, channel: ChannelId) -> bool {
        let current = self.carrier().map(Carrier::channel);
        current == Some(channel) || self.is_upgrade(channel)
    }

    pub(super) fn is_upgrade(&self, channel: ChannelId) -> bool {
        self.upgrade_channel() == Some(channel)
    }

    /// The channel that packets go to.
    pub(super) fn open_channel(&self) -> Option<ChannelId> {
        self.open_state().map(|open| open.carrier.channel())
    }

    /// What carries the open session.
    pub(super) fn transport(&self) -> Option<Transport> {
        self.open_state().map(|open| open.carrier.transport())
    }

    pub(super) fn outlet(&self) -> Outlet {
        match self.carrier() {
            Some(Carrier::WebSocket(_)) => Outlet::WebSocket,
            Some(Carrier::Polling(polling)) if polling.can_post() && !self.is_pausing() => {
                Outlet::Post
            }
            Some(Carrier::Polling(_)) | None => Outlet::None,
        }
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

    /// By when an opening session has to be open.
    pub(super) fn opening_deadline(&self) -> Option<Instant> {
        match self.state {
            State::Opening { deadline, .. } => Some(deadline),
            _ => None,
        }
    }

    /// Whether a packet could be sent at once.
    pub(super) fn is_writable(&self) -> bool {
        let has_room = self.open_state().is_some_and(|open| open.is_writable);
        has_room && self.outlet() != Outlet::None
    }

    pub(super) fn max_payload(&self) -> Option<MaxPayload> {
        let open = self.open_state()?;
        let is_base64 = self.force_base64 || open.carrier.transport() == Transport::Polling;
        open.max_payload.map(|bytes| MaxPayload { bytes, is_base64 })
    }

    /// Whether the heartbeat is overdue, though the timer may not have said so yet.
    pub(super) fn is_heartbeat_overdue(&self, now: Instant) -> bool {
        self.open_state().is_some_and(|open| open.heartbeat <= now)
    }

    pub(super) fn expired(&self, now: Instant) -> Option<Expired> {
        let (deadline, expired) = self.timer()?;
        (deadline <= now).then_some(expired)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.timer().map(|(deadline, _)| deadline)
    }

    /// The soonest of the times that count.
    fn timer(&self) -> Option<(Instant, Expired)> {
        let request = match self.carrier()? {
            Carrier::Polling(polling) => polling.next_deadline(),
            Carrier::WebSocket(_) => None,
        };
        let request = request.map(|(deadline, after)| (deadline, Expired::Request { after }));
        let (own, others) = match &self.state {
            State::Closed => return None,
            State::Opening { deadline, .. } => ((*deadline, Expired::Open), [None, None]),
            State::Open(Open { heartbeat, upgrade, carrier, .. }) => {
                let upgrade = upgrade.as_ref().map(|upgrade| (upgrade.deadline, Expired::Upgrade));
                let pause = match carrier {
                    Carrier::Polling(polling) if !self.is_pausing() => polling.pause(),
                    Carrier::Polling(_) | Carrier::WebSocket(_) => None,
                };
                let pause = pause.map(|until| (until, Expired::Pause));
                ((*heartbeat, Expired::Heartbeat), [upgrade, pause])
            }
            State::Closing { deadline, .. } => ((*deadline, Expired::Close), [None, None]),
        };
        let [upgrade, pause] = others;
        let others = [upgrade, pause, request].into_iter().flatten();
        Some(others.fold(own, |first, other| if other.0 < first.0 { other } else { first }))
    }

    fn on_handshake(&mut self, now: Instant, handshake: &Handshake) {
        let State::Opening { mut carrier, .. } = std::mem::take(&mut self.state) else { return };
        let patience = handshake.ping_interval + handshake.ping_timeout;
        if let Carrier::Polling(polling) = &mut carrier {
            let session = SessionId(handshake.sid.as_str().into());
            polling.set_session(session, patience, handshake.max_payload);
        }
        self.state = State::Open(Open {
            carrier,
            upgrade: None,
            patience,
            heartbeat: now + patience,
            max_payload: handshake.max_payload,
            is_writable: true,
        });
    }

    fn next_channel(&mut self) -> ChannelId {
        self.channels += 1;
        ChannelId(self.channels)
    }

    fn carrier(&self) -> Option<&Carrier> {
        match &self.state {
            State::Closed => None,
            State::Opening { carrier, .. } | State::Closing { carrier, .. } => Some(carrier),
            State::Open(open) => Some(&open.carrier),
        }
    }

    fn open_state(&self) -> Option<&Open> {
        match &self.state {
            State::Open(open) => Some(open),
            _ => None,
        }
    }

    fn upgrade_channel(&self) -> Option<ChannelId> {
        self.open_state()?.upgrade.as_ref().map(|upgrade| upgrade.channel)
    }

    /// Whether a WebSocket is about to take over, so that no request begins.
    pub(super) fn is_pausing(&self) -> bool {
        let upgrade = self.open_state().and_then(|open| open.upgrade.as_ref());
        upgrade.is_some_and(|upgrade| upgrade.is_probed)
    }
}

impl Carrier {
    fn channel(&self) -> ChannelId {
        match self {
            Self::WebSocket(channel) => *channel,
            Self::Polling(polling) => polling.channel(),
        }
    }

    fn transport(&self) -> Transport {
        match self {
            Self::WebSocket(_) => Transport::WebSocket,
            Self::Polling(_) => Transport::Polling,
        }
    }
}

impl Open {
    /// Only a ping proves that the server is there (`engine.io-client/lib/socket.ts`,
    /// `_resetPingTimeout`). UPGRADE, NOOP and an unasked PONG mean nothing, and so does CLOSE on a
    /// WebSocket.
    fn handle_text(&mut self, now: Instant, text: Utf8Bytes) -> Received {
        match decode_engine(&text) {
            Ok((EngineType::Message, _)) => Received::Message(text),
            Ok((EngineType::Ping, _)) => {
                self.heartbeat = now + self.patience;
                Received::Ping
            }
            Ok((EngineType::Close, _)) if self.carrier.transport() == Transport::Polling => {
                Received::Closed
            }
            Ok(_) => Received::Nothing,
            Err(error) => Received::Broken(DisconnectReason::ParseError(error)),
        }
    }
}

fn is_message(text: &str) -> bool {
    matches!(decode_engine(text), Ok((EngineType::Message, _)))
}

fn read_handshake(frame: &Frame) -> Result<Handshake, String> {
    let Frame::Text(text) = frame else {
        return Err("expected an OPEN packet, found binary data".to_owned());
    };
    match decode_engine(text) {
        Ok((EngineType::Open, data)) => Handshake::decode(data),
        Ok((other, _)) => Err(format!("expected an OPEN packet, found {other:?}")),
        Err(error) => Err(format!("expected an OPEN packet: {error}")),
    }
}
