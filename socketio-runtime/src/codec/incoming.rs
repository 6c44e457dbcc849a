//! A whole packet that came in, whatever its form.
//!
//! Must not know: what becomes of it.

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

#[cfg(feature = "msgpack")]
use super::msgpack::MsgpackPacket;
use super::{
    AnswerPacket, ConnectReply, DecodeError, EventPacket, Header, Packet, SocketType,
    decode_refusal, decode_socket,
};

#[derive(Debug)]
pub(crate) enum Incoming {
    Json {
        header: Header,
        text: Utf8Bytes,
        attachments: Vec<Bytes>,
    },
    #[cfg(feature = "msgpack")]
    Msgpack(MsgpackPacket),
}

impl Incoming {
    /// Finds the parts of a binary message that is a packet of its own.
    #[cfg(feature = "msgpack")]
    pub(crate) fn msgpack(message: Bytes) -> Result<Self, DecodeError> {
        MsgpackPacket::decode(message).map(Self::Msgpack)
    }

    /// A packet that this side wrote, as the other side sees it.
    pub(crate) fn sent(packet: Packet) -> Result<Self, DecodeError> {
        let Packet { text, attachments } = packet;
        #[cfg(feature = "msgpack")]
        if let ("", [message]) = (&*text, &*attachments) {
            return Self::msgpack(message.clone());
        }
        let header = decode_socket(&text, usize::MAX)?;
        Ok(Self::Json { header, text, attachments })
    }

    pub(crate) fn kind(&self) -> SocketType {
        match self {
            Self::Json { header, .. } => header.kind,
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => packet.kind,
        }
    }

    pub(crate) fn ack(&self) -> Option<u64> {
        match self {
            Self::Json { header, .. } => header.ack,
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => packet.ack,
        }
    }

    pub(crate) fn namespace(&self) -> &str {
        match self {
            Self::Json { header, text, .. } => header.namespace(text),
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => packet.namespace(),
        }
    }

    /// The name, if it is an event.
    pub(crate) fn event(&self) -> Option<String> {
        if self.kind() != SocketType::Event {
            return None;
        }
        Some(match self {
            Self::Json { header, text, .. } => {
                let event = header.clone().into_event(text.clone(), Vec::new());
                event.name().into_owned()
            }
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => packet.event()?.into_owned(),
        })
    }

    /// Size in bytes of everything that goes over the wire.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Json { text, attachments, .. } => {
                text.len() + attachments.iter().map(Bytes::len).sum::<usize>()
            }
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => packet.size(),
        }
    }

    pub(crate) fn into_event(self) -> EventPacket {
        match self {
            Self::Json { header, text, attachments } => header.into_event(text, attachments),
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => EventPacket::msgpack(packet.into_list()),
        }
    }

    pub(crate) fn into_answer(self) -> AnswerPacket {
        match self {
            Self::Json { header, text, attachments } => header.into_answer(text, attachments),
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => AnswerPacket::msgpack(packet.into_list()),
        }
    }

    pub(crate) fn connect_reply(&self) -> Result<ConnectReply, DecodeError> {
        match self {
            Self::Json { header, text, .. } => ConnectReply::decode(header, text),
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => {
                let invalid = DecodeError::InvalidMsgpack { at: 0, expected: "an object" };
                ConnectReply::from_json(packet.payload()).ok_or(invalid)
            }
        }
    }

    pub(crate) fn refusal(&self) -> (String, Option<Box<RawValue>>) {
        decode_refusal(match self {
            Self::Json { header, text, .. } => header.payload(text),
            #[cfg(feature = "msgpack")]
            Self::Msgpack(packet) => packet.payload(),
        })
    }
}

/// Reads an event that this side wrote, for those who watch what is sent.
pub(crate) fn decode_sent(packet: Packet) -> Result<EventPacket, DecodeError> {
    Incoming::sent(packet).map(Incoming::into_event)
}
