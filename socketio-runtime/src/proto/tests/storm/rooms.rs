//! The Socket.IO half of the simulated server: namespaces, events, answers, restored sessions.
//!
//! Must not know: how messages travel.
//!
//! As the reference server does, it hands events on at the end of the turn of its loop in which it
//! has read them, so that those before a DISCONNECT of the same turn are lost.

use std::{collections::VecDeque, fmt::Write, time::Instant};

use super::{
    moves::{Answers, Word},
    server::{Net, Server, turn},
    wire::{self, Overheard, PATHS},
};
use crate::codec::{Frame, Packet, SocketType};

/// Of one session.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    pub(super) sockets: [Option<Socket>; 3],
    /// Those that the server has left, so that what crosses its goodbye is nobody's.
    left: [bool; 3],
    /// A packet whose attachments are still to come, and how many.
    partial: Option<(Overheard, usize)>,
    turn: Option<Turn>,
}

/// What was read in one turn of the loop.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) ends: Instant,
    /// By namespace, number and ack id.
    pub(super) events: Vec<(usize, u32, Option<u64>)>,
    /// The namespaces that the client has left in it.
    pub(super) left: [bool; 3],
}

#[derive(Debug)]
pub(super) struct Socket {
    /// 0 until it is accepted.
    membership: u32,
    /// The last event, of those that are kept for a restored session and of all.
    plain: u32,
    number: u32,
    /// What may have been missed, by its offset.
    log: VecDeque<(u64, Packet)>,
    /// Questions that were not answered.
    asked: Vec<u64>,
    /// The last one of the client's events that are not retried.
    last_emit: u32,
    payload: String,
}

/// A session that may be restored.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) path: usize,
    pub(super) socket: Socket,
    pub(super) until: Instant,
}

/// What is done after a while.
#[derive(Debug, Clone, Copy)]
pub(super) enum Later {
    Accept { session: u32, path: usize },
    Answer { session: u32, path: usize, membership: u32, ack: u64, number: u32 },
}

/// How the server's events look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Broadcast {
    pub(super) path: usize,
    pub(super) count: u32,
    pub(super) size: usize,
    pub(super) asks: bool,
    pub(super) attachments: usize,
}

impl Rooms {
    pub(super) fn turn_ends(&self) -> Option<Instant> {
        self.turn.as_ref().map(|turn| turn.ends)
    }
}

impl Socket {
    pub(super) fn has_joined(&self) -> bool {
        self.membership > 0
    }
}

impl Server {
    /// A message of the client's that is no heartbeat.
    pub(super) fn on_packet(&mut self, net: &mut Net<'_>, at: usize, frame: &Frame) {
        let rooms = &mut self.sessions[at].rooms;
        if let Some((_, missing)) = &mut rooms.partial {
            assert!(matches!(frame, Frame::Binary(_)), "an attachment is missing");
            *missing -= 1;
            if *missing == 0 {
                let (packet, _) = rooms.partial.take().expect("it is there");
                self.on_whole_packet(net, at, &packet);
            }
            return;
        }
        let packet = wire::overhear(self.parser, frame).expect("no attachment is due");
        if packet.attachments > 0 {
            let attachments = packet.attachments;
            rooms.partial = Some((packet, attachments));
        } else {
            self.on_whole_packet(net, at, &packet);
        }
    }

    fn on_whole_packet(&mut self, net: &mut Net<'_>, at: usize, packet: &Overheard) {
        if self.sessions[at].rooms.turn_ends().is_some_and(|ends| ends <= net.now) {
            self.end_turn(net, at);
        }
        let path = packet.path;
        let rooms = &mut self.sessions[at].rooms;
        let has_joined = rooms.sockets[path].as_ref().map(Socket::has_joined);
        match packet.kind {
            SocketType::Connect => {
                assert_eq!(has_joined, None, "a second CONNECT costs the connection");
                if rooms.turn.as_ref().is_some_and(|turn| turn.left[path]) {
                    net.books.on_hasty_connect(path);
                }
                rooms.left[path] = false;
                self.sessions[at].connect_by = None;
                self.on_connect(net, at, packet);
            }
            SocketType::Disconnect => {
                assert_ne!(has_joined, Some(false), "DISCONNECT before the server's word");
                assert!(has_joined.is_some() || rooms.left[path], "DISCONNECT from nowhere");
                rooms.sockets[path] = None;
                let turn = rooms.turn.get_or_insert_with(|| turn(net.now));
                turn.left[path] = true;
                for (_, number, _) in turn.events.iter().filter(|event| event.0 == path) {
                    net.books.on_unread(path, *number);
                }
                turn.events.retain(|event| event.0 != path);
            }
            SocketType::Event => {
                if has_joined.is_none() && rooms.left[path] {
                    return net.books.on_crossed(packet.numbers[0]);
                }
                assert_eq!(has_joined, Some(true), "an event from nowhere costs the connection");
                let turn = rooms.turn.get_or_insert_with(|| turn(net.now));
                turn.events.push((path, packet.numbers[0], packet.ack));
            }
            SocketType::Ack => {
                if has_joined.is_none() && rooms.left[path] {
                    return;
                }
                let socket = rooms.sockets[path].as_mut().expect("an answer from nowhere");
                let asked = socket.asked.iter().position(|ask| Some(*ask) == packet.ack);
                socket.asked.swap_remove(asked.expect("an answer to what nobody asked, or twice"));
                net.counts.answers_up += 1;
            }
            SocketType::ConnectError => panic!("only servers refuse"),
        }
    }

