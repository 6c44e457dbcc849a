//! What a schema is to those who do not read Rust: TypeScript, AsyncAPI, JSON Schema, pages to
//! read, and a file to hold against the last one.
//!
//! A schema stands in a catalogue if it asks for it, by `#[server_to_client(export)]`,
//! `#[client_to_server(export)]` and `#[namespace(…, export)]`. Its payload types then derive
//! `schemars::JsonSchema`, and `ts_rs::TS` where the feature `typescript` is on.
//!
//! ```
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! use socketio_runtime::{catalogue::Catalogue, client_to_server, namespace, server_to_client};
//!
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! # #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
//! pub struct User {
//!     /// The name that others see.
//!     pub username: String,
//! }
//!
//! #[server_to_client(export)]
//! pub trait ServerToClient {
//!     /// Someone joined.
//!     #[event("user:joined")]
//!     fn user_joined(user: User);
//! }
//!
//! #[client_to_server(export)]
//! pub trait ClientToServer {
//!     fn say(text: &str) -> u32;
//! }
//!
//! #[namespace("/chat", listens = ServerToClient, emits = ClientToServer, export)]
//! pub struct Chat;
//!
//! let catalogue = Catalogue::builder("Chat", "1.0.0").namespace::<Chat>().build();
//! let events = catalogue.namespaces[0].listens.as_ref().expect("the server sends events");
//! assert_eq!(events.events[0].name, "user:joined");
//! assert!(catalogue.definitions.contains_key("User"));
//! ```
//!
//! Everything is made from the [`Catalogue`], by pure functions; serialised it is `schema.json`.

// Must not know: connections, packets, files.

mod builder;
mod bytes;
mod definitions;
pub mod model;
#[cfg(feature = "typescript")]
mod typescript;

#[cfg(feature = "typescript")]
pub use self::typescript::TypeScriptTypes;
pub use self::{builder::CatalogueBuilder, model::Catalogue};
pub use schemars;
#[cfg(feature = "typescript")]
pub use ts_rs;
