//! A server that does as little as it can, in a process of its own, so that the client is what is
//! measured. It sends packets that were encoded beforehand, and answers acks without a look at the
//! arguments.

use std::{
    cell::Cell,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    rc::Rc,
};

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, broadcast},
    task::{LocalSet, spawn_local},
};
use tokio_tungstenite::{
    WebSocketStream, accept_async_with_config,
    tungstenite::{Bytes, Message, Utf8Bytes, protocol::WebSocketConfig},
};

use crate::{
    Result,
    names::event_name,
    service::{Flood, Shape, namespace_path},
};

/// The server's process; it ends with this.
pub struct Server {
    process: Child,
    pub port: u16,
}

impl Server {
    /// Another process of this program.
    pub fn start() -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut port = String::new();
        let output = process.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut port)?;
        Ok(Self { process, port: port.trim().parse()? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The heartbeats that the connections share.
struct Pings {
    send: broadcast::Sender<()>,
    unanswered: Cell<usize>,
    answered: Notify,
}

/// Serves until the process is ended; prints its port first.
pub async fn serve() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    let (send, _) = broadcast::channel(1);
    let pings = Rc::new(Pings { send, unanswered: Cell::new(0), answered: Notify::new() });
    let accept = async {
        loop {
            let (stream, _) = listener.accept().await?;
            let pings = Rc::clone(&pings);
            spawn_local(async move {
                // A client that is done just goes away.
                let _ = Connection::accept(stream, pings).await;
            });
        }
    };
    LocalSet::new().run_until(accept).await
}

struct Connection {
    websocket: WebSocketStream<TcpStream>,
    pings: Rc<Pings>,
    /// The ids of the acks that are not answered yet.
    held: Vec<u64>,
    /// The id of an ack that is answered after the attachment that comes next.
    uploaded: Option<u64>,
    /// The id of the ack that is answered once all heartbeats are.
    pinging: Option<u64>,
}

impl Connection {
    async fn accept(stream: TcpStream, pings: Rc<Pings>) -> Result<()> {
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(4 << 10)
            .max_message_size(None)
            .max_frame_size(None);
        let mut websocket = accept_async_with_config(stream, Some(config)).await?;
        websocket.send(Message::Text(HANDSHAKE.into())).await?;
        let mut ping = pings.send.subscribe();
        let mut connection =
            Self { websocket, pings, held: Vec::new(), uploaded: None, pinging: None };
        loop {
            let pings = Rc::clone(&connection.pings);
            tokio::select! {
                message = connection.websocket.next() => {
                    let Some(message) = message else { return Ok(()) };
                    connection.handle(message?).await?;
                    while let Some(Some(message)) = connection.websocket.next().now_or_never() {
                        connection.handle(message?).await?;
                    }
                }
                _ = ping.recv() => connection.websocket.feed(Message::Text("2".into())).await?,
                () = pings.answered.notified(), if connection.pinging.is_some() => {
                    let id = connection.pinging.take().unwrap_or_default();
                    connection.answer("", id).await?;
                }
            }
            connection.websocket.flush().await?;
        }
    }

    async fn handle(&mut self, message: Message) -> Result<()> {
        match message {
            Message::Text(packet) => self.handle_text(&packet).await,
            Message::Binary(_) => match self.uploaded.take() {
                Some(id) => self.answer("", id).await,
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    async fn handle_text(&mut self, packet: &str) -> Result<()> {
        if packet == "3" {
            self.pings.unanswered.set(self.pings.unanswered.get() - 1);
            if self.pings.unanswered.get() == 0 {
                self.pings.answered.notify_waiters();
            }
            return Ok(());
        }
        let (kind, rest) = packet.split_at(2);
        let rest = rest.strip_prefix("1-").filter(|_| kind == "45").unwrap_or(rest);
        let (namespace, rest) = match rest.split_once(',').filter(|_| rest.starts_with('/')) {
            Some((namespace, rest)) => (namespace, rest),
            None => ("", rest),
        };
        if kind == "40" {
            let prefix = if namespace.is_empty() { "" } else { "," };
            let accepted = format!(r#"40{namespace}{prefix}{{"sid":"socket"}}"#);
            return Ok(self.websocket.feed(Message::Text(accepted.into())).await?);
        }
        let (id, arguments) = rest.split_at(rest.find('[').unwrap_or(rest.len()));
        let id = id.parse().ok();
        match (name(arguments), id) {
            ("flood", _) => {
                let flood = arguments.strip_prefix(r#"["flood","#).ok_or("no flood")?;
                self.flood(&serde_json::from_str(flood.trim_end_matches(']'))?).await
            }
            ("hold", Some(id)) => {
                self.held.push(id);
                Ok(())
            }
            ("release", _) => {
                for id in std::mem::take(&mut self.held) {
                    self.answer("", id).await?;
                }
                Ok(())
            }
            ("ping_all", id) => {
                self.pinging = id;
                self.pings.unanswered.set(self.pings.send.send(())?);
                Ok(())
            }
            ("send_binary", id) => {
                self.uploaded = id;
                Ok(())
            }
            (_, Some(id)) => self.answer(namespace, id).await,
            (_, None) => Ok(()),
        }
    }

    async fn answer(&mut self, namespace: &str, id: u64) -> Result<()> {
        let comma = if namespace.is_empty() { "" } else { "," };
        let answer = format!("43{namespace}{comma}{id}[true]");
        Ok(self.websocket.feed(Message::Text(answer.into())).await?)
    }

    async fn flood(&mut self, flood: &Flood) -> Result<()> {
        let packets = packets(&flood.of);
        for message in packets.iter().cycle().take(flood.count).flatten() {
            self.websocket.feed(message.clone()).await?;
        }
        Ok(())
    }
}

/// The different packets of a flood, each with its attachments.
fn packets(shape: &Shape) -> Vec<Vec<Message>> {
    let text = |packet: String| Message::Text(Utf8Bytes::from(packet));
    match *shape {
        Shape::Events(count) => (0..count)
            .map(|number| vec![text(format!(r#"42["{}",{number}]"#, event_name(number)))])
            .collect(),
        Shape::Namespaces(count) => (0..count)
            .map(|number| (namespace_path(number), number))
            .map(|(path, number)| vec![text(format!(r#"42{path},["number",{number}]"#))])
            .collect(),
        Shape::Text(bytes) => vec![vec![text(format!(r#"42["text","{}"]"#, "a".repeat(bytes)))]],
        Shape::Binary(bytes) => {
            let event = r#"451-["binary",{"_placeholder":true,"num":0}]"#.to_owned();
            vec![vec![text(event), Message::Binary(Bytes::from(vec![7; bytes]))]]
        }
    }
}

/// The event's name, out of the text of its arguments.
fn name(arguments: &str) -> &str {
    arguments.strip_prefix("[\"").and_then(|name| name.split('"').next()).unwrap_or_default()
}

const HANDSHAKE: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":100000000}"#;