    fn on_connect(&mut self, net: &mut Net<'_>, at: usize, packet: &Overheard) {
        let path = packet.path;
        self.sessions[at].rooms.sockets[path] = Some(Socket {
            membership: 0,
            plain: 0,
            number: 0,
            log: VecDeque::new(),
            asked: Vec::new(),
            last_emit: 0,
            payload: packet.payload.clone(),
        });
        match self.words[path] {
            Word::Accept => self.accept(net, at, path),
            Word::Late(millis) => {
                let session = self.sessions[at].id;
                let due = net.now + std::time::Duration::from_millis(millis.into());
                self.later.push((due, Later::Accept { session, path }));
            }
            Word::Refuse => {
                self.sessions[at].rooms.sockets[path] = None;
                let packet = wire::refusal(self.parser, PATHS[path]);
                self.send_packet(net, at, packet);
            }
            Word::Never => {}
        }
    }

    /// Gives its word to all who wait for it.
    pub(super) fn give_word(&mut self, net: &mut Net<'_>) {
        for at in 0..self.sessions.len() {
            for path in 0..PATHS.len() {
                let socket = self.sessions[at].rooms.sockets[path].as_ref();
                if socket.is_some_and(|socket| !socket.has_joined()) {
                    self.accept(net, at, path);
                }
            }
        }
    }

    fn accept(&mut self, net: &mut Net<'_>, at: usize, path: usize) {
        let Some(asked) = self.sessions[at].rooms.sockets[path].take() else { return };
        let mut missed = Vec::new();
        let restored = self.restore(net.now, path, &asked.payload);
        let socket = if let Some((socket, offset)) = restored {
            net.counts.recoveries += 1;
            let behind = socket.log.iter().filter(|(at, _)| *at > offset);
            missed.extend(behind.map(|(_, packet)| packet.clone()));
            socket
        } else {
            self.numbers.membership += 1;
            Socket { membership: self.numbers.membership, ..asked }
        };
        let membership = socket.membership;
        self.sessions[at].rooms.sockets[path] = Some(socket);
        for packet in missed {
            self.send_packet(net, at, packet);
        }
        let reply = match (self.recovers, self.has_long_ids) {
            (false, _) => format!("{{\"sid\":\"{membership}\"}}"),
            (true, false) => format!("{{\"sid\":\"{membership}\",\"pid\":\"p{membership}\"}}"),
            (true, true) => {
                format!("{{\"sid\":\"{membership}\",\"pid\":\"{membership:0>300}\"}}")
            }
        };
        let packet = self.parser.connect(PATHS[path], Some(&reply));
        self.send_packet(net, at, packet);
    }

    /// The session that a CONNECT asks for, and the offset of the last event that arrived.
    fn restore(&mut self, now: Instant, path: usize, payload: &str) -> Option<(Socket, u64)> {
        let pid = wire::member(payload, "pid")?;
        let offset = wire::member(payload, "offset")?.strip_suffix("-0")?;
        let offset: u64 = offset.parse().expect("an offset is given back as it came");
        let is_it = |stored: &Stored| {
            stored.path == path
                && stored.until > now
                && pid.strip_prefix('p') == Some(&*stored.socket.membership.to_string())
                && stored.socket.log.iter().any(|(at, _)| *at == offset)
        };
        let at = self.stored.iter().position(is_it)?;
        let mut socket = self.stored.swap_remove(at).socket;
        // Nobody answers on another connection.
        socket.asked.clear();
        Some((socket, offset))
    }

