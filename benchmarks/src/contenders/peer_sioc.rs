//! sioc, with its derives and its channels as they come.
//!
//! Must not know: the other contenders.

use std::collections::VecDeque;

use sioc::prelude::*;

use super::{Run, check};
use crate::{
    Error,
    measure::{Sample, resident_kib},
    payload::{ATTACHMENT_SIZE, FileMetadata, Message, attachment, message, metadata},
    workload::{IN_FLIGHT, Work},
};

#[derive(EventType, DeserializePayload)]
#[sioc(event(name = "message"))]
struct MessageReceived(Message);

#[derive(EventType, DeserializePayload)]
#[sioc(event(name = "attachment", binary))]
struct AttachmentReceived(FileMetadata, Placeholder);

#[derive(EventRouter)]
enum Received {
    Message(Event<MessageReceived>),
    Attachment(Event<AttachmentReceived>),
}

#[derive(EventType, SerializePayload)]
#[sioc(event(name = "flood"))]
struct Flood(usize);

#[derive(EventType, SerializePayload)]
#[sioc(event(name = "attachments"))]
struct Attachments(usize);

// What it emits it wants to own; a leaked payload spares it the clones.
#[derive(EventType, SerializePayload)]
#[sioc(event(name = "message"))]
struct MessageSent(&'static Message);

#[derive(EventType, SerializePayload)]
#[sioc(event(name = "upload", binary))]
struct Upload(&'static FileMetadata, Placeholder);

#[derive(EventType, SerializePayload)]
#[sioc(event(name = "ask", ack = "Heard"))]
struct Ask(&'static Message);

#[derive(AckType, DeserializePayload)]
struct Heard(bool);

#[derive(EventType, SerializePayload)]
#[sioc(event(name = "count", ack = "Counted"))]
struct Count;

#[derive(AckType, DeserializePayload)]
struct Counted(usize);

pub(super) async fn run(run: Run) -> Result<Sample, Error> {
    if run.workload.work == Work::Connect {
        return connect_many(run).await;
    }
    let mut connection = Connection::open(run.port).await?;
    let meter = run.meter();
    match run.workload.work {
        Work::Receive => connection.receive(run.count).await?,
        Work::Emit => connection.emit(run.count).await?,
        Work::InFlight => connection.in_flight(run.count).await?,
        Work::OneByOne => connection.one_by_one(run.count).await?,
        Work::AttachmentsDown => connection.attachments_down(run.count).await?,
        Work::AttachmentsUp => connection.attachments_up(run.count).await?,
        Work::Connect => return run.unsupported(),
    }
    meter.stop(run.count)
}

struct Connection {
    /// Its end would be the connection's.
    _client: Client,
    sender: SocketSender,
    receiver: SocketReceiver,
}

impl Connection {
    async fn open(port: u16) -> Result<Self, Error> {
        let client = ClientBuilder::new(url::Url::parse(&format!("http://127.0.0.1:{port}"))?)
            .transport(TransportStrategy::WebSocket)
            .open()?;
        let (sender, mut receiver) = client.connect("/").await?;
        match receiver.recv().await {
            Some(Signal::Connect(_)) => Ok(Self { _client: client, sender, receiver }),
            _ => Err("not connected".into()),
        }
    }

    async fn receive(&mut self, count: usize) -> Result<(), Error> {
        self.sender.emit(Flood(count)).await?;
        let mut bytes = 0;
        for _ in 0..count {
            let event = self.receiver.listen::<Received>().await?.ok_or("closed")?;
            if let Received::Message(Event { payload: MessageReceived(message), .. }) = event {
                bytes += message.content.len();
            }
        }
        check("bytes of content", bytes, count * message().content.len())
    }

    async fn emit(&mut self, count: usize) -> Result<(), Error> {
        let message = Box::leak(Box::new(message()));
        for _ in 0..count {
            self.sender.emit(MessageSent(message)).await?;
        }
        check("messages at the server", self.sender.emit(Count).await?.await?.payload.0, count)
    }

    async fn in_flight(&mut self, count: usize) -> Result<(), Error> {
        let message = Box::leak(Box::new(message()));
        let mut waiting = VecDeque::with_capacity(IN_FLIGHT);
        let mut answered = 0;
        for _ in 0..count {
            if waiting.len() == IN_FLIGHT {
                let ack: AckHandle<Heard> = waiting.pop_front().ok_or("nothing waits")?;
                answered += usize::from(ack.await?.payload.0);
            }
            waiting.push_back(self.sender.emit(Ask(message)).await?);
        }
        for ack in waiting {
            answered += usize::from(ack.await?.payload.0);
        }
        check("answers", answered, count)
    }

    async fn one_by_one(&mut self, count: usize) -> Result<(), Error> {
        let message = Box::leak(Box::new(message()));
        let mut answered = 0;
        for _ in 0..count {
            answered += usize::from(self.sender.emit(Ask(message)).await?.await?.payload.0);
        }
        check("answers", answered, count)
    }

    async fn attachments_down(&mut self, count: usize) -> Result<(), Error> {
        self.sender.emit(Attachments(count)).await?;
        let mut bytes = 0;
        for _ in 0..count {
            let event = self.receiver.listen::<Received>().await?.ok_or("closed")?;
            if let Received::Attachment(event) = event {
                let AttachmentReceived(metadata, placeholder) = event.payload;
                let content = event.attachments.get(placeholder.slot()).ok_or("no attachment")?;
                bytes += content.len().min(metadata.size);
            }
        }
        check("bytes of attachments", bytes, count * ATTACHMENT_SIZE)
    }

    async fn attachments_up(&mut self, count: usize) -> Result<(), Error> {
        let (metadata, content) = (&*Box::leak(Box::new(metadata())), attachment());
        for _ in 0..count {
            let content = content.clone();
            let upload = |attachments: &mut AttachmentsBuilder| {
                Upload(metadata, attachments.attach(content))
            };
            self.sender.emit(upload).await?;
        }
        check("attachments at the server", self.sender.emit(Count).await?.await?.payload.0, count)
    }
}

async fn connect_many(run: Run) -> Result<Sample, Error> {
    let mut connections = Vec::with_capacity(run.count);
    let before = resident_kib()?;
    let meter = run.meter();
    for _ in 0..run.count {
        connections.push(Connection::open(run.port).await?);
    }
    let sample = meter.stop(connections.len())?;
    Ok(Sample { resident_kib: Some(resident_kib()?.saturating_sub(before)), ..sample })
}
