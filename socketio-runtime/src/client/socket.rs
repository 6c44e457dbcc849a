//! The handle of one namespace.
//!
//! Must not know: the connection's task, packets.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll},
};

use tokio::sync::{mpsc, oneshot, watch};

use super::{
    ClientShared, EmitOptions, Emitter, EventStream, LifecycleStream, Listener, Registrar,
};
use crate::{
    driver::{
        AnyEvent, Command, Flush, ListenerStatus, SocketShared, SocketState, SocketStats, Subject,
        Target,
    },
    error::{ConnectError, InvalidEvent, Shutdown},
    limits,
    schema::{self, Emits, HandledBy, Listens, Namespace},
};

/// A typed connection to one namespace: it emits what the namespace's schema lets a client emit,
/// and listens to what the server may send.
///
/// Cheap to clone; clones are handles of the same socket. The socket lives as long as a handle
/// does: when the last one is dropped, what was emitted is sent, the server is told, and the
/// connection closes if no other namespace of the client uses it. A listener that captures a
/// handle of its own socket would keep it alive for ever, so such a listener takes a
/// [`WeakSocket`], or is ended by [`disconnect`](Self::disconnect).
///
/// All methods may be called from inside a listener.
///
/// ```no_run
/// use socketio_runtime::{Client, Socket, client_to_server, namespace, server_to_client};
///
/// #[server_to_client]
/// trait ServerToClient {
///     #[event("message:received")]
///     fn message_received(content: String);
/// }
///
/// #[client_to_server]
/// trait ClientToServer {
///     #[event("message:send")]
///     fn message_send(content: &str);
/// }
///
/// #[namespace("/chat", listens = ServerToClient, emits = ClientToServer)]
/// struct Chat;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder("https://chat.example.com").build()?;
/// let chat: Socket<Chat> = client.socket::<Chat>().build()?;
/// // Registered before the connection is made, so that no event is missed.
/// chat.on().message_received(|content| println!("{content}"));
/// chat.connect().await?;
/// chat.emit().message_send("hello")?;
/// chat.disconnect().await;
/// # Ok(())
/// # }
/// ```
pub struct Socket<N: Namespace> {
    inner: Arc<Inner>,
    namespace: PhantomData<fn() -> N>,
}

/// Dropped with the last handle.
struct Inner {
    shared: Arc<SocketShared>,
    state: watch::Receiver<SocketState>,
    client: Arc<ClientShared>,
}

impl<N: Namespace> Socket<N> {
    pub(super) fn new(
        client: Arc<ClientShared>,
        shared: Arc<SocketShared>,
        state: watch::Receiver<SocketState>,
    ) -> Self {
        Self { inner: Arc::new(Inner { shared, state, client }), namespace: PhantomData }
    }

    /// Enters the namespace, and stays in it: a connection that is lost is made again, as the
    /// client's reconnection options say, until [`disconnect`](Self::disconnect), or a failure that
    /// is not tried again: a refusal or a disconnection by the server, unless the client's
    /// [`retry_policy`](crate::ClientBuilder::retry_policy) says otherwise, and
    /// [a few more](ConnectError::is_retried).
    ///
    /// Connecting starts at once; the future only tells how the first attempt ended, and does
    /// not have to be awaited. On an already connected socket it is ready with `Ok`.
    ///
    /// # Errors
    /// The future's error is that of the first attempt. When it can be mended by trying again,
    /// as a server that is down can, the socket goes on trying: see
    /// [`SocketState::reconnecting`].
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing: the socket goes on connecting, until
    /// [`disconnect`](Self::disconnect) or the drop of its last handle. Called again, it waits for
    /// the attempt that is under way.
    #[expect(clippy::must_use_candidate, reason = "it acts without being awaited")]
    pub fn connect(&self) -> Connecting {
        let (sender, reply) = oneshot::channel();
        if let Err(error) = self.inner.client.ensure_running() {
            // The receiver is at hand, so this arrives.
            let _ = sender.send(Err(error));
            return Connecting(reply);
        }
        let command = Command::Connect { namespace: self.shared().id, reply: sender };
        // A task that has ended drops the sender, which the future reports.
        let _ = self.shared().gate.open(|| self.send(command));
        Connecting(reply)
    }

