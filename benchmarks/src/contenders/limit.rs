//! The limit: tokio-tungstenite with packets written by hand and typed `serde_json`; one task, no
//! queues, no handles. What a program gives that uses no Socket.IO client at all.
//!
//! Must not know: the other contenders.

use std::{fmt::Arguments, io::Write, pin::Pin, task::Poll};

use futures_util::{SinkExt, Stream, StreamExt, future::poll_fn};
use serde::{Serialize, de::IgnoredAny};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message as Frame, Utf8Bytes, protocol::WebSocketConfig},
};

use super::{Run, check};
use crate::{
    Error,
    measure::{Sample, resident_kib},
    payload::{ATTACHMENT_SIZE, FileMetadata, Message, attachment, message, metadata},
    workload::{BATCH, BATCH_OF_ATTACHMENTS, IN_FLIGHT, Work},
};

/// Enough for the packets here but the attachments.
const PACKET_SIZE: usize = 256;

type WebSocket = WebSocketStream<TcpStream>;

pub(super) async fn run(run: Run, read_buffer: Option<usize>) -> Result<Sample, Error> {
    if run.workload.work == Work::Connect {
        return connect_many(run, read_buffer).await;
    }
    let mut websocket = connect(run.port, read_buffer).await?;
    let meter = run.meter();
    match run.workload.work {
        Work::Receive => receive(&mut websocket, run.count).await?,
        Work::Emit => emit(&mut websocket, run.count).await?,
        Work::InFlight => in_flight(&mut websocket, run.count).await?,
        Work::OneByOne => one_by_one(&mut websocket, run.count).await?,
        Work::AttachmentsDown => attachments_down(&mut websocket, run.count).await?,
        Work::AttachmentsUp => attachments_up(&mut websocket, run.count).await?,
        Work::Connect => return run.unsupported(),
    }
    meter.stop(run.count)
}

async fn connect(port: u16, read_buffer: Option<usize>) -> Result<WebSocket, Error> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let mut config = WebSocketConfig::default();
    if let Some(size) = read_buffer {
        config = config.read_buffer_size(size);
    }
    let url = format!("ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket");
    let (mut websocket, _) = client_async_with_config(url, stream, Some(config)).await?;
    text(next(&mut websocket).await?)?.strip_prefix('0').ok_or("no handshake")?;
    websocket.send(Frame::Text("40".into())).await?;
    text(next(&mut websocket).await?)?.strip_prefix("40").ok_or("not connected")?;
    Ok(websocket)
}

async fn receive(websocket: &mut WebSocket, count: usize) -> Result<(), Error> {
    let packet = encode(format_args!("42"), &("flood", count))?;
    websocket.send(packet).await?;
    let mut bytes = 0;
    for _ in 0..count {
        let packet = text(next(websocket).await?)?;
        let arguments = packet.strip_prefix("42").ok_or("no event")?;
        let (name, message): (&str, Message) = serde_json::from_str(arguments)?;
        if name == "message" {
            bytes += message.content.len();
        }
    }
    check("bytes of content", bytes, count * message().content.len())
}

async fn emit(websocket: &mut WebSocket, count: usize) -> Result<(), Error> {
    let message = message();
    for n in 1..=count {
        let packet = encode(format_args!("42"), &("message", &message))?;
        websocket.feed(packet).await?;
        if n % BATCH == 0 {
            websocket.flush().await?;
        }
    }
    check("messages at the server", counted(websocket).await?, count)
}

async fn in_flight(websocket: &mut WebSocket, count: usize) -> Result<(), Error> {
    let message = message();
    let (mut asked, mut answered) = (0, 0);
    while answered < count {
        while asked < count && asked - answered < IN_FLIGHT {
            let packet = encode(format_args!("42{asked}"), &("ask", &message))?;
            websocket.feed(packet).await?;
            asked += 1;
        }
        websocket.flush().await?;
        answer(next(websocket).await?, answered)?;
        answered += 1;
        // Those that have come along.
        while let Some(frame) = next_if_ready(websocket).await? {
            answer(frame, answered)?;
            answered += 1;
        }
    }
    Ok(())
}

