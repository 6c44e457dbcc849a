//! This client, as an application uses it.
//!
//! Must not know: the other contenders.

use std::collections::VecDeque;

use socketio_runtime::{
    Bytes, Client, Socket, Transport, client_to_server, namespace, server_to_client,
};
use tokio::sync::oneshot;

use super::{Run, check};
use crate::{
    Error,
    measure::{Sample, resident_kib},
    payload::{ATTACHMENT_SIZE, FileMetadata, Message, attachment, message, metadata},
    workload::{BATCH, BATCH_OF_ATTACHMENTS, IN_FLIGHT, Place, Work},
};

#[server_to_client]
trait ServerToClient {
    fn message(message: Message);
    fn attachment(metadata: FileMetadata, content: Bytes);
}

#[client_to_server]
trait ClientToServer {
    fn flood(count: usize);
    fn attachments(count: usize);
    fn message(message: &Message);
    fn upload(metadata: &FileMetadata, content: &Bytes);
    fn ask(message: &Message) -> bool;
    fn count() -> usize;
}

#[namespace("/", listens = ServerToClient, emits = ClientToServer)]
struct Chat;

pub(super) async fn run(run: Run) -> Result<Sample, Error> {
    if run.workload.work == Work::Connect {
        return connect_many(run).await;
    }
    let socket = connect(run).await?;
    let meter = run.meter();
    match run.workload.work {
        Work::Receive => receive(&socket, run.count).await?,
        Work::Emit => emit(&socket, run.count).await?,
        Work::InFlight => in_flight(&socket, run.count).await?,
        Work::OneByOne => one_by_one(&socket, run.count).await?,
        Work::AttachmentsDown => attachments_down(&socket, run.count).await?,
        Work::AttachmentsUp => attachments_up(&socket, run.count).await?,
        Work::Connect => return run.unsupported(),
    }
    meter.stop(run.count)
}

async fn connect(run: Run) -> Result<Socket<Chat>, Error> {
    let mut builder = Client::builder(format!("http://127.0.0.1:{}", run.port));
    if run.workload.place == Place::Polling {
        builder = builder.transports([Transport::Polling]);
    }
    Ok(builder.build()?.socket::<Chat>().connect().await?)
}

async fn receive(socket: &Socket<Chat>, count: usize) -> Result<(), Error> {
    let (done, is_done) = oneshot::channel();
    let (mut done, mut received, mut bytes) = (Some(done), 0, 0);
    socket.on().message(move |message| {
        received += 1;
        bytes += message.content.len();
        if received == count {
            // The other end waits.
            done.take().map(|done| done.send(bytes));
        }
    });
    socket.emit().flood(count)?;
    check("bytes of content", is_done.await?, count * message().content.len())
}

async fn emit(socket: &Socket<Chat>, count: usize) -> Result<(), Error> {
    let message = message();
    for n in 1..=count {
        socket.emit().message(&message)?;
        if n % BATCH == 0 {
            socket.flushed().await?;
        }
    }
    check("messages at the server", socket.emit().count().await?, count)
}

async fn in_flight(socket: &Socket<Chat>, count: usize) -> Result<(), Error> {
    let message = message();
    let mut waiting = VecDeque::with_capacity(IN_FLIGHT);
    let mut answered = 0;
    for _ in 0..count {
        if waiting.len() == IN_FLIGHT {
            answered += usize::from(waiting.pop_front().ok_or("nothing waits")?.await?);
        }
        waiting.push_back(socket.emit().ask(&message));
    }
    for ack in waiting {
        answered += usize::from(ack.await?);
    }
    check("answers", answered, count)
}

async fn one_by_one(socket: &Socket<Chat>, count: usize) -> Result<(), Error> {
    let message = message();
    let mut answered = 0;
    for _ in 0..count {
        answered += usize::from(socket.emit().ask(&message).await?);
    }
    check("answers", answered, count)
}

async fn attachments_down(socket: &Socket<Chat>, count: usize) -> Result<(), Error> {
    let (done, is_done) = oneshot::channel();
    let (mut done, mut received, mut bytes) = (Some(done), 0, 0);
    socket.on().attachment(move |metadata, content| {
        received += 1;
        bytes += content.len().min(metadata.size);
        if received == count {
            // The other end waits.
            done.take().map(|done| done.send(bytes));
        }
    });
    socket.emit().attachments(count)?;
    check("bytes of attachments", is_done.await?, count * ATTACHMENT_SIZE)
}

async fn attachments_up(socket: &Socket<Chat>, count: usize) -> Result<(), Error> {
    let (metadata, content) = (metadata(), Bytes::from(attachment()));
    for n in 1..=count {
        socket.emit().upload(&metadata, &content)?;
        if n % BATCH_OF_ATTACHMENTS == 0 {
            socket.flushed().await?;
        }
    }
    check("attachments at the server", socket.emit().count().await?, count)
}

/// Connections of their own, all open at the end.
async fn connect_many(run: Run) -> Result<Sample, Error> {
    let mut sockets = Vec::with_capacity(run.count);
    let before = resident_kib()?;
    let meter = run.meter();
    for _ in 0..run.count {
        sockets.push(connect(run).await?);
    }
    let sample = meter.stop(sockets.len())?;
    Ok(Sample { resident_kib: Some(resident_kib()?.saturating_sub(before)), ..sample })
}
