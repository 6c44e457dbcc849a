//! What the server and its clients say to each other, and the books that the server keeps.
//!
//! Must not know: clients.

use serde::{Deserialize, Serialize};
use socketio_runtime::{Bytes, client_to_server, namespace, server_to_client};

#[server_to_client]
pub(super) trait FromServer {
    /// Kept for a client that is away.
    fn feed(number: u64);
    /// Answered with the next number.
    fn question(number: u64) -> u64;
}

#[client_to_server]
pub(super) trait ToServer {
    /// Waits for the connection.
    fn note(number: u64);
    /// Sent again until it is answered.
    #[event(retries = 10_000, idempotency_key, timeout = "2s")]
    fn retried(number: u64) -> u64;
    /// Answered after so many milliseconds; never, if that is negative.
    fn ask(number: u64, after: i64) -> u64;
    fn upload(number: u64, content: Bytes) -> Bytes;
    #[event(volatile)]
    fn tick(number: u64);
    /// Not accepted while offline.
    #[event(offline = reject)]
    fn online(number: u64);
    /// Perhaps withdrawn before it is sent.
    fn withdrawn(number: u64) -> ();
    #[event(timeout = "10s")]
    fn books() -> Books;
}

/// Who a client is, over all of its sessions.
#[derive(Debug, Serialize)]
pub(super) struct Identity {
    pub(super) id: usize,
}

#[namespace("/hour", listens = FromServer, emits = ToServer, auth = Identity)]
pub(super) struct Hour;

#[server_to_client]
pub(super) trait ToPassing {
    fn told(number: u64);
}

#[client_to_server]
pub(super) trait FromPassing {
    #[event(timeout = "1s")]
    fn ask(number: u64) -> u64;
    fn tell_me(count: u64);
    fn send_me_away();
}

#[namespace("/passing", listens = ToPassing, emits = FromPassing)]
pub(super) struct Passing;

/// What the server knows of one client.
#[derive(Debug, Deserialize)]
pub(super) struct Books {
    pub(super) notes: Page,
    pub(super) retried: Page,
    pub(super) asked: Page,
    pub(super) uploaded: Page,
    pub(super) volatile: Page,
    pub(super) online: Page,
    /// Those that came since the books were asked for last.
    pub(super) withdrawn: Vec<u64>,
    pub(super) fed: u64,
    pub(super) questions: Questions,
}

/// What was heard of one kind of events.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) received: u64,
    /// Against the rules of that kind.
    #[serde(default)]
    pub(super) wrong: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Questions {
    pub(super) asked: u64,
    pub(super) answered: u64,
    pub(super) unanswered: u64,
    pub(super) wrong: u64,
}
