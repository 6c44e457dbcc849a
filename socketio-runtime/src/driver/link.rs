//! The transport of the session that is up, or is coming up or going down.
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

use http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::Message;

use super::{
    dial::Dialer,
    websocket::{Received, WebSocket},
};
use crate::{
    error::TransportError,
    limits,
    proto::{ChannelId, Frame, Input, Manager, Transmit},
};

pub(super) struct Link {
    dialer: Arc<Dialer>,
    headers: Arc<[(HeaderName, HeaderValue)]>,
    max_message_size: usize,
    state: State,
    /// Whether reading may give something: not since it last gave nothing, until the task is woken.
    may_read: bool,
    /// Frames that may still be read before others have their turn.
    budget: usize,
}

enum State {
    Idle,
    Dialing { channel: ChannelId, dial: Dial },
    Open { channel: ChannelId, websocket: Box<WebSocket>, is_writable: bool },
}

type Dial = Pin<Box<dyn Future<Output = Result<WebSocket, TransportError>> + Send>>;

impl Link {
    pub(super) fn new(
        dialer: Dialer,
        headers: Vec<(HeaderName, HeaderValue)>,
        max_message_size: usize,
    ) -> Self {
        Self {
            dialer: Arc::new(dialer),
            headers: headers.into(),
            max_message_size,
            state: State::Idle,
            may_read: false,
            budget: 0,
        }
    }

    /// The task was woken, perhaps because something has arrived.
    pub(super) fn wake(&mut self) {
        self.may_read = true;
        self.budget = limits::IO_LOOP_BOUND;
    }

    /// Whether it is others' turn, with more to read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.may_read && self.budget == 0
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Whether nothing waits to be written.
    pub(super) fn is_flushed(&self) -> bool {
        match &self.state {
            State::Idle | State::Dialing { .. } => true,
            State::Open { websocket, .. } => !websocket.needs_flush(),
        }
    }

    /// Passes on what has arrived, up to a bound; whether anything has.
    pub(super) fn read(
        &mut self,
        now: Instant,
        manager: &mut Manager,
        context: &mut Context<'_>,
    ) -> bool {
        let mut is_busy = false;
        while self.may_read && self.budget > 0 {
            self.budget -= 1;
            let Poll::Ready(input) = self.poll_input(context) else {
                self.may_read = false;
                break;
            };
            is_busy = true;
            manager.handle_input(now, input);
        }
        is_busy
    }

    /// Writes what is ready, in one flush; whether there was anything.
    pub(super) fn write(
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
        if let State::Open { channel, websocket, .. } = &mut self.state {
            if let Poll::Ready(Err(error)) = websocket.poll_flush(context) {
                let channel = *channel;
                self.fail(now, manager, channel, error);
                is_busy = true;
            }
        }
        is_busy
    }

    fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        let (input, next) = match &mut self.state {
            State::Idle => return Poll::Pending,
            State::Dialing { channel, dial } => match dial.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(websocket)) => {
                    let (channel, websocket) = (*channel, Box::new(websocket));
                    let open = State::Open { channel, websocket, is_writable: true };
                    (Input::Opened { channel }, open)
                }
                Poll::Ready(Err(error)) => {
                    (Input::Failed { channel: *channel, error }, State::Idle)
                }
            },
            State::Open { channel, websocket, .. } => match websocket.poll_receive(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Received::Frame(frame)) => {
                    return Poll::Ready(Input::Frame { channel: *channel, frame });
                }
                Poll::Ready(Received::Closed(code)) => {
                    (Input::Closed { channel: *channel, code }, State::Idle)
                }
                Poll::Ready(Received::Failed(error)) => {
                    (Input::Failed { channel: *channel, error }, State::Idle)
                }
            },
        };
        self.state = next;
        Poll::Ready(input)
    }

    /// Whether the transport has room for a frame; tells the state machine when that changes.
    fn is_ready(&mut self, now: Instant, manager: &mut Manager, context: &mut Context<'_>) -> bool {
        let State::Open { channel, websocket, is_writable } = &mut self.state else { return true };
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
            Transmit::Open { channel, .. } => {
                let dialer = Arc::clone(&self.dialer);
                let headers = Arc::clone(&self.headers);
                let dial = Box::pin(WebSocket::open(dialer, headers, self.max_message_size));
                self.state = State::Dialing { channel, dial };
                self.may_read = true;
                Ok(())
            }
            Transmit::Frame { channel, frame: Frame::Text(text) } => {
                self.send(channel, Message::Text(text))
            }
            Transmit::Frame { channel, frame: Frame::Binary(bytes) } => {
                self.send(channel, Message::Binary(bytes))
            }
            Transmit::Get { .. } | Transmit::Post { .. } => Ok(()),
            Transmit::Close { channel } => self.send(channel, Message::Close(None)),
            Transmit::Abort { channel } => {
                if self.channel() == Some(channel) {
                    self.state = State::Idle;
                }
                Ok(())
            }
        }
    }

    fn send(
        &mut self,
        wanted: ChannelId,
        message: Message,
    ) -> Result<(), (ChannelId, TransportError)> {
        match &mut self.state {
            State::Open { channel, websocket, .. } if *channel == wanted => {
                websocket.send(message).map_err(|error| (wanted, error))
            }
            // The channel is gone, which the state machine learns, or has learnt, from its input.
            _ => Ok(()),
        }
    }

    fn fail(
        &mut self,
        now: Instant,
        manager: &mut Manager,
        channel: ChannelId,
        error: TransportError,
    ) {
        self.state = State::Idle;
        manager.handle_input(now, Input::Failed { channel, error });
    }

    fn channel(&self) -> Option<ChannelId> {
        match &self.state {
            State::Idle => None,
            State::Dialing { channel, .. } | State::Open { channel, .. } => Some(*channel),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}
