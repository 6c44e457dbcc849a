//! The half of the virtual server that speaks long-polling and upgrades.
//!
//! Must not know: the state machine's inside.
//!
//! It is as strict as a real one: a second GET or POST at a time fails the test, and so does
//! anything over a transport that was left.

use std::time::Instant;

use super::{
    super::super::{ChannelId, Frame, Input, Transmit},
    server::{Dials, PING_INTERVAL, Server},
};
use crate::{
    codec::{CLOSE, PROBE, PROBE_ANSWER, UPGRADE, decode_payload},
    error::TransportError,
};

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a server has as many states")]
pub(in super::super) struct LongPolling {
    /// What becomes of the first GET.
    pub(in super::super) gets: Dials,
    /// What becomes of a WebSocket that is to take over.
    pub(in super::super) upgrades: Probes,
    /// Whether POSTs are answered at once, rather than by [`Server::answer_post`].
    pub(in super::super) answers_posts: bool,
    /// Whether each GET that would wait is answered with nothing.
    pub(in super::super) is_idling: bool,
    /// Whether GETs have to wait, though there is something to say.
    pub(in super::super) is_withholding: bool,
    /// The WebSocket that is to take over.
    pub(in super::super) upgrade: Option<ChannelId>,
    /// Packets for the next answer to a GET.
    pub(in super::super) packets: Vec<String>,
    /// A session over long-polling, by its channel.
    session: Option<ChannelId>,
    is_getting: bool,
    is_posting: bool,
    is_probed: bool,
}

/// What becomes of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Probes {
    Answer,
    AnswerWrongly,
    Ignore,
    Fail,
}

impl Default for LongPolling {
    fn default() -> Self {
        Self {
            gets: Dials::Accept,
            upgrades: Probes::Answer,
            answers_posts: true,
            is_idling: false,
            is_withholding: false,
            upgrade: None,
            packets: Vec::new(),
            session: None,
            is_getting: false,
            is_posting: false,
            is_probed: false,
        }
    }
}

impl LongPolling {
    pub(in super::super) fn is_in_use(&self) -> bool {
        self.session.is_some()
    }

    pub(in super::super) fn cancel_upgrade(&mut self) {
        self.upgrade = None;
        self.is_probed = false;
    }

    pub(in super::super) fn end(&mut self) {
        let Self { gets, upgrades, answers_posts, is_idling, .. } = *self;
        *self = Self { gets, upgrades, answers_posts, is_idling, ..Self::default() };
    }
}

impl Server {
    pub(in super::super) fn on_request(&mut self, now: Instant, transmit: Transmit) {
        match transmit {
            Transmit::Get { channel, session: None } => self.on_first_get(now, channel),
            Transmit::Get { channel, session: Some(_) } => {
                // One that crosses the end of the session finds nothing.
                if self.long_polling.session == Some(channel) {
                    assert!(!self.long_polling.is_getting, "two GETs at once");
                    self.long_polling.is_getting = true;
                    self.answer_get();
                }
            }
            Transmit::Post { channel, body, .. } => self.on_post(now, channel, &body),
            other => panic!("{other:?} is no request"),
        }
    }

    /// Answers the GET that waits, if there is something to say.
    pub(in super::super) fn answer_get(&mut self) {
        let polling = &mut self.long_polling;
        if polling.is_withholding {
            return;
        }
        // A server that upgrades lets the request go, so that it can end.
        if (polling.is_probed || polling.is_idling) && polling.packets.is_empty() {
            polling.packets.push("6".to_owned());
        }
        if let (Some(channel), true, false) =
            (polling.session, polling.is_getting, polling.packets.is_empty())
        {
            polling.is_getting = false;
            let body = std::mem::take(&mut polling.packets).join("\x1e");
            self.outbox.push_back(Input::Polled { channel, result: Ok(body.into()) });
        }
    }

    /// Answers the POST that waits.
    pub(in super::super) fn answer_post(&mut self) {
        if let (Some(channel), true) = (self.channel, self.long_polling.is_posting) {
            self.long_polling.is_posting = false;
            self.outbox.push_back(Input::Posted { channel, result: Ok(()) });
        }
    }