    /// Hands on what was read in the turn that has ended.
    pub(super) fn end_turn(&mut self, net: &mut Net<'_>, at: usize) {
        let Some(turn) = self.sessions[at].rooms.turn.take() else { return };
        for (path, number, ack) in turn.events {
            let session = self.sessions[at].id;
            let Some(socket) = &mut self.sessions[at].rooms.sockets[path] else {
                net.books.on_crossed(number);
                continue;
            };
            let is_retried = net.books.on_arrived(number, ack);
            if !is_retried {
                assert!(number > socket.last_emit, "e{number} comes after e{}", socket.last_emit);
                socket.last_emit = number;
            }
            net.counts.events_up += 1;
            let Some(ack) = ack else { continue };
            let later = Later::Answer { session, path, membership: socket.membership, ack, number };
            match self.answers {
                Answers::Now => self.on_later(net, later),
                Answers::Twice => {
                    self.on_later(net, later);
                    self.on_later(net, later);
                }
                Answers::Late(millis) => {
                    let due = net.now + std::time::Duration::from_millis(millis.into());
                    self.later.push((due, later));
                }
                Answers::Never => {}
            }
        }
    }

    pub(super) fn on_later(&mut self, net: &mut Net<'_>, later: Later) {
        let (Later::Accept { session, path } | Later::Answer { session, path, .. }) = later;
        let at = self.sessions.iter().position(|known| known.id == session);
        let Some(at) = at else { return };
        let socket = self.sessions[at].rooms.sockets[path].as_ref();
        let current = socket.map(|socket| socket.membership);
        match later {
            Later::Accept { .. } if current == Some(0) => self.accept(net, at, path),
            Later::Answer { membership, ack, number, .. } if current == Some(membership) => {
                net.books.on_answer_sent(number);
                let packet = wire::answer(self.parser, PATHS[path], ack, &number.to_string());
                self.send_packet(net, at, packet);
            }
            _ => {}
        }
    }

    /// Events for whoever is in a namespace, or may come back to it.
    pub(super) fn broadcast(&mut self, net: &mut Net<'_>, broadcast: Broadcast) {
        if !self.is_up {
            return;
        }
        let path = broadcast.path;
        for _ in 0..broadcast.count {
            for at in 0..self.sessions.len() {
                let socket = &mut self.sessions[at].rooms.sockets[path];
                // What waits for its word gets nothing.
                let Some(mut socket) = socket.take_if(|socket| socket.has_joined()) else {
                    continue;
                };
                let packet = self.next_event(broadcast, &mut socket);
                self.sessions[at].rooms.sockets[path] = Some(socket);
                self.send_packet(net, at, packet);
                net.counts.events_down += 1;
            }
            let mut stored = std::mem::take(&mut self.stored);
            for stored in stored.iter_mut().filter(|stored| stored.path == path) {
                if !broadcast.asks {
                    self.next_event(broadcast, &mut stored.socket);
                }
            }
            self.stored = stored;
        }
    }

    fn next_event(&mut self, broadcast: Broadcast, socket: &mut Socket) -> Packet {
        let Broadcast { path, size, asks, attachments, .. } = broadcast;
        socket.number += 1;
        let mut ack = None;
        if asks {
            self.numbers.ask += 1;
            ack = Some(self.numbers.ask);
            socket.asked.push(self.numbers.ask);
        } else {
            socket.plain += 1;
        }
        let Socket { membership, plain, number, .. } = socket;
        let plain = if asks { 0 } else { *plain };
        let mut values = format!("{membership},{plain},{number},\"{:x<size$}\"", "");
        let is_kept = self.recovers && !asks;
        if is_kept {
            self.numbers.offset += 1;
            let offset = FIRST_OFFSET + self.numbers.offset;
            write!(values, ",\"{offset}-0\"").expect("a string takes everything");
        }
        let (name, attachments) = ("s", vec![bytes::Bytes::from_static(&[7; 40]); attachments]);
        let packet = wire::event(self.parser, PATHS[path], name, ack, &values, attachments);
        if is_kept {
            socket.log.push_back((FIRST_OFFSET + self.numbers.offset, packet.clone()));
            if socket.log.len() > LOG {
                socket.log.pop_front();
            }
        }
        packet
    }

    /// The server leaves a namespace.
    pub(super) fn disconnect(&mut self, net: &mut Net<'_>, path: usize) {
        for at in 0..self.sessions.len() {
            let rooms = &mut self.sessions[at].rooms;
            if rooms.sockets[path].as_ref().is_some_and(Socket::has_joined) {
                rooms.sockets[path] = None;
                rooms.left[path] = true;
                let packet = self.parser.disconnect(PATHS[path]);
                self.send_packet(net, at, packet);
            }
        }
    }

    fn send_packet(&mut self, net: &mut Net<'_>, at: usize, packet: Packet) {
        for frame in wire::frames(packet) {
            self.send(net, at, frame);
        }
    }
}

/// As the Redis streams adapter begins them.
const FIRST_OFFSET: u64 = 1_687_515_231_943;
/// Events that are kept for a session.
const LOG: usize = 60;
