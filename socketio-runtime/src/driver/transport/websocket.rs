//! The WebSocket transport: one Engine.IO packet a message.
//!
//! Must not know: what the packets mean.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use futures_sink::Sink;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self, Message,
        error::{CapacityError, ProtocolError},
        protocol::{Role, WebSocketConfig},
    },
};

use super::{
    body,
    http::{HttpClient, HttpSession, status_error},
    quiet::{quiet, quietly},
    read_ahead::ReadAhead,
    stream::ByteStream,
};
use crate::{
    error::{Transport, TransportError},
    limits,
    proto::Frame,
};

pub(in crate::driver) struct WebSocket {
    stream: WebSocketStream<ReadAhead<Box<dyn ByteStream>>>,
    needs_flush: bool,
    /// Pings whose answers may wait to be written.
    pings: usize,
    /// Whoever reads, while there are too many of them.
    reader: Option<Waker>,
    /// Size in bytes of the largest message so far: the library's read buffer has room for it.
    largest: usize,
}

/// What came of a read.
pub(in crate::driver) enum Received {
    Frame(Frame),
    /// The number that this side's ping had.
    Pong(u64),
    Closed(Option<u16>),
    Failed(TransportError),
}

impl WebSocket {
    /// Dials, and makes the WebSocket handshake, with `sid` for a session that has been opened
    /// by long-polling. It may take for ever: the state machine holds the timeout.
    pub(in crate::driver) async fn open(
        session: Arc<HttpSession>,
        sid: Option<String>,
    ) -> Result<Self, TransportError> {
        let request = session.websocket_request(sid.as_deref())?;
        let HttpClient { dialer, max_message_size, .. } = session.client();
        let stream = ReadAhead::new(dialer.dial().await?);
        let config = WebSocketConfig::default()
            .read_buffer_size(limits::READ_BUFFER)
            .max_message_size(Some(*max_message_size))
            .max_frame_size(Some(*max_message_size));
        let opened = quiet(client_async_with_config(request, stream, Some(config))).await;
        match &opened {
            Ok((_, response)) => session.learn(response.headers()),
            Err(tungstenite::Error::Http(response)) => session.learn(response.headers()),
            Err(_) => {}
        }
        let (mut stream, _) = opened.map_err(transport_error)?;
        if stream.get_mut().end_handshake() {
            // Made once more, without the buffer of the handshake.
            let inner = stream.into_inner();
            stream =
                quiet(WebSocketStream::from_raw_socket(inner, Role::Client, Some(config))).await;
        }
        Ok(Self { stream, needs_flush: false, pings: 0, reader: None, largest: 0 })
    }

    pub(in crate::driver) fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Received> {
        // What brings nothing up takes its turns too.
        for _ in 0..limits::IO_LOOP_BOUND {
            if self.pings >= limits::UNANSWERED_PINGS {
                match self.poll_flush(context) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(Received::Failed(error)),
                    Poll::Pending => {
                        self.reader = Some(context.waker().clone());
                        return Poll::Pending;
                    }
                }
            }
            let message = ready!(quietly(|| Pin::new(&mut self.stream).poll_next(context)));
            self.stream.get_mut().begin_turn();
            return Poll::Ready(match message {
                Some(Ok(Message::Text(text))) => {
                    let is_small = self.is_small_part(text.len());
                    let text = if is_small { text.as_str().into() } else { text };
                    Received::Frame(Frame::Text(text))
                }
                Some(Ok(Message::Binary(bytes))) => {
                    let is_small = self.is_small_part(bytes.len());
                    let is_small = is_small || bytes.len() <= limits::DETACHED_ATTACHMENT;
                    let bytes = if is_small { Bytes::copy_from_slice(&bytes) } else { bytes };
                    Received::Frame(Frame::Binary(bytes))
                }
                Some(Ok(Message::Close(frame))) => {
                    // The library has queued the answer. It is sent if there is room, and nothing
                    // can be sent after it, so the channel is as good as gone.
                    let _ = quietly(|| Pin::new(&mut self.stream).poll_flush(context));
                    Received::Closed(frame.map(|frame| frame.code.into()))
                }
                Some(Ok(Message::Pong(payload))) => match payload.as_ref().try_into() {
                    Ok(number) => Received::Pong(u64::from_be_bytes(number)),
                    // Nobody asked for it.
                    Err(_) => continue,
                },
                // The library has queued the answer.
                Some(Ok(Message::Ping(_) | Message::Frame(_))) => {
                    self.needs_flush = true;
                    self.pings += 1;
                    continue;
                }
                Some(Err(error)) => broken(error),
                None => Received::Closed(None),
            });
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// A received message is a slice of the library's read buffer, and keeps all of it alive. That
    /// buffer may once have had to hold a message of many megabytes, so what is small beside that
    /// is copied out: what somebody keeps then costs about its own size.
    fn is_small_part(&mut self, size: usize) -> bool {
        self.largest = self.largest.max(size);
        self.largest > limits::READ_BUFFER && size < self.largest / 2
    }

    pub(in crate::driver) fn poll_ready(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), TransportError>> {
        quietly(|| Pin::new(&mut self.stream).poll_ready(context)).map_err(transport_error)
    }

    /// Queues a message; [`poll_ready`](Self::poll_ready) comes first.
    pub(in crate::driver) fn send(&mut self, message: Message) -> Result<(), TransportError> {
        self.needs_flush = true;
        quietly(|| Pin::new(&mut self.stream).start_send(message)).map_err(transport_error)
    }

    /// Writes what is queued.
    pub(in crate::driver) fn poll_flush(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), TransportError>> {
        if self.needs_flush {
            let flushed = ready!(quietly(|| Pin::new(&mut self.stream).poll_flush(context)));
            (self.needs_flush, self.pings) = (false, 0);
            if let Some(reader) = self.reader.take() {
                reader.wake();
            }
            return match flushed {
                Ok(()) | Err(tungstenite::Error::ConnectionClosed) => Poll::Ready(Ok(())),
                Err(error) => Poll::Ready(Err(transport_error(error))),
            };
        }
        Poll::Ready(Ok(()))
    }

    pub(in crate::driver) fn needs_flush(&self) -> bool {
        self.needs_flush
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").finish_non_exhaustive()
    }
}

fn broken(error: tungstenite::Error) -> Received {
    match transport_error(error) {
        TransportError::Closed { code } => Received::Closed(code),
        error => Received::Failed(error),
    }
}

fn transport_error(error: tungstenite::Error) -> TransportError {
    use tungstenite::Error;
    match error {
        Error::Io(source) => TransportError::Io { source: Arc::new(source) },
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(
            ProtocolError::HandshakeIncomplete
            | ProtocolError::ResetWithoutClosingHandshake
            | ProtocolError::SendAfterClosing,
        ) => TransportError::Closed { code: None },
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            TransportError::MessageTooLarge { size, limit: max_size }
        }
        Error::Http(response) => {
            let (head, body) = response.into_parts();
            // The library does not put the chunks of a body together.
            let body = body::unchunked(&head.headers, &body.unwrap_or_default());
            status_error(Transport::WebSocket, head.status, &head.headers, body)
        }
        error => TransportError::NotWebSocket { reason: error.to_string() },
    }
}
