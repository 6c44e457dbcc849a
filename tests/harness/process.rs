//! Servers that are child processes: they announce the port they listen on, take orders, and
//! end with the test.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{soon, within};

/// A server that prints `{"port":…}` once it listens and takes orders on its standard input,
/// one line of JSON for one line of JSON.
#[derive(Debug)]
pub(super) struct ServerProcess {
    child: Child,
    /// The server leaves when this pipe closes: it outlives no test, however that one ends.
    orders: ChildStdin,
    replies: Lines<BufReader<ChildStdout>>,
}

impl ServerProcess {
    /// Starts the process and waits until it listens at `address`.
    ///
    /// # Panics
    /// When it does not, with what it said.
    pub(super) async fn launch(command: &mut Command, address: SocketAddr) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("the server's program cannot be run: {error}"));
        let orders = child.stdin.take().expect("standard input is piped");
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut replies = BufReader::new(stdout).lines();
        let announcement = within(START_LIMIT, next_json(&mut replies)).await;
        let port = announcement.map(|announcement| announcement["port"].clone());
        assert!(
            port == Some(address.port().into()),
            "the server did not start:\n{}",
            last_words(&mut child).await
        );
        Self { child, orders, replies }
    }

    /// Gives an order and awaits its result.
    ///
    /// # Panics
    /// When the server does not understand it.
    pub(super) async fn order(&mut self, order: Value) -> Value {
        let line = format!("{order}\n");
        soon(self.orders.write_all(line.as_bytes())).await.expect("the server is running");
        let Some(mut reply) = soon(next_json(&mut self.replies)).await else {
            panic!("the server failed at {order}:\n{}", last_words(&mut self.child).await)
        };
        assert_eq!(reply["done"], order["order"], "the replies are in order");
        reply["result"].take()
    }

    /// Stops the process in the middle of whatever it does, until it is told to go on.
    pub(super) async fn suspend(&self) {
        signal(&self.child, "STOP").await;
    }

    pub(super) async fn resume(&self) {
        signal(&self.child, "CONT").await;
    }

    /// Kills the process and waits until it is gone. Does nothing when it has been killed.
    ///
    /// # Panics
    /// When the process cannot be killed.
    pub(super) async fn kill(&mut self) {
        if self.child.id().is_some() {
            self.child.kill().await.expect("a child that has not been waited for can be killed");
        }
    }
}

/// Sends a signal by its name. It takes effect before the next thing that the test does to the
/// process.
///
/// # Panics
/// When the process is gone, or the system has no signals.
pub async fn signal(child: &Child, name: &str) {
    let id = child.id().expect("the process was not awaited");
    // A shell has it built in; the program of this name may be missing.
    let command = format!("kill -{name} {id}");
    let status = Command::new("sh").args(["-c", &command]).status().await;
    assert!(status.is_ok_and(|status| status.success()), "{command} failed");
}

/// The next line, as JSON; `None` when the output ends, or is something else.
async fn next_json(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<Value> {
    serde_json::from_str(&lines.next_line().await.ok()??).ok()
}

async fn last_words(child: &mut Child) -> String {
    let mut words = String::new();
    if let Some(stderr) = &mut child.stderr {
        // What cannot be read is not worth a second failure.
        within(START_LIMIT, stderr.read_to_string(&mut words)).await.ok();
    }
    words
}

/// A cold start takes a second or two; the rest is for a loaded machine.
const START_LIMIT: Duration = Duration::from_secs(30);
