//! What a test server promises to those who test their applications with it. All in virtual time:
//! no test waits, whatever it waits for.
//!
//! Must not know: a network.

#![expect(clippy::disallowed_methods, reason = "tests look at tokio's clock, as their users do")]

mod chat;
mod connection;
mod emitting;
mod expecting;
mod namespaces;
mod types;
