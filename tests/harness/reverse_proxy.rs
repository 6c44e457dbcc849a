//! An HTTP reverse proxy on Node.js, as a child process. It understands HTTP, which [`Proxy`]
//! does not: it can refuse a WebSocket alone, and spread requests over servers.
//!
//! [`Proxy`]: super::Proxy

use std::net::SocketAddr;

use serde_json::json;
use tokio::process::Command;

use super::{Port, packages, process::ServerProcess};

/// A running reverse proxy. Dropping it kills it.
#[derive(Debug)]
pub struct ReverseProxy {
    port: Port,
    process: ServerProcess,
}

/// What a [`ReverseProxy`] does with requests for a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebSocketPolicy {
    /// Forwards them, and what follows.
    Forward,
    /// Never answers them.
    Hang,
    /// Answers them with this status.
    Refuse(u16),
}

impl ReverseProxy {
    /// A proxy before `servers`, which take turns: one a request, whoever makes it.
    ///
    /// # Panics
    /// When it does not start, with what it said.
    pub async fn start(servers: &[SocketAddr]) -> Self {
        Self::launch(servers, &[]).await
    }

    /// A proxy before `servers`, which take turns at requests without the cookie `name`. The
    /// answer sets that cookie, and requests with it go where the first one went.
    ///
    /// # Panics
    /// When it does not start, with what it said.
    pub async fn sticky(servers: &[SocketAddr], name: &str) -> Self {
        Self::launch(servers, &[format!("--sticky-cookie={name}")]).await
    }

    /// Changes what happens to the requests for a WebSocket that come from now on. Those that
    /// were forwarded go on. [`WebSocketPolicy::Forward`] is how a proxy begins.
    ///
    /// # Panics
    /// When the proxy is not running.
    pub async fn websockets(&mut self, policy: WebSocketPolicy) {
        let policy = match policy {
            WebSocketPolicy::Forward => "forward".to_owned(),
            WebSocketPolicy::Hang => "hang".to_owned(),
            WebSocketPolicy::Refuse(status) => status.to_string(),
        };
        self.process.order(json!({ "order": "websocket", "policy": policy })).await;
    }

    /// Answers all plain requests with `status`, such as 503, as proxies do whose servers are
    /// down; `None` ends that.
    ///
    /// # Panics
    /// When the proxy is not running.
    pub async fn outage(&mut self, status: Option<u16>) {
        self.process.order(json!({ "order": "outage", "status": status })).await;
    }

    /// The URL for clients, such as `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where the proxy listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    async fn launch(servers: &[SocketAddr], arguments: &[String]) -> Self {
        let port = Port::reserve();
        let targets: Vec<String> = servers.iter().map(|server| server.port().to_string()).collect();
        let mut command = Command::new("node");
        command
            .args(["reverse-proxy.mjs", "--control"])
            .arg(format!("--port={}", port.address().port()))
            .arg(format!("--targets={}", targets.join(",")))
            .args(arguments)
            .current_dir(packages::NODE_DIRECTORY);
        let process = ServerProcess::launch(&mut command, port.address()).await;
        Self { port, process }
    }
}
