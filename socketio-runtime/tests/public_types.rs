//! What users may rely on of every public type: it crosses threads, and its errors fit into
//! `Box<dyn Error + Send + Sync>`.
//!
//! Must not know: what the types do.

use std::error::Error;

use socketio_runtime::{
    Ack, AckError, AnyAnswer, AnyEvent, BufferedEvent, Bytes, Cancellation, Cancelling, Clearing,
    Client, ClientBuilder, ClientStats, ConnectError, Connecting, DisconnectReason, Disconnecting,
    EmitError, EmitOptions, EventStream, Lifecycle, LifecycleStream, Listener, ListenerGuard,
    OfflinePolicy, Once, Parser, Proxy, RequestParts, Socket, SocketBuilder, SocketState,
    SocketStats, Transport, Untyped, WeakSocket,
    error::{
        AuthError, BuildError, DecodeError, EngineRefusal, Failure, HookError, InvalidEvent,
        ListenerEnded, PayloadError, ProxyError, Refusal, RefusalCode, RetryDecision, Shutdown,
        TransportError, TryError,
    },
    schema::{
        EventDescriptor, SchemaDescriptor, UntypedEmit, UntypedOn, UntypedOnce, UntypedStream,
    },
};

fn crosses_threads<T: Send + Sync>() {}
fn moves_to_a_thread<T: Send>() {}
fn is_an_error<T: Error + Send + Sync + 'static>() {}
fn is_a_future_to_spawn<T: Future + Send + Unpin + 'static>() {}

macro_rules! each {
    ($check:ident: $($ty:ty),* $(,)?) => { $($check::<$ty>();)* };
}

#[test]
fn handles_options_and_facts_cross_threads() {
    each!(crosses_threads: Client, ClientBuilder, Socket<Untyped>, WeakSocket<Untyped>);
    each!(crosses_threads: EmitOptions, OfflinePolicy, Parser, Proxy, RequestParts, Transport);
    each!(crosses_threads: AnyAnswer, AnyEvent, BufferedEvent, Bytes, Cancellation, ClientStats);
    each!(crosses_threads: Lifecycle, Listener, ListenerGuard, SocketState, SocketStats);
    each!(crosses_threads: EventDescriptor, SchemaDescriptor, Refusal, RefusalCode, RetryDecision);
    each!(crosses_threads: DisconnectReason, AuthError, HookError, Failure<'static>);
    each!(crosses_threads: UntypedEmit<'static>, UntypedOn<'static>);
    each!(crosses_threads: UntypedOnce<'static>, UntypedStream<'static>);
    each!(moves_to_a_thread: SocketBuilder<Untyped>, EventStream<AnyEvent>, LifecycleStream);
}

#[test]
fn futures_can_be_spawned_and_polled_in_a_select() {
    each!(is_a_future_to_spawn: Ack<AnyAnswer>, Ack<u8, String>, Once<AnyEvent>);
    each!(is_a_future_to_spawn: Connecting, Disconnecting, Clearing, Cancelling);
}

#[test]
fn errors_are_errors() {
    each!(is_an_error: AckError, AckError<String>, BuildError, ConnectError, DecodeError, EmitError);
    each!(is_an_error: EngineRefusal, InvalidEvent, ListenerEnded, PayloadError, ProxyError);
    each!(is_an_error: Shutdown, TransportError, TryError);
}
