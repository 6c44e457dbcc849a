//! The reference server, socket.io on Node.js, as a child process.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    task::spawn_blocking,
};

use super::{Identity, Port, npm, within};

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

    /// Keeps what lost connections miss, and restores them.
    #[must_use]
    pub fn connection_state_recovery(self) -> Self {
        self.with("--recovery".to_owned())
    }

    /// Speaks the msgpack parser's language instead of JSON.
    #[must_use]
    pub fn msgpack(self) -> Self {
        self.with("--msgpack".to_owned())
    }

    /// Serves `https` and `wss` with this certificate.
    #[must_use]
    pub fn tls(mut self, identity: &Identity) -> Self {
        self.tls = true;
        self.with(format!("--tls-cert={}", identity.certificate))
            .with(format!("--tls-key={}", identity.key))
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
    port: Port,
    process: Child,
}

impl NodeServer {
    /// Installs the server's packages where necessary, starts it and waits until it listens.
    ///
    /// # Panics
    /// When any of this fails, with what the server said.
    pub async fn start(options: NodeOptions) -> Self {
        spawn_blocking(npm::ensure_installed).await.expect("the npm packages are installed");
        let port = Port::reserve();
        let process = launch(&options, port.address()).await;
        Self { options, port, process }
    }

    /// Kills the process, which closes its connections without a word on any layer above TCP,
    /// and waits until it is gone. New connections are refused from then on. Does nothing when
    /// it has been killed already.
    ///
    /// # Panics
    /// When the process cannot be killed.
    pub async fn kill(&mut self) {
        if self.process.id().is_some() {
            self.process.kill().await.expect("a child that has not been waited for can be killed");
        }
    }

    /// Kills the process and starts another one with the same options at the same port.
    ///
    /// # Panics
    /// When it does not start, with what it said.
    pub async fn restart_same_port(&mut self) {
        self.kill().await;
        self.process = launch(&self.options, self.port.address()).await;
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
        self.port.address()
    }
}

/// Starts the process and waits until it listens.
async fn launch(options: &NodeOptions, address: SocketAddr) -> Child {
    let mut process = Command::new("node")
        .args(["main.mjs", "--exit-with-stdin"])
        .arg(format!("--port={}", address.port()))
        .args(&options.arguments)
        .current_dir(npm::SERVER_DIRECTORY)
        // The server leaves when this pipe closes: it outlives no test, however that one ends.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("these tests need Node.js 20, and `node` cannot be run: {error}")
        });
    let stdout = process.stdout.take().expect("standard output is piped");
    let announced = within(START_LIMIT, read_port(stdout)).await;
    assert!(
        announced == Some(address.port()),
        "the reference server did not start:\n{}",
        last_words(&mut process).await
    );
    process
}

/// The port of the line `{"port":…}`; `None` when the output ends without one.
async fn read_port(stdout: ChildStdout) -> Option<u16> {
    let line = BufReader::new(stdout).lines().next_line().await.ok()??;
    let announcement: serde_json::Value = serde_json::from_str(&line).ok()?;
    announcement["port"].as_u64()?.try_into().ok()
}

async fn last_words(process: &mut Child) -> String {
    let mut words = String::new();
    if let Some(stderr) = &mut process.stderr {
        // What cannot be read is not worth a second failure.
        within(START_LIMIT, stderr.read_to_string(&mut words)).await.ok();
    }
    words
}

/// A cold start of Node takes under a second; the rest is for a loaded machine.
const START_LIMIT: Duration = Duration::from_secs(30);