    /// Leaves the namespace: what was emitted is sent, the server is told, and the connection
    /// closes if no other namespace of the client uses it. All listeners and streams end and
    /// what they captured is freed; emits fail from now on. [`connect`](Self::connect) enters
    /// the namespace anew, with listeners registered anew.
    ///
    /// It starts at once; the future, which does not have to be awaited, is ready when the
    /// server has been told or cannot be. The server is told once it has read what was emitted
    /// before, since it would drop an event that it reads together with the goodbye: that takes a
    /// round trip, and [`limits::BARRIER_TIMEOUT`] at the most.
    ///
    /// An asynchronous listener that is at work on an event comes to its end, and what it captured is
    /// freed then; its answer is sent to nobody. An authentication that is at work is dropped.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing: the socket goes on leaving, in the same order.
    #[expect(clippy::must_use_candidate, reason = "it acts without being awaited")]
    pub fn disconnect(&self) -> Disconnecting {
        let command = Command::Disconnect { namespace: self.shared().id };
        let (sender, reply) = oneshot::channel();
        // Without a task there is nothing to leave, and the dropped sender says so.
        let _ = self.shared().gate.close(|| self.send(command));
        let _ = self.send(Command::Flush(Flush { includes_held: false, reply: sender }));
        if !self.inner.client.is_running() {
            return Disconnecting(None);
        }
        Disconnecting(Some(reply))
    }

    /// The namespace's path.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.shared().path
    }

    /// A handle that does not keep the socket alive, for listeners to capture.
    #[must_use]
    pub fn downgrade(&self) -> WeakSocket<N> {
        WeakSocket { inner: Arc::downgrade(&self.inner), namespace: PhantomData }
    }
}

/// # Emitting
impl<N: Namespace> Socket<N> {
    /// Sends events: one method an event. An emit serialises its arguments and queues the packet
    /// in call order; it needs no `await`. While the socket is connecting or reconnecting,
    /// packets wait, unless an [`OfflinePolicy`](crate::OfflinePolicy) says otherwise.
    #[must_use]
    pub fn emit(&self) -> <N::Emits as Emits>::Emit<'_> {
        <N::Emits as Emits>::emit(self.emitter(EmitOptions::new()))
    }

    /// As [`emit`](Self::emit), with options for the delivery: see [`EmitOptions`].
    #[must_use]
    pub fn emit_with(&self, options: EmitOptions) -> <N::Emits as Emits>::Emit<'_> {
        <N::Emits as Emits>::emit(self.emitter(options))
    }

    /// Sends events that may be lost: one that cannot be sent at once, because the socket is not
    /// connected or the network is busy, is dropped without an error. Only an event with ack tells,
    /// by [`EmitError::VolatileDropped`](crate::EmitError::VolatileDropped).
    #[must_use]
    pub fn volatile(&self) -> <N::Emits as Emits>::Emit<'_> {
        <N::Emits as Emits>::emit(self.emitter(EmitOptions::new().volatile()))
    }

    /// Waits until everything that was emitted before, on any socket of the client, has been
    /// handed to the network. That does not say that it arrived, which only an ack does: see
    /// [`OfflinePolicy`](crate::OfflinePolicy). Of events that are [retried](crate::SocketBuilder::retries) each waits
    /// for the one before it, so this waits until all but the last are answered or given up.
    ///
    /// # Errors
    /// When the runtime that ran the connection has shut down.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn flushed(&self) -> Result<(), Shutdown> {
        let (sender, reply) = oneshot::channel();
        let _ = self.send(Command::Flush(Flush { includes_held: true, reply: sender }));
        reply.await.map_err(|_| Shutdown)
    }
}

