//! Whole-system tests: one binary, one module a subject. `tests/README.md` says what they need.

mod chat;
mod harness;
mod setup;
mod wire;
