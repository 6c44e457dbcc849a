//! Whole-system tests: one binary, one module a subject. `tests/README.md` says what they need.

mod acks;
mod bad_emit;
mod bad_input;
mod bad_server;
mod chat;
mod harness;
mod listeners;
mod payloads;
mod reconnecting;
mod schema;
mod setup;
mod wire;
