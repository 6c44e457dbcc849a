//! Reads far ahead while much arrives, and holds no memory while nothing does.
//!
//! Must not know: what is spoken on the stream.
//!
//! The WebSocket library has one read buffer, of one size, for as long as the connection lives, and
//! clears it before each read: a large one costs a quiet connection memory and time, a small one
//! costs a busy connection a system call for every few packets. Here the library's is small, and
//! what it reads comes from this one.
//!
//! The library also keeps the buffer that it reads the answer to its handshake into. So that it can
//! be given up, the library is given the head of that answer first and alone.

use std::{
    future::Future,
    io::{IoSlice, Result},
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use crate::limits;

pub(super) struct ReadAhead<S> {
    stream: S,
    /// What was read.
    ahead: Vec<u8>,
    /// How much of it was asked for since.
    taken: usize,
    /// How much to read ahead next; 0 while little comes.
    size: usize,
    /// How much more may be handed out before others have their turn.
    turn: usize,
    head: Head,
}

/// The head of the answer to a WebSocket handshake, as far as it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    /// So many bytes of [`SWITCHING`](Self::SWITCHING) were there.
    Status(usize),
    /// So many bytes of [`END`](Self::END) were there just now.
    Fields(usize),
    /// It was taken to its end, and nothing behind it.
    Taken,
    /// It is not held apart from what follows.
    Passed,
}

impl Head {
    /// How the answer begins that switches protocols (RFC 6455, 4.1). Others have a body, which
    /// belongs to them.
    const SWITCHING: &[u8] = b"HTTP/1.1 101";
    const END: &[u8] = b"\r\n\r\n";

    /// How many of these bytes belong to it.
    fn length(&mut self, bytes: &[u8]) -> usize {
        for (length, byte) in (1..).zip(bytes) {
            *self = match *self {
                Self::Status(known) if Self::SWITCHING[known] != *byte => Self::Passed,
                Self::Status(known) if known + 1 == Self::SWITCHING.len() => Self::Fields(0),
                Self::Status(known) => Self::Status(known + 1),
                Self::Fields(known) if Self::END[known] != *byte => {
                    Self::Fields(usize::from(*byte == Self::END[0]))
                }
                Self::Fields(known) if known + 1 == Self::END.len() => Self::Taken,
                Self::Fields(known) => Self::Fields(known + 1),
                Self::Taken | Self::Passed => return bytes.len(),
            };
            if *self == Self::Taken {
                return length;
            }
        }
        bytes.len()
    }
}

impl<S> ReadAhead<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            ahead: Vec::new(),
            taken: 0,
            size: 0,
            turn: limits::READ_AT_ONCE,
            head: Head::Status(0),
        }
    }
}

impl<S> ReadAhead<S> {
    /// Whether the head of the handshake's answer is all that was taken. From now on nothing is held
    /// apart.
    pub(super) fn end_handshake(&mut self) -> bool {
        std::mem::replace(&mut self.head, Head::Passed) == Head::Taken
    }
}

impl<S> ReadAhead<S> {
    /// A whole message was read, and whoever counts those lets others have their turn.
    pub(super) fn begin_turn(&mut self) {
        self.turn = limits::READ_AT_ONCE;
    }
}

