//! Runs one workload so many times: `client <workload> <count> [port]`. What it costs is measured
//! from outside, or read from what it prints.

use std::{collections::VecDeque, env, error::Error, fs, time::Instant};

use serde::{Deserialize, Serialize};
use socketio_runtime::{Client, Socket, client_to_server, namespace, server_to_client};
use tokio::sync::mpsc;

/// How many emits go out between two looks at the connection.
const BATCH: usize = 64;
/// How many answers are awaited at once.
const IN_FLIGHT: usize = 64;

/// A chat message of some 200 bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: String,
    content: String,
    sender_id: String,
    room_id: String,
    created_at: String,
}

#[server_to_client]
trait ServerToClient {
    fn message(message: Message);
}

#[client_to_server]
trait ClientToServer {
    fn flood(count: usize);
    fn message(message: &Message);
    fn ask(message: &Message) -> bool;
}

#[namespace("/", listens = ServerToClient, emits = ClientToServer)]
struct Chat;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let workload = arguments.next().ok_or("which workload?")?;
    let count = arguments.next().ok_or("how many?")?.parse()?;
    let url = format!("http://127.0.0.1:{}", arguments.next().as_deref().unwrap_or("7070"));

    let began = Instant::now();
    match &*workload {
        "receive" => receive(&connect(&url).await?, count).await?,
        "emit" => emit(&connect(&url).await?, count).await?,
        "in-flight" => in_flight(&connect(&url).await?, count).await?,
        "one-by-one" => one_by_one(&connect(&url).await?, count).await?,
        "connect" => connect_many(&url, count).await?,
        _ => return Err("receive, emit, in-flight, one-by-one or connect".into()),
    }
    println!("{workload} {count}: {:?} in all", began.elapsed());
    Ok(())
}

async fn connect(url: &str) -> Result<Socket<Chat>, Box<dyn Error>> {
    let client = Client::builder(url).build()?;
    Ok(client.socket::<Chat>().connect().await?)
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
    socket.emit().flood(count)?;
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

/// Connections of their own, all open at the end.
async fn connect_many(url: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let before = resident_kib()?;
    let mut sockets = Vec::with_capacity(count);
    for _ in 0..count {
        sockets.push(connect(url).await?);
    }
    let grown = resident_kib()?.saturating_sub(before);
    println!("{:.1} KiB resident a connection", grown as f64 / count as f64);
    Ok(())
}

/// As Linux tells it.
fn resident_kib() -> Result<usize, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}

fn message() -> Message {
    Message {
        id: "01JD8Z3C5W8QK2V7N4M6T9R1XF".to_owned(),
        content: "0123456789".repeat(10),
        sender_id: "alice".to_owned(),
        room_id: "lobby".to_owned(),
        created_at: "2026-11-23T10:00:00Z".to_owned(),
    }
}
