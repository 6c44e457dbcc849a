//! Recorded packets, held against a catalogue.

// Must not know: how packets were recorded.

mod depth;
mod error;
mod session;
mod validator;

pub use self::{
    error::{InvalidCatalogue, Misfit, ValidationError},
    session::Session,
    validator::Validator,
};
