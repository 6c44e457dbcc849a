//! A typed server in memory, for the tests of an application.

// Must not know: macros, real transports.

mod error;
mod expect;
mod mirror;
mod relay;
mod server;

pub use self::{
    error::ExpectError,
    expect::{AnyEventExpect, AnyResponder, Expected, Expecting, NothingToExpect, Responder},
    mirror::{Expects, TestNamespace},
    server::TestServer,
};
