//! Implementors of a schema's handler trait, which has a method for every event.

use socketio_runtime::Bytes;

use crate::{
    schema::{Album, Item, ToldHandler},
    setup::Pen,
};

/// Notes numbers, and answers with what it was asked.
pub(crate) struct Recorder(pub(crate) Pen<u64>);

/// Panics in one method.
pub(crate) struct Panicking;

macro_rules! handler {
    ($handler:ident, number: |$self:ident, $number:ident| $body:expr) => {
        impl ToldHandler for $handler {
            async fn welcome(&mut self, _: String) {}
            async fn early(&mut self, _: u64) {}
            async fn number(&mut $self, $number: u64) {
                $body
            }
            async fn text(&mut self, _: String) {}
            async fn item(&mut self, _: Item) {}
            async fn blob(&mut self, _: Bytes) {}
            async fn album(&mut self, _: Album, _: Bytes) {}
            async fn maybe(&mut self, _: u64, _: Option<String>) {}
            async fn several(&mut self, _: u64, _: Vec<String>) {}
            async fn odd_name(&mut self, _: String) {}
            async fn question(&mut self, nonce: u64) -> u64 {
                nonce
            }
            async fn questions(&mut self, nonce: u64) -> (u64, String) {
                (nonce, String::new())
            }
            async fn portrait(&mut self) -> Album {
                Album { title: String::new(), pages: Vec::new() }
            }
            async fn halve(&mut self, number: u64) -> Result<u64, String> {
                Ok(number / 2)
            }
            async fn ask_report(&mut self, _: Option<String>, _: Vec<serde_json::Value>) {}
        }
    };
}

handler!(Recorder, number: |self, number| self.0.note(number));
handler!(Panicking, number: |self, number| panic!("on purpose, at {number}"));
