//! A strongly typed Socket.IO v4 client.

mod client;
mod codec;
mod driver;
pub mod error;
mod payload;
mod proto;
pub mod schema;

#[doc(hidden)]
pub mod __private;

pub use self::{
    client::{Ack, EventStream, Listener, Once},
    payload::Bytes,
};
pub use socketio_derive::{client_to_server, namespace, server_to_client};
