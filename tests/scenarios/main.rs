//! Whole-system tests: one binary, one module a subject. `tests/README.md` says what they need.

mod acks;
mod auth;
mod bad_emit;
mod bad_input;
mod bad_server;
mod chat;
mod handlers;
mod harness;
mod leaving;
mod listeners;
mod msgpack;
mod payloads;
mod reconnecting;
mod recovery;
mod resilience;
mod schema;
mod setup;
mod tls;
mod wire;
