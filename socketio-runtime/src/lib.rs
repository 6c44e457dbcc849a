//! A strongly typed Socket.IO v4 client.
//!
//! Events are declared once, as traits; the compiler then checks every emit, every listener and
//! every answer.
//!
//! It speaks to every Socket.IO v4 server (protocol revision 5), over WebSocket and HTTP
//! long-polling. What is not here: a server, WebTransport, compression of WebSocket messages, SOCKS
//! proxies.
//!
//! # Quick start
//!
//! ```no_run
//! use socketio_runtime::{Client, client_to_server, namespace, server_to_client};
//!
//! /// What the server tells its clients.
//! #[server_to_client]
//! trait ServerToClient {
//!     /// Someone said something.
//!     #[event("message:received")]
//!     fn message_received(content: String);
//! }
//!
//! /// What a client asks of the server.
//! #[client_to_server]
//! trait ClientToServer {
//!     /// Says something; the server answers with the message's id.
//!     #[event("message:send")]
//!     fn message_send(content: &str) -> u64;
//! }
//!
//! #[namespace("/chat", listens = ServerToClient, emits = ClientToServer)]
//! struct Chat;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("https://chat.example.com").build()?;
//! let chat = client.socket::<Chat>().build()?;
//! chat.on().message_received(|content| println!("{content}"));
//! chat.connect().await?;
//! let id = chat.emit().message_send("hello").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! | to | see |
//! | --- | --- |
//! | declare events | [`server_to_client`], [`client_to_server`], [`namespace`] |
//! | configure and connect | [`Client`], [`ClientBuilder`], [`SocketBuilder`] |
//! | emit, listen, watch the connection | [`Socket`] |
//! | wait for an answer, or take an event back | [`Ack`] |
//! | decide what waits, is dropped or is sent again | [`OfflinePolicy`], [`EmitOptions`], [`SocketBuilder::retries`] |
//! | choose between WebSocket and long-polling | [`ClientBuilder::transports`] |
//! | decide what is tried again | [`ClientBuilder::retry_policy`] |
//! | share one connection in a program | [`Client::shared`] |
//! | use names known at run time only, watch everything | [`Untyped`], [`Socket::on_any`], [`AnyEvent`] |
//! | send and receive binary data | [`Bytes`] |
//! | know what can go wrong | [`error`] |
//! | count what happens | [`Client::stats`], [`Socket::stats`] |
//! | know the times and limits | [`limits`] |
//! | test an application without a network | `testing`, with the feature `testing` |
//! | have TypeScript, AsyncAPI, JSON Schema, pages to read | `catalogue`, with the feature `json-schema` |
//! | change a schema safely | `catalogue::diff` and `hold_schema!`, with the same |
//!
//! # Layout
//!
//! `codec` (bytes ⇄ packets) → `proto` (the state machine, without I/O) → `driver` (the one tokio
//! task of a connection) → `client` (the handles that users hold); imports point one way. Beside
//! them stand `payload` (typed values ⇄ JSON and attachments), [`schema`] (what the macros
//! implement), [`error`] and [`limits`]; above them `catalogue` and `testing`.
//!
//! # Log
//!
//! The log is [`tracing`](https://docs.rs/tracing)'s, so it needs a subscriber to be seen. A span
//! `connection` names the server. Packets, by type, namespace, event, ack id and size, and
//! connections that come and go are `debug`; attempts that fail, events that could not be handed to
//! a listener and listeners that lag are `warn`; listeners that panic are `error`. Nothing secret
//! is logged, nor what the server or your code have put into an error: that is in the error. What
//! could not be handed on also reaches [`Socket::on_invalid`].
//!
//! The WebSocket library logs whole handshakes and messages through the `log` crate, at `trace`. Where
//! that crate is bridged into `tracing`, as `tracing-subscriber` does by default, this client keeps
//! them out. A logger of the `log` crate's own hears them: there, leave `tungstenite` below `trace`.
//!
//! # Features
//!
//! - `tls` (default): `https://` and `wss://` URLs, by rustls with ring and Mozilla's root
//!   certificates.
//! - `msgpack`: the msgpack variant of [`Parser`], for servers that use `socket.io-msgpack-parser`, by
//!   `rmp-serde`.
//! - `json-schema`: the module `catalogue`, what schemas are to those who do not read Rust; payload
//!   types of exported schemas then derive `schemars::JsonSchema`.
//! - `typescript`: `json-schema`, and TypeScript; payload types then derive `ts_rs::TS` as well.
//! - `validation`: `json-schema`, and recorded packets are checked, by `jsonschema`.
//! - `testing`: the module `testing`, a typed server in memory for the tests of an application.

// Must not know: anything of its own; this file is the table of contents.

#[cfg(feature = "json-schema")]
pub mod catalogue;
mod client;
mod codec;
mod driver;
pub mod error;
pub mod limits;
mod payload;
mod proto;
pub mod schema;
#[cfg(feature = "testing")]
pub mod testing;

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "unstable")]
#[doc(hidden)]
pub mod unstable;

pub use self::{
    client::{
        Ack, AnyAnswer, Cancelling, Clearing, Client, ClientBuilder, Connecting, Disconnecting,
        EmitOptions, EventStream, LifecycleStream, Listener, ListenerGuard, Once, Socket,
        SocketBuilder, WeakSocket,
    },
    codec::{Parser, Transport},
    driver::{
        AnyEvent, ClientStats, HookOutput, Lifecycle, Proxy, RequestParts, SocketState, SocketStats,
    },
    error::{AckError, ConnectError, DisconnectReason, EmitError},
    payload::Bytes,
    proto::{BufferedEvent, Cancellation, OfflinePolicy},
    schema::{Namespace, Untyped},
};
pub use socketio_derive::{client_to_server, namespace, server_to_client};
