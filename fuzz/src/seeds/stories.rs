//! Connections from beginning to end, for the state machine.
//!
//! Must not know: what comes of them.

use super::{Fate::Open, Seed, seed};
use crate::script::{
    From::{Former, Main, Upgrade},
    Kind, Move, Packet, Script,
};

pub(super) fn seeds() -> Vec<Seed> {
    let stories: [(&str, [u8; 3], Vec<Move>); 16] = [
        ("long-polling-lost-within-a-packet", [1, 0, 0], {
            [polling(1), vec![emit(0, 0b010), Move::PollFailed(Main), Move::Run(9)]].concat()
        }),
        ("websocket", WEBSOCKET, [opening(0), talk(), vec![Move::Disconnect(0)]].concat()),
        ("websocket-msgpack", [4, 0, 0], [opening(0), talk()].concat()),
        ("websocket-base64", [0x40, 0, 0], [opening(0), talk()].concat()),
        ("websocket-recorded", [0x80, 0, 0], [opening(0), talk(), losses()].concat()),
        (
            "long-polling",
            [1, 0, 0],
            [polling(0), talk(), requests(), vec![Move::Disconnect(0)]].concat(),
        ),
        ("long-polling-small-bodies", [1, 0, 0], [polling(1), talk(), requests()].concat()),
        ("upgrade", [2, 0, 0], [polling(1), upgrade(), talk()].concat()),
        ("upgrade-of-msgpack", [6, 0, 0], [polling(2), upgrade(), talk()].concat()),
        ("upgrade-refused", [2, 0, 0], {
            [polling(1), vec![Move::Opened(Upgrade), Move::Word(Upgrade, 15)], talk()].concat()
        }),
        ("losses", WEBSOCKET, [opening(0), talk(), losses(), opening(0)].concat()),
        (
            "nothing-answers",
            [8, 2, 0],
            vec![Move::Connect(0), emit(0, 1), Move::Run(20), Move::Run(20)],
        ),
        ("offline-and-back", [0, 0, 2], offline()),
        ("slow-network", WEBSOCKET, slow()),
        ("garbage", WEBSOCKET, garbage()),
        ("sockets-come-and-go", WEBSOCKET, come_and_go()),
    ];
    stories
        .into_iter()
        .map(|(name, setup, moves)| {
            seed("client_core", name, Script { setup, moves }.write(), Open)
        })
        .collect()
}

const WEBSOCKET: [u8; 3] = [0, 0, 0];

fn packet(kind: Kind, path: u8, ack: u8) -> Move {
    Move::Packet(Packet { kind, path, ack })
}

fn emit(socket: u8, how: u8) -> Move {
    Move::Emit { socket, how, size: 2, timeout: 10 }
}

/// A WebSocket that all sockets join.
fn opening(handshake: u8) -> Vec<Move> {
    let connects = (0..3).map(Move::Connect);
    let accepts = (0..3).map(|path| packet(Kind::AcceptRecoverable, path, 0));
    let opening = [Move::Opened(Main), Move::Handshake(handshake)];
    connects.chain(opening).chain(accepts).collect()
}

/// The same over long-polling; each answer ends a request.
fn polling(handshake: u8) -> Vec<Move> {
    let accepts = (0..3).map(|path| Packet { kind: Kind::Accept, path, ack: 0 });
    let mut moves: Vec<_> = (0..3).map(Move::Connect).collect();
    moves.push(Move::Handshake(handshake));
    for accept in accepts {
        moves.extend([Move::Posted(Main, true), Move::Packet(accept)]);
    }
    moves
}

fn upgrade() -> Vec<Move> {
    vec![
        Move::Opened(Upgrade),
        Move::Word(Upgrade, 2),
        emit(1, 1),
        Move::Polled(Main, b"6".to_vec()),
        Move::Posted(Main, true),
    ]
}

