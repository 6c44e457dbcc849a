//! An independent server, python-socketio on uvicorn, as a child process.

use std::net::SocketAddr;

use tokio::{process::Command, task::spawn_blocking};

use super::{Port, packages, process::ServerProcess};

/// A running python-socketio server, with the chat service in `/chat` and some of the Node
/// server's probes in `/echo`. Dropping it kills it.
#[derive(Debug)]
pub struct PythonServer {
    port: Port,
    _process: ServerProcess,
}

impl PythonServer {
    /// Installs the server's packages where necessary, starts it and waits until it listens.
    ///
    /// # Panics
    /// When any of this fails, with what the server said.
    pub async fn start() -> Self {
        Self::launch(&[]).await
    }

    /// As [`start`](Self::start), accepting these transports alone, such as `["polling"]`.
    ///
    /// # Panics
    /// When any of this fails, with what the server said.
    pub async fn with_transports(names: &[&str]) -> Self {
        Self::launch(&[format!("--transports={}", names.join(","))]).await
    }

    /// The URL for clients, such as `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    async fn launch(arguments: &[String]) -> Self {
        spawn_blocking(packages::ensure_python).await.expect("the Python packages are installed");
        let port = Port::reserve();
        let mut command = Command::new(packages::virtual_python());
        command
            .args(["-B", "main.py"])
            .arg(format!("--port={}", port.address().port()))
            .args(arguments)
            .current_dir(packages::PYTHON_DIRECTORY);
        let process = ServerProcess::launch(&mut command, port.address()).await;
        Self { port, _process: process }
    }
}
