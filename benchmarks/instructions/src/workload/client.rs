//! The workloads of a whole client, over a WebSocket.
//!
//! Must not know: who counts.

use std::{collections::VecDeque, error::Error};

use socketio_codec::{FileMetadata, Message, file, message};
use socketio_runtime::{Bytes, Client, Socket, client_to_server, namespace, server_to_client};
use tokio::sync::mpsc;

/// How many emits go out between two looks at the connection.
const BATCH: usize = 64;
/// How many answers are awaited at once.
const IN_FLIGHT: usize = 64;

#[server_to_client]
trait ServerToClient {
    fn message(message: Message);
    fn file(metadata: FileMetadata, content: Bytes);
}

#[client_to_server]
trait ClientToServer {
    /// Asks for so many messages.
    fn messages(count: usize);
    /// Asks for so many files.
    fn files(count: usize);
    fn message(message: &Message);
    fn file(metadata: &FileMetadata, content: &Bytes);
    fn ask(message: &Message) -> bool;
}

#[namespace("/", listens = ServerToClient, emits = ClientToServer)]
struct Chat;

#[tokio::main(flavor = "current_thread")]
pub(super) async fn run(workload: &str, count: usize, port: u16) -> Result<(), Box<dyn Error>> {
    let client = Client::builder(format!("http://127.0.0.1:{port}")).build()?;
    let socket = client.socket::<Chat>().connect().await?;
    match workload {
        "receive" => receive(&socket, count).await,
        "emit" => emit(&socket, count).await,
        "in-flight" => in_flight(&socket, count).await,
        "one-by-one" => one_by_one(&socket, count).await,
        "attachments-down" => attachments_down(&socket, count).await,
        "attachments-up" => attachments_up(&socket, count).await,
        _ => Err("no such workload".into()),
    }
}

async fn receive(socket: &Socket<Chat>, count: usize) -> Result<(), Box<dyn Error>> {
    let (done, mut is_done) = mpsc::channel(1);
    let (mut received, mut bytes) = (0, 0);
    socket.on().message(move |message| {
        received += 1;
        bytes += message.content.len();
        if received == count {
            // The other end waits.
            let _ = done.try_send(bytes);
        }
    });
    socket.emit().messages(count)?;
    let bytes = is_done.recv().await.ok_or("the listener is gone")?;
    assert_eq!(bytes, count * message().content.len());
    Ok(())
}

async fn emit(socket: &Socket<Chat>, count: usize) -> Result<(), Box<dyn Error>> {
    let message = message();
    for n in 0..count {
        socket.emit().message(&message)?;
        if n % BATCH == 0 {
            socket.flushed().await?;
        }
    }
    // The server has read everything.
    assert!(socket.emit().ask(&message).await?);
    Ok(())
}

async fn in_flight(socket: &Socket<Chat>, count: usize) -> Result<(), Box<dyn Error>> {
    let message = message();
    let mut waiting = VecDeque::with_capacity(IN_FLIGHT);
    for _ in 0..count {
        if waiting.len() == IN_FLIGHT {
            assert!(waiting.pop_front().ok_or("nothing waits")?.await?);
        }
        waiting.push_back(socket.emit().ask(&message));
    }
    for ack in waiting {
        assert!(ack.await?);
    }
    Ok(())
}

async fn one_by_one(socket: &Socket<Chat>, count: usize) -> Result<(), Box<dyn Error>> {
    let message = message();
    for _ in 0..count {
        assert!(socket.emit().ask(&message).await?);
    }
    Ok(())
}

/// One after the other: how a flood of them comes in pieces depends on the kernel, and a count on
/// the pieces.
async fn attachments_down(socket: &Socket<Chat>, count: usize) -> Result<(), Box<dyn Error>> {
    let (sizes, mut received) = mpsc::channel(1);
    socket.on().file(move |metadata, content| {
        assert_eq!(metadata.size, content.len());
        // The other end waits.
        let _ = sizes.try_send(content.len());
    });
    let size = file().1.len();
    for _ in 0..count {
        socket.emit().files(1)?;
        assert_eq!(received.recv().await, Some(size));
    }
    Ok(())
}

async fn attachments_up(socket: &Socket<Chat>, count: usize) -> Result<(), Box<dyn Error>> {
    let (metadata, content) = file();
    for n in 0..count {
        socket.emit().file(&metadata, &content)?;
        if n % BATCH == 0 {
            socket.flushed().await?;
        }
    }
    // The server has read everything.
    assert!(socket.emit().ask(&message()).await?);
    Ok(())
}
