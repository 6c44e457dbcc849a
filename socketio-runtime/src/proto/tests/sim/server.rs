//! A Socket.IO server on a network without delay.
//!
//! Must not know: the state machine's inside.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{
    super::super::{ChannelId, Frame, Input, Transmit},
    long_polling::LongPolling,
};
use crate::{codec::prefix, error::TransportError};

/// What it does, and what it knows.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a server has as many states")]
pub(in super::super) struct Server {
    pub(in super::super) dials: Dials,
    pub(in super::super) handshake: &'static str,
    pub(in super::super) is_pinging: bool,
    /// Whether it agrees to a close.
    pub(in super::super) is_closing: bool,
    /// Whether it answers the WebSocket's own pings.
    pub(in super::super) is_ponging: bool,
    /// Whether it answers events that ask for it.
    pub(in super::super) is_answering: bool,
    /// Its word on a CONNECT; [`Word::Accept`] for those that are not here.
    pub(in super::super) words: BTreeMap<&'static str, Word>,
    pub(in super::super) long_polling: LongPolling,
    /// The id that it gives to sessions to restore them by, if it does.
    pub(in super::super) pid: Option<&'static str>,
    /// What it sends before its next word on a CONNECT.
    pub(in super::super) missed: Vec<&'static str>,
    pub(in super::super) channel: Option<ChannelId>,
    /// Whether a namespace was accepted; not yet, if it is `false`.
    namespaces: BTreeMap<String, bool>,
    /// Those that were ever accepted on this connection.
    pub(in super::super) accepted: BTreeSet<String>,
    /// Namespaces that it has left, and the client does not know.
    left: BTreeSet<String>,
    pub(in super::super) next_ping: Option<Instant>,
    /// The number of the WebSocket's last ping.
    pub(in super::super) ping: u64,
    sids: u32,
    pub(in super::super) outbox: VecDeque<Input>,
}

/// What becomes of a dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Dials {
    Accept,
    Fail,
    Ignore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Word {
    Accept,
    AcceptWithoutSid,
    Refuse(&'static str),
    /// None, until the test says it.
    Later,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            dials: Dials::Accept,
            handshake: concat!(
                r#"0{"sid":"session","upgrades":[],"pingInterval":25000,"#,
                r#""pingTimeout":20000,"maxPayload":1000000}"#
            ),
            is_pinging: true,
            is_closing: true,
            is_ponging: true,
            is_answering: true,
            words: BTreeMap::new(),
            long_polling: LongPolling::default(),
            pid: None,
            missed: Vec::new(),
            channel: None,
            namespaces: BTreeMap::new(),
            accepted: BTreeSet::new(),
            left: BTreeSet::new(),
            next_ping: None,
            ping: 0,
            sids: 0,
            outbox: VecDeque::new(),
        }
    }
}

impl Server {
    pub(in super::super) fn has_joined(&self, path: &str) -> bool {
        self.namespaces.get(path) == Some(&true)
    }

    /// Whether a CONNECT waits for its word.
    pub(in super::super) fn is_asked(&self, path: &str) -> bool {
        self.namespaces.get(path) == Some(&false)
    }

    pub(in super::super) fn is_connected(&self) -> bool {
        self.channel.is_some()
    }

    pub(in super::super) fn channel(&self) -> ChannelId {
        self.channel.expect("a connection")
    }

    pub(in super::super) fn send(&mut self, text: &str) {
        self.send_frame(Frame::Text(text.into()));
    }

    pub(in super::super) fn send_binary(&mut self, bytes: &'static [u8]) {
        self.send_frame(Frame::Binary(Bytes::from_static(bytes)));
    }

    fn send_frame(&mut self, frame: Frame) {
        if self.long_polling.is_in_use() {
            self.long_polling.packets.push(frame.into_text().to_string());
            self.answer_get();
        } else {
            self.outbox.extend(self.channel.map(|channel| Input::Frame { channel, frame }));
        }
    }

    pub(in super::super) fn accept(&mut self, path: &str) {
        self.accepted.insert(path.to_owned());
        self.namespaces.insert(path.to_owned(), true);
        self.sids += 1;
        let sid = self.sids;
        for missed in std::mem::take(&mut self.missed) {
            self.send(missed);
        }
        let pid = self.pid.map(|pid| format!(",\"pid\":\"{pid}\"")).unwrap_or_default();
        self.send(&format!("40{}{{\"sid\":\"{sid}\"{pid}}}", prefix(path)));
    }

    pub(in super::super) fn refuse(&mut self, path: &str, payload: &str) {
        self.namespaces.remove(path);
        self.send(&format!("44{}{payload}", prefix(path)));
    }

    pub(in super::super) fn disconnect(&mut self, path: &str) {
        self.namespaces.remove(path);
        self.left.insert(path.to_owned());
        self.send(&format!("41{}", prefix(path)));
    }

    /// Whether the client knows by now of namespaces that the server has left.
    pub(super) fn has_told_of_leaving(&mut self) -> bool {
        let is_told = self.outbox.is_empty() && self.long_polling.packets.is_empty();
        is_told && !std::mem::take(&mut self.left).is_empty()
    }

    pub(in super::super) fn drop_connection(&mut self) {
        let is_polled = self.long_polling.is_in_use();
        let Some(channel) = self.gone() else { return };
        self.outbox.push_back(if is_polled {
            let error = TransportError::Closed { code: None };
            Input::Polled { channel, result: Err(error) }
        } else {
            Input::Closed { channel, code: Some(1006) }
        });
    }

