//! A door to the codec and to the state machine, for this project's own benchmarks and fuzz
//! targets. Not public API: it is exempt from semantic versioning, and changes without notice.
//!
//! Must not know: what is measured or tried with it.
//!
//! [`Codec`] is what benchmarks measure. For fuzz targets there are the decoders one by one
//! ([`wire`]), all that is read of a Socket.IO packet ([`Reader`], [`Received`]), what is written
//! ([`writer`]), and [`Core`], the state machine with somebody beside it who knows its contract.

mod codec;
mod core;
mod reader;
mod watch;
pub mod wire;
pub mod writer;

pub use self::{
    codec::{Codec, Decoded, Messages},
    core::{Core, CoreOptions, Emit, Origin, Word},
    reader::{Offset, Reader, Received},
};
