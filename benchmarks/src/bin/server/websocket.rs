//! WebSocket frames, made and read by hand.
//!
//! Must not know: what packets mean.

use std::io;

use bytes::{Buf, BytesMut};
use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{
    connection::{Connection, Reaction},
    packets,
};

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
/// As much of a payload as is looked at; the rest is thrown away unread.
const LOOKED_AT: usize = 48;
/// A quiet connection's read buffer, and a busy one's.
const QUIET: usize = 1 << 10;
const BUSY: usize = 256 << 10;
/// How many messages of a flood are written at once.
const BLOCK: usize = 256;

pub(crate) fn upgrade(mut request: Request<Incoming>) -> Response<Full<Bytes>> {
    let key = request.headers().get(SEC_WEBSOCKET_KEY).map_or(&[][..], |key| key.as_bytes());
    let accept = derive_accept_key(key);
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let parts = upgrade.await?.downcast::<TokioIo<TcpStream>>().map_err(|_| "not TCP")?;
        let mut websocket = WebSocket {
            stream: parts.io.into_inner(),
            incoming: BytesMut::from(&*parts.read_buf),
            outgoing: Vec::new(),
            room: QUIET,
        };
        // A client that is done just goes away.
        websocket.run().await?;
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    });
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, "websocket".parse().expect("a header value"));
    headers.insert(CONNECTION, "Upgrade".parse().expect("a header value"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept.parse().expect("base64"));
    response
}

struct WebSocket {
    stream: TcpStream,
    incoming: BytesMut,
    /// Goes out before the next read.
    outgoing: Vec<u8>,
    room: usize,
}

impl WebSocket {
    async fn run(&mut self) -> io::Result<()> {
        let mut connection = Connection::default();
        append(&mut self.outgoing, TEXT, packets::handshake(packets::SID).as_bytes());
        let mut start = [0; LOOKED_AT];
        loop {
            let (kind, length) = self.next_frame(&mut start).await?;
            match kind {
                TEXT => {
                    let packet = String::from_utf8_lossy(&start[..length]);
                    self.react(connection.handle_text(&packet)).await?;
                }
                BINARY => connection.handle_binary(),
                CLOSE => return Ok(()),
                _ => {}
            }
        }
    }

    async fn react(&mut self, reaction: Reaction) -> io::Result<()> {
        match reaction {
            Reaction::Nothing => Ok(()),
            Reaction::Send(packet) => {
                append(&mut self.outgoing, TEXT, packet.as_bytes());
                Ok(())
            }
            Reaction::Flood(count) => {
                let mut frame = Vec::new();
                append(&mut frame, TEXT, packets::MESSAGE.as_bytes());
                self.repeat(&frame, count).await
            }
            Reaction::Attachments(count) => {
                let mut frames = Vec::new();
                append(&mut frames, TEXT, packets::ATTACHMENT.as_bytes());
                append(&mut frames, BINARY, &vec![7; packets::ATTACHMENT_SIZE]);
                self.repeat(&frames, count).await
            }
        }
    }

    async fn repeat(&mut self, frames: &[u8], count: usize) -> io::Result<()> {
        let at_once = if frames.len() > BUSY / 4 { 1 } else { BLOCK };
        let block = frames.repeat(at_once);
        for _ in 0..count / at_once {
            self.stream.write_all(&block).await?;
        }
        self.stream.write_all(&block[..frames.len() * (count % at_once)]).await
    }

    /// The kind of a frame; the beginning of its payload is put into `start`.
    async fn next_frame(&mut self, start: &mut [u8; LOOKED_AT]) -> io::Result<(u8, usize)> {
        self.fill(2).await?;
        let kind = self.incoming.get_u8();
        let length = match self.incoming.get_u8() & 0x7f {
            126 => {
                self.fill(2).await?;
                usize::from(self.incoming.get_u16())
            }
            127 => {
                self.fill(8).await?;
                usize::try_from(self.incoming.get_u64()).map_err(io::Error::other)?
            }
            length => usize::from(length),
        };
        let looked_at = length.min(LOOKED_AT);
        self.fill(4 + looked_at).await?;
        let mask = self.incoming.get_u32().to_be_bytes();
        for (index, byte) in start[..looked_at].iter_mut().enumerate() {
            *byte = self.incoming[index] ^ mask[index % 4];
        }
        self.skip(length).await?;
        Ok((kind, looked_at))
    }

    async fn skip(&mut self, mut length: usize) -> io::Result<()> {
        loop {
            let here = length.min(self.incoming.len());
            self.incoming.advance(here);
            length -= here;
            if length == 0 {
                return Ok(());
            }
            self.fill(1).await?;
        }
    }

    async fn fill(&mut self, length: usize) -> io::Result<()> {
        while self.incoming.len() < length {
            if !self.outgoing.is_empty() {
                self.stream.write_all(&self.outgoing).await?;
                self.outgoing.clear();
            }
            self.incoming.reserve(self.room);
            let read = self.stream.read_buf(&mut self.incoming).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if read >= QUIET {
                self.room = BUSY;
            }
        }
        Ok(())
    }
}

/// A frame of a server, which is not masked.
fn append(frames: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    frames.push(kind);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..126), _) => frames.push(length),
        (_, Ok(length)) => {
            frames.push(126);
            frames.extend(length.to_be_bytes());
        }
        _ => {
            frames.push(127);
            frames.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frames.extend(payload);
}
