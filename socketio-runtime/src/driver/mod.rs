//! The one tokio task of a connection: it carries bytes and time between the world and the state
//! machine, and what comes out to the handles.
//!
//! Must not know: payload types, packets' syntax, when to reconnect.
//!
//! One round takes the commands, reads what has arrived, lets the time pass, delivers what came
//! out to the listeners, and writes everything that is ready in one flush. Rounds go on while
//! they make progress. Nothing in a round waits: not for a listener's queue, not for the network.

mod any_event;
mod auth;
mod bell;
mod clock;
mod command;
mod config;
mod link;
mod listener_list;
mod listeners;
mod mailbox;
mod shared;
mod sockets;
mod state;
mod stats;
mod task;
mod transport;

pub use self::{
    any_event::AnyEvent,
    state::{Lifecycle, SocketState},
    stats::{ClientStats, SocketStats},
    transport::{HookFuture, HookOutput, Proxy, RequestParts},
};
#[cfg(feature = "testing")]
pub(crate) use self::{clock::sleep, transport::MemoryListener};
pub(crate) use self::{
    command::{AckChange, AckOutcome, Command, Emit, EmitAck, EventNames, Flush, OpenSocket},
    config::{ClientConfig, ListenerQueue},
    listeners::{
        InlineListener, ListenerEntry, ListenerId, ListenerStatus, ListenerTask, QueuedEvent,
        Subject, Target, isolate,
    },
    shared::{Connection, SocketDefaults, SocketShared},
    task::Driver,
    transport::{
        Endpoint, HttpConfig, ProxyRoute, Query, RequestHook, TlsConfig, TransportConfig,
        check_timestamp_param, parse_header,
    },
};
