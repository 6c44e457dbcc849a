//! The reference server, socket.io on Node.js, as a child process.

use std::{net::SocketAddr, path::Path, time::Duration};

use serde_json::{Value, json};
use tokio::{process::Command, task::spawn_blocking};

use super::{Authority, Host, Identity, Port, packages, process::ServerProcess};

/// How to start a [`NodeServer`]. What is not set is socket.io's own default.
#[derive(Debug, Clone, Default)]
pub struct NodeOptions {
    arguments: Vec<String>,
    tls: bool,
}

impl NodeOptions {
    /// Stock socket.io.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The path of the endpoint, such as `/custom/`.
    #[must_use]
    pub fn path(self, path: &str) -> Self {
        self.with(format!("--path={path}"))
    }

    /// The transports to accept, such as `["polling"]`.
    #[must_use]
    pub fn transports(self, names: &[&str]) -> Self {
        self.with(format!("--transports={}", names.join(",")))
    }

    /// Offers no upgrade to another transport.
    #[must_use]
    pub fn no_upgrades(self) -> Self {
        self.with("--no-upgrades".to_owned())
    }

    /// How long an upgrade to another transport may take.
    #[must_use]
    pub fn upgrade_timeout(self, timeout: Duration) -> Self {
        self.with(format!("--upgrade-timeout={}", timeout.as_millis()))
    }

    /// Time between heartbeats.
    #[must_use]
    pub fn ping_interval(self, interval: Duration) -> Self {
        self.with(format!("--ping-interval={}", interval.as_millis()))
    }

    /// How long a heartbeat may stay unanswered.
    #[must_use]
    pub fn ping_timeout(self, timeout: Duration) -> Self {
        self.with(format!("--ping-timeout={}", timeout.as_millis()))
    }

    /// How long a connection may take to join its first namespace.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.with(format!("--connect-timeout={}", timeout.as_millis()))
    }

    /// Size in bytes of the largest message the server takes; clients see it as `maxPayload`.
    #[must_use]
    pub fn max_http_buffer_size(self, bytes: usize) -> Self {
        self.with(format!("--max-http-buffer-size={bytes}"))
    }

    /// Compresses the responses of long-polling from this size in bytes on, for clients that
    /// accept it.
    #[must_use]
    pub fn http_compression(self, threshold: usize) -> Self {
        self.with(format!("--http-compression={threshold}"))
    }

    /// Offers to compress WebSocket messages from this size in bytes on.
    #[must_use]
    pub fn per_message_deflate(self, threshold: usize) -> Self {
        self.with(format!("--per-message-deflate={threshold}"))
    }

    /// Sets a cookie of this name to the session's id, for load balancers.
    #[must_use]
    pub fn cookie(self, name: &str) -> Self {
        self.with(format!("--cookie={name}"))
    }

    /// Speaks the msgpack parser's language instead of JSON.
    #[must_use]
    pub fn msgpack(self) -> Self {
        self.with("--msgpack".to_owned())
    }

    /// Keeps what lost connections miss, and restores them.
    #[must_use]
    pub fn connection_state_recovery(self) -> Self {
        self.with("--recovery".to_owned())
    }

    /// How long a lost connection may be away to be restored.
    #[must_use]
    pub fn recovery_duration(self, duration: Duration) -> Self {
        self.with(format!("--recovery-duration={}", duration.as_millis()))
    }

    /// Asks the namespaces' middlewares of restored connections, too.
    #[must_use]
    pub fn recovery_runs_middlewares(self) -> Self {
        self.with("--recovery-runs-middlewares".to_owned())
    }

    /// Refuses handshakes without this header, `name` or `name: value`, with 403. See
    /// [`NodeServer::require_header`].
    #[must_use]
    pub fn require_header(self, header: &str) -> Self {
        self.with(format!("--require-header={header}"))
    }

    /// Serves `/ledger`, which writes down in this file what comes: see `ledger.mjs`.
    ///
    /// # Panics
    /// When the path is not UTF-8.
    #[must_use]
    pub fn ledger(self, file: &Path) -> Self {
        self.with(format!("--ledger={}", file.to_str().expect("a path in UTF-8")))
    }

    /// Serves `https` and `wss` with this certificate.
    #[must_use]
    pub fn tls(mut self, identity: &Identity) -> Self {
        self.tls = true;
        self.with(format!("--tls-cert={}", identity.certificate))
            .with(format!("--tls-key={}", identity.key))
    }

    /// With [`tls`](Self::tls), takes clients with a certificate of this authority only.
    #[must_use]
    pub fn client_certificates_of(self, authority: &Authority) -> Self {
        self.with(format!("--tls-client-ca={}", authority.certificate()))
    }

    fn with(mut self, argument: String) -> Self {
        self.arguments.push(argument);
        self
    }
}

/// A running reference server, with the chat service in `/chat` and the namespaces of
/// `probes.mjs`. Dropping it kills it.
#[derive(Debug)]
pub struct NodeServer {
    options: NodeOptions,
    place: Place,
    process: ServerProcess,
}

/// Where a server runs, again and again.
#[derive(Debug)]
enum Place {
    /// On loopback.
    Port(Port),
    /// On a host that is nobody else's, and so are its ports.
    Host(Host),
}

