//! What users hold: cheap handles that send commands to the connection's task.
//!
//! Must not know: packets' syntax, transports, the clock.

mod ack;
mod any_answer;
mod builder;
mod cancel;
mod emit_options;
mod emitter;
mod handle;
mod inbox;
mod lifecycle;
mod listener;
mod registrar;
mod shared;
mod socket;
mod socket_buffer;
mod socket_builder;
mod stream;
mod transport_options;
mod untyped;

use self::handle::ClientShared;
#[cfg(feature = "testing")]
pub(crate) use self::inbox::{Inbox, Question};
pub use self::{
    ack::Ack,
    any_answer::AnyAnswer,
    builder::ClientBuilder,
    cancel::Cancelling,
    emit_options::EmitOptions,
    emitter::{Emission, Emitter},
    handle::Client,
    inbox::{Handling, Incoming},
    lifecycle::LifecycleStream,
    listener::{Listener, ListenerGuard},
    registrar::Registrar,
    socket::{Connecting, Disconnecting, Socket, WeakSocket},
    socket_buffer::Clearing,
    socket_builder::SocketBuilder,
    stream::{EventStream, Once},
    untyped::{UntypedEmit, UntypedOn, UntypedOnce, UntypedStream},
};
