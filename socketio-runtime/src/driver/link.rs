//! The transports of the session that is up, or is coming up or going down: long-polling, a
//! WebSocket, or for a while both.
//!
//! Must not know: namespaces, listeners.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Message;

use super::{
    bell::Bell,
    transport::{HttpClient, HttpSession, Polling, Received, WebSocket},
};
use crate::{
    error::TransportError,
    limits,
    proto::{ChannelId, Frame, Input, Manager, SessionId, Transmit},
};

pub(super) struct Link {
    http: Arc<HttpClient>,
    polling: Option<Polling>,
    websocket: State,
    /// What rings when reading may give something.
    bell: Bell,
    /// Whether reading may give something: not since it last gave nothing, until the bell rings.
    may_read: bool,
    /// Frames that may still be read before others have their turn.
    budget: usize,
}

/// The WebSocket.
enum State {
    Idle,
    Dialing { channel: ChannelId, dial: Dial },
    Open { channel: ChannelId, websocket: Box<WebSocket>, is_writable: bool },
}

type Dial = Pin<Box<dyn Future<Output = Result<WebSocket, TransportError>> + Send>>;

impl Link {
    pub(super) fn new(http: HttpClient) -> Self {
        Self {
            http: Arc::new(http),
            polling: None,
            websocket: State::Idle,
            bell: Bell::default(),
            may_read: false,
            budget: 0,
        }
    }

    /// The task was woken, perhaps because something has arrived.
    pub(super) fn wake(&mut self, context: &Context<'_>) {
        self.may_read |= self.bell.has_rung(context.waker());
        self.budget = limits::IO_LOOP_BOUND;
    }

