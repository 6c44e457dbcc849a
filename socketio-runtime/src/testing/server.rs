//! The handle of a test server.
//!
//! Must not know: packets, how they travel.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use tokio::{
    select,
    sync::{mpsc, oneshot},
};

use super::{
    ExpectError, Expecting, Expects, TestNamespace,
    expect::Emitted,
    mirror::Mirror,
    relay::{Action, Command, Desk, Relay},
};
use crate::{
    client::{Client, ClientBuilder, EmitOptions, EventStream, Listener, Socket},
    driver::{AnyEvent, MemoryListener, SocketState, sleep},
    error::RetryDecision,
    limits,
    proto::OfflinePolicy,
    schema::{Emits, HandledBy, HandlerOutput, Listens, Namespace, Untyped},
};

/// The server of a namespace, in memory, as a test plays it. See the [module](super).
///
/// It has what a [`Socket`] has to emit and to listen, in the other direction: what the schema lets
/// the server send, and what it lets a client emit. Listeners stay over the client's reconnections.
///
/// Cheap to clone; clones are handles of the same server, which ends with the last one.
pub struct TestServer<N: Namespace> {
    inner: Arc<Inner>,
    namespace: PhantomData<fn() -> N>,
}

struct Inner {
    /// A `Socket<Mirror<N>>`. Not typed as one, so that the handle of a namespace without test
    /// server is a type, and the one mistake in its use is one error.
    socket: Socket<Untyped>,
    emitted: Arc<Emitted>,
    server: Arc<Server>,
}

/// What all namespaces of a server have in common.
struct Server {
    url: String,
    /// The test's own side.
    mirror: Client,
    desk: Arc<Desk>,
    commands: mpsc::Sender<Command>,
}

impl<N: Namespace> TestServer<N> {
    /// Starts a server. It serves one client at a time: one that dials while another is connected
    /// takes its place. For several clients at once there are several servers.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start() -> Self
    where
        N: TestNamespace,
    {
        let (clients, mirrors) = (MemoryListener::bind(), MemoryListener::bind());
        let (sender, commands) = mpsc::channel(limits::TEST_COMMANDS);
        let desk = Arc::new(Desk::default());
        let server = Server {
            url: url(&clients),
            mirror: mirror(&mirrors),
            desk: Arc::clone(&desk),
            commands: sender,
        };
        tokio::spawn(Relay { desk, clients, mirrors, commands, sessions: 0 }.run());
        Self::serve(Arc::new(server))
    }

    /// Another namespace of the same server, for clients that enter several on one connection.
    ///
    /// # Panics
    /// When this server has a namespace of that path already.
    #[must_use]
    pub fn namespace<M: TestNamespace>(&self) -> TestServer<M> {
        TestServer::serve(Arc::clone(&self.inner.server))
    }

    /// The options of a client of this server, for the application to add its own and to
    /// [`build`](ClientBuilder::build). Over a WebSocket, and with
    /// [`Parser::Json`](crate::Parser::Json).
    pub fn client(&self) -> ClientBuilder {
        Client::builder(self.url())
    }

    /// The URL, for applications that take one. It is dialled by this process alone, without a
    /// network, a proxy or TLS, whatever the options say.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.inner.server.url
    }

    fn serve(server: Arc<Server>) -> Self
    where
        N: TestNamespace,
    {
        let builder = server.mirror.socket::<Mirror<N>>().offline(OfflinePolicy::Reject);
        let socket = builder.build().unwrap_or_else(|error| {
            panic!("a test server has each of its namespaces once: {error}")
        });
        let socket = socket.retyped::<Untyped>();
        let (inbox, listener) = socket.registrar().inbox();
        let emitted = Arc::new(Emitted::new(inbox, listener));
        server.desk.open(socket.namespace(), socket.state());
        // It ends when a client connects, whom `connected` waits for.
        drop(socket.connect());
        let inner = Arc::new(Inner { socket, emitted, server });
        Self { inner, namespace: PhantomData }
    }
}

