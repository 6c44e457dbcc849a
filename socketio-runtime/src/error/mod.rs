//! The public errors, one enum per operation; each variant says what happened and whose fault
//! it is.

// Must not know: tokio, the state machine, the handles. Every layer may name these types, so that
// an error keeps its identity from where it happened to the caller.

mod connect;
mod emit;
mod excerpt;
mod http;
mod logged;
mod receive;
mod retry;
mod transport;

pub use self::{
    connect::{AuthError, BuildError, ConnectError, Refusal, Shutdown},
    emit::{AckError, EmitError, TryError},
    http::{EngineRefusal, HookError, ProxyError, RefusalCode},
    receive::{ArgumentPosition, InvalidEvent, ListenerEnded, PayloadError, PayloadSubject},
    retry::{Failure, RetryDecision},
    transport::{DisconnectReason, TransportError},
};
pub(crate) use self::{excerpt::excerpt, logged::Logged};
pub use crate::codec::{DecodeError, Transport};
