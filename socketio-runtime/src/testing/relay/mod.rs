//! The server between the client under test and the mirror that the test holds: it answers
//! handshakes, CONNECTs and heartbeats to both itself, and hands on events and answers as they are.
//!
//! Must not know: payload types, what a test expects.
//!
//! It serves one client at a time. Each connection of the client has one of the mirror beside it,
//! which begins and ends with it, so that the mirror's socket is connected when the client's is:
//! answers that wait and answers that come too late are then treated as those of any socket.

mod desk;
mod link;
mod session;

use std::sync::Arc;

use tokio::{
    io::DuplexStream,
    select,
    sync::{mpsc, oneshot},
};

pub(super) use self::desk::Desk;
use self::{
    link::Link,
    session::{End, Session},
};
use crate::{driver::MemoryListener, limits};

/// The task of a test server.
#[derive(Debug)]
pub(super) struct Relay {
    pub(super) desk: Arc<Desk>,
    pub(super) clients: MemoryListener,
    pub(super) mirrors: MemoryListener,
    pub(super) commands: Commands,
    /// Connections so far.
    pub(super) sessions: u64,
}

pub(super) type Commands = mpsc::Receiver<Command>;

/// What a test wants to happen.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) action: Action,
    /// Told when it has happened.
    pub(super) done: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(super) enum Action {
    /// The connection breaks.
    Cut,
    /// The connection breaks, and no other can be made.
    GoDown,
    ComeUp,
    /// The connection stays, and nothing gets through any more.
    Silence,
    /// The client is sent away from a namespace.
    Disconnect(String),
}

/// A connection is no more.
#[derive(Debug, Clone, Copy)]
struct Gone;

impl Relay {
    /// Runs until the last handle of the server is gone.
    pub(super) async fn run(mut self) {
        let mut dialled = None;
        loop {
            let stream = match dialled.take() {
                Some(stream) => stream,
                None => match self.idle().await {
                    Some(stream) => stream,
                    None => return,
                },
            };
            // A client that does not get through its handshakes is none.
            let Ok(end) = self.serve(stream).await else { continue };
            match end {
                End::Gone => {}
                End::Dialled(stream) => dialled = Some(stream),
                End::Told(command) => self.act(command),
                End::Abandoned => return,
            }
        }
    }

    /// Waits for a connection; `None` when no handle is left.
    async fn idle(&mut self) -> Option<DuplexStream> {
        loop {
            select! {
                biased;
                command = self.commands.recv() => self.act(command?),
                stream = self.clients.accept() => return Some(stream),
            }
        }
    }

    async fn serve(&mut self, stream: DuplexStream) -> Result<End, Gone> {
        self.sessions += 1;
        let sid = format!("test-{}", self.sessions);
        let client = Link::accept(stream, &sid, Some(limits::TEST_MAX_PAYLOAD)).await?;
        let mirror = Link::accept(self.mirrors.accept().await, &sid, None).await?;
        let mut session = Session::new(&self.desk, sid, client, mirror);
        let end = session.run(&mut self.commands, &mut self.clients).await;
        session.end().await;
        Ok(end)
    }

    /// Does what needs no connection.
    fn act(&mut self, command: Command) {
        match command.action {
            Action::GoDown => self.clients.set_down(true),
            Action::ComeUp => self.clients.set_down(false),
            Action::Cut | Action::Silence | Action::Disconnect(_) => {}
        }
        command.confirm();
    }
}

impl Action {
    fn ends_session(&self) -> bool {
        matches!(self, Self::Cut | Self::GoDown)
    }
}

impl Command {
    fn confirm(self) {
        // The test may have stopped waiting.
        let _ = self.done.send(());
    }
}
