//! Faults on purpose, to see that they are noticed.
//!
//! Must not know: who notices.

use std::{fs::File, future::pending, sync::atomic::Ordering::Relaxed, time::Duration};

use clap::ValueEnum;
use serde_json::{Value, json};
use socketio_runtime::{Ack, Listener};

use super::stage::Stage;
use crate::Result;

/// Once each period.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Leak {
    /// A listener that is never ended
    Listener,
    /// An ack that nobody answers and nobody forgets
    Ack,
    Task,
    File,
    /// 1 MiB
    Heap,
    /// An event of the server's that gets lost
    Lost,
    /// An event of the server's that comes twice
    Twice,
}

/// What was leaked.
#[derive(Default)]
pub(super) struct Kept {
    listeners: Vec<Listener>,
    acks: Vec<Ack<u64>>,
    files: Vec<File>,
    heap: Vec<Vec<u8>>,
}

impl Leak {
    pub(super) async fn happen(self, stage: &mut Stage) -> Result<()> {
        // Of the two that are never broken.
        let [ws, polling] = [5, 6].map(|id| stage.regulars[id].clone());
        match self {
            Self::Listener => {
                let token = stage.captured.token();
                let listener = ws.socket.on().feed(move |_| drop(token.clone()));
                stage.kept.listeners.push(listener);
            }
            Self::Ack => {
                let number = ws.counts.asked.fetch_add(1, Relaxed);
                let ack = ws.socket.emit().ask(number, -1).timeout(Duration::MAX);
                stage.kept.acks.push(ack);
            }
            Self::Task => drop(tokio::spawn(pending::<()>())),
            // More than are kept for requests that may come.
            Self::File => {
                let files = (0..stage.regulars.len() * 3).map(|_| File::open("/dev/null"));
                stage.kept.files.extend(files.collect::<std::io::Result<Vec<_>>>()?);
            }
            Self::Heap => stage.kept.heap.push(vec![0; 1 << 20]),
            Self::Lost => stage.order(&json!({ "order": "lose", "id": ws.id })).await?,
            Self::Twice => stage.order(&json!({ "order": "repeat", "id": polling.id })).await?,
        }
        Ok(())
    }
}

impl Stage {
    /// Of the server for JSON.
    async fn order(&mut self, order: &Value) -> Result<()> {
        self.json_server().order::<Value>(order).await.map(drop)
    }
}