/// # Listening
impl<N: Namespace> Socket<N> {
    /// Registers listeners: one method an event. A listener is a closure, `|x| async move {}` or
    /// an async closure; for an event with ack its output is the answer.
    ///
    /// A synchronous listener runs on the connection's task, in order with everything else, and
    /// must not block: it would hold up this connection, and if its thread is the one that waits for
    /// the network, every connection of the tokio runtime, however many threads that has. What has
    /// to block does so in `tokio::task::block_in_place`, or in an asynchronous listener in
    /// `tokio::task::spawn_blocking`.
    ///
    /// An asynchronous listener runs in a task of its own, one event after the other. Only the end of
    /// the runtime drops it half-way: not [`Listener::off`], which lets a call that is under way come
    /// to its end, nor [`disconnect`](Self::disconnect).
    ///
    /// What an async closure captures it can only borrow, so one that needs something of its own
    /// is written as here:
    ///
    /// ```
    /// # use socketio_runtime::{Socket, client_to_server, namespace, server_to_client};
    /// # #[server_to_client]
    /// # trait ServerToClient { fn said(text: String); }
    /// # #[client_to_server]
    /// # trait ClientToServer { fn say(text: &str); }
    /// # #[namespace("/", listens = ServerToClient, emits = ClientToServer)]
    /// # struct Chat;
    /// # fn register(chat: &Socket<Chat>) {
    /// // An async listener that uses something of its own gets it cloned for each event. Its own
    /// // socket it takes as a weak handle, since the socket owns its listeners.
    /// let weak = chat.downgrade();
    /// chat.on().said(move |text| {
    ///     let weak = weak.clone();
    ///     async move {
    ///         if let Some(chat) = weak.upgrade() {
    ///             chat.emit().say(&text).ok();
    ///         }
    ///     }
    /// });
    /// # }
    /// ```
    #[must_use]
    pub fn on(&self) -> <N::Listens as Listens>::On<'_> {
        <N::Listens as Listens>::on(self.registrar())
    }

    /// Waits for the next event: one method an event. The future listens from when it is made, and
    /// may be awaited later; it only watches, so an event with ack is answered elsewhere.
    ///
    /// ```
    /// # use socketio_runtime::{Socket, client_to_server, error::ListenerEnded, namespace, server_to_client};
    /// # #[server_to_client]
    /// # trait ServerToClient { fn pong(); }
    /// # #[client_to_server]
    /// # trait ClientToServer { fn ping(); }
    /// # #[namespace("/", listens = ServerToClient, emits = ClientToServer)]
    /// # struct Main;
    /// # async fn run(socket: Socket<Main>) -> Result<(), Box<dyn std::error::Error>> {
    /// let pong = socket.once().pong();
    /// socket.emit().ping()?;
    /// pong.await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn once(&self) -> <N::Listens as Listens>::Once<'_> {
        <N::Listens as Listens>::once(self.registrar())
    }

    /// Opens streams of one event: one method an event. A stream has what comes from when it is
    /// opened, and only watches; see [`EventStream`].
    #[must_use]
    pub fn stream(&self) -> <N::Listens as Listens>::Stream<'_> {
        <N::Listens as Listens>::stream(self.registrar())
    }

    /// A stream of all declared events, as one enum to match; of an
    /// [`Untyped`](crate::Untyped) socket, of all events that come.
    pub fn events(&self) -> EventStream<<N::Listens as Listens>::Event> {
        <N::Listens as Listens>::events(self.registrar())
    }

    /// Registers an implementor of the schema's handler trait, which has a method for every
    /// event. It runs in a task of its own, one event after the other.
    pub fn handle<H>(&self, handler: H) -> Listener
    where
        N::Listens: HandledBy<H>,
    {
        <N::Listens as HandledBy<H>>::handle(self.registrar(), handler)
    }

    /// Registers a catch-all: it hears every event that comes, also those that the schema does not
    /// declare, before their own listeners do. It only watches: it cannot answer, and what it hears
    /// undeclared is reported to [`on_invalid`](Self::on_invalid) nevertheless.
    ///
    /// It is a closure, `|event| async move {}` or an async closure, and runs as those of
    /// [`on`](Self::on) do.
    ///
    /// ```
    /// # use socketio_runtime::{Namespace, Socket};
    /// # fn register<N: Namespace>(socket: &Socket<N>) {
    /// socket.on_any(|event| println!("{} {}", event.name(), event.json()));
    /// # }
    /// ```
    pub fn on_any<F, R, M>(&self, listener: F) -> Listener
    where
        F: FnMut(AnyEvent) -> R + Send + 'static,
        R: schema::HandlerOutput<(), M> + Send + 'static,
        M: 'static,
    {
        self.registrar().watch(Subject::Any, listener)
    }

    /// Registers a catch-all of what is sent: it hears every event of this side, in the order on
    /// the wire, when the event is handed to the network. One that waits for the connection is
    /// heard when it is sent, and one that is never sent is not heard. What is on its way at a
    /// [`disconnect`](Self::disconnect) is heard then. Answers are no events.
    pub fn on_any_outgoing<F, R, M>(&self, listener: F) -> Listener
    where
        F: FnMut(AnyEvent) -> R + Send + 'static,
        R: schema::HandlerOutput<(), M> + Send + 'static,
        M: 'static,
    {
        self.registrar().watch(Subject::Sent, listener)
    }

    /// What [`on_any`](Self::on_any) hears, as a stream. See [`EventStream`] for what it misses
    /// while it is not read.
    pub fn stream_any(&self) -> EventStream<AnyEvent> {
        self.registrar().watch_stream(Subject::Any)
    }

    /// What [`on_any_outgoing`](Self::on_any_outgoing) hears, as a stream.
    pub fn stream_any_outgoing(&self) -> EventStream<AnyEvent> {
        self.registrar().watch_stream(Subject::Sent)
    }

    /// Registers a hook for what reached this socket and could not be handed to its listeners:
    /// undeclared events, payloads that do not fit, broken packets, events that a listener misses
    /// because it lags; and for emits without ack that were accepted and had to be thrown away
    /// later. It runs on the connection's task and must not block. The log has the same.
    pub fn on_invalid(&self, hook: impl FnMut(&InvalidEvent) + Send + 'static) -> Listener {
        self.registrar().invalid(hook)
    }

    /// Ends all listeners, handlers, streams and hooks of the socket and frees what they
    /// captured, as [`disconnect`](Self::disconnect) does; the socket stays connected. Those that
    /// are registered after this call stay.
    ///
    /// An event that is being handed out while this is called may still be heard.
    pub fn off_all(&self) {
        // Without the connection's task there is no listener left.
        let _ = self.send(Command::UnlistenAll { namespace: self.shared().id });
    }
}

