//! One end of a connection as its server sees it: a WebSocket with Engine.IO on it, read and
//! written by whole Socket.IO packets.
//!
//! Must not know: who is at the other end, namespaces.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use futures_sink::Sink;
use serde_json::json;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio_tungstenite::{
    WebSocketStream, accept_async,
    tungstenite::{Message, Utf8Bytes, protocol::Role},
};

use super::Gone;
use crate::{
    codec::{EngineType, Header, Packet, Reassembler, decode_engine, decode_socket},
    limits,
};

#[derive(Debug)]
pub(super) struct Link {
    stream: WebSocketStream<DuplexStream>,
    incomplete: Reassembler,
}

impl Link {
    /// Makes the handshakes of the WebSocket and of Engine.IO.
    pub(super) async fn accept(
        stream: DuplexStream,
        sid: &str,
        max_payload: Option<usize>,
    ) -> Result<Self, Gone> {
        let stream = upgrade(stream).await?;
        let mut link = Self { stream, incomplete: Reassembler::default() };
        let handshake = json!({
            "sid": sid,
            "upgrades": [],
            "pingInterval": limits::TEST_PING_INTERVAL.as_millis(),
            "pingTimeout": limits::TEST_PING_TIMEOUT.as_millis(),
            "maxPayload": max_payload,
        });
        link.send(Packet::text(format!("0{handshake}"))).await?;
        Ok(link)
    }

    pub(super) async fn ping(&mut self) -> Result<(), Gone> {
        self.send(Packet::text("2")).await
    }

    /// Sends one packet, without anything between it and its attachments.
    pub(super) async fn send(&mut self, packet: Packet) -> Result<(), Gone> {
        let Packet { text, attachments } = packet;
        self.feed(Message::Text(text)).await?;
        for attachment in attachments {
            self.feed(Message::Binary(attachment)).await?;
        }
        let mut stream = Pin::new(&mut self.stream);
        poll_fn(|context| stream.as_mut().poll_flush(context)).await.map_err(|_| Gone)
    }

    /// The next packet; those of Engine.IO alone are passed over.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(super) async fn receive(&mut self) -> Result<(Header, Packet), Gone> {
        poll_fn(|context| self.poll_receive(context)).await
    }

    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Result<(Header, Packet), Gone>> {
        loop {
            let message = ready!(Pin::new(&mut self.stream).poll_next(context));
            let packet = match message {
                Some(Ok(Message::Text(text))) => self.on_text(text)?,
                Some(Ok(Message::Binary(bytes))) => self.on_binary(bytes)?,
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => None,
                Some(Ok(Message::Close(_))) => {
                    // The library has queued the answer.
                    let _ = Pin::new(&mut self.stream).poll_flush(context);
                    return Poll::Ready(Err(Gone));
                }
                Some(Err(_)) | None => return Poll::Ready(Err(Gone)),
            };
            if let Some(packet) = packet {
                return Poll::Ready(Ok(packet));
            }
        }
    }

    /// As the reference server, this ends the connection of a client that breaks the protocol.
    fn on_text(&mut self, text: Utf8Bytes) -> Result<Option<(Header, Packet)>, Gone> {
        match decode_engine(&text).map_err(|_| Gone)? {
            (EngineType::Message, _) => {}
            (EngineType::Close, _) => return Err(Gone),
            _ => return Ok(None),
        }
        let header = decode_socket(&text, limits::DEFAULT_MAX_ATTACHMENTS).map_err(|_| Gone)?;
        if header.attachments > 0 {
            self.incomplete.begin(header, text);
            return Ok(None);
        }
        Ok(Some((header, Packet::text(text))))
    }

    fn on_binary(&mut self, bytes: Bytes) -> Result<Option<(Header, Packet)>, Gone> {
        let complete = self.incomplete.add(bytes).map_err(|_| Gone)?;
        Ok(complete.map(|(header, text, attachments)| (header, Packet { text, attachments })))
    }

    async fn feed(&mut self, message: Message) -> Result<(), Gone> {
        let mut stream = Pin::new(&mut self.stream);
        poll_fn(|context| stream.as_mut().poll_ready(context)).await.map_err(|_| Gone)?;
        stream.start_send(message).map_err(|_| Gone)
    }
}

/// Makes the handshake of a WebSocket. Whoever wants something else, such as long-polling, is told
/// so as by a server that does not have it.
async fn upgrade(mut stream: DuplexStream) -> Result<WebSocketStream<DuplexStream>, Gone> {
    // By reference, since the library does not give back the stream of a handshake that failed. It
    // reads no further than the request.
    if accept_async(&mut stream).await.is_ok() {
        return Ok(WebSocketStream::from_raw_socket(stream, Role::Server, None).await);
    }
    let length = TRANSPORT_UNKNOWN.len();
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{TRANSPORT_UNKNOWN}"
    );
    // It may have gone, which is no news.
    let _ = stream.write_all(answer.as_bytes()).await;
    Err(Gone)
}

/// Error 0 of `engine.io/lib/server.ts`, `Server.errorMessages`.
const TRANSPORT_UNKNOWN: &str = r#"{"code":0,"message":"Transport unknown"}"#;
