//! The whole state machine, driven by a script.

use std::time::Instant;

use arbitrary::{Arbitrary, Unstructured};
use socketio_runtime::{
    Bytes, Parser, Transport,
    unstable::{Core, Emit, Messages, Origin, Word, wire::Frame, writer},
};

use crate::script::{
    self, From, HANDSHAKES, Kind, Move, PATHS, Packet, SOCKETS, Script, WORDS, time,
};

/// Whatever user, server and network do, the contract is kept (`Core` watches it), nothing is left
/// at the end, and the same script has the same outcome.
pub fn client_core(data: &[u8]) {
    let Ok(script) = Script::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let outcome = run(&script);
    if script.options().is_recorded {
        assert_eq!(run(&script), outcome, "the same script has had another outcome");
    }
}

fn run(script: &Script) -> u64 {
    let options = script.options();
    let mut world = World {
        parser: options.parser,
        core: Core::new(options, Instant::now()),
        sockets: [0; SOCKETS as usize],
        added: 0,
    };
    for (socket, path) in world.sockets.iter_mut().zip(PATHS) {
        *socket = world.core.add(path);
    }
    for one in &script.moves {
        world.act(one);
    }
    world.core.finish()
}

struct World {
    parser: Parser,
    core: Core,
    /// The present socket of each path.
    sockets: [usize; SOCKETS as usize],
    added: usize,
}

impl World {
    fn act(&mut self, one: &Move) {
        let core = &mut self.core;
        let socket = |number: &u8| self.sockets[usize::from(number % SOCKETS)];
        match one {
            Move::Connect(number) => core.connect(socket(number)),
            Move::Disconnect(number) => core.disconnect(socket(number)),
            Move::Replace(number) => self.replace(usize::from(number % SOCKETS)),
            Move::Emit { socket: number, how, size, timeout } => {
                core.emit(socket(number), &emit(*how, *size, *timeout));
            }
            Move::Answer => core.answer(),
            Move::Forget(ack) => core.forget((*ack).into()),
            Move::Cancel(ack) => core.cancel((*ack).into()),
            Move::AckTimeout(ack, timeout) => {
                let timeout = Some(time(*timeout)).filter(|_| *timeout < 128);
                core.set_ack_timeout((*ack).into(), timeout);
            }
            Move::Clear(number) => core.clear(socket(number)),
            Move::Watch(number, is_watched) => core.watch_sent(socket(number), *is_watched),
            Move::Hold(is_held) => core.hold(*is_held),
            Move::Auth(auth) => core.set_auth(credentials(*auth)),
            Move::Authenticate(is_ok) => {
                core.authenticate(credentials((*is_ok).into()).expect("0 or 1"));
            }
            Move::Opened(from) => core.hear(origin(*from), &Word::Opened),
            Move::Failed(from) => core.hear(origin(*from), &Word::Failed),
            Move::Closed(from) => core.hear(origin(*from), &Word::Closed),
            Move::Writable(writable) => core.hear(Origin::Main, &Word::Writable(*writable)),
            Move::Ponged(number) => core.hear(Origin::Main, &Word::Ponged((*number).into())),
            Move::Handshake(number) => {
                let handshake = HANDSHAKES[usize::from(*number) % HANDSHAKES.len()];
                self.say(Origin::Main, vec![Frame::Text(handshake.into())]);
            }
            Move::Packet(packet) => self.say(Origin::Main, self.frames(*packet)),
            Move::Packets(packets) => {
                let frames = packets.iter().flat_map(|packet| self.frames(*packet)).collect();
                self.say(Origin::Main, frames);
            }
            Move::Word(from, number) => {
                let word = WORDS[usize::from(*number) % WORDS.len()];
                self.say(origin(*from), vec![Frame::Text(word.into())]);
            }
            Move::Text(from, text) => {
                let text = String::from_utf8_lossy(text).into_owned();
                self.say(origin(*from), vec![Frame::Text(text.into())]);
            }
            Move::Binary(from, data) => {
                self.say(origin(*from), vec![Frame::Binary(data.clone().into())]);
            }
            Move::Part(body) => {
                core.hear(Origin::Main, &Word::Part(&String::from_utf8_lossy(body)));
            }
            Move::Polled(from, body) => {
                let body = String::from_utf8_lossy(body);
                core.hear(origin(*from), &Word::Polled(Some(&body)));
            }
            Move::PollFailed(from) => core.hear(origin(*from), &Word::Polled(None)),
            Move::Posted(from, is_ok) => core.hear(origin(*from), &Word::Posted(*is_ok)),
            Move::Sleep(number) => core.sleep(time(*number)),
            Move::Run(number) => core.run_for(time(*number)),
            Move::Expire => core.expire(),
        }
    }

