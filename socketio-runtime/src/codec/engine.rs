//! Engine.IO v4 packets: a type digit, then data.
//!
//! Must not know: what a message contains.

use super::DecodeError;

/// The type of an Engine.IO packet (Engine.IO protocol 4.1, "Packet encoding").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngineType {
    Open,
    Close,
    Ping,
    Pong,
    Message,
    Upgrade,
    Noop,
}

/// Ends a session over long-polling; a WebSocket is just closed.
pub(crate) const CLOSE: &str = "1";

/// The answer to a ping.
pub(crate) const PONG: &str = "3";

/// The first words on a WebSocket that is to take over from long-polling, the server's answer,
/// and the last words (Engine.IO protocol 4.1, "Upgrade").
pub(crate) const PROBE: &str = "2probe";
pub(crate) const PROBE_ANSWER: &str = "3probe";
pub(crate) const UPGRADE: &str = "5";

/// An answer to a long-polling request that brings nothing.
pub(crate) const NOOP: &str = "6";

/// Splits a text packet into its type and its data.
pub(crate) fn decode_engine(packet: &str) -> Result<(EngineType, &str), DecodeError> {
    let mut data = packet.chars();
    let kind = match data.next().ok_or(DecodeError::Empty)? {
        '0' => EngineType::Open,
        '1' => EngineType::Close,
        '2' => EngineType::Ping,
        '3' => EngineType::Pong,
        '4' => EngineType::Message,
        '5' => EngineType::Upgrade,
        '6' => EngineType::Noop,
        other => return Err(DecodeError::UnknownEngineType(other)),
    };
    Ok((kind, data.as_str()))
}
