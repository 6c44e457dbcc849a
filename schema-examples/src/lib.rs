//! A chat service, as the examples and tests of this project share it: its payload types and a
//! server for it that runs inside any program.

mod catalogue;
pub mod payload;
pub mod relay;
pub mod schema;
pub mod server;
#[doc(hidden)]
pub mod shapes;

pub use catalogue::catalogue;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
