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
//!
//! | to have | call |
//! | --- | --- |
//! | `schema.json`, and what was read from it | [`Catalogue::to_json`], [`Catalogue::from_json`] |
//! | a JSON Schema for each event | [`Catalogue::json_schemas`] |
//! | an AsyncAPI 3.0 document | [`Catalogue::asyncapi`] |
//! | types for socket.io and socket.io-client | `Catalogue::typescript`, by the feature `typescript` |
//! | pages to read | [`Catalogue::html`], [`Catalogue::markdown`] |
//! | what a change means to those who have not made it | [`diff`](mod@diff) |
//! | a committed `schema.json` that is never out of date | [`hold_schema!`](crate::hold_schema) |
//! | recorded packets checked | `Validator`, by the feature `validation` |

// Must not know: connections, packets.

mod asyncapi;
mod builder;
mod bytes;
mod check;
mod definitions;
pub mod diff;
mod html;
mod json_schema;
mod markdown;
pub mod model;
mod outline;
mod schema_json;
#[cfg(feature = "typescript")]
mod typescript;
#[cfg(feature = "validation")]
mod validation;
mod values;

#[doc(hidden)]
pub use self::check::hold;
#[cfg(feature = "typescript")]
pub use self::typescript::{TypeScriptError, TypeScriptTypes};
#[cfg(feature = "validation")]
pub use self::validation::{InvalidCatalogue, Misfit, Session, ValidationError, Validator};
pub use self::{
    asyncapi::Perspective,
    builder::CatalogueBuilder,
    check::{CheckError, check},
    diff::diff,
    json_schema::{EventId, EventSchemas},
    model::Catalogue,
    schema_json::CatalogueError,
};
pub use schemars;
#[cfg(feature = "typescript")]
pub use ts_rs;