impl NodeServer {
    /// Installs the server's packages where necessary, starts it and waits until it listens.
    ///
    /// # Panics
    /// When any of this fails, with what the server said.
    pub async fn start(options: NodeOptions) -> Self {
        Self::start_at(options, Place::Port(Port::reserve())).await
    }

    /// As [`start`](Self::start), on a host of a [`Network`](super::Network).
    ///
    /// # Panics
    /// When any of this fails, with what the server said.
    pub async fn start_on(options: NodeOptions, host: &Host) -> Self {
        Self::start_at(options, Place::Host(host.clone())).await
    }

    async fn start_at(options: NodeOptions, place: Place) -> Self {
        spawn_blocking(packages::ensure_npm).await.expect("the npm packages are installed");
        let process = place.launch(&options).await;
        Self { options, place, process }
    }

    /// Kills the process, which closes its connections without a word on any layer above TCP,
    /// and waits until it is gone. New connections are refused from then on. Does nothing when
    /// it has been killed already.
    ///
    /// # Panics
    /// When the process cannot be killed.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Kills the process and starts another one with the same options at the same port. What
    /// the methods below have changed is as it was at the beginning.
    ///
    /// # Panics
    /// When it does not start, with what it said.
    pub async fn restart_same_port(&mut self) {
        self.kill().await;
        self.process = self.place.launch(&self.options).await;
    }

    /// Stops the process in the middle of whatever it does. The system goes on accepting
    /// connections for it, and bytes up to what its buffers hold.
    ///
    /// # Panics
    /// When the server has been killed, or the system has no signals.
    pub async fn suspend(&self) {
        self.process.suspend().await;
    }

    /// Lets a [suspended](Self::suspend) process go on.
    ///
    /// # Panics
    /// When the server has been killed, or the system has no signals.
    pub async fn resume(&self) {
        self.process.resume().await;
    }

    /// Refuses new sessions with status 403 and this message, as `allowRequest` does, until
    /// [`admit`](Self::admit). Sessions that exist go on, and may upgrade.
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn forbid_handshakes(&mut self, message: &str) {
        self.order(json!({ "order": "forbid", "message": message })).await;
    }

    /// Answers every HTTP request with status 400, also of sessions that exist, as socket.io
    /// does where a middleware of the engine fails, until [`admit`](Self::admit).
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn fail_requests(&mut self) {
        self.order(json!({ "order": "fail" })).await;
    }

    /// Refuses new sessions that lack this header, `name` or `name: value`, with status 403, as
    /// where a token has expired.
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn require_header(&mut self, header: &str) {
        self.order(json!({ "order": "require", "header": header })).await;
    }

    /// Lets everybody in again.
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn admit(&mut self) {
        self.order(json!({ "order": "admit" })).await;
    }

    /// Emits to every socket of a namespace, and to those that are recovered later.
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn broadcast(&mut self, namespace: &str, event: &str, values: &[Value]) {
        let order = json!({
            "order": "broadcast", "namespace": namespace, "event": event, "values": values,
        });
        self.order(order).await;
    }

    /// Ends the TCP connections of all sessions, without a word on any layer above.
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn drop_connections(&mut self) {
        self.order(json!({ "order": "drop" })).await;
    }

    /// Emits `number` to everybody in `/ledger` every so often, counting up, until
    /// [`hush`](Self::hush).
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn tell_numbers(&mut self, from: u64, every: Duration) {
        let every_ms = u64::try_from(every.as_millis()).expect("a short time");
        self.order(json!({ "order": "tell", "from": from, "everyMs": every_ms })).await;
    }

    /// Emits no further number; the last one.
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn hush(&mut self) -> u64 {
        self.order(json!({ "order": "hush" })).await.as_u64().expect("a number")
    }

    /// How many sessions there are, and how many sockets of a namespace.
    ///
    /// # Panics
    /// When the server is not running.
    pub async fn census(&mut self, namespace: &str) -> (u64, u64) {
        let census = self.order(json!({ "order": "census", "namespace": namespace })).await;
        let count = |key| census[key].as_u64().expect("a count");
        (count("engines"), count("sockets"))
    }

    /// The URL for clients, such as `http://127.0.0.1:34567`; with TLS it names `localhost`.
    #[must_use]
    pub fn url(&self) -> String {
        if self.options.tls {
            format!("https://localhost:{}", self.address().port())
        } else {
            format!("http://{}", self.address())
        }
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        match &self.place {
            Place::Port(port) => port.address(),
            Place::Host(host) => (host.address(), HOST_PORT).into(),
        }
    }

    async fn order(&mut self, order: Value) -> Value {
        self.process.order(order).await
    }
}

impl Place {
    async fn launch(&self, options: &NodeOptions) -> ServerProcess {
        let (mut command, address) = match self {
            Self::Port(port) => (Command::new("node"), port.address()),
            Self::Host(host) => (host.command("node"), (host.address(), HOST_PORT).into()),
        };
        command
            .args(["main.mjs", "--control"])
            .arg(format!("--host={}", address.ip()))
            .arg(format!("--port={}", address.port()))
            .args(&options.arguments)
            .current_dir(packages::NODE_DIRECTORY);
        ServerProcess::launch(&mut command, address).await
    }
}

/// Of servers that have a host to themselves.
const HOST_PORT: u16 = 3000;
