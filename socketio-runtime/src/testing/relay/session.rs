//! One connection of the client, from its handshake to its end, and the mirror's connection that
//! lives and dies with it.
//!
//! Must not know: payload types, other connections.

use std::{collections::BTreeMap, pin::pin};

use serde_json::json;
use tokio::{io::DuplexStream, select};

use super::{
    Action, Command, Commands, Gone,
    desk::{Desk, Verdict},
    link::Link,
};
use crate::{
    codec::{Header, Packet, SocketType, prefix},
    driver::{MemoryListener, sleep},
    limits,
};

pub(super) struct Session<'r> {
    desk: &'r Desk,
    sid: String,
    client: Link,
    mirror: Link,
    seats: BTreeMap<String, Seat>,
    /// How often a namespace was entered.
    entries: u64,
    /// Whether nothing more is said to the client, nor heard from it.
    is_silent: bool,
    /// Pings that it was not sent.
    unsent_pings: u32,
}

/// Where the two sides of a namespace stand.
#[derive(Default)]
struct Seat {
    client_waits: bool,
    mirror_waits: bool,
    is_open: bool,
}

/// Why a session has ended.
pub(super) enum End {
    /// One of the two is gone.
    Gone,
    /// The client has dialled again.
    Dialled(DuplexStream),
    /// The test wants it so, and waits for it.
    Told(Command),
    /// No handle of the server is left.
    Abandoned,
}

impl<'r> Session<'r> {
    pub(super) fn new(desk: &'r Desk, sid: String, client: Link, mirror: Link) -> Self {
        Self {
            desk,
            sid,
            client,
            mirror,
            seats: BTreeMap::new(),
            entries: 0,
            is_silent: false,
            unsent_pings: 0,
        }
    }

    pub(super) async fn run(
        &mut self,
        commands: &mut Commands,
        clients: &mut MemoryListener,
    ) -> End {
        let mut ping = pin!(sleep(limits::TEST_PING_INTERVAL));
        loop {
            // In this order, so that what the server emitted before a command comes before it.
            let done = select! {
                biased;
                received = self.mirror.receive() => match received {
                    Ok((header, packet)) => self.on_mirror(&header, packet).await,
                    Err(gone) => Err(gone),
                },
                received = self.client.receive(), if !self.is_silent => match received {
                    Ok((header, packet)) => self.on_client(&header, packet).await,
                    Err(gone) => Err(gone),
                },
                command = commands.recv() => match command {
                    Some(command) if command.action.ends_session() => {
                        // Before the client notices, and dials again.
                        if matches!(command.action, Action::GoDown) {
                            clients.set_down(true);
                        }
                        return End::Told(command);
                    }
                    Some(command) => {
                        let done = self.act(&command.action).await;
                        command.confirm();
                        done
                    }
                    None => return End::Abandoned,
                },
                stream = clients.accept() => return End::Dialled(stream),
                () = &mut ping => {
                    ping.set(sleep(limits::TEST_PING_INTERVAL));
                    self.ping().await
                }
            };
            if let Err(Gone) = done {
                return End::Gone;
            }
        }
    }

    /// Cuts both connections without a word, and waits until the test's side has noticed.
    pub(super) async fn end(self) {
        let Self { desk, client, mirror, seats, .. } = self;
        drop((client, mirror));
        for (path, seat) in seats {
            if seat.is_open {
                desk.mirrored(&path, false).await;
            }
        }
    }

    async fn on_client(&mut self, header: &Header, packet: Packet) -> Result<(), Gone> {
        let path = header.namespace(&packet.text);
        match header.kind {
            SocketType::Connect => match self.desk.judge(path, header.payload(&packet.text)) {
                Verdict::Refused(payload) => {
                    let refusal = format!("44{}{payload}", prefix(path));
                    self.client.send(Packet::text(refusal)).await
                }
                Verdict::Welcome => {
                    self.seat(path).client_waits = true;
                    self.open_if_both_wait(path).await
                }
            },
            SocketType::Disconnect => self.close(path).await,
            SocketType::Event | SocketType::Ack if self.is_open(path) => {
                self.mirror.send(packet).await
            }
            // It was sent before the client knew that it was sent away.
            _ => Ok(()),
        }
    }

    async fn on_mirror(&mut self, header: &Header, packet: Packet) -> Result<(), Gone> {
        let path = header.namespace(&packet.text);
        match header.kind {
            SocketType::Connect => {
                self.seat(path).mirror_waits = true;
                self.open_if_both_wait(path).await
            }
            // The test has dropped its handle.
            SocketType::Disconnect => {
                self.seats.remove(path);
                self.send_away(path).await
            }
            SocketType::Event | SocketType::Ack if self.is_open(path) && !self.is_silent => {
                self.client.send(packet).await
            }
            _ => Ok(()),
        }
    }

    async fn act(&mut self, action: &Action) -> Result<(), Gone> {
        match action {
            Action::Disconnect(path) if self.is_open(path) => {
                self.send_away(path).await?;
                self.close(path).await
            }
            Action::Silence => {
                self.is_silent = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The test's side is let in first, so that it can answer the client's first word.
    async fn open_if_both_wait(&mut self, path: &str) -> Result<(), Gone> {
        let seat = self.seat(path);
        if !(seat.client_waits && seat.mirror_waits) {
            return Ok(());
        }
        *seat = Seat { is_open: true, ..Seat::default() };
        self.entries += 1;
        let sid = format!("{}-{}", self.sid, self.entries);
        let accepted = Packet::text(format!("40{}{}", prefix(path), json!({ "sid": sid })));
        self.mirror.send(accepted.clone()).await?;
        self.desk.mirrored(path, true).await;
        self.client.send(accepted).await
    }

    /// The client has left a namespace, willingly or not: the test's side leaves it too, and waits
    /// for the next one.
    async fn close(&mut self, path: &str) -> Result<(), Gone> {
        let Some(seat) = self.seats.get_mut(path) else { return Ok(()) };
        seat.client_waits = false;
        if !std::mem::take(&mut seat.is_open) {
            return Ok(());
        }
        self.mirror.send(goodbye(path)).await?;
        self.desk.mirrored(path, false).await;
        Ok(())
    }

    async fn send_away(&mut self, path: &str) -> Result<(), Gone> {
        if self.is_silent { Ok(()) } else { self.client.send(goodbye(path)).await }
    }

    async fn ping(&mut self) -> Result<(), Gone> {
        self.mirror.ping().await?;
        if !self.is_silent {
            return self.client.ping().await;
        }
        // The server misses the answers too. The client has noticed before: its time runs from the
        // last ping that it got.
        self.unsent_pings += 1;
        if self.unsent_pings > 1 { Err(Gone) } else { Ok(()) }
    }

    fn seat(&mut self, path: &str) -> &mut Seat {
        self.seats.entry(path.to_owned()).or_default()
    }

    fn is_open(&self, path: &str) -> bool {
        self.seats.get(path).is_some_and(|seat| seat.is_open)
    }
}

fn goodbye(path: &str) -> Packet {
    Packet::text(format!("41{}", prefix(path)))
}
