//! This project's codec.
//!
//! Must not know: what the inputs are.

use socketio_runtime::{
    schema::{EmitValues, Listens, ReceiveValues, Schema},
    unstable::{Codec, Decoded, Messages},
};

use crate::{ACK, NAMESPACE, schema::ServerToClient};

/// The codec of a connected namespace.
pub(crate) struct Ours {
    codec: Codec,
}

impl Default for Ours {
    fn default() -> Self {
        Self { codec: Codec::new(NAMESPACE) }
    }
}

/// An event's place in the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Message,
    History,
    File,
}

impl Ours {
    pub(crate) fn encode(&self, event: Event, arguments: &impl EmitValues) -> Messages {
        let event = ServerToClient::DESCRIPTOR.events[event as usize];
        self.codec.encode(event, Some(ACK), arguments).expect("the arguments serialise")
    }

    pub(crate) fn decode<V: ReceiveValues>(&mut self, messages: Messages) -> V {
        match self.codec.decode::<ServerToClient>(messages) {
            Ok(Decoded::Event(event)) => event.decode().expect("the arguments fit"),
            other => panic!("{other:?}"),
        }
    }

    /// Finds the event in its schema, and reads it as one of all.
    pub(crate) fn dispatch<L: Listens>(&mut self, messages: Messages) -> L::Event {
        match self.codec.decode::<L>(messages) {
            Ok(Decoded::Event(event)) => {
                let declared = event.decode_as::<L>().expect("the event is declared");
                declared.expect("the arguments fit")
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn decode_answer<V: ReceiveValues>(&mut self, messages: Messages) -> V {
        match self.codec.decode::<ServerToClient>(messages) {
            Ok(Decoded::Answer(answer)) => answer.decode().expect("the values fit"),
            other => panic!("{other:?}"),
        }
    }
}
