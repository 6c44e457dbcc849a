//! `rust_socketio`'s async client. It knows no future of an answer, and no arguments beside an
//! attachment.
//!
//! Must not know: the other contenders.

use std::time::Duration;

use rust_socketio::{
    Event, Payload, TransportType,
    asynchronous::{Client, ClientBuilder},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Run, check};
use crate::{
    Error,
    measure::{Sample, resident_kib},
    payload::{ATTACHMENT_SIZE, Message, attachment, message},
    workload::Work,
};

const ACK_TIMEOUT: Duration = Duration::from_secs(20);

pub(super) async fn run(run: Run) -> Result<Sample, Error> {
    if run.workload.work == Work::Connect {
        return connect_many(run).await;
    }
    let (mut connection, meter) = (Connection::open(run.port, run.count).await?, run.meter());
    match run.workload.work {
        Work::Receive => connection.receive(run.count).await?,
        Work::Emit => connection.emit(run.count).await?,
        Work::OneByOne => connection.one_by_one(run.count).await?,
        Work::AttachmentsDown => connection.attachments_down(run.count).await?,
        Work::AttachmentsUp => connection.attachments_up(run.count).await?,
        Work::InFlight | Work::Connect => return run.unsupported(),
    }
    meter.stop(run.count)
}

struct Connection {
    client: Client,
    /// The bytes of so many messages or attachments as were expected.
    received: mpsc::Receiver<usize>,
}

impl Connection {
    async fn open(port: u16, count: usize) -> Result<Self, Error> {
        let (open, mut is_open) = mpsc::channel(1);
        let (done, received) = mpsc::channel(1);
        let mut messages = Counter { count, seen: 0, bytes: 0, done };
        let mut attachments = messages.clone();
        let client = ClientBuilder::new(format!("http://127.0.0.1:{port}"))
            .transport_type(TransportType::Websocket)
            .on(Event::Connect, move |_, _| {
                let open = open.clone();
                Box::pin(async move {
                    let _ = open.send(()).await;
                })
            })
            .on("message", move |payload, _| {
                if let Payload::Text(mut arguments) = payload {
                    let message = arguments.drain(..).next().map(serde_json::from_value::<Message>);
                    if let Some(Ok(message)) = message {
                        messages.add(message.content.len());
                    }
                }
                Box::pin(async {})
            })
            // It takes the metadata beside an attachment for a part of the event's name.
            .on_any(move |_, payload, _| {
                if let Payload::Binary(content) = payload {
                    attachments.add(content.len());
                }
                Box::pin(async {})
            })
            .connect()
            .await?;
        // It does not wait for the server's answer itself.
        is_open.recv().await.ok_or("not connected")?;
        Ok(Self { client, received })
    }

    async fn receive(&mut self, count: usize) -> Result<(), Error> {
        self.client.emit("flood", json!(count)).await?;
        let bytes = self.received.recv().await.ok_or("closed")?;
        check("bytes of content", bytes, count * message().content.len())
    }

    async fn emit(&mut self, count: usize) -> Result<(), Error> {
        let message = message();
        for _ in 0..count {
            self.client.emit("message", serde_json::to_value(&message)?).await?;
        }
        check("messages at the server", self.counted().await?, count)
    }

    async fn one_by_one(&mut self, count: usize) -> Result<(), Error> {
        let message = message();
        let mut answered = 0;
        for _ in 0..count {
            let answer = self.ask("ask", serde_json::to_value(&message)?.into()).await?;
            let [is_heard]: [bool; 1] = serde_json::from_value(answer)?;
            answered += usize::from(is_heard);
        }
        check("answers", answered, count)
    }

    async fn attachments_down(&mut self, count: usize) -> Result<(), Error> {
        self.client.emit("attachments", json!(count)).await?;
        let bytes = self.received.recv().await.ok_or("closed")?;
        check("bytes of attachments", bytes, count * ATTACHMENT_SIZE)
    }

    async fn attachments_up(&mut self, count: usize) -> Result<(), Error> {
        let content = attachment();
        for _ in 0..count {
            self.client.emit("upload", Payload::Binary(content.clone())).await?;
        }
        check("attachments at the server", self.counted().await?, count)
    }

    async fn counted(&self) -> Result<usize, Error> {
        let [count] = serde_json::from_value(self.ask("count", Payload::Text(vec![])).await?)?;
        Ok(count)
    }

    /// It hands an answer to a callback.
    async fn ask(&self, event: &str, payload: Payload) -> Result<Value, Error> {
        let (answer, mut answers) = mpsc::channel(1);
        let callback = move |payload, _: Client| {
            // The other end waits.
            let _ = match payload {
                Payload::Text(mut arguments) => answer.try_send(arguments.swap_remove(0)),
                _ => Ok(()),
            };
            Box::pin(async {}) as _
        };
        self.client.emit_with_ack(event, payload, ACK_TIMEOUT, callback).await?;
        Ok(answers.recv().await.ok_or("no answer")?)
    }
}

#[derive(Clone)]
struct Counter {
    count: usize,
    seen: usize,
    bytes: usize,
    done: mpsc::Sender<usize>,
}

impl Counter {
    fn add(&mut self, bytes: usize) {
        self.seen += 1;
        self.bytes += bytes;
        if self.seen == self.count {
            // The other end waits.
            let _ = self.done.try_send(self.bytes);
        }
    }
}

async fn connect_many(run: Run) -> Result<Sample, Error> {
    let mut connections = Vec::with_capacity(run.count);
    let before = resident_kib()?;
    let meter = run.meter();
    for _ in 0..run.count {
        connections.push(Connection::open(run.port, run.count).await?);
    }
    let sample = meter.stop(connections.len())?;
    Ok(Sample { resident_kib: Some(resident_kib()?.saturating_sub(before)), ..sample })
}
