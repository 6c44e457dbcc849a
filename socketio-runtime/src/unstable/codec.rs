//! The packets of one namespace with a schema, as a connection writes and reads them.
//!
//! Must not know: connections, time. It takes the steps that a connection takes, and none of its
//! own.

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{
    client::AnyAnswer,
    codec::{
        EngineType, Incoming, Parser, Prefix, Reassembler, SocketType, decode_engine, decode_socket,
    },
    driver::AnyEvent,
    error::{DecodeError, EmitError},
    limits::DEFAULT_MAX_ATTACHMENTS,
    payload::{EmitValues, PacketWriter},
    schema::{EventDescriptor, Listens},
};

/// Writes and reads the packets of one namespace, as `socket.io-parser` has them.
#[derive(Debug)]
pub struct Codec {
    prefix: Prefix,
    reassembler: Reassembler,
}

/// The WebSocket messages of one packet. Cheap to clone: clones share the data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Messages {
    /// The first, with the type digit of Engine.IO.
    pub text: Utf8Bytes,
    /// Those that follow it.
    pub attachments: Vec<Bytes>,
}

/// A packet of which the header was read, and nothing else.
#[derive(Debug)]
#[non_exhaustive]
pub enum Decoded {
    /// An event, found in its schema.
    Event(AnyEvent),
    /// An answer, to whatever event.
    Answer(AnyAnswer),
    /// What has no values, or no packet for Socket.IO in it.
    Other,
}

impl Codec {
    /// For a namespace that is connected.
    #[must_use]
    pub fn new(namespace: &str) -> Self {
        Self { prefix: Parser::Json.prefix(namespace), reassembler: Reassembler::default() }
    }

    /// An event, with the id of its ack if one is expected.
    ///
    /// # Errors
    /// When an argument does not serialise.
    pub fn encode(
        &self,
        event: &'static EventDescriptor,
        ack: Option<u64>,
        arguments: &impl EmitValues,
    ) -> Result<Messages, EmitError> {
        let mut writer = PacketWriter::event(&self.prefix, ack, event.name);
        arguments.write(&mut writer);
        let packet = writer.finish(event.name, DEFAULT_MAX_ATTACHMENTS)?;
        Ok(Messages { text: packet.text, attachments: packet.attachments })
    }

    /// Reads the header of a packet, and finds an event in its schema.
    ///
    /// # Errors
    /// When a peer may not send this.
    pub fn decode<L: Listens>(&mut self, messages: Messages) -> Result<Decoded, DecodeError> {
        let Messages { text, attachments } = messages;
        let (EngineType::Message, _) = decode_engine(&text)? else { return Ok(Decoded::Other) };
        let header = decode_socket(&text, DEFAULT_MAX_ATTACHMENTS)?;
        let mut packet = None;
        if header.attachments == 0 {
            packet = Some(Incoming::Json { header, text, attachments: Vec::new() });
        } else {
            self.reassembler.begin(header, text);
        }
        for attachment in attachments {
            if let Some((header, text, attachments)) = self.reassembler.add(attachment)? {
                packet = Some(Incoming::Json { header, text, attachments });
            }
        }
        if let Some(error) = self.reassembler.abandon() {
            return Err(error);
        }
        Ok(match packet {
            Some(packet) if packet.kind() == SocketType::Event => {
                Decoded::Event(AnyEvent::listened::<L>(packet.into_event()))
            }
            Some(packet) if packet.kind() == SocketType::Ack => {
                Decoded::Answer(AnyAnswer::new("".into(), packet.into_answer()))
            }
            _ => Decoded::Other,
        })
    }
}
