//! Scripts for the state machine: what its user, its server and its network do, one after the
//! other, in few bytes.
//!
//! Must not know: what comes of it.
//!
//! A move is a byte and its operands, so that what a fuzzer changes in one place stays the same
//! everywhere else, and so that a script can be written by hand: [`Move::write`] is the inverse of
//! what [`arbitrary`] reads.

use std::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};
use socketio_runtime::{OfflinePolicy, Parser, Transport, unstable::CoreOptions};

/// How the client is configured, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// By its bits; see [`Script::options`].
    pub setup: [u8; 3],
    /// In order.
    pub moves: Vec<Move>,
}

/// One thing that happens. Sockets, acks and times are small numbers: see [`PATHS`] and [`TIMES`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the methods of `Core`")]
pub enum Move {
    Connect(u8),
    Disconnect(u8),
    /// The socket is dropped, and a new one of its path is made.
    Replace(u8),
    Emit {
        socket: u8,
        /// By its bits.
        how: u8,
        /// Bytes of text, and of each attachment, in units of 16.
        size: u8,
        /// A time.
        timeout: u8,
    },
    Answer,
    Forget(u8),
    Cancel(u8),
    AckTimeout(u8, u8),
    Clear(u8),
    Watch(u8, bool),
    Hold(bool),
    /// What the authentication provider says from now on.
    Auth(u8),
    Authenticate(bool),
    Opened(From),
    Failed(From),
    Closed(From),
    Writable(bool),
    Ponged(u8),
    /// The server opens the session.
    Handshake(u8),
    /// A packet of the server's, over whatever carries the session.
    Packet(Packet),
    /// Several of them, together where that can be.
    Packets(Vec<Packet>),
    /// A heartbeat, a goodbye, the answer to a probe, and other short words.
    Word(From, u8),
    /// Text of a fuzzer's.
    Text(From, Vec<u8>),
    Binary(From, Vec<u8>),
    Part(Vec<u8>),
    Polled(From, Vec<u8>),
    PollFailed(From),
    Posted(From, bool),
    Sleep(u8),
    Run(u8),
    Expire,
}

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "as `Origin`")]
pub enum From {
    Main,
    Upgrade,
    Former(u8),
}

/// A packet as a server writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// What it is.
    pub kind: Kind,
    /// Which [path](PATHS) it is for.
    pub path: u8,
    /// The ack's id, where it has one.
    pub ack: u8,
}

/// What a server sends on a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the protocol's names")]
pub enum Kind {
    Accept,
    /// With an id to restore the session by.
    AcceptRecoverable,
    AcceptWithoutSid,
    Refuse,
    Disconnect,
    Event,
    EventWithAck,
    /// With a string at its end that may be an offset.
    EventWithOffset,
    Answer,
    /// Two attachments are announced, and this many come.
    BinaryEvent(u8),
}

/// The namespaces. The last is no path of the client's.
pub const PATHS: [&str; 4] = ["/", "/a", "/b", "/nobody"];

/// How many sockets there are at a time.
pub const SOCKETS: u8 = 3;

/// Milliseconds: the moments just before and after the times that the state machine knows.
pub const TIMES: [u64; 22] = [
    0, 1, 99, 100, 300, 700, 1000, 1500, 1999, 2000, 2500, 4999, 5000, 10_000, 19_999, 20_000,
    25_000, 44_999, 45_000, 60_000, 200_000, 3_000_000,
];

/// What opens a session, and what is none.
pub const HANDSHAKES: [&str; 8] = [
    r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
    r#"0{"sid":"s","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#,
    r#"0{"sid":"s","upgrades":["websocket","webtransport"],"pingInterval":25000,"pingTimeout":20000}"#,
    r#"0{"sid":"s","upgrades":[],"pingInterval":1,"pingTimeout":1,"maxPayload":1}"#,
    r#"0{"sid":"s","upgrades":[],"pingInterval":2147483647,"pingTimeout":2147483647,"maxPayload":1e300}"#,
    r#"0{"sid":"s","pingInterval":0,"pingTimeout":-1}"#,
    r#"0{"sid":"","pingInterval":25000,"pingTimeout":20000}"#,
    "0",
];

/// Short words of a server's.
pub const WORDS: [&str; 16] = [
    "2",
    "1",
    "3probe",
    "6",
    "3",
    "5",
    "2probe",
    "",
    "b",
    "4",
    "bAQI=",
    "b!",
    "42",
    "40{}",
    "451-[\"f\"]",
    "x",
];

