//! Processes beside this one: they print their port, take orders, and end with their handle.
//!
//! Must not know: what they do.

use std::{process::Stdio, time::Duration};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child as Process, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use crate::Result;

/// A process that takes an order, one line of JSON, and answers it with another.
pub(crate) struct Child {
    pub(crate) port: u16,
    /// It ends when this closes, however this process ends.
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    _process: Process,
}

#[derive(Deserialize)]
struct Announcement {
    port: u16,
}

impl Child {
    pub(crate) async fn start(command: &mut Command) -> Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{command:?} does not run: {error}"))?;
        let orders = process.stdin.take().ok_or("no standard input")?;
        let output = process.stdout.take().ok_or("no standard output")?;
        let mut answers = BufReader::new(output).lines();
        let first = answers.next_line().await?.ok_or("the process has ended")?;
        let Announcement { port } = serde_json::from_str(&first)?;
        Ok(Self { port, orders, answers, _process: process })
    }

    pub(crate) async fn order<T: DeserializeOwned>(&mut self, order: &Value) -> Result<T> {
        self.orders.write_all(format!("{order}\n").as_bytes()).await?;
        let answer = timeout(PATIENCE, self.answers.next_line()).await;
        let answer = answer.map_err(|_| format!("no answer to {order}"))??;
        Ok(serde_json::from_str(&answer.ok_or("the process has ended")?)?)
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
