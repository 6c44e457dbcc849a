//! Makes the handle of one namespace.
//!
//! Must not know: the connection's task, packets.

use std::{any::TypeId, borrow::Cow, fmt, marker::PhantomData, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{ClientShared, Socket, emit_options::saturating_retries};
use crate::{
    driver::{Command, EventNames, OpenSocket, SocketDefaults, SocketState},
    error::ConnectError,
    proto::{EmitPolicy, OfflinePolicy},
    schema::{AnyAuth, AuthProvider, AuthSource, Listens, Namespace, Schema},
};

/// Makes a [`Socket`]; see [`Client::socket`](crate::Client::socket).
#[must_use = "nothing happens before `connect` or `build`"]
pub struct SocketBuilder<N: Namespace> {
    client: Arc<ClientShared>,
    path: Cow<'static, str>,
    auth: Option<AuthProvider>,
    defaults: SocketDefaults,
    namespace: PhantomData<fn() -> N>,
}

impl<N: Namespace> SocketBuilder<N> {
    pub(super) fn new(client: Arc<ClientShared>) -> Self {
        let defaults = SocketDefaults {
            ack_timeout: client.ack_timeout(),
            policy: EmitPolicy::default(),
            buffer_limit: usize::MAX,
        };
        Self { client, path: N::PATH.into(), auth: None, defaults, namespace: PhantomData }
    }

    /// The namespace's path, where it is known at run time only, as with a server's dynamic
    /// namespaces. Default: the path that `N` declares, [`Namespace::PATH`].
    ///
    /// ```no_run
    /// # use socketio_runtime::{Client, ConnectError, Namespace, Socket};
    /// # async fn run<Project: Namespace>(client: Client, id: u32) -> Result<(), ConnectError> {
    /// let project: Socket<Project> =
    ///     client.socket::<Project>().namespace(format!("/project-{id}")).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn namespace(mut self, path: impl Into<String>) -> Self {
        self.path = Cow::Owned(path.into());
        self
    }

    /// What the CONNECT packet carries, such as a token: a value, a closure, or an async closure,
    /// where a closure may also return `Result<_, `[`AuthError`](crate::error::AuthError)`>`.
    /// It is never part of a URL or a header. A namespace that declares `auth` needs it; without
    /// it the CONNECT packet of another one has no payload. A closure is asked at every connect and
    /// reconnect, within [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
    /// Its future is dropped half-way when nobody waits for it any more: see [`AuthOutput`].
    ///
    /// [`AuthOutput`]: crate::schema::AuthOutput
    ///
    /// ```no_run
    /// # use socketio_runtime::{Client, ConnectError, Namespace, Socket};
    /// #[derive(serde::Serialize)]
    /// struct Credentials {
    ///     token: String,
    /// }
    /// # async fn fresh_token() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// # async fn run<N: Namespace<Auth = Credentials>>(client: Client) -> Result<(), ConnectError> {
    /// let socket: Socket<N> = client
    ///     .socket::<N>()
    ///     .auth(async || Ok(Credentials { token: fresh_token().await? }))
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn auth<M>(mut self, source: impl AuthSource<N::Auth, M>) -> Self {
        self.auth = Some(source.into_provider());
        self
    }

    /// How long an emit of this socket waits for its answer, where neither the event nor the call
    /// says. Default: the client's, [`ClientBuilder::ack_timeout`](crate::ClientBuilder::ack_timeout).
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.defaults.ack_timeout = timeout;
        self
    }

    /// What becomes of events that are emitted while the socket is offline, where neither the
    /// event nor the call says. Default: [`OfflinePolicy::Buffer`].
    pub fn offline(mut self, policy: OfflinePolicy) -> Self {
        self.defaults.policy.offline = policy;
        self
    }

    /// How long an event may wait for the connection, where neither the event nor the call says;
    /// see [`EmitOptions::time_to_live`](crate::EmitOptions::time_to_live). [`Duration::MAX`] is
    /// for ever. Default: for ever,
    /// [`DEFAULT_TIME_TO_LIVE`](crate::limits::DEFAULT_TIME_TO_LIVE).
    pub fn time_to_live(mut self, time: Duration) -> Self {
        self.defaults.policy.time_to_live = time.into();
        self
    }

    /// How many bytes of packets this socket may hold back, what is retried included. One packet
    /// alone is accepted whatever its size. Default: no limit but the client's,
    /// [`ClientBuilder::send_buffer_limit`](crate::ClientBuilder::send_buffer_limit), which all of
    /// its sockets share.
    ///
    /// Past it an event is dropped with [`EmitError::BufferFull`](crate::EmitError::BufferFull),
    /// which its ack tells, or else [`Socket::on_invalid`]; only the client's own limit is seen by
    /// the emit method itself.
    pub fn buffer_limit(mut self, bytes: usize) -> Self {
        self.defaults.buffer_limit = bytes;
        self
    }

    /// How often an event with ack is sent again where no answer comes, where neither the event
    /// nor the call says, at most 65,535 times. Default: 0, never.
    ///
    /// With it, such an event arrives at least once, as long as the socket is not disconnected and
    /// something of `retries + 1` tries comes through: one try lasts until the answer, the
    /// [ack timeout](Self::ack_timeout) or the end of the connection. It may arrive more than
    /// once, since an answer can be lost on its way: give the event an
    /// [`idempotency_key`](macro@crate::client_to_server), or make it harmless to repeat.
    ///
    /// The events that are retried go one after the other, in call order, each only when the one
    /// before it was answered or given up: one round trip an event. Nothing is sent while offline;
    /// the first of them is sent again when the connection is back. Events without ack, which the
    /// server cannot confirm, and volatile ones go past them, as usual.
    pub fn retries(mut self, retries: u32) -> Self {
        self.defaults.policy.retries = saturating_retries(retries);
        self
    }

    /// Makes the socket without connecting it, so that listeners can be registered first. Nothing
    /// is sent before [`Socket::connect`]; what is emitted until then waits, within its timeout.
    /// Outside of a tokio runtime nothing happens before `connect`, not even a timeout.
    ///
    /// # Errors
    /// - [`ConnectError::NamespaceInUse`] when another socket of this client has the namespace;
    /// - [`ConnectError::AuthMissing`] when the namespace declares `auth` and
    ///   [`auth`](Self::auth) was not called;
    /// - [`ConnectError::InvalidNamespace`] when the path cannot be one.
    pub fn build(self) -> Result<Socket<N>, ConnectError> {
        let Self { client, path, auth, defaults, .. } = self;
        if let Some(reason) = wrong_path(&path) {
            return Err(ConnectError::InvalidNamespace { namespace: path.into_owned(), reason });
        }
        if auth.is_none() && TypeId::of::<N::Auth>() != TypeId::of::<AnyAuth>() {
            return Err(ConnectError::AuthMissing { namespace: path.into_owned() });
        }
        let shared = Arc::new(client.reserve(&path, defaults)?);
        let (state, receiver) = watch::channel(SocketState::default());
        let open = OpenSocket {
            shared: Arc::clone(&shared),
            names: EventNames {
                listened: N::Listens::find,
                emitted: |name| <N::Emits as Schema>::DESCRIPTOR.find(name),
                are_open: N::Listens::IS_OPEN,
            },
            auth,
            state,
        };
        // Outside of a runtime the task starts with the first `connect`.
        let _ = client.ensure_running();
        let opened = shared.connection.mailbox.send(Command::Open(open));
        let socket = Socket::new(client, shared, receiver);
        opened.map_err(|_| ConnectError::NoRuntime)?;
        Ok(socket)
    }

    /// Makes the socket, connects it and waits until the server has accepted the namespace.
    ///
    /// Events that the server sends right after that may come before a listener is registered;
    /// use [`build`](Self::build) where that matters.
    ///
    /// # Errors
    /// When the first attempt fails; nothing is tried again then, whatever the reconnection
    /// options say.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the namespace again, as dropping the last handle of a socket does:
    /// connecting ends at once, and another socket may have the namespace. What must not be lost is
    /// connected by [`build`](Self::build) and [`Socket::connect`].
    pub async fn connect(self) -> Result<Socket<N>, ConnectError> {
        let socket = self.build()?;
        socket.connect().await?;
        Ok(socket)
    }
}

impl<N: Namespace> fmt::Debug for SocketBuilder<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketBuilder")
            .field("namespace", &self.path)
            .field("has_auth", &self.auth.is_some())
            .finish_non_exhaustive()
    }
}

/// What is wrong with a path, as the macro has it for those that it sees.
fn wrong_path(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("it does not begin with `/`");
    }
    if path.contains(',') {
        return Some("it has a `,`, which ends the namespace in a packet");
    }
    if path.contains('?') {
        return Some("it has a `?`, and servers cut off what follows it");
    }
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    path.contains(is_blank).then_some("it has white space or control characters")
}
