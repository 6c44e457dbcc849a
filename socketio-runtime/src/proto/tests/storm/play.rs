//! One script from its beginning to the end, where nothing may be left.
//!
//! Must not know: how the world works.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use super::{
    super::super::{AckId, EmitOptions, EmitPolicy, OfflinePolicy},
    books::ASKED_TIMEOUT,
    moves::{Answers, Auth, Kind, Move, Setup, Word, millis},
    rooms::Broadcast,
    wire::{self, PATHS},
    world::World,
};

/// Plays a script in a new world.
pub(super) fn play(setup: &Setup, moves: &[Move], is_traced: bool) -> World {
    play_in(World::new(setup.clone(), is_traced), moves)
}

pub(super) fn play_in(mut world: World, moves: &[Move]) -> World {
    let mut together = 0_u8;
    for next in moves {
        world.note(|| format!("{next:?}"));
        if let Move::Together { commands } = next {
            together = *commands;
        } else if !world.command(*next) {
            together = 0;
            world.settle();
            world.happens(*next);
        }
        together = together.saturating_sub(1);
        if together == 0 {
            world.settle();
        }
    }
    world.settle();
    world.end();
    world.counts.unread = world.books.unread;
    world.counts.again = world.books.again;
    world.counts.sessions = world.manager.traffic().connections;
    world
}

impl World {
    fn settle(&mut self) {
        self.drain();
        self.read_inbox();
    }

    /// What the user does; whether it is that.
    fn command(&mut self, command: Move) -> bool {
        match command {
            Move::Connect { at } => {
                let id = self.sockets[usize::from(at)];
                // It may have been told of a loss before.
                self.drain_events();
                self.books.on_connect_called(id);
                self.manager.connect(self.now, id);
            }
            Move::Disconnect { at } => {
                let path = usize::from(at);
                let id = self.sockets[path];
                self.drain();
                self.books.on_disconnect_called(id, path);
                self.manager.disconnect(self.now, id);
            }
            Move::Renew { at } => self.renew(usize::from(at)),
            Move::Emit { at, kind, size, attachments } => {
                self.emit(usize::from(at), kind, size.into(), attachments.into());
            }
            Move::Cancel { last } => {
                self.drain();
                if let Some((id, number)) = self.books.pending(last.into()) {
                    let outcome = self.manager.cancel(self.now, id, AckId(number.into()));
                    self.books.on_cancelled(number, outcome);
                }
            }
            Move::Forget { last } => {
                self.drain();
                if let Some((id, number)) = self.books.pending(last.into()) {
                    self.books.on_forgotten(number);
                    self.manager.forget_ack(id, AckId(number.into()));
                }
            }
            Move::Retime { last, timeout } => {
                self.drain();
                if let Some((id, number)) = self.books.pending(last.into()) {
                    let timeout = millis(timeout);
                    self.books.on_retimed(self.now, number, timeout);
                    self.manager.set_ack_timeout(id, AckId(number.into()), Some(timeout));
                }
            }
            Move::Clear { at } => self.clear(usize::from(at)),
            Move::Answer => {
                if let Some((id, token)) = self.tokens.pop() {
                    let path = PATHS[self.path(id)];
                    let packet = wire::answer(self.server.parser, path, token.id(), "1");
                    self.manager.answer(id, &token, packet);
                }
            }
            Move::Auth { mode } => {
                self.auth = mode;
                if mode != Auth::Silent {
                    for (id, request) in std::mem::take(&mut self.questions) {
                        self.authenticate(id, request);
                    }
                }
            }
            _ => return false,
        }
        self.counts.commands += 1;
        // A timeout that is set to the past is due at once.
        if self.manager.poll_timeout().is_some_and(|at| at < self.now) {
            self.is_late = true;
        }
        true
    }