impl Script {
    /// As the first bytes say.
    #[must_use]
    pub fn options(&self) -> CoreOptions {
        use Transport::{Polling, WebSocket};
        let [transports, faults, limits] = self.setup;
        let orders: [&[Transport]; 4] =
            [&[WebSocket], &[Polling], &[Polling, WebSocket], &[WebSocket, Polling]];
        let bit = |byte: u8, bit: u8| byte >> bit & 1 == 1;
        CoreOptions {
            seed: limits.into(),
            parser: if bit(transports, 2) { Parser::Msgpack } else { Parser::Json },
            transports: orders[usize::from(transports % 4)].to_vec(),
            try_all_transports: bit(transports, 3),
            upgrade: !bit(transports, 4),
            remember_upgrade: bit(transports, 5),
            force_base64: bit(transports, 6),
            reconnection: !bit(faults, 0),
            reconnection_attempts: [None, None, Some(0), Some(2)][usize::from(faults >> 1 & 3)],
            connect_timeout: millis([20_000, 20_000, 0, 300][usize::from(faults >> 3 & 3)]),
            request_timeout: bit(faults, 5).then(|| millis(10_000)),
            held_limit: [usize::MAX, 10_000, 1000, 0][usize::from(limits % 4)],
            is_recorded: bit(transports, 7),
        }
    }

    /// As bytes.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = self.setup.to_vec();
        for one in &self.moves {
            one.write(&mut bytes);
        }
        bytes
    }
}

/// A time by its number.
#[must_use]
pub fn time(number: u8) -> Duration {
    millis(TIMES[usize::from(number) % TIMES.len()])
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A policy by its number.
#[must_use]
pub fn offline(number: u8) -> OfflinePolicy {
    [OfflinePolicy::Buffer, OfflinePolicy::Buffer, OfflinePolicy::Drop, OfflinePolicy::Reject]
        [usize::from(number % 4)]
}

impl<'a> Arbitrary<'a> for Script {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let setup = u.arbitrary()?;
        let mut moves = Vec::new();
        while !u.is_empty() && moves.len() < MOST_MOVES {
            moves.push(u.arbitrary()?);
        }
        Ok(Self { setup, moves })
    }
}

impl<'a> Arbitrary<'a> for Move {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let code: u8 = u.arbitrary()?;
        Ok(match code % CODES {
            0 => Self::Connect(u.arbitrary()?),
            1 => Self::Disconnect(u.arbitrary()?),
            2 => Self::Replace(u.arbitrary()?),
            3 => Self::Emit {
                socket: u.arbitrary()?,
                how: u.arbitrary()?,
                size: u.arbitrary()?,
                timeout: u.arbitrary()?,
            },
            4 => Self::Answer,
            5 => Self::Forget(u.arbitrary()?),
            6 => Self::Cancel(u.arbitrary()?),
            7 => Self::AckTimeout(u.arbitrary()?, u.arbitrary()?),
            8 => Self::Clear(u.arbitrary()?),
            9 => Self::Watch(u.arbitrary()?, u.arbitrary()?),
            10 => Self::Hold(u.arbitrary()?),
            11 => Self::Auth(u.arbitrary()?),
            12 => Self::Authenticate(u.arbitrary()?),
            13 => Self::Opened(u.arbitrary()?),
            14 => Self::Failed(u.arbitrary()?),
            15 => Self::Closed(u.arbitrary()?),
            16 => Self::Writable(u.arbitrary()?),
            17 => Self::Ponged(u.arbitrary()?),
            18 => Self::Handshake(u.arbitrary()?),
            19 => Self::Packet(u.arbitrary()?),
            20 => {
                let count: u8 = u.arbitrary()?;
                Self::Packets((0..count % 8).map(|_| u.arbitrary()).collect::<Result<_>>()?)
            }
            21 => Self::Word(u.arbitrary()?, u.arbitrary()?),
            22 => Self::Text(u.arbitrary()?, chunk(u)?),
            23 => Self::Binary(u.arbitrary()?, chunk(u)?),
            24 => Self::Part(chunk(u)?),
            25 => Self::Polled(u.arbitrary()?, chunk(u)?),
            26 => Self::PollFailed(u.arbitrary()?),
            27 => Self::Posted(u.arbitrary()?, u.arbitrary()?),
            28 => Self::Sleep(u.arbitrary()?),
            29 => Self::Run(u.arbitrary()?),
            _ => Self::Expire,
        })
    }
}

impl<'a> Arbitrary<'a> for From {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.arbitrary::<u8>()? {
            0..=63 => Self::Main,
            64..=127 => Self::Upgrade,
            code => Self::Former(code - 128),
        })
    }
}

impl<'a> Arbitrary<'a> for Packet {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let kind = match u.arbitrary::<u8>()? % 12 {
            0 => Kind::Accept,
            1 => Kind::AcceptRecoverable,
            2 => Kind::AcceptWithoutSid,
            3 => Kind::Refuse,
            4 => Kind::Disconnect,
            5 => Kind::Event,
            6 => Kind::EventWithAck,
            7 => Kind::EventWithOffset,
            8 => Kind::Answer,
            come => Kind::BinaryEvent(come - 9),
        };
        Ok(Self { kind, path: u.arbitrary()?, ack: u.arbitrary()? })
    }
}

