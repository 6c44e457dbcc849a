//! What the handles ask of the connection's task.
//!
//! Must not know: how it is done.

use std::{sync::Arc, time::Duration};

use tokio::sync::oneshot;

use super::{
    listeners::{ListenerEntry, ListenerId, ListenerTask, Subject},
    shared::SocketShared,
    state::StateSender,
};
use crate::{
    codec::{AnswerPacket, EventName, Packet},
    error::{ConnectError, InvalidEvent},
    proto::{AckFailure, AckId, AckToken, BufferedEvent, Cancellation, EmitPolicy, NamespaceId},
    schema::{AuthProvider, EventDescriptor},
};

/// The outcome of an emit with ack.
pub(crate) type AckOutcome = Result<AnswerPacket, AckFailure>;

pub(crate) enum Command {
    /// A socket was made. Nothing is sent yet.
    Open(OpenSocket),
    /// Enter the namespace, and stay in it over reconnections.
    Connect {
        namespace: NamespaceId,
        reply: oneshot::Sender<Result<(), ConnectError>>,
    },
    Emit(Emit),
    /// Something else is wished for an emit with ack.
    Ack {
        namespace: NamespaceId,
        ack: AckId,
        change: AckChange,
    },
    /// What waits to be sent?
    Buffered {
        namespace: NamespaceId,
        reply: oneshot::Sender<Vec<BufferedEvent>>,
    },
    /// Throw it away, and say how many events it was.
    ClearBuffered {
        namespace: NamespaceId,
        reply: oneshot::Sender<usize>,
    },
    Answer {
        namespace: NamespaceId,
        token: AckToken,
        packet: Packet,
    },
    Listen {
        namespace: NamespaceId,
        entry: ListenerEntry,
        task: Option<ListenerTask>,
    },
    Unlisten {
        namespace: NamespaceId,
        id: ListenerId,
        subject: Subject,
    },
    /// End all listeners of the socket.
    UnlistenAll {
        namespace: NamespaceId,
    },
    /// An event that a stream or an async listener could not decode.
    Report {
        namespace: NamespaceId,
        invalid: InvalidEvent,
    },
    /// Leave the namespace and free its listeners.
    Disconnect {
        namespace: NamespaceId,
    },
    /// The last handle is gone: leave the namespace and forget it.
    Release {
        namespace: NamespaceId,
    },
    /// Say when nothing waits to be sent.
    Flush(Flush),
    /// The last handle of the client and of its sockets is gone.
    Shutdown,
}

/// A question that is answered when nothing waits to be sent.
pub(crate) struct Flush {
    /// Whether packets that wait for a connection count.
    pub(crate) includes_held: bool,
    pub(crate) reply: oneshot::Sender<()>,
}

/// A socket as its handles made it.
pub(crate) struct OpenSocket {
    pub(crate) shared: Arc<SocketShared>,
    pub(crate) names: EventNames,
    pub(crate) auth: Option<AuthProvider>,
    pub(crate) state: StateSender,
}

/// What the socket's schemas say of an event's name.
#[derive(Clone, Copy)]
pub(crate) struct EventNames {
    /// The event that may come under it.
    pub(crate) listened: fn(&str) -> Option<&'static EventDescriptor>,
    /// The event that may be sent under it.
    pub(crate) emitted: fn(&str) -> Option<&'static EventDescriptor>,
    /// Whether events that no schema declares may come.
    pub(crate) are_open: bool,
}

/// One event to send.
pub(crate) struct Emit {
    pub(crate) namespace: NamespaceId,
    pub(crate) event: EventName,
    pub(crate) packet: Packet,
    pub(crate) ack: Option<EmitAck>,
    pub(crate) policy: EmitPolicy,
}

pub(crate) struct EmitAck {
    pub(crate) id: AckId,
    pub(crate) timeout: Duration,
    pub(crate) reply: oneshot::Sender<AckOutcome>,
}

/// What is wished for an emit with ack after it was made.
pub(crate) enum AckChange {
    /// Another timeout, counted from the emit, or from each try.
    Timeout(Duration),
    /// Its answer is not waited for any more.
    Forget,
    /// As that, and it is withdrawn if it is still here.
    Cancel(Option<oneshot::Sender<Cancellation>>),
}
