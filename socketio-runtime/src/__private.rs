//! What generated code uses. Not public API: it changes without notice, and the macros' crate
//! depends on exactly this version.
//!
//! Must not know: anything of its own; it only re-exports.

pub use core;
pub use std;

pub use serde_json;

#[cfg(feature = "json-schema")]
pub use crate::schema::{AnyValue, EventTypes, Export, ExportNamespace, ExportedType};
#[cfg(feature = "testing")]
pub use crate::testing::{Expected, Expecting, Expects, Responder};

pub use crate::{
    __export_namespace as export_namespace, __export_schema as export_schema,
    __when_testing as when_testing,
    client::{
        Ack, Emission, Emitter, EventStream, Handling, Incoming, Listener, Once, Registrar, Socket,
    },
    driver::HookFuture,
    error::{AckError, EmitError, PayloadError},
    limits,
    payload::{
        Arguments, EmitArgument as Emit, PacketWriter, ReadAll, ReceiveArgument as Receive,
        read::{ReadNone, read0, read1, read2, read3, read4, read5, read6, read7},
    },
    proto::OfflinePolicy,
    schema::{
        AckDecode, AckDescriptor, AckEncode, AnyAuth, ArgumentDescriptor as Argument, Direction,
        Dispatch, Emits, EmittedIn, ErrorFirst, EventDescriptor as Event, EventTable, ExampleValue,
        HandlerOutput, ListenedIn, Listens, Namespace, NamespaceDescriptor, NoEvents, Reception,
        Schema, SchemaDescriptor, SentByClient, SentByServer, Value, Values, check_example,
    },
};

/// The same for the side of a test server.
#[cfg(feature = "testing")]
pub mod for_tests {
    pub use super::*;
    pub use crate::testing::{
        AckDecode, AckEncode, Emission, EmitArgument as Emit, ReceiveArgument as Receive,
    };
}