    /// Whether it is others' turn, with more to read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.may_read && self.budget == 0
    }

    pub(super) fn is_idle(&self) -> bool {
        self.polling.is_none() && matches!(self.websocket, State::Idle)
    }

    /// Whether nothing waits to be written.
    pub(super) fn is_flushed(&self) -> bool {
        let is_posting = self.polling.as_ref().is_some_and(Polling::is_posting);
        let needs_flush = match &self.websocket {
            State::Idle | State::Dialing { .. } => false,
            State::Open { websocket, .. } => websocket.needs_flush(),
        };
        !is_posting && !needs_flush
    }

    /// What has arrived next, up to a bound.
    pub(super) fn next_input(&mut self) -> Option<Input> {
        if !self.may_read || self.budget == 0 {
            return None;
        }
        self.budget -= 1;
        let mut context = Context::from_waker(self.bell.waker());
        let polled =
            self.polling.as_mut().map_or(Poll::Pending, |polling| polling.poll(&mut context));
        let input = match polled {
            Poll::Ready(input) => Some(input),
            Poll::Pending => match self.websocket.poll(&mut context) {
                Poll::Ready(input) => Some(input),
                Poll::Pending => None,
            },
        };
        self.may_read = input.is_some();
        input
    }

    /// Writes what is ready, in one flush; whether there was anything.
    pub(super) fn write(
        &mut self,
        now: Instant,
        manager: &mut Manager,
        context: &mut Context<'_>,
    ) -> bool {
        let mut is_busy = self.hand_over(now, manager, context);
        if let State::Open { channel, websocket, .. } = &mut self.websocket {
            if let Poll::Ready(Err(error)) = websocket.poll_flush(context) {
                let channel = *channel;
                self.fail(now, manager, channel, error);
                is_busy = true;
            }
        }
        is_busy
    }

    /// Hands what is ready to the transports, without a flush; whether there was anything.
    pub(super) fn hand_over(
        &mut self,
        now: Instant,
        manager: &mut Manager,
        context: &mut Context<'_>,
    ) -> bool {
        let mut is_busy = false;
        while !manager.is_frame_next() || self.is_ready(now, manager, context) {
            let Some(transmit) = manager.poll_transmit(now) else { break };
            is_busy = true;
            if let Err((channel, error)) = self.transmit(transmit) {
                self.fail(now, manager, channel, error);
            }
        }
        is_busy
    }

    /// Whether the WebSocket has room for a frame; tells the state machine when that changes.
    fn is_ready(&mut self, now: Instant, manager: &mut Manager, context: &mut Context<'_>) -> bool {
        let State::Open { channel, websocket, is_writable } = &mut self.websocket else {
            return true;
        };
        // An error shows again when the frame is sent.
        let writable = websocket.poll_ready(context).is_ready();
        if *is_writable != writable {
            *is_writable = writable;
            manager.handle_input(now, Input::Writable { channel: *channel, writable });
        }
        writable
    }

    fn transmit(&mut self, transmit: Transmit) -> Result<(), (ChannelId, TransportError)> {
        match transmit {
            Transmit::Open { channel, session } => self.dial(channel, session),
            Transmit::Get { channel, session: None } => {
                self.polling = Some(Polling::open(channel, Arc::clone(&self.http)));
                self.may_read = true;
            }
            Transmit::Get { channel, session: Some(sid) } => {
                self.with_polling(channel, |polling| polling.get(&sid));
            }
            Transmit::Post { channel, session: sid, body } => {
                self.with_polling(channel, |polling| polling.post(&sid, body));
            }
            Transmit::Frame { channel, frame: Frame::Text(text) } => {
                return self.send(channel, Message::Text(text));
            }
            Transmit::Frame { channel, frame: Frame::Binary(bytes) } => {
                return self.send(channel, Message::Binary(bytes));
            }
            Transmit::Ping { channel, number } => {
                let payload = Bytes::copy_from_slice(&number.to_be_bytes());
                return self.send(channel, Message::Ping(payload));
            }
            Transmit::Close { channel } => return self.send(channel, Message::Close(None)),
            Transmit::Abort { channel } => self.abort(channel),
        }
        Ok(())
    }

    /// Begins to open a WebSocket; with a session's id, one that is to take the session over.
    fn dial(&mut self, channel: ChannelId, sid: Option<SessionId>) {
        let polled = self.polling.as_ref().and_then(Polling::session);
        let dial: Dial = if let (Some(sid), Some(session)) = (sid, polled) {
            Box::pin(WebSocket::open(Arc::clone(session), Some(sid.0.to_string())))
        } else {
            let session = HttpSession::prepare(Arc::clone(&self.http));
            Box::pin(async { WebSocket::open(session.await?, None).await })
        };
        self.websocket = State::Dialing { channel, dial };
        self.may_read = true;
    }

    fn with_polling(&mut self, channel: ChannelId, act: impl FnOnce(&mut Polling)) {
        if let Some(polling) = self.polling.as_mut().filter(|polling| polling.channel == channel) {
            act(polling);
            self.may_read = true;
        }
    }

    fn send(
        &mut self,
        wanted: ChannelId,
        message: Message,
    ) -> Result<(), (ChannelId, TransportError)> {
        match &mut self.websocket {
            State::Open { channel, websocket, .. } if *channel == wanted => {
                websocket.send(message).map_err(|error| (wanted, error))
            }
            // The channel is gone, which the state machine learns, or has learnt, from its input.
            _ => Ok(()),
        }
    }

    fn abort(&mut self, channel: ChannelId) {
        if self.polling.as_ref().is_some_and(|polling| polling.channel == channel) {
            self.polling = None;
        }
        if self.websocket.channel() == Some(channel) {
            self.websocket = State::Idle;
        }
    }

    fn fail(
        &mut self,
        now: Instant,
        manager: &mut Manager,
        channel: ChannelId,
        error: TransportError,
    ) {
        self.websocket = State::Idle;
        manager.handle_input(now, Input::Failed { channel, error });
    }
}

impl State {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        let (input, next) = match self {
            Self::Idle => return Poll::Pending,
            Self::Dialing { channel, dial } => match dial.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(websocket)) => {
                    let (channel, websocket) = (*channel, Box::new(websocket));
                    let open = Self::Open { channel, websocket, is_writable: true };
                    (Input::Opened { channel }, open)
                }
                Poll::Ready(Err(error)) => (Input::Failed { channel: *channel, error }, Self::Idle),
            },
            Self::Open { channel, websocket, .. } => match websocket.poll_receive(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Received::Frame(frame)) => {
                    return Poll::Ready(Input::Frame { channel: *channel, frame });
                }
                Poll::Ready(Received::Pong(number)) => {
                    return Poll::Ready(Input::Ponged { channel: *channel, number });
                }
                Poll::Ready(Received::Closed(code)) => {
                    (Input::Closed { channel: *channel, code }, Self::Idle)
                }
                Poll::Ready(Received::Failed(error)) => {
                    (Input::Failed { channel: *channel, error }, Self::Idle)
                }
            },
        };
        *self = next;
        Poll::Ready(input)
    }

    fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Idle => None,
            Self::Dialing { channel, .. } | Self::Open { channel, .. } => Some(*channel),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}