    /// The namespace is gone, and the client is told by other means.
    pub(in super::super) fn forget_namespace(&mut self, path: &str) {
        self.namespaces.remove(path);
    }

    /// It is gone, and the client knows.
    pub(in super::super) fn forget_connection(&mut self) {
        self.gone();
    }

    pub(in super::super) fn gone(&mut self) -> Option<ChannelId> {
        self.namespaces.clear();
        self.long_polling.end();
        self.next_ping = None;
        self.channel.take()
    }

    /// The most bytes of one message, as the handshake says.
    pub(in super::super) fn max_payload(&self) -> usize {
        let (_, limit) = self.handshake.split_once("\"maxPayload\":").expect("it says so");
        limit.trim_end_matches('}').parse().expect("it is a number")
    }

    pub(super) fn next_ping(&self, now: Instant) -> Option<Instant> {
        self.next_ping.filter(|at| self.is_pinging && *at > now)
    }

    pub(super) fn tick(&mut self, now: Instant) {
        if self.is_pinging && self.next_ping.is_some_and(|at| at <= now) {
            // The next one is counted from the pong.
            self.next_ping = None;
            self.send("2");
        }
    }

    pub(super) fn handle(&mut self, now: Instant, transmit: Transmit) {
        match transmit {
            Transmit::Get { .. } | Transmit::Post { .. } => self.on_request(now, transmit),
            Transmit::Open { channel, session: Some(_) } => self.on_upgrade(channel),
            Transmit::Frame { channel, frame } if self.long_polling.upgrade == Some(channel) => {
                self.on_upgrade_frame(channel, frame);
            }
            Transmit::Abort { channel } if self.long_polling.upgrade == Some(channel) => {
                self.long_polling.cancel_upgrade();
            }
            Transmit::Open { channel, session: None } => {
                assert_eq!(self.channel, None, "two connections at once");
                match self.dials {
                    Dials::Accept => {
                        self.accepted.clear();
                        self.channel = Some(channel);
                        self.next_ping = Some(now + PING_INTERVAL);
                        self.outbox.push_back(Input::Opened { channel });
                        self.send(self.handshake);
                    }
                    Dials::Fail => {
                        let error = TransportError::Closed { code: None };
                        self.outbox.push_back(Input::Failed { channel, error });
                    }
                    Dials::Ignore => self.channel = Some(channel),
                }
            }
            Transmit::Frame { channel, frame } => {
                // One that crosses a close on its way is lost.
                if self.channel == Some(channel) {
                    if let Frame::Text(text) = frame {
                        self.on_text(now, &text);
                    }
                }
            }
            Transmit::Ping { channel, number } => {
                self.ping = number;
                if self.channel == Some(channel) && self.is_ponging {
                    self.outbox.push_back(Input::Ponged { channel, number });
                }
            }
            Transmit::Close { channel } => {
                if self.channel == Some(channel) && self.is_closing {
                    self.gone();
                    self.outbox.push_back(Input::Closed { channel, code: None });
                }
            }
            Transmit::Abort { channel } => {
                if self.channel == Some(channel) {
                    self.gone();
                }
            }
        }
    }

    pub(in super::super) fn on_text(&mut self, now: Instant, text: &str) {
        if text == "3" {
            self.next_ping = Some(now + PING_INTERVAL);
            return;
        }
        // An attachment.
        if text.starts_with('b') {
            return;
        }
        let packet = text.strip_prefix('4').expect("a message or a pong");
        let (kind, rest) = packet.split_at(1);
        let rest = if kind == "5" || kind == "6" {
            rest.split_once('-').expect("a number of attachments").1
        } else {
            rest
        };
        let (path, rest) = match rest.split_once(',') {
            Some((path, rest)) if path.starts_with('/') => (path, rest),
            _ => ("/", rest),
        };
        let state = self.namespaces.get(path).copied();
        match kind {
            "0" => {
                assert_eq!(state, None, "a second CONNECT closes the whole connection");
                self.on_connect(path);
            }
            "1" => {
                assert_ne!(state, Some(false), "DISCONNECT before the server's word");
                self.namespaces.remove(path);
            }
            // It crosses the server's word, which nobody can help.
            _ if state.is_none() && self.left.contains(path) => {}
            _ => {
                assert_eq!(state, Some(true), "`{text}` closes the whole connection");
                let ack: String = rest.chars().take_while(char::is_ascii_digit).collect();
                if self.is_answering && (kind == "2" || kind == "5") && !ack.is_empty() {
                    self.send(&format!("43{}{ack}[\"ok\"]", prefix(path)));
                }
            }
        }
    }

    fn on_connect(&mut self, path: &str) {
        self.namespaces.insert(path.to_owned(), false);
        match self.words.get(path).copied().unwrap_or(Word::Accept) {
            Word::Accept => self.accept(path),
            Word::AcceptWithoutSid => {
                self.namespaces.insert(path.to_owned(), true);
                self.send(&format!("40{}", prefix(path)));
            }
            Word::Refuse(payload) => self.refuse(path, payload),
            Word::Later => {}
        }
    }
}

/// As in [`Server::handshake`].
pub(in super::super) const PING_INTERVAL: Duration = Duration::from_secs(25);