/// # Watching the connection
impl<N: Namespace> Socket<N> {
    /// Where the socket stands: a watch of the latest state.
    ///
    /// ```no_run
    /// # use socketio_runtime::{Namespace, Socket};
    /// # async fn run<N: Namespace>(socket: Socket<N>) -> Result<(), Box<dyn std::error::Error>> {
    /// socket.state().wait_for(|state| state.connected).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Cancel safety
    /// Dropping a future of the watch changes nothing.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<SocketState> {
        self.inner.state.clone()
    }

    /// The changes of that state, from now on.
    ///
    /// ```no_run
    /// # use socketio_runtime::{Lifecycle, Namespace, Socket};
    /// # fn run<N: Namespace>(socket: &Socket<N>) {
    /// // What has to be done anew after each reconnection, such as joining rooms.
    /// let (mut lifecycle, weak) = (socket.lifecycle(), socket.downgrade());
    /// tokio::spawn(async move {
    ///     while let Some(change) = lifecycle.next().await {
    ///         if let (Lifecycle::Connect { .. }, Some(socket)) = (change, weak.upgrade()) {
    ///             // socket.emit()…
    /// #           let _ = socket;
    ///         }
    ///     }
    /// });
    /// # }
    /// ```
    pub fn lifecycle(&self) -> LifecycleStream {
        let (sender, receiver) = mpsc::channel(limits::LIFECYCLE_QUEUE);
        let target = Target::Lifecycle(sender);
        let status = ListenerStatus::new();
        let listener = self.registrar().register(Subject::Lifecycle, false, target, status, None);
        LifecycleStream::new(receiver, listener.guard())
    }

    /// Whether the server has accepted the namespace and the connection is up as far as is
    /// known.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.inner.state.borrow().connected
    }

    /// The socket's id on the server; `None` while disconnected.
    #[must_use]
    pub fn id(&self) -> Option<Arc<str>> {
        self.inner.state.borrow().id.clone()
    }

    /// What has happened on this socket so far. It costs a few loads.
    /// [`Client::stats`](crate::Client::stats) has what concerns the whole connection.
    ///
    /// ```no_run
    /// # fn run<N: socketio_runtime::Namespace>(socket: &socketio_runtime::Socket<N>) {
    /// let stats = socket.stats();
    /// if stats.missed > 0 {
    ///     println!("{} events came faster than they were read", stats.missed);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn stats(&self) -> SocketStats {
        self.shared().stats.snapshot()
    }

    /// Waits until what was emitted before, and does not wait for anything but the network, has been
    /// handed to it.
    #[cfg(feature = "testing")]
    pub(crate) async fn sent(&self) {
        let (sender, reply) = oneshot::channel();
        let _ = self.send(Command::Flush(Flush { includes_held: false, reply: sender }));
        // It fails only where the runtime shuts down.
        let _ = reply.await;
    }

    /// The same socket under another type; what is known of its events stays.
    #[cfg(feature = "testing")]
    pub(crate) fn retyped<M: Namespace>(self) -> Socket<M> {
        Socket { inner: self.inner, namespace: PhantomData }
    }

    pub(crate) fn emitter(&self, options: EmitOptions) -> Emitter<'_> {
        Emitter::new(self.shared(), options)
    }

    pub(crate) fn registrar(&self) -> Registrar<'_> {
        Registrar::new(self.shared())
    }

    pub(super) fn shared(&self) -> &Arc<SocketShared> {
        &self.inner.shared
    }

    pub(super) fn send(&self, command: Command) -> Result<(), Box<Command>> {
        self.shared().connection.mailbox.send(command)
    }
}