impl<S: AsyncRead + Unpin> ReadAhead<S> {
    /// Reads straight into `buffer`. Where that fills it, there is probably more.
    fn poll_direct(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        (self.ahead, self.taken) = (Vec::new(), 0);
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.remaining() == 0 {
            self.size = limits::READ_AHEAD_MIN;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads ahead, once everything before was taken.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        let size = self.size.max(limits::READ_AHEAD_MIN);
        self.taken = 0;
        self.ahead.clear();
        if self.ahead.capacity() < size {
            self.ahead = Vec::with_capacity(size);
        }
        let read = pin!(self.stream.read_buf(&mut self.ahead)).poll(context);
        let length = match read {
            Poll::Ready(Ok(length)) => length,
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Pending => {
                self.ahead = Vec::new();
                (self.size, self.turn) = (0, limits::READ_AT_ONCE);
                return Poll::Pending;
            }
        };
        if length >= size {
            self.size = (size * 2).min(limits::READ_AHEAD_MAX);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadAhead<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.turn == 0 {
            self.turn = limits::READ_AT_ONCE;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.taken == self.ahead.len() {
            if self.size == 0 && self.head == Head::Passed {
                return self.poll_direct(context, buffer);
            }
            ready!(self.poll_fill(context))?;
        }
        let Self { ahead, taken, head, .. } = &mut *self;
        let waiting = &ahead[*taken..];
        let waiting = &waiting[..waiting.len().min(buffer.remaining())];
        let length = if *head == Head::Passed { waiting.len() } else { head.length(waiting) };
        buffer.put_slice(&waiting[..length]);
        *taken += length;
        self.turn = self.turn.saturating_sub(length);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ReadAhead<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    /// One read of at most so many bytes.
    async fn read(stream: &mut ReadAhead<DuplexStream>, most: usize) -> Vec<u8> {
        let mut bytes = vec![0; most];
        let length = stream.read(&mut bytes).await.expect("the pipe is open");
        bytes.truncate(length);
        bytes
    }

    async fn is_pending(stream: &mut ReadAhead<DuplexStream>) -> bool {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        let is_pending = poll_fn(|context| {
            Poll::Ready(Pin::new(&mut *stream).poll_read(context, &mut buffer).is_pending())
        });
        is_pending.await
    }

    #[test]
    fn the_head_of_an_answer_is_held_apart_however_it_is_cut() {
        let answer = b"HTTP/1.1 101 Switching Protocols\r\nA: \r\r\n\r\nframes\r\n\r\n";
        let end = answer.len() - b"frames\r\n\r\n".len();
        for cut in 0..end {
            let mut head = Head::Status(0);
            assert_eq!(head.length(&answer[..cut]), cut);
            assert_ne!(head, Head::Taken);
            assert_eq!(head.length(&answer[cut..]), end - cut);
            assert_eq!(head, Head::Taken);
        }
    }

    #[test]
    fn an_answer_that_refuses_keeps_its_body() {
        for answer in ["HTTP/1.1 400 Bad Request\r\n\r\nbody", "HTTP/1.0 101\r\n\r\n", "?\r\n\r\n"]
        {
            let mut head = Head::Status(0);
            assert_eq!(head.length(answer.as_bytes()), answer.len());
            assert_eq!(head, Head::Passed);
        }
    }

    #[tokio::test]
    async fn what_comes_is_read_in_order_however_little_is_asked_for() {
        let (near, mut far) = duplex(1024 * 1024);
        let mut stream = ReadAhead::new(near);
        let sent: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
        far.write_all(&sent).await.expect("there is room");
        let mut received = Vec::new();
        for most in (1..).step_by(97) {
            received.extend(read(&mut stream, most).await);
            if received.len() == sent.len() {
                break;
            }
        }
        assert_eq!(received, sent);
        assert!(!stream.end_handshake());
        drop(far);
        assert!(read(&mut stream, 10).await.is_empty(), "the end");
    }

    #[tokio::test]
    async fn it_reads_more_at_once_while_much_comes_and_keeps_nothing_when_nothing_does() {
        let (near, mut far) = duplex(1024 * 1024);
        let mut stream = ReadAhead::new(near);
        stream.end_handshake();
        far.write_all(&vec![7; 1024 * 1024]).await.expect("there is room");
        let (mut largest, mut turns) = (0, 0);
        for _ in 0..1024 {
            turns += usize::from(stream.turn == 0 && is_pending(&mut stream).await);
            assert_eq!(read(&mut stream, 1024).await, [7; 1024]);
            largest = largest.max(stream.ahead.capacity());
        }
        assert_eq!(largest, limits::READ_AHEAD_MAX);
        assert_eq!(turns, 1024 * 1024 / limits::READ_AT_ONCE - 1, "others had theirs in between");
        assert!(is_pending(&mut stream).await, "it is the others' turn");
        assert!(is_pending(&mut stream).await, "there is nothing");
        assert_eq!(stream.ahead.capacity(), 0);

        far.write_all(b"little").await.expect("there is room");
        assert_eq!(read(&mut stream, 1024).await, b"little");
        assert_eq!(stream.ahead.capacity(), 0, "there is no need to");
    }

    #[tokio::test]
    async fn what_the_handshake_needed_is_given_back() {
        let (near, mut far) = duplex(1024);
        let mut stream = ReadAhead::new(near);
        far.write_all(b"HTTP/1.1 101 Switching\r\n\r\nframe").await.expect("there is room");
        assert!(read(&mut stream, 1024).await.ends_with(b"\r\n\r\n"));
        assert!(stream.end_handshake());
        assert_eq!(read(&mut stream, 1024).await, b"frame");
        assert!(is_pending(&mut stream).await);
        assert_eq!(stream.ahead.capacity(), 0);
    }
}