/// A byte for the length, then so many bytes, or as many as there are.
fn chunk(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let length = usize::from(u.arbitrary::<u8>()?).min(u.len());
    Ok(u.bytes(length)?.to_vec())
}

impl Move {
    /// Appends the bytes that this is read from.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Connect(socket) => bytes.extend([0, *socket]),
            Self::Disconnect(socket) => bytes.extend([1, *socket]),
            Self::Replace(socket) => bytes.extend([2, *socket]),
            Self::Emit { socket, how, size, timeout } => {
                bytes.extend([3, *socket, *how, *size, *timeout]);
            }
            Self::Answer => bytes.push(4),
            Self::Forget(ack) => bytes.extend([5, *ack]),
            Self::Cancel(ack) => bytes.extend([6, *ack]),
            Self::AckTimeout(ack, time) => bytes.extend([7, *ack, *time]),
            Self::Clear(socket) => bytes.extend([8, *socket]),
            Self::Watch(socket, is_watched) => bytes.extend([9, *socket, (*is_watched).into()]),
            Self::Hold(is_held) => bytes.extend([10, (*is_held).into()]),
            Self::Auth(auth) => bytes.extend([11, *auth]),
            Self::Authenticate(is_ok) => bytes.extend([12, (*is_ok).into()]),
            Self::Opened(from) => bytes.extend([13, from.code()]),
            Self::Failed(from) => bytes.extend([14, from.code()]),
            Self::Closed(from) => bytes.extend([15, from.code()]),
            Self::Writable(writable) => bytes.extend([16, (*writable).into()]),
            Self::Ponged(number) => bytes.extend([17, *number]),
            Self::Handshake(number) => bytes.extend([18, *number]),
            Self::Packet(packet) => {
                bytes.push(19);
                bytes.extend(packet.code());
            }
            Self::Packets(packets) => {
                bytes.extend([20, length(packets.len())]);
                bytes.extend(packets.iter().flat_map(|packet| packet.code()));
            }
            Self::Word(from, number) => bytes.extend([21, from.code(), *number]),
            Self::Text(from, text) => write_chunk(bytes, &[22, from.code()], text),
            Self::Binary(from, data) => write_chunk(bytes, &[23, from.code()], data),
            Self::Part(body) => write_chunk(bytes, &[24], body),
            Self::Polled(from, body) => write_chunk(bytes, &[25, from.code()], body),
            Self::PollFailed(from) => bytes.extend([26, from.code()]),
            Self::Posted(from, is_ok) => bytes.extend([27, from.code(), (*is_ok).into()]),
            Self::Sleep(time) => bytes.extend([28, *time]),
            Self::Run(time) => bytes.extend([29, *time]),
            Self::Expire => bytes.push(30),
        }
    }
}

impl From {
    fn code(self) -> u8 {
        match self {
            Self::Main => 0,
            Self::Upgrade => 64,
            Self::Former(back) => back | 128,
        }
    }
}

impl Packet {
    fn code(self) -> [u8; 3] {
        let kind = match self.kind {
            Kind::Accept => 0,
            Kind::AcceptRecoverable => 1,
            Kind::AcceptWithoutSid => 2,
            Kind::Refuse => 3,
            Kind::Disconnect => 4,
            Kind::Event => 5,
            Kind::EventWithAck => 6,
            Kind::EventWithOffset => 7,
            Kind::Answer => 8,
            Kind::BinaryEvent(come) => 9 + come % 3,
        };
        [kind, self.path, self.ack]
    }
}

fn write_chunk(bytes: &mut Vec<u8>, head: &[u8], chunk: &[u8]) {
    bytes.extend_from_slice(head);
    bytes.push(length(chunk.len()));
    bytes.extend_from_slice(chunk);
}

fn length(length: usize) -> u8 {
    length.try_into().expect("what is written by hand is short")
}

/// As many as there are moves.
const CODES: u8 = 31;

/// Enough for every state to be reached, and few enough for a run to be short.
const MOST_MOVES: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let packet = Packet { kind: Kind::BinaryEvent(2), path: 1, ack: 7 };
        let mut bytes = vec![1, 2, 3];
        // Every code there is, with operands that are taken for all there may be.
        for code in 0..CODES {
            bytes.extend([code, 1, 1, 1, 1]);
        }
        let script = Script::arbitrary_take_rest(Unstructured::new(&bytes)).expect("a script");
        let moves = script.moves.iter().cloned().chain([
            Move::Packet(packet),
            Move::Packets(vec![packet; 3]),
            Move::Text(From::Former(3), b"42[]".to_vec()),
            Move::Polled(From::Upgrade, Vec::new()),
            Move::Expire,
        ]);
        let script = Script { moves: moves.collect(), ..script };
        let bytes = script.write();
        let read = Script::arbitrary_take_rest(Unstructured::new(&bytes)).expect("a script");
        assert_eq!(read, script);
    }
}
