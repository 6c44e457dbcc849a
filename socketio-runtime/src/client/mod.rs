//! What users hold: cheap handles that send commands to the connection's task.
//!
//! Must not know: packets' syntax, transports, the clock.

mod ack;
mod emitter;
mod listener;

pub use self::{
    ack::Ack,
    emitter::{Emission, Emitter},
    listener::{EventStream, Inbox, Incoming, Listener, Once, Registrar},
};
