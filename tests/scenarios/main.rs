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
mod log;
mod payloads;
mod policy;
mod reconnecting;
mod resilience;
mod schema;
mod setup;
mod shared;
mod stats;
mod tls;
mod wire;