impl<N: Namespace> Clone for Socket<N> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), namespace: PhantomData }
    }
}

impl<N: Namespace> fmt::Debug for Socket<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("namespace", &self.namespace())
            .field("is_connected", &self.is_connected())
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let namespace = self.shared.id;
        let _ = self.shared.connection.mailbox.send(Command::Release { namespace });
        self.client.release(&self.shared.path);
    }
}

/// A handle of a [`Socket`] that does not keep it alive.
pub struct WeakSocket<N: Namespace> {
    inner: Weak<Inner>,
    namespace: PhantomData<fn() -> N>,
}

impl<N: Namespace> WeakSocket<N> {
    /// The socket, if another handle still keeps it alive.
    #[must_use]
    pub fn upgrade(&self) -> Option<Socket<N>> {
        let inner = self.inner.upgrade()?;
        Some(Socket { inner, namespace: PhantomData })
    }
}

impl<N: Namespace> Clone for WeakSocket<N> {
    fn clone(&self) -> Self {
        Self { inner: Weak::clone(&self.inner), namespace: PhantomData }
    }
}

impl<N: Namespace> fmt::Debug for WeakSocket<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSocket").finish_non_exhaustive()
    }
}

/// How the first attempt of a [`Socket::connect`] ends. It goes on without being polled.
///
/// # Cancel safety
/// Dropping the future changes nothing: the socket goes on connecting.
#[derive(Debug)]
pub struct Connecting(oneshot::Receiver<Result<(), ConnectError>>);

impl Future for Connecting {
    type Output = Result<(), ConnectError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|reply| reply.unwrap_or(Err(ConnectError::NoRuntime)))
    }
}

/// Ready when a [`Socket::disconnect`] is done. It goes on without being polled.
///
/// # Cancel safety
/// Dropping the future changes nothing: the socket goes on leaving, in the same order.
#[derive(Debug)]
pub struct Disconnecting(Option<oneshot::Receiver<()>>);

impl Future for Disconnecting {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Some(reply) => Pin::new(reply).poll(context).map(drop),
            None => Poll::Ready(()),
        }
    }
}
