//! Clients and observers as most scenarios want them.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use socketio_runtime::{
    Client, ClientBuilder, Lifecycle, LifecycleStream, Namespace, Socket, error::InvalidEvent,
};
use socketio_tests::{FakeServer, soon};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_tungstenite::tungstenite::Message;

/// A client that comes back quickly, so that tests do.
pub(crate) fn quick(url: impl Into<String>) -> ClientBuilder {
    Client::builder(url)
        .reconnection_delay(Duration::from_millis(10))
        .reconnection_delay_max(Duration::from_millis(100))
}

/// A connected socket of a quick client.
pub(crate) async fn join<N: Namespace>(url: impl Into<String>) -> Socket<N> {
    let client = quick(url).build().expect("the URL is good");
    soon(client.socket::<N>().connect()).await.expect("the server accepts")
}

/// A pen for a listener to note what it heard, and the notes for the test to await.
pub(crate) fn notes<T>() -> (Pen<T>, Notes<T>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Pen(sender), Notes(receiver))
}

/// Takes notes. Clones write on the same paper.
#[derive(Debug, Clone)]
pub(crate) struct Pen<T>(UnboundedSender<T>);

impl<T> Pen<T> {
    pub(crate) fn note(&self, value: T) {
        // The test may have seen enough.
        self.0.send(value).ok();
    }
}

/// What was noted and not yet read.
#[derive(Debug)]
pub(crate) struct Notes<T>(UnboundedReceiver<T>);

impl<T> Notes<T> {
    /// The next note.
    #[track_caller]
    pub(crate) fn next(&mut self) -> impl Future<Output = T> {
        let next = soon(self.0.recv());
        async { next.await.expect("whoever notes is still there") }
    }

    /// Everything that has been noted by now.
    pub(crate) fn so_far(&mut self) -> Vec<T> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }

    /// Waits until nobody can note any more.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> impl Future<Output = ()> {
        let next = soon(self.0.recv());
        async { assert!(next.await.is_none(), "nothing more is noted") }
    }
}

/// What reaches `on_invalid`.
pub(crate) fn invalid_events<N: Namespace>(socket: &Socket<N>) -> Notes<InvalidEvent> {
    let (pen, notes) = notes();
    socket.on_invalid(move |invalid| pen.note(invalid.clone()));
    notes
}

/// The next change in a socket's lifecycle.
#[track_caller]
pub(crate) fn next_change(lifecycle: &mut LifecycleStream) -> impl Future<Output = Lifecycle> {
    let next = soon(lifecycle.next());
    async { next.await.expect("the socket was not disconnected by this side") }
}

/// Reads changes until the socket is connected (again); all of them, `Connect` included.
pub(crate) async fn until_connected(lifecycle: &mut LifecycleStream) -> Vec<Lifecycle> {
    let mut changes = Vec::new();
    loop {
        let change = next_change(lifecycle).await;
        let is_connected = matches!(change, Lifecycle::Connect { .. });
        changes.push(change);
        if is_connected {
            return changes;
        }
    }
}

/// A server that accepts every namespace, and notes each message that it gets; the last note of
/// a connection is `close`, if it ends in good order.
pub(crate) async fn scribe() -> (FakeServer, Notes<String>) {
    let (pen, notes) = notes();
    let server = FakeServer::websocket(move |mut socket| {
        let pen = pen.clone();
        async move {
            if socket.send(Message::text(HANDSHAKE)).await.is_err() {
                return;
            }
            while let Some(Ok(message)) = socket.next().await {
                let Ok(text) = message.to_text() else { continue };
                if message.is_ping() {
                    continue;
                }
                let note = if message.is_close() { "close" } else { text };
                pen.note(note.to_owned());
                let connect = text.strip_prefix("40").and_then(|rest| rest.split_once(','));
                if let Some((namespace, _)) = connect {
                    let accepted = Message::text(format!(r#"40{namespace},{{"sid":"x"}}"#));
                    // A client that has gone is noticed when it is read from.
                    socket.send(accepted).await.ok();
                }
            }
        }
    })
    .await;
    (server, notes)
}

const HANDSHAKE: &str =
    r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
