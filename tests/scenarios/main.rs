//! Whole-system tests: one binary, one module a subject. `tests/README.md` says what they need.

mod acks;
mod auth;
mod bad_emit;
mod bad_input;
mod bad_server;
mod catch_all;
mod chat;
mod connecting;
mod handlers;
mod harness;
mod leaving;
mod listeners;
mod msgpack;
mod payloads;
mod peers;
mod policy;
mod reconnecting;
mod recovery;
mod resilience;
mod schema;
mod setup;
mod shared;
mod tls;
mod untyped;
mod wire;
