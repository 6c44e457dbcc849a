//! What stands in for the client's sockets: it carries out what the state machine asks for, and
//! holds it to its contract.
//!
//! Must not know: the state machine's inside, packets.

use std::{sync::Arc, time::Instant};

use super::{
    super::super::{ChannelId, Input, SessionId, Transmit},
    counts::Counts,
    link::{End, Lane, Link, Message, Parcel, PipeId},
};
use crate::{codec::Transport, error::TransportError};

#[derive(Debug)]
pub(super) struct Client {
    channels: Vec<Channel>,
    last: u64,
    /// Frames that a WebSocket takes before the server has read them.
    window: usize,
    /// Whether what was under way to a channel that was given up is read all the same.
    reads_stale_input: bool,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "how far it is")]
struct Channel {
    id: ChannelId,
    is_upgrade: bool,
    /// Whether the WebSocket's handshake is over.
    is_open: bool,
    is_closing: bool,
    is_writable: bool,
    pipes: Pipes,
}

#[derive(Debug)]
enum Pipes {
    WebSocket(PipeId),
    /// The connections for each kind of request, and whether one is under way.
    Polling {
        get: (Option<PipeId>, bool),
        post: (Option<PipeId>, bool),
    },
}

impl Client {
    pub(super) fn new(window: u32, reads_stale_input: bool) -> Self {
        let window = usize::try_from(window).expect("small");
        Self { channels: Vec::new(), last: 0, window, reads_stale_input }
    }

    pub(super) fn owns(&self, channel: ChannelId) -> bool {
        self.channels.iter().any(|known| known.id == channel)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.channels.is_empty()
    }

    /// Carries something out; whether it begins a session.
    pub(super) fn transmit(
        &mut self,
        now: Instant,
        link: &mut Link,
        counts: &mut Counts,
        transmit: Transmit,
    ) -> bool {
        match transmit {
            Transmit::Open { channel, session } => {
                let is_upgrade = session.is_some();
                self.check_new(channel, is_upgrade);
                let pipe = link.open(now, channel, Lane::WebSocket);
                self.add(channel, is_upgrade, Pipes::WebSocket(pipe));
                let session = session.map(|session| number(&session));
                link.send(now, pipe, End::Server, Message::Dial { session });
                counts.dials += 1;
                return !is_upgrade;
            }
            Transmit::Get { channel, session } => {
                let is_first = session.is_none();
                if is_first {
                    self.check_new(channel, false);
                    counts.dials += 1;
                    let pipes = Pipes::Polling { get: (None, false), post: (None, false) };
                    self.add(channel, false, pipes);
                }
                let session = session.map(|session| number(&session));
                let message = Message::Get { session };
                self.request(now, link, channel, Lane::Get, message);
                return is_first;
            }
            Transmit::Post { channel, session, body } => {
                let message = Message::Post { session: number(&session), body: body.into() };
                self.request(now, link, channel, Lane::Post, message);
            }
            Transmit::Frame { channel, frame } => {
                let pipe = self.open_websocket(channel);
                link.send(now, pipe, End::Server, Message::Frame(frame));
            }
            Transmit::Ping { channel, number } => {
                let pipe = self.open_websocket(channel);
                link.send(now, pipe, End::Server, Message::Ping(number));
            }
            Transmit::Close { channel } => {
                let pipe = self.open_websocket(channel);
                link.send(now, pipe, End::Server, Message::Close);
                let channel = self.channels.iter_mut().find(|known| known.id == channel);
                channel.expect("it is open").is_closing = true;
            }
            Transmit::Abort { channel } => self.drop(now, link, channel),
        }
        false
    }

    /// What a message means to the state machine.
    pub(super) fn read(
        &mut self,
        now: Instant,
        link: &mut Link,
        counts: &mut Counts,
        parcel: Parcel,
    ) -> Option<Input> {
        let Parcel { pipe, channel, lane, message, .. } = parcel;
        let known = self.channels.iter_mut().find(|known| known.id == channel);
        let is_gone = matches!(message, Message::Gone);
        if is_gone {
            link.on_gone(pipe, End::Client);
        }
        let Some(known) = known else {
            let is_read = self.reads_stale_input && !(is_gone && lane != Lane::WebSocket);
            counts.stale += u64::from(is_read);
            return is_read.then(|| input(channel, lane, message));
        };
        match (&mut known.pipes, lane) {
            (Pipes::WebSocket(_), _) => match message {
                Message::Opened => known.is_open = true,
                Message::Close | Message::Gone => self.drop(now, link, channel),
                _ => {}
            },
            (Pipes::Polling { get: request, .. }, Lane::Get)
            | (Pipes::Polling { post: request, .. }, _) => {
                let was_under_way = request.1 && request.0 == Some(pipe);
                if is_gone && !was_under_way {
                    return None;
                }
                assert!(was_under_way, "an answer to no request");
                request.1 = matches!(message, Message::Part(_));
            }
        }
        Some(input(channel, lane, message))
    }

