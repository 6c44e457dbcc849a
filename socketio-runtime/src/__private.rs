//! What generated code uses. Not public API: it changes without notice, and the macros' crate
//! depends on exactly this version.
//!
//! Must not know: anything of its own; it only re-exports, and says which code there is.

pub use core;
pub use std;

pub use serde_json;

#[cfg(feature = "testing")]
pub use crate::testing::{Expected, Expecting, Expects, Responder};
pub use crate::{
    __when_testing as when_testing,
    client::{Ack, Emission, Emitter, EventStream, Inbox, Incoming, Listener, Once, Registrar},
    driver::HookFuture,
    error::{EmitError, PayloadError},
    payload::{Arguments, EmitArgument, PacketWriter, ReceiveArgument},
    proto::OfflinePolicy,
    schema::{
        AckDecode, AckDescriptor, AckEncode, AnyAuth, ArgumentDescriptor, ArgumentKind, Direction,
        Emits, ErrorFirst, EventDescriptor, HandledBy, HandlerOutput, Listens, Namespace, NoEvents,
        Schema, SchemaDescriptor, SentByClient, SentByServer, Value, Values, no_answer,
    },
};

/// The code of a schema's other side, where there are test servers.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_testing {
    ($($code:tt)*) => { $($code)* };
}

/// Without the feature there is none.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_testing {
    ($($code:tt)*) => {};
}
