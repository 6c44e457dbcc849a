//! What stands on the wire below Socket.IO: Engine.IO packets, bodies of long-polling, handshakes.
//!
//! Must not know: how any of it is read; it only gives other names to what the codec has.

use std::time::Duration;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{
    codec::{self, Handshake, PayloadWriter, Transport},
    error::DecodeError,
};

/// One Engine.IO packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A type digit, and data.
    Text(Utf8Bytes),
    /// A message of binary data.
    Binary(Bytes),
}

/// What a handshake says.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names are the protocol's")]
pub struct OpenPacket {
    pub sid: String,
    pub upgrades: Vec<Transport>,
    pub ping_interval: Duration,
    pub ping_timeout: Duration,
    pub max_payload: Option<usize>,
}

/// The number of a text packet's type, and its data.
///
/// # Errors
/// When it has no type.
pub fn decode_engine(packet: &str) -> Result<(u8, &str), DecodeError> {
    codec::decode_engine(packet).map(|(kind, data)| (kind as u8, data))
}

/// A text packet that may be a binary one in base64.
///
/// # Errors
/// When it is no base64.
pub fn decode_frame(packet: &str) -> Result<Frame, DecodeError> {
    codec::Frame::decode(packet.into()).map(Into::into)
}

/// The packets of a body.
#[must_use]
pub fn decode_payload(body: &str) -> Vec<Result<Frame, DecodeError>> {
    codec::decode_payload(&body.into()).map(|frame| frame.map(Into::into)).collect()
}

/// The first packets of a body, so many at most, and what comes behind them.
#[must_use]
pub fn split_payload(body: &str, packets: usize) -> (&str, Option<&str>) {
    codec::split_payload(body, packets)
}

/// A body of as many packets as fit the limit, and how many those are.
#[must_use]
pub fn encode_payload(packets: &[Frame], limit: Option<usize>) -> (Option<String>, usize) {
    let mut payload = PayloadWriter::new(limit);
    let taken = packets.iter().take_while(|packet| match packet {
        Frame::Text(text) => payload.push_text(text),
        Frame::Binary(bytes) => payload.push_binary(bytes),
    });
    let taken = taken.count();
    (payload.finish(), taken)
}

/// The data of an OPEN packet.
///
/// # Errors
/// When it is no handshake that a heartbeat can be kept with.
pub fn decode_handshake(data: &str) -> Result<OpenPacket, String> {
    let Handshake { sid, upgrades, ping_interval, ping_timeout, max_payload } =
        Handshake::decode(data)?;
    Ok(OpenPacket { sid, upgrades, ping_interval, ping_timeout, max_payload })
}

impl Frame {
    /// The same as text.
    #[must_use]
    pub fn into_text(self) -> Utf8Bytes {
        codec::Frame::from(self).into_text()
    }
}

impl From<codec::Frame> for Frame {
    fn from(frame: codec::Frame) -> Self {
        match frame {
            codec::Frame::Text(text) => Self::Text(text),
            codec::Frame::Binary(bytes) => Self::Binary(bytes),
        }
    }
}

impl From<Frame> for codec::Frame {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Text(text) => Self::Text(text),
            Frame::Binary(bytes) => Self::Binary(bytes),
        }
    }
}