/// # What the client does
impl<N: TestNamespace> TestServer<N> {
    /// Takes the next event that the client emitted: one method an event. It has to be that one;
    /// if not, the error says what came. Events that came before the call are kept, in order, and
    /// over reconnections; [`limits::EXPECT_QUEUE`] of them.
    ///
    /// Not among them are events with ack that a listener of [`on`](Self::on) or a
    /// [`handler`](Self::handle) answers: that is how a test deals with what it does not look at.
    #[must_use]
    pub fn expect(&self) -> <N::Emits as Expects>::Expect<'_> {
        <N::Emits as Expects>::expect(Expecting::new(&self.inner.emitted))
    }

    /// Waits for so long, and makes sure that the client emits nothing, nor has emitted anything
    /// that was not [expected](Self::expect).
    ///
    /// # Errors
    /// As soon as there is an event. It is taken.
    ///
    /// # Cancel safety
    /// Dropping the future takes no event.
    pub async fn nothing_for(&self, time: Duration) -> Result<(), ExpectError> {
        let Some(incoming) = self.inner.emitted.next(time).await else { return Ok(()) };
        let (event, _) = incoming?.into_question();
        let (emitted, arguments) = (event.name().to_owned(), event.json());
        Err(ExpectError::AnEvent { emitted, arguments })
    }

    /// Waits until the client is in the namespace.
    ///
    /// # Errors
    /// When it is not within [`limits::EXPECT_TIMEOUT`].
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn connected(&self) -> Result<(), ExpectError> {
        self.until(|state| state.connected, "to enter the namespace", "stayed outside").await
    }

    /// Waits until the client is not, or no more, in the namespace.
    ///
    /// # Errors
    /// When it still is after [`limits::EXPECT_TIMEOUT`].
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn disconnected(&self) -> Result<(), ExpectError> {
        self.until(|state| !state.connected, "to leave the namespace", "stayed in it").await
    }

    /// What the client sent along when it last entered the namespace, or tried to.
    ///
    /// # Errors
    /// When it sent nothing, or something that does not fit `T`.
    pub fn auth<T: DeserializeOwned>(&self) -> Result<T, ExpectError> {
        let failed = |reason: String| ExpectError::Auth { reason };
        let Inner { server, socket, .. } = &*self.inner;
        let payload = server.desk.auth(socket.namespace());
        let payload = payload.ok_or_else(|| failed("there is none".to_owned()))?;
        serde_json::from_str(&payload).map_err(|error| failed(error.to_string()))
    }

    async fn until(
        &self,
        is_so: impl FnMut(&SocketState) -> bool,
        expected: &'static str,
        instead: &'static str,
    ) -> Result<(), ExpectError> {
        let (mut state, after) = (self.inner.socket.state(), limits::EXPECT_TIMEOUT);
        select! {
            biased;
            found = state.wait_for(is_so) => found.map(drop).map_err(|_| ExpectError::Ended),
            () = sleep(after) => Err(ExpectError::Connection { expected, instead, after }),
        }
    }
}

/// # What the server does
impl<N: TestNamespace> TestServer<N> {
    /// Sends events to the client: one method an event, as [`Socket::emit`] has them. While no
    /// client is connected it fails with [`EmitError::Offline`](crate::EmitError::Offline), since
    /// a server would send to nobody.
    #[must_use]
    pub fn emit(&self) -> <N::Listens as Emits>::Emit<'_> {
        <N::Listens as Emits>::emit(self.inner.socket.emitter(EmitOptions::new()))
    }

    /// As [`emit`](Self::emit), with options for the delivery.
    #[must_use]
    pub fn emit_with(&self, options: EmitOptions) -> <N::Listens as Emits>::Emit<'_> {
        <N::Listens as Emits>::emit(self.inner.socket.emitter(options))
    }

    /// Registers listeners of what the client emits: one method an event, as [`Socket::on`] has
    /// them.
    #[must_use]
    pub fn on(&self) -> <N::Emits as Listens>::On<'_> {
        <N::Emits as Listens>::on(self.inner.socket.registrar())
    }

    /// Waits for the next event of one kind, and only watches, as [`Socket::once`] does.
    #[must_use]
    pub fn once(&self) -> <N::Emits as Listens>::Once<'_> {
        <N::Emits as Listens>::once(self.inner.socket.registrar())
    }

    /// Opens streams of what the client emits, as [`Socket::stream`] does.
    #[must_use]
    pub fn stream(&self) -> <N::Emits as Listens>::Stream<'_> {
        <N::Emits as Listens>::stream(self.inner.socket.registrar())
    }

    /// All that the client emits as one enum, as [`Socket::events`] has it.
    pub fn events(&self) -> EventStream<<N::Emits as Listens>::Event> {
        <N::Emits as Listens>::events(self.inner.socket.registrar())
    }

    /// Registers an implementor of the handler trait for the client's events, as
    /// [`Socket::handle`] does.
    pub fn handle<H>(&self, handler: H) -> Listener
    where
        N::Emits: HandledBy<H>,
    {
        <N::Emits as HandledBy<H>>::handle(self.inner.socket.registrar(), handler)
    }

    /// Registers a catch-all, as [`Socket::on_any`] does.
    pub fn on_any<F, R, M>(&self, listener: F) -> Listener
    where
        F: FnMut(AnyEvent) -> R + Send + 'static,
        R: HandlerOutput<(), M> + Send + 'static,
        M: 'static,
    {
        self.inner.socket.on_any(listener)
    }

    /// Sends the client away from the namespace, and leaves the connection as it is, as
    /// `socket.disconnect()` does in JavaScript. What was emitted before arrives before.
    ///
    /// # Cancel safety
    /// Where the future is dropped before it is ready, this may happen or not.
    pub async fn disconnect(&self) {
        self.command(Action::Disconnect(self.inner.socket.namespace().to_owned())).await;
    }

    /// Refuses everybody who wants to enter the namespace from now on, with this message and
    /// data, until [`accept`](Self::accept). `null` is sent as no data at all. Who is in it stays.
    ///
    /// # Panics
    /// When the data cannot be serialised.
    pub fn refuse(&self, message: &str, data: &N::Refusal)
    where
        N::Refusal: Serialize,
    {
        let data = serde_json::to_value(data).expect("the data of the refusal is serialisable");
        let refusal = match data {
            serde_json::Value::Null => json!({ "message": message }),
            data => json!({ "message": message, "data": data }),
        };
        self.set_refusal(Some(refusal.to_string()));
    }

    /// Lets everybody in again.
    pub fn accept(&self) {
        self.set_refusal(None);
    }

    fn set_refusal(&self, refusal: Option<String>) {
        let Inner { server, socket, .. } = &*self.inner;
        server.desk.set_refusal(socket.namespace(), refusal);
    }
}