    fn emit(&mut self, path: usize, kind: Kind, size: usize, attachments: usize) {
        let id = self.sockets[path];
        let number = self.books.next_number();
        let ack = match kind {
            Kind::Asked { timeout } => Some(timeout.map(millis)),
            Kind::VolatileAsked | Kind::RejectedAsked => Some(Some(ASKED_TIMEOUT)),
            Kind::Retried { timeout, .. } => Some(Some(millis(timeout))),
            _ => None,
        };
        let policy = EmitPolicy {
            is_volatile: matches!(kind, Kind::Volatile | Kind::VolatileAsked),
            offline: match kind {
                Kind::DroppedOffline => OfflinePolicy::Drop,
                Kind::RejectedOffline | Kind::RejectedAsked => OfflinePolicy::Reject,
                _ => OfflinePolicy::Buffer,
            },
            time_to_live: match kind {
                Kind::Buffered { time_to_live: Some(time) } => millis(time),
                _ => Duration::MAX,
            }
            .into(),
            retries: if let Kind::Retried { retries, .. } = kind { retries.into() } else { 0 },
        };
        let attachments = vec![Bytes::from_static(&[7; 30]); attachments];
        let id_on_wire = ack.map(|_| u64::from(number));
        let values = format!("{number},\"{:x<size$}\"", "");
        let parser = self.server.parser;
        let packet = wire::event(parser, PATHS[path], "e", id_on_wire, &values, attachments);
        // As the mailbox has it, before the state machine sees anything.
        let buffered = self.manager.unsent_bytes() + self.manager.held_bytes();
        let limit = usize::try_from(self.setup.send_buffer_limit).expect("small");
        if buffered > 0 && buffered + packet.size() > limit {
            return;
        }
        self.counts.emits += 1;
        self.books.on_emit(self.now, id, kind, packet.size());
        let event: Arc<str> = format!("e{number}").into();
        let ack = ack.map(|timeout| (AckId(number.into()), timeout));
        let options = EmitOptions { event: event.clone().into(), ack, policy };
        self.manager.emit(self.now, id, packet, options);
        // One that is held back beside others is within the limit with them. What a lost connection
        // gives back may be over it.
        let held = self.manager.buffered(self.now, id);
        let is_beside = held.len() > 1 && held.iter().any(|held| *held.event == *event);
        let (bytes, limit) = (self.held(path), usize::try_from(self.setup.held_limit));
        let is_within = !is_beside || bytes <= limit.expect("small");
        assert!(is_within, "{bytes} bytes are held back, over {}", self.setup.held_limit);
    }

    fn held(&self, path: usize) -> usize {
        let held = self.manager.buffered(self.now, self.sockets[path]);
        held.iter().map(|event| event.size).sum()
    }

    fn clear(&mut self, path: usize) {
        let id = self.sockets[path];
        self.drain();
        let cleared = self.manager.buffered(self.now, id);
        for event in cleared.iter().filter(|event| event.tries == 0) {
            self.books.on_cleared(&event.event);
        }
        assert_eq!(self.manager.clear_buffered(id), cleared.len());
        assert!(self.manager.buffered(self.now, id).is_empty());
    }

    fn renew(&mut self, path: usize) {
        self.remove(path);
        self.add(path);
    }

    /// The last handle of a socket is dropped. What it held back has its word.
    fn remove(&mut self, path: usize) {
        let id = self.sockets[path];
        self.drain();
        let held = self.manager.buffered(self.now, id);
        self.books.on_disconnect_called(id, path);
        self.manager.remove_namespace(self.now, id);
        self.drain();
        self.books.on_removed(id);
        for event in held {
            self.books.assert_reported(&event.event);
        }
    }

