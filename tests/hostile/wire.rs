//! WebSocket frames and HTTP messages written and read by hand, since no library writes wrong ones.

use std::io::Result;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The server's end of a connection, with TLS or without.
pub(crate) type Wire = Box<dyn Duplex>;

pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// First bytes of frames: the last or only one of a message, by its kind (RFC 6455, 5.2).
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8a;
/// One that goes on what another has begun, and is not the last.
pub(crate) const CONTINUATION: u8 = 0x00;
/// Taken from a first byte, makes the frame one of several.
pub(crate) const FIN: u8 = 0x80;

/// A frame's head with a length, which may not be the true one.
pub(crate) fn head(first: u8, length: u64) -> Vec<u8> {
    let mut head = vec![first];
    match length {
        0..126 => head.push(length.to_be_bytes()[7]),
        126..0x1_0000 => {
            head.push(126);
            head.extend(&length.to_be_bytes()[6..]);
        }
        _ => {
            head.push(127);
            head.extend(length.to_be_bytes());
        }
    }
    head
}

pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = head(first, payload.len() as u64);
    frame.extend(payload);
    frame
}

/// A text message in one frame.
pub(crate) fn text(message: &str) -> Vec<u8> {
    frame(TEXT, message.as_bytes())
}

/// The next data message of a client in one frame; `None` at the end.
pub(crate) async fn read_message(wire: &mut Wire) -> Option<Vec<u8>> {
    loop {
        let [first, length] = [wire.read_u8().await.ok()?, wire.read_u8().await.ok()?];
        let length = match length & 0x7f {
            126 => u64::from(wire.read_u16().await.ok()?),
            127 => wire.read_u64().await.ok()?,
            length => u64::from(length),
        };
        let mask = wire.read_u32().await.ok()?.to_be_bytes();
        let mut payload = vec![0; usize::try_from(length).ok()?];
        wire.read_exact(&mut payload).await.ok()?;
        if matches!(first, TEXT | BINARY) {
            let unmasked = payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key);
            return Some(unmasked.collect());
        }
    }
}

/// An HTTP request.
#[derive(Debug)]
pub(crate) struct Request {
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn is_post(&self) -> bool {
        self.head.starts_with("POST")
    }

    pub(crate) fn has_sid(&self) -> bool {
        self.head.lines().next().is_some_and(|line| line.contains("&sid="))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The next request; `None` when the client goes before it is whole.
pub(crate) async fn read_request(wire: &mut Wire) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(wire.read_u8().await.ok()?);
    }
    let mut request = Request { head: String::from_utf8(head).ok()?, body: String::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    wire.read_exact(&mut body).await.ok()?;
    request.body = String::from_utf8(body).ok()?;
    Some(request)
}

/// The answer that makes a WebSocket of the connection.
pub(crate) fn switching(request: &Request) -> String {
    let key = request.header("sec-websocket-key").unwrap_or_default();
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-accept: {}\r\n\r\n",
        derive_accept_key(key.as_bytes())
    )
}

/// A good answer to a long-polling request.
pub(crate) fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The same with headers of one's own, each with its line break.
pub(crate) fn ok_with(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Writes, and reads away what the client says meanwhile. An error is a client that has had enough.
pub(crate) async fn send(wire: &mut Wire, bytes: &[u8]) -> Result<()> {
    let (mut reading, mut writing) = tokio::io::split(wire);
    let writing = async {
        writing.write_all(bytes).await?;
        writing.flush().await
    };
    tokio::select! {
        done = writing => done,
        error = drain(&mut reading) => error,
    }
}

/// Writes the same so many times, in pieces of some size; how often it did before the client had
/// had enough.
pub(crate) async fn flood(wire: &mut Wire, bytes: &[u8], times: usize) -> usize {
    let at_once = (64 * 1024 / bytes.len()).clamp(1, times);
    let piece = bytes.repeat(at_once);
    let mut sent = 0;
    while sent < times {
        let now = at_once.min(times - sent);
        if send(wire, &piece[..now * bytes.len()]).await.is_err() {
            break;
        }
        sent += now;
    }
    sent
}

/// Keeps the connection until the client goes.
pub(crate) async fn hold(mut wire: Wire) {
    drain(&mut wire).await.ok();
}

/// Reads to the end, which is an error where it is not the client's.
async fn drain(wire: &mut (impl AsyncRead + Unpin)) -> Result<()> {
    let mut ignored = vec![0; 16 * 1024];
    loop {
        if wire.read(&mut ignored).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}