/// # What befalls the connection
///
/// All namespaces of the server share one connection.
impl<N: TestNamespace> TestServer<N> {
    /// Cuts the connection without a word. What was emitted before arrives before. The client may
    /// connect again at once.
    ///
    /// # Cancel safety
    /// Where the future is dropped before it is ready, this may happen or not.
    pub async fn drop_connection(&self) {
        self.command(Action::Cut).await;
    }

    /// Cuts the connection, and refuses every other one until [`come_up`](Self::come_up), as if
    /// the server's process had ended.
    ///
    /// # Cancel safety
    /// Where the future is dropped before it is ready, this may happen or not.
    pub async fn go_down(&self) {
        self.command(Action::GoDown).await;
    }

    /// Takes connections again.
    ///
    /// # Cancel safety
    /// Where the future is dropped before it is ready, this may happen or not.
    pub async fn come_up(&self) {
        self.command(Action::ComeUp).await;
    }

    /// Lets nothing through any more in either direction, heartbeats included, and leaves the
    /// connection open, as if the network had lost it: the client has to find out. A new connection
    /// of the client is a good one again.
    ///
    /// # Cancel safety
    /// Where the future is dropped before it is ready, this may happen or not.
    pub async fn go_silent(&self) {
        self.command(Action::Silence).await;
    }

    /// Does something after what was emitted before, and waits until it is done.
    async fn command(&self, action: Action) {
        let Inner { server, socket, .. } = &*self.inner;
        socket.sent().await;
        let (done, is_done) = oneshot::channel();
        // These fail only where the runtime shuts down.
        let _ = server.commands.send(Command { action, done }).await;
        let _ = is_done.await;
    }
}

impl<N: Namespace> Clone for TestServer<N> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), namespace: PhantomData }
    }
}

impl<N: Namespace> fmt::Debug for TestServer<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestServer")
            .field("namespace", &self.inner.socket.namespace())
            .field("is_connected", &self.inner.socket.is_connected())
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.server.desk.close(self.socket.namespace());
    }
}

fn url(listener: &MemoryListener) -> String {
    format!("http://{}", listener.host())
}

/// The test's own client. It is connected when the client under test is, and comes back whenever
/// that one does, so it tries again at once and for ever.
fn mirror(listener: &MemoryListener) -> Client {
    let builder = Client::builder(url(listener))
        .reconnection_delay(Duration::ZERO)
        .open_timeout(Duration::MAX)
        .connect_timeout(Duration::MAX)
        .listener_queue(limits::EXPECT_QUEUE)
        .retry_policy(|_| RetryDecision::Retry);
    builder.build().expect("the name of a host in memory makes a good URL")
}