    /// The core keeps what it knows of every socket that there ever was, so there are not many.
    fn replace(&mut self, place: usize) {
        if self.added < MOST_REPLACED {
            self.added += 1;
            self.core.remove(self.sockets[place]);
            self.sockets[place] = self.core.add(PATHS[place]);
        }
    }

    /// Brings frames over whatever carries the session.
    fn say(&mut self, from: Origin, frames: Vec<Frame>) {
        if from == Origin::Main && self.core.transport() == Some(Transport::Polling) {
            let texts: Vec<_> =
                frames.into_iter().map(|frame| frame.into_text().to_string()).collect();
            return self.core.hear(from, &Word::Polled(Some(&texts.join("\x1e"))));
        }
        for frame in frames {
            match &frame {
                Frame::Text(text) => self.core.hear(from, &Word::Text(text)),
                Frame::Binary(bytes) => self.core.hear(from, &Word::Binary(bytes)),
            }
        }
    }

    fn frames(&self, Packet { kind, path, ack }: Packet) -> Vec<Frame> {
        let (parser, path) = (self.parser, PATHS[usize::from(path) % PATHS.len()]);
        let ack = u64::from(ack);
        let written = match kind {
            Kind::Accept => Ok(writer::connect(parser, path, Some(r#"{"sid":"s"}"#))),
            Kind::AcceptRecoverable => {
                Ok(writer::connect(parser, path, Some(r#"{"sid":"s","pid":"p"}"#)))
            }
            Kind::AcceptWithoutSid => Ok(writer::connect(parser, path, None)),
            Kind::Refuse => return vec![refusal(parser, path)],
            Kind::Disconnect => Ok(writer::disconnect(parser, path)),
            Kind::Event => writer::event(parser, path, None, "news", &(1,)),
            Kind::EventWithAck => writer::event(parser, path, Some(ack), "asked", &()),
            Kind::EventWithOffset => {
                writer::event(parser, path, None, "news", &("text", format!("Q87cSd{ack}")))
            }
            Kind::Answer => writer::answer(parser, path, ack, &("answer",)),
            Kind::BinaryEvent(_) => {
                let file = Bytes::from_static(b"\x1e\x00");
                writer::event(parser, path, None, "file", &(file.clone(), file))
            }
        };
        let Messages { text, attachments } = written.expect("it can be written");
        let come = match kind {
            Kind::BinaryEvent(come) if parser == Parser::Json => come.into(),
            _ => attachments.len(),
        };
        let text = Some(Frame::Text(text.clone())).filter(|_| !text.is_empty());
        text.into_iter().chain(attachments.into_iter().take(come).map(Frame::Binary)).collect()
    }
}

/// A `CONNECT_ERROR`. In msgpack it is a CONNECT with another type.
fn refusal(parser: Parser, path: &str) -> Frame {
    let connect = writer::connect(parser, path, Some(r#"{"message":"no"}"#));
    match &*connect.attachments {
        [message] => {
            let mut message = message.to_vec();
            message[b"\x83\xa4type".len()] = 4;
            Frame::Binary(message.into())
        }
        _ => Frame::Text(connect.text.replacen("40", "44", 1).into()),
    }
}

fn emit(how: u8, size: u8, timeout: u8) -> Emit {
    let bit = |bit: u8| how >> bit & 1 == 1;
    let ack = bit(0).then(|| Some(time(timeout)).filter(|_| timeout < 128));
    let retries = if bit(6) { 2 } else { 0 };
    let times = [std::time::Duration::MAX, time(timeout)];
    Emit {
        text: usize::from(size) * 16,
        attachments: vec![usize::from(size) * 16; usize::from(how >> 1 & 3)],
        ack,
        is_volatile: bit(3) && !bit(6),
        offline: script::offline(how >> 4 & 3),
        time_to_live: times[usize::from(bit(7))],
        retries,
    }
}

fn credentials(number: u8) -> Option<Result<Option<String>, String>> {
    match number % 4 {
        0 => Some(Err("no".to_owned())),
        1 => Some(Ok(Some(r#"{"token":"t"}"#.to_owned()))),
        2 => Some(Ok(None)),
        _ => None,
    }
}

fn origin(from: From) -> Origin {
    match from {
        From::Main => Origin::Main,
        From::Upgrade => Origin::Upgrade,
        From::Former(back) => Origin::Former(back.into()),
    }
}

const MOST_REPLACED: usize = 12;
