//! Socket.IO packets as a connection reads them, with either parser, and all that may be asked of
//! one.
//!
//! Must not know: what becomes of them.

use bytes::Bytes;

use crate::{
    client::AnyAnswer,
    codec::{Incoming, Parser, Reassembler, SocketType, decode_socket},
    driver::AnyEvent,
    error::DecodeError,
    schema::Listens,
};

/// Puts packets together from Engine.IO messages.
#[derive(Debug)]
pub struct Reader {
    parser: Parser,
    max_attachments: usize,
    reassembler: Reassembler,
}

/// A packet with all its attachments.
#[derive(Debug)]
pub struct Received {
    incoming: Incoming,
}

/// The string at the end of an event, which may be an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offset {
    /// As it is written, escapes included.
    pub text: String,
    /// How many values there are with it; `None` if the list is broken.
    pub position: Option<usize>,
    /// The values before it, as the text of a JSON array.
    pub before: String,
}

impl Reader {
    /// `max_attachments`: those of one packet.
    #[must_use]
    pub fn new(parser: Parser, max_attachments: usize) -> Self {
        Self { parser, max_attachments, reassembler: Reassembler::default() }
    }

    /// A text message, its type digit included; the packet, if it is complete. What was announced
    /// before and has not come has to be [abandoned](Self::abandon) first.
    ///
    /// # Errors
    /// When a peer may not send this.
    pub fn text(&mut self, message: &str) -> Result<Option<Received>, DecodeError> {
        let header = decode_socket(message, self.max_attachments)?;
        if header.attachments > 0 {
            self.reassembler.begin(header, message.into());
            return Ok(None);
        }
        let incoming = Incoming::Json { header, text: message.into(), attachments: Vec::new() };
        Ok(Some(Received { incoming }))
    }

    /// A binary message; the packet, if it is complete.
    ///
    /// # Errors
    /// When a peer may not send this.
    pub fn binary(&mut self, message: Bytes) -> Result<Option<Received>, DecodeError> {
        match self.parser {
            #[cfg(feature = "msgpack")]
            Parser::Msgpack => {
                return Incoming::msgpack(message).map(|incoming| Some(Received { incoming }));
            }
            Parser::Json => {}
        }
        let Some((header, text, attachments)) = self.reassembler.add(message)? else {
            return Ok(None);
        };
        Ok(Some(Received { incoming: Incoming::Json { header, text, attachments } }))
    }

    /// Gives up a packet of which attachments are missing.
    pub fn abandon(&mut self) -> Option<DecodeError> {
        self.reassembler.abandon()
    }
}

impl Received {
    /// The number of its type: that of an event also for a binary one.
    #[must_use]
    pub fn kind(&self) -> u8 {
        self.incoming.kind() as u8
    }

    /// The path.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.incoming.namespace()
    }

    /// The id, where there is one.
    #[must_use]
    pub fn ack(&self) -> Option<u64> {
        self.incoming.ack()
    }

    /// Size in bytes of everything that came over the wire.
    #[must_use]
    pub fn size(&self) -> usize {
        self.incoming.size()
    }

    /// What a CONNECT says: `sid` and `pid`.
    ///
    /// # Errors
    /// When its payload is no object.
    pub fn connect_reply(&self) -> Result<(Option<String>, Option<String>), DecodeError> {
        self.incoming.connect_reply().map(|reply| (reply.sid, reply.pid))
    }

    /// What a `CONNECT_ERROR` says: a message, and data as JSON.
    #[must_use]
    pub fn refusal(&self) -> (String, Option<String>) {
        let (message, data) = self.incoming.refusal();
        (message, data.map(|data| data.get().to_owned()))
    }

    /// The event, found in a schema; `None` if it is another packet.
    #[must_use]
    pub fn into_event<L: Listens>(self) -> Option<AnyEvent> {
        let is_event = self.incoming.kind() == SocketType::Event;
        is_event.then(|| AnyEvent::listened::<L>(self.incoming.into_event()))
    }

    /// The answer; `None` if it is another packet.
    #[must_use]
    pub fn into_answer(self) -> Option<AnyAnswer> {
        let is_answer = self.incoming.kind() == SocketType::Ack;
        is_answer.then(|| AnyAnswer::new("".into(), self.incoming.into_answer()))
    }

    /// The string at an event's end.
    #[must_use]
    pub fn into_offset(self) -> Option<Offset> {
        if self.incoming.kind() != SocketType::Event {
            return None;
        }
        let mut event = self.incoming.into_event();
        let last = event.last_string()?;
        let (text, position) = (last.text.to_owned(), last.position(usize::MAX));
        event.cut_last_string();
        Some(Offset { text, position, before: event.values().to_json() })
    }
}