async fn one_by_one(websocket: &mut WebSocket, count: usize) -> Result<(), Error> {
    let message = message();
    for id in 0..count {
        let packet = encode(format_args!("42{id}"), &("ask", &message))?;
        websocket.send(packet).await?;
        answer(next(websocket).await?, id)?;
    }
    Ok(())
}

async fn attachments_down(websocket: &mut WebSocket, count: usize) -> Result<(), Error> {
    let packet = encode(format_args!("42"), &("attachments", count))?;
    websocket.send(packet).await?;
    let mut bytes = 0;
    for _ in 0..count {
        let packet = text(next(websocket).await?)?;
        let arguments = packet.strip_prefix("451-").ok_or("no binary event")?;
        let (_, metadata, _): (&str, FileMetadata, IgnoredAny) = serde_json::from_str(arguments)?;
        let Frame::Binary(content) = next(websocket).await? else { return Err("no binary".into()) };
        bytes += content.len().min(metadata.size);
    }
    check("bytes of attachments", bytes, count * ATTACHMENT_SIZE)
}

async fn attachments_up(websocket: &mut WebSocket, count: usize) -> Result<(), Error> {
    #[derive(Serialize)]
    struct Placeholder {
        #[serde(rename = "_placeholder")]
        is_placeholder: bool,
        num: usize,
    }

    let (metadata, content) = (metadata(), attachment());
    for n in 1..=count {
        let placeholder = Placeholder { is_placeholder: true, num: 0 };
        let packet = encode(format_args!("451-"), &("upload", &metadata, placeholder))?;
        websocket.feed(packet).await?;
        websocket.feed(Frame::Binary(content.clone())).await?;
        if n % BATCH_OF_ATTACHMENTS == 0 {
            websocket.flush().await?;
        }
    }
    check("attachments at the server", counted(websocket).await?, count)
}

async fn connect_many(run: Run, read_buffer: Option<usize>) -> Result<Sample, Error> {
    let mut websockets = Vec::with_capacity(run.count);
    let before = resident_kib()?;
    let meter = run.meter();
    for _ in 0..run.count {
        websockets.push(connect(run.port, read_buffer).await?);
    }
    let sample = meter.stop(websockets.len())?;
    Ok(Sample { resident_kib: Some(resident_kib()?.saturating_sub(before)), ..sample })
}

fn encode(prefix: Arguments<'_>, arguments: &impl Serialize) -> Result<Frame, Error> {
    let mut packet = Vec::with_capacity(PACKET_SIZE);
    packet.write_fmt(prefix)?;
    serde_json::to_writer(&mut packet, arguments)?;
    Ok(Frame::Text(String::from_utf8(packet)?.into()))
}

async fn counted(websocket: &mut WebSocket) -> Result<usize, Error> {
    let packet = encode(format_args!("420"), &["count"])?;
    websocket.send(packet).await?;
    let packet = text(next(websocket).await?)?;
    let [count] = serde_json::from_str(packet.strip_prefix("430").ok_or("no answer")?)?;
    Ok(count)
}

/// The answer to the event with this id.
fn answer(frame: Frame, expected: usize) -> Result<(), Error> {
    let packet = text(frame)?;
    let answer = packet.strip_prefix("43").ok_or("no answer")?;
    let (id, arguments) = answer.split_at(answer.find('[').ok_or("no arguments")?);
    let [is_heard]: [bool; 1] = serde_json::from_str(arguments)?;
    if !is_heard {
        return Err("not heard".into());
    }
    check("the id of an answer", id.parse()?, expected)
}

async fn next(websocket: &mut WebSocket) -> Result<Frame, Error> {
    Ok(websocket.next().await.ok_or("closed")??)
}

async fn next_if_ready(websocket: &mut WebSocket) -> Result<Option<Frame>, Error> {
    let next = poll_fn(|context| {
        let next = Pin::new(&mut *websocket).poll_next(context);
        Poll::Ready(if let Poll::Ready(frame) = next { Some(frame) } else { None })
    });
    next.await.map(|frame| Ok(frame.ok_or("closed")??)).transpose()
}

fn text(frame: Frame) -> Result<Utf8Bytes, tungstenite::Error> {
    frame.into_text()
}
