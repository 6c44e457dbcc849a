//! The packets of one connection.
//!
//! Must not know: schemas.

use std::collections::BTreeMap;

use super::{
    ValidationError, Validator,
    validator::{Packet, opposite},
};
use crate::{codec::SocketType, schema::Direction};

/// Checks the packets of one connection in their order. Made by [`Validator::session`].
#[derive(Debug)]
pub struct Session<'v> {
    validator: &'v Validator,
    /// The events that wait for their acknowledgement.
    waiting: BTreeMap<(String, Direction, u64), String>,
}

impl<'v> Session<'v> {
    pub(super) fn new(validator: &'v Validator) -> Self {
        Self { validator, waiting: BTreeMap::new() }
    }

    /// Checks the next packet, which travelled in this direction. As [`Validator::check`], and
    /// acknowledgements too.
    ///
    /// # Errors
    /// [`ValidationError::UnknownAck`] if no event of this session waits for the acknowledgement,
    /// or it has come already; and whatever else is wrong with the packet.
    pub fn check(&mut self, direction: Direction, packet: &str) -> Result<(), ValidationError> {
        let packet = Packet::read(packet)?;
        let namespace = packet.namespace();
        match (packet.header.kind, packet.header.ack) {
            (SocketType::Event, ack) => {
                let event = self.validator.check_event(direction, &packet)?;
                if let Some(id) = ack {
                    self.waiting.insert((namespace.to_owned(), direction, id), event);
                }
                Ok(())
            }
            (SocketType::Ack, ack) => {
                let id = ack.unwrap_or_default();
                let direction = opposite(direction);
                let key = (namespace.to_owned(), direction, id);
                let Some(event) = self.waiting.remove(&key) else {
                    let (namespace, ..) = key;
                    return Err(ValidationError::UnknownAck { namespace, id });
                };
                self.validator.check_answer(direction, &event, &packet)
            }
            _ => self.validator.check_payload(direction, &packet),
        }
    }
}
