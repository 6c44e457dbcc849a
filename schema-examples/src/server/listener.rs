//! A TCP listener whose connections can all be reset at once.
//!
//! A WebSocket leaves its HTTP connection's task when it is upgraded, so stopping tasks would
//! not close it. Instead each stream itself watches the switch, and fails when it is thrown.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::serve::Listener;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Accepts streams that end when `cut` changes, or its sender is gone.
pub(super) struct CuttableListener {
    listener: TcpListener,
    cut: watch::Receiver<()>,
}

impl CuttableListener {
    pub(super) fn new(listener: TcpListener, cut: watch::Receiver<()>) -> Self {
        Self { listener, cut }
    }
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        // Latency counts more than packets here; without it a stream still works.
        stream.set_nodelay(true).ok();
        let mut cut = self.cut.clone();
        cut.mark_unchanged();
        // Both outcomes mean the same: thrown, or nobody left to throw it.
        let cut = Box::pin(async move { drop(cut.changed().await) });
        (CuttableStream { stream, cut: Some(cut) }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A stream that fails with a reset, and resets its peer, once it is cut.
pub(super) struct CuttableStream {
    stream: TcpStream,
    /// `None` when cut.
    cut: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl CuttableStream {
    /// Fails if the stream is cut, and otherwise has the task woken when that happens.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if let Some(cut) = &mut self.cut {
            if cut.as_mut().poll(context).is_pending() {
                return Ok(());
            }
            self.cut = None;
            // The drop that follows the error then sends a reset instead of a polite end.
            self.stream.set_zero_linger()?;
        }
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