    /// The POST that waits breaks, and with it the session.
    pub(in super::super) fn fail_post(&mut self) {
        if let (Some(channel), true) = (self.channel, self.long_polling.is_posting) {
            self.gone();
            let result = Err(TransportError::Closed { code: None });
            self.outbox.push_back(Input::Posted { channel, result });
        }
    }

    /// Sends several packets in one body, whatever they are.
    pub(in super::super) fn send_together(&mut self, packets: &[&str]) {
        if self.long_polling.is_in_use() {
            self.long_polling.packets.extend(packets.iter().map(|packet| (*packet).to_owned()));
            self.answer_get();
        }
    }

    /// The server ends the session, as its `close()` does.
    pub(in super::super) fn close_polling(&mut self) {
        self.long_polling.packets.push(CLOSE.to_owned());
        self.answer_get();
        self.gone();
    }

    pub(in super::super) fn on_upgrade(&mut self, channel: ChannelId) {
        assert_eq!(self.long_polling.upgrade, None, "two upgrades at once");
        if self.long_polling.upgrades == Probes::Fail {
            let error = TransportError::Closed { code: None };
            return self.outbox.push_back(Input::Failed { channel, error });
        }
        self.long_polling.upgrade = Some(channel);
        self.outbox.push_back(Input::Opened { channel });
    }

    pub(in super::super) fn on_upgrade_frame(&mut self, channel: ChannelId, frame: Frame) {
        let Frame::Text(text) = frame else { panic!("a probe is text") };
        let polling = &mut self.long_polling;
        if *text == *PROBE {
            let answer = match polling.upgrades {
                Probes::Answer => PROBE_ANSWER,
                Probes::AnswerWrongly => "3wrong",
                Probes::Ignore | Probes::Fail => return,
            };
            polling.is_probed = polling.upgrades == Probes::Answer;
            let frame = Frame::Text(answer.into());
            self.outbox.push_back(Input::Frame { channel, frame });
            self.answer_get();
            return;
        }
        assert_eq!(&*text, UPGRADE);
        assert!(polling.is_probed, "an upgrade without a probe");
        assert!(!polling.is_getting && !polling.is_posting, "requests during an upgrade");
        let packets = std::mem::take(&mut polling.packets);
        polling.end();
        self.channel = Some(channel);
        for packet in packets {
            self.send(&packet);
        }
    }

    fn on_first_get(&mut self, now: Instant, channel: ChannelId) {
        assert_eq!(self.channel, None, "two connections at once");
        match self.long_polling.gets {
            Dials::Accept => {
                self.accepted.clear();
                self.channel = Some(channel);
                self.long_polling.session = Some(channel);
                self.long_polling.is_getting = true;
                self.next_ping = Some(now + PING_INTERVAL);
                self.send(self.handshake);
            }
            Dials::Fail => {
                let result = Err(TransportError::Closed { code: None });
                self.outbox.push_back(Input::Polled { channel, result });
            }
            Dials::Ignore => self.channel = Some(channel),
        }
    }

    fn on_post(&mut self, now: Instant, channel: ChannelId, body: &str) {
        if self.channel != Some(channel) {
            return;
        }
        assert!(!self.long_polling.is_posting, "two POSTs at once");
        self.long_polling.is_posting = true;
        let is_one = !body.contains('\x1e');
        assert!(is_one || body.len() <= self.max_payload(), "a POST over the limit: {body}");
        for frame in decode_payload(&body.into()) {
            match frame.expect("the client writes what can be read") {
                Frame::Text(text) if *text == *CLOSE => {
                    self.outbox.push_back(Input::Posted { channel, result: Ok(()) });
                    self.gone();
                    return;
                }
                Frame::Text(text) => self.on_text(now, &text),
                Frame::Binary(_) => {}
            }
        }
        if self.long_polling.answers_posts {
            self.answer_post();
        }
    }
}