    /// Whether the WebSocket takes a frame, and whether that is news.
    pub(super) fn poll_ready(&mut self, link: &Link) -> (bool, Option<Input>) {
        let open = |known: &&mut Channel| known.is_open && !known.is_upgrade;
        let Some(known) = self.channels.iter_mut().find(open) else { return (true, None) };
        let Pipes::WebSocket(pipe) = known.pipes else { return (true, None) };
        let writable = link.under_way(pipe) < self.window;
        let is_news = std::mem::replace(&mut known.is_writable, writable) != writable;
        let input = Input::Writable { channel: known.id, writable };
        (writable, is_news.then_some(input))
    }

    fn add(&mut self, id: ChannelId, is_upgrade: bool, pipes: Pipes) {
        let (is_open, is_closing, is_writable) = (false, false, true);
        self.channels.push(Channel { id, is_upgrade, is_open, is_closing, is_writable, pipes });
    }

    fn check_new(&mut self, id: ChannelId, is_upgrade: bool) {
        assert!(id.0 > self.last, "a channel's id is used again");
        self.last = id.0;
        if is_upgrade {
            let is_polled = matches!(
                &*self.channels,
                [Channel { pipes: Pipes::Polling { .. }, is_closing: false, .. }]
            );
            assert!(is_polled, "an upgrade of no session, or a second one");
        } else {
            assert!(self.channels.is_empty(), "two connections at once: {:?}", self.channels);
        }
    }

    fn request(
        &mut self,
        now: Instant,
        link: &mut Link,
        channel: ChannelId,
        lane: Lane,
        message: Message,
    ) {
        let known = self.channels.iter_mut().find(|known| known.id == channel);
        let known = known.expect("a request on a channel that is gone");
        let Pipes::Polling { get, post } = &mut known.pipes else { panic!("it is a WebSocket") };
        let (pipe, is_under_way) = if lane == Lane::Get { get } else { post };
        assert!(!*is_under_way, "two requests at once: {message:?}");
        *is_under_way = true;
        let pipe = match *pipe {
            Some(pipe) if link.is_open(pipe) => pipe,
            _ => *pipe.insert(link.open(now, channel, lane)),
        };
        link.send(now, pipe, End::Server, message);
    }

    fn open_websocket(&mut self, channel: ChannelId) -> PipeId {
        let known = self.channels.iter_mut().find(|known| known.id == channel);
        let known = known.expect("a frame on a channel that is gone");
        assert!(known.is_open && !known.is_closing, "a frame on a WebSocket that is not open");
        // An upgrade is over for the state machine once it sends anything but its probe; here it
        // is as soon as the former channel is dropped.
        let Pipes::WebSocket(pipe) = known.pipes else { panic!("a frame over long-polling") };
        pipe
    }

    fn drop(&mut self, now: Instant, link: &mut Link, channel: ChannelId) {
        let Some(at) = self.channels.iter().position(|known| known.id == channel) else { return };
        let dropped = self.channels.remove(at);
        let pipes = match dropped.pipes {
            Pipes::WebSocket(pipe) => [Some(pipe), None],
            Pipes::Polling { get, post } => [get.0, post.0],
        };
        for pipe in pipes.into_iter().flatten() {
            link.close(now, pipe, End::Client);
        }
        if !dropped.is_upgrade {
            for known in &mut self.channels {
                known.is_upgrade = false;
            }
        }
    }
}

fn input(channel: ChannelId, lane: Lane, message: Message) -> Input {
    let closed = || TransportError::Closed { code: None };
    match (message, lane) {
        (Message::Opened, _) => Input::Opened { channel },
        (Message::Frame(frame), _) => Input::Frame { channel, frame },
        (Message::Pong(number), _) => Input::Ponged { channel, number },
        (Message::Close, _) => Input::Closed { channel, code: None },
        (Message::Part(packets), _) => Input::Part { channel, packets },
        (Message::Polled(packets), _) => Input::Polled { channel, result: Ok(packets) },
        (Message::Posted, _) => Input::Posted { channel, result: Ok(()) },
        (Message::Status(status), Lane::Get) => {
            Input::Polled { channel, result: Err(refused(status)) }
        }
        (Message::Status(status), _) => Input::Posted { channel, result: Err(refused(status)) },
        (Message::Gone, Lane::WebSocket) => Input::Failed { channel, error: closed() },
        (Message::Gone, Lane::Get) => Input::Polled { channel, result: Err(closed()) },
        (Message::Gone, Lane::Post) => Input::Posted { channel, result: Err(closed()) },
        (other, _) => panic!("{other:?} is for the server"),
    }
}

fn refused(status: u16) -> TransportError {
    let (transport, body) = (Transport::Polling, String::new());
    TransportError::Status { transport, status, refusal: None, body }
}

fn number(SessionId(id): &SessionId) -> u32 {
    let id: &Arc<str> = id;
    id.parse().expect("the id that the server gave")
}
