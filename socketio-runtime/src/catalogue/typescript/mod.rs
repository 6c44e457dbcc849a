//! TypeScript: the events as socket.io's own typings want them, and their payload types.
//!
//! The text of a declaration is written without regard to lines, whoever writes it, ts-rs or
//! `events`; `layout` then sets all of them alike.

// Must not know: JSON Schema.

mod events;
mod example;
mod file;
mod layout;
mod links;
mod names;
pub(super) mod signature;
mod types;

pub use self::{file::TypeScriptError, types::TypeScriptTypes};
