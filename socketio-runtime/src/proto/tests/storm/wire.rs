//! The packets of the simulated server, and how both ends are overheard.
//!
//! Must not know: sessions, who sends what when.
//!
//! Events carry numbers as their first values, by which they are known again.

use std::fmt::Write;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::codec::{Frame, Incoming, Packet, Parser, SocketType, prefix};

pub(super) const PATHS: [&str; 3] = ["/", "/a", "/b"];

/// A packet, as far as it matters.
#[derive(Debug)]
pub(super) struct Overheard {
    pub(super) kind: SocketType,
    /// The place in [`PATHS`].
    pub(super) path: usize,
    pub(super) ack: Option<u64>,
    /// The first values of an event or an answer.
    pub(super) numbers: [u32; 3],
    /// Of a CONNECT.
    pub(super) payload: String,
    /// How many binary messages follow.
    pub(super) attachments: usize,
}

/// An event; `values` are JSON, with commas between them.
pub(super) fn event(
    parser: Parser,
    path: &str,
    name: &str,
    ack: Option<u64>,
    values: &str,
    attachments: Vec<Bytes>,
) -> Packet {
    match parser {
        Parser::Json => {
            let mut text = String::with_capacity(32 + values.len());
            let written = match attachments.len() {
                0 => write!(text, "42{}", prefix(path)),
                count => write!(text, "45{count}-{}", prefix(path)),
            };
            written.expect("a string takes everything");
            if let Some(ack) = ack {
                write!(text, "{ack}").expect("a string takes everything");
            }
            write!(text, "[\"{name}\",{values}]").expect("a string takes everything");
            Packet { text: text.into(), attachments }
        }
        #[cfg(feature = "msgpack")]
        Parser::Msgpack => msgpack(path, 2, ack, &format!("[\"{name}\",{values}]")),
    }
}

pub(super) fn answer(parser: Parser, path: &str, ack: u64, values: &str) -> Packet {
    match parser {
        Parser::Json => Packet::text(format!("43{}{ack}[{values}]", prefix(path))),
        #[cfg(feature = "msgpack")]
        Parser::Msgpack => msgpack(path, 3, Some(ack), &format!("[{values}]")),
    }
}

pub(super) fn refusal(parser: Parser, path: &str) -> Packet {
    match parser {
        Parser::Json => Packet::text(format!("44{}{{\"message\":\"no\"}}", prefix(path))),
        #[cfg(feature = "msgpack")]
        Parser::Msgpack => msgpack(path, 4, None, "{\"message\":\"no\"}"),
    }
}

#[cfg(feature = "msgpack")]
fn msgpack(path: &str, kind: u8, ack: Option<u64>, json: &str) -> Packet {
    let mut packet = Vec::new();
    crate::codec::msgpack::begin(&mut packet, kind, path, ack);
    let value: serde_json::Value = serde_json::from_str(json).expect("it is JSON");
    rmp_serde::encode::write_named(&mut packet, &value).expect("JSON can be written");
    Packet::binary(packet)
}

/// The messages of a packet.
pub(super) fn frames(packet: Packet) -> impl Iterator<Item = Frame> {
    let text = Some(packet.text).filter(|text| !text.is_empty()).map(Frame::Text);
    text.into_iter().chain(packet.attachments.into_iter().map(Frame::Binary))
}

/// The packet that a message begins; `None` if it is an attachment.
pub(super) fn overhear(parser: Parser, frame: &Frame) -> Option<Overheard> {
    let packet = match (parser, frame) {
        (Parser::Json, Frame::Text(text)) => Packet::text(text.clone()),
        (Parser::Json, Frame::Binary(_)) => return None,
        #[cfg(feature = "msgpack")]
        (Parser::Msgpack, Frame::Binary(bytes)) => Packet::binary(bytes.clone()),
        #[cfg(feature = "msgpack")]
        (Parser::Msgpack, Frame::Text(text)) => panic!("`{text}` is no msgpack"),
    };
    let packet = Incoming::sent(packet).expect("honest peers write what can be read");
    let path = PATHS.iter().position(|path| *path == packet.namespace());
    let (kind, ack) = (packet.kind(), packet.ack());
    let (payload, attachments) = match &packet {
        Incoming::Json { header, text, .. } if kind == SocketType::Connect => {
            (header.payload(text).to_owned(), 0)
        }
        Incoming::Json { header, .. } => (String::new(), header.attachments),
        #[cfg(feature = "msgpack")]
        Incoming::Msgpack(packet) => (packet.payload().to_owned(), 0),
    };
    Some(Overheard {
        kind,
        path: path.expect("a known namespace"),
        ack,
        numbers: first_numbers(packet),
        payload,
        attachments,
    })
}

fn first_numbers(packet: Incoming) -> [u32; 3] {
    match packet {
        Incoming::Json { header, text, .. } => match header.kind {
            SocketType::Event | SocketType::Ack => {
                numbers(text.split_once('[').map_or("", |(_, values)| values))
            }
            _ => [0; 3],
        },
        #[cfg(feature = "msgpack")]
        packet @ Incoming::Msgpack(_) => match packet.kind() {
            SocketType::Event => numbers(&packet.into_event().values().to_json()),
            SocketType::Ack => numbers(&packet.into_answer().values().to_json()),
            _ => [0; 3],
        },
    }
}

/// The first numbers in a list of values.
pub(super) fn numbers(values: &str) -> [u32; 3] {
    let mut numbers = [0; 3];
    let values = values.trim_start_matches(['[', ',']);
    let values = values.split([',', ']']).filter(|value| !value.starts_with('"'));
    for (number, value) in numbers.iter_mut().zip(values) {
        *number = value.parse().unwrap_or(0);
    }
    numbers
}

/// A member of a JSON object whose value is plain text.
pub(super) fn member<'j>(json: &'j str, key: &str) -> Option<&'j str> {
    let (_, value) = json.split_once(&format!("\"{key}\":\""))?;
    value.split_once('"').map(|(value, _)| value)
}

/// The packets in the body of a request or an answer.
pub(super) fn messages(body: &Utf8Bytes) -> impl Iterator<Item = Frame> {
    crate::codec::decode_payload(body).map(|frame| frame.expect("honest peers write Engine.IO"))
}