/// Events and answers both ways.
fn talk() -> Vec<Move> {
    vec![
        emit(0, 0),
        emit(0, 1),
        packet(Kind::Answer, 0, 1),
        emit(1, 0b0000_0111),
        emit(2, 0b0100_0001),
        packet(Kind::Answer, 1, 2),
        packet(Kind::Event, 0, 0),
        packet(Kind::EventWithAck, 1, 9),
        Move::Answer,
        packet(Kind::EventWithOffset, 2, 1),
        packet(Kind::BinaryEvent(2), 0, 0),
        packet(Kind::BinaryEvent(1), 0, 0),
        packet(Kind::Event, 3, 0),
        Move::Word(Main, 0),
        Move::Run(10),
    ]
}

fn requests() -> Vec<Move> {
    vec![
        Move::Posted(Main, true),
        Move::Part(b"42[\"a\"]\x1e2".to_vec()),
        Move::Polled(Main, b"6".to_vec()),
        Move::Run(3),
        Move::Polled(Main, b"bAQI=\x1e1".to_vec()),
        Move::PollFailed(Main),
        Move::Posted(Main, false),
    ]
}

fn losses() -> Vec<Move> {
    vec![
        emit(0, 1),
        Move::Closed(Main),
        Move::Run(7),
        Move::Failed(Main),
        Move::Run(9),
        Move::Opened(Main),
        Move::Handshake(0),
        packet(Kind::AcceptRecoverable, 0, 0),
        packet(Kind::Refuse, 1, 0),
        packet(Kind::Disconnect, 0, 0),
        Move::Word(Former(0), 0),
        Move::Run(18),
        Move::Sleep(19),
        emit(0, 1),
        Move::Expire,
    ]
}

fn offline() -> Vec<Move> {
    let waiting = vec![
        emit(0, 1),
        emit(0, 0b1000_0001),
        emit(0, 0b0010_0001),
        emit(0, 0b0011_0000),
        emit(0, 0b0100_0001),
        Move::AckTimeout(0, 3),
        Move::Cancel(0),
        Move::Forget(0),
        Move::Run(5),
    ];
    [waiting, opening(0), talk(), vec![Move::Clear(0)]].concat()
}

fn slow() -> Vec<Move> {
    let waiting = vec![
        Move::Watch(0, true),
        Move::Writable(false),
        emit(0, 1),
        emit(0, 0b0000_0101),
        Move::Disconnect(1),
        Move::Connect(1),
        Move::Watch(0, false),
        Move::Word(Main, 0),
        Move::Writable(true),
        Move::Ponged(1),
        Move::Hold(true),
        emit(0, 1),
        Move::Closed(Main),
        Move::Hold(false),
    ];
    [opening(0), waiting, talk()].concat()
}

fn garbage() -> Vec<Move> {
    let mut moves = opening(0);
    for word in 0..16 {
        moves.push(Move::Word(Main, word));
    }
    moves.extend([
        Move::Text(Main, b"40{\"sid\":\"s\"}".to_vec()),
        Move::Binary(Main, vec![0; 3]),
        Move::Run(12),
    ]);
    moves.extend(opening(3));
    moves.push(Move::Run(2));
    moves.extend(opening(5));
    moves
}

fn come_and_go() -> Vec<Move> {
    let mut moves = vec![Move::Auth(3)];
    moves.extend(opening(0));
    moves.extend([
        Move::Authenticate(true),
        Move::Authenticate(false),
        Move::Replace(2),
        Move::Connect(2),
        packet(Kind::Accept, 2, 0),
        Move::Auth(1),
        Move::Replace(2),
        Move::Connect(2),
        packet(Kind::AcceptWithoutSid, 2, 0),
        Move::Run(15),
        Move::Packets(vec![
            Packet { kind: Kind::Event, path: 2, ack: 0 },
            Packet { kind: Kind::Accept, path: 2, ack: 0 },
            Packet { kind: Kind::Disconnect, path: 2, ack: 0 },
        ]),
        Move::Replace(0),
    ]);
    moves
}