    /// What the server, the network and time do.
    fn happens(&mut self, what: Move) {
        match what {
            Move::Cut { down, up } => {
                self.counts.cuts += 1;
                self.link.cut([down, up]);
            }
            Move::Heal => self.link.heal(self.now),
            Move::Reset { client, server } => {
                self.counts.resets += 1;
                self.link.reset(self.now, [client, server]);
            }
            Move::Latency { latency, jitter } => {
                (self.link.latency, self.link.jitter) = (millis(latency), millis(jitter));
            }
            Move::Broadcast { at, count, size, asks, attachments } => {
                let broadcast = Broadcast {
                    path: at.into(),
                    count: count.into(),
                    size: size.into(),
                    asks,
                    attachments: attachments.into(),
                };
                let (server, mut net) = self.net();
                server.broadcast(&mut net, broadcast);
            }
            Move::ServerDisconnect { at } => {
                let (server, mut net) = self.net();
                server.disconnect(&mut net, at.into());
            }
            Move::CloseAll => {
                self.counts.closes += 1;
                let (server, mut net) = self.net();
                server.close_all(&mut net);
            }
            Move::Die { comes_back } => {
                self.counts.restarts += 1;
                self.server.die();
                self.server.is_up = comes_back;
                self.link.reset(self.now, [true, false]);
            }
            Move::Rise => self.server.is_up = true,
            Move::Stall { time } => {
                self.counts.stalls += 1;
                let until = self.now + millis(time);
                self.server.busy_until = self.server.busy_until.max(Some(until));
            }
            Move::Forgetful => self.server.stored.clear(),
            Move::Word { at, word } => self.server.words[usize::from(at)] = word,
            Move::Answers { answers } => self.server.answers = answers,
            Move::Sleep { time } => {
                self.counts.sleeps += 1;
                self.sleep(millis(time));
            }
            Move::Pass { time } => self.run_for(millis(time)),
            command => panic!("{command:?} is a command"),
        }
    }

    /// The troubles end, and what was to arrive has arrived; everybody leaves, and nothing is left.
    fn end(&mut self) {
        if self.setup.ends_well {
            self.all_is_well();
            self.run_for(QUIET);
            let losses = self.counts.losses;
            self.run_for(QUIET);
            assert_eq!(self.counts.losses, losses, "a connection is lost while all is well");
            for id in self.sockets {
                assert_eq!(self.books.is_wanted(id), self.books.is_connected(id), "{id:?}");
            }
            assert_eq!(self.manager.unsent_bytes(), 0, "bytes to send while all is well");
            assert_eq!(self.manager.held_bytes(), 0, "bytes held back while all is well");
            assert!(!self.manager.is_holding(), "events held back while all is well");
            self.books.assert_quiet();
        } else {
            self.last_trouble();
        }
        for path in 0..PATHS.len() {
            self.remove(path);
        }
        assert_eq!(self.books.pending_acks(), 0, "an emit has had no answer");
        self.run_for(Duration::from_secs(60));
        assert_eq!(self.manager.poll_timeout(), None, "timers");
        assert_eq!(self.manager.unsent_bytes(), 0, "bytes to send");
        assert_eq!(self.manager.held_bytes(), 0, "bytes held back");
        assert!(!self.manager.is_holding(), "events held back");
        assert_eq!(self.manager.transmits_polled(), self.manager.transmits_added());
        assert!(self.manager.namespaces.is_empty(), "namespaces");
        assert!(self.client.is_idle(), "connections");
        let heard = self.trace.as_ref().map(Vec::len);
        self.run_for(Duration::from_secs(1000));
        assert_eq!(self.trace.as_ref().map(Vec::len), heard, "something goes on");
    }

    /// Everybody leaves, and nobody agrees or even hears of it.
    fn last_trouble(&mut self) {
        match self.setup.seed % 4 {
            0 => self.link.cut([true, true]),
            1 => self.link.cut([true, false]),
            2 => self.server.busy_until = Some(self.now + Duration::from_secs(3600)),
            _ => {}
        }
    }

    fn all_is_well(&mut self) {
        self.link.heal(self.now);
        (self.link.latency, self.link.jitter) = (millis(20), millis(5));
        self.server.is_up = true;
        self.server.words = [Word::Accept; 3];
        self.server.answers = Answers::Now;
        let (server, mut net) = self.net();
        server.give_word(&mut net);
        self.command(Move::Auth { mode: Auth::Nothing });
        for at in 0..3 {
            let id = self.sockets[usize::from(at)];
            if !self.books.is_wanted(id) && self.held(at.into()) > 0 {
                assert!(!self.books.was_wanted(id), "held back for a socket that was given up");
                self.command(Move::Connect { at });
            }
        }
        self.settle();
    }
}

/// Longer than all the timeouts and delays that may have to pass until everybody is back.
const QUIET: Duration = Duration::from_secs(200);
