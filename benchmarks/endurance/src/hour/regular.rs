//! A client that stays for the whole hour, whatever happens to its connections: its listeners, and
//! what it has emitted and heard.
//!
//! Must not know: when it emits.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use socketio_runtime::{
    Client, Lifecycle, Parser, Socket, Transport,
    error::{EmitError, InvalidEvent},
};

use super::{
    live::{Live, Token},
    service::{Hour, Identity},
};
use crate::Result;

/// How a client connects.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    pub(super) name: &'static str,
    transports: &'static [Transport],
    pub(super) is_msgpack: bool,
    /// Whether its connections break.
    pub(super) is_broken: bool,
}

const BOTH: &[Transport] = &[Transport::Polling, Transport::WebSocket];

pub(super) const MANNERS: [Manner; 7] = [
    Manner::new("WebSocket", &[Transport::WebSocket]),
    Manner::new("polling, then WebSocket", BOTH),
    Manner::new("polling", &[Transport::Polling]),
    Manner::new("msgpack, WebSocket", &[Transport::WebSocket]).msgpack(),
    Manner::new("msgpack, polling, then WebSocket", BOTH).msgpack(),
    Manner::new("WebSocket, unbroken", &[Transport::WebSocket]).unbroken(),
    Manner::new("polling, unbroken", &[Transport::Polling]).unbroken(),
];

impl Manner {
    const fn new(name: &'static str, transports: &'static [Transport]) -> Self {
        Self { name, transports, is_msgpack: false, is_broken: true }
    }

    const fn msgpack(self) -> Self {
        Self { is_msgpack: true, ..self }
    }

    const fn unbroken(self) -> Self {
        Self { is_broken: false, ..self }
    }

    pub(super) fn client(self, ports: Ports) -> Result<Client> {
        let port = match (self.is_broken, self.is_msgpack) {
            (false, _) => ports.server,
            (true, false) => ports.proxy,
            (true, true) => ports.msgpack_proxy,
        };
        let client = Client::builder(format!("http://127.0.0.1:{port}"))
            .transports(self.transports.iter().copied())
            .parser(if self.is_msgpack { Parser::Msgpack } else { Parser::Json })
            .reconnection_delay(Duration::from_millis(100))
            .reconnection_delay_max(Duration::from_secs(1))
            .open_timeout(Duration::from_secs(5))
            .connect_timeout(Duration::from_secs(5))
            .ack_timeout(ACK_TIMEOUT);
        Ok(client.build()?)
    }
}

/// Where to connect to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) server: u16,
    pub(super) proxy: u16,
    pub(super) msgpack_proxy: u16,
}

pub(super) struct Regular {
    pub(super) id: usize,
    pub(super) manner: Manner,
    pub(super) client: Client,
    pub(super) socket: Socket<Hour>,
    pub(super) counts: Arc<Counts>,
}

/// What a regular has done, from its side.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Accepted, by kind; also the next number of that kind.
    pub(super) notes: AtomicU64,
    pub(super) retried: AtomicU64,
    pub(super) asked: AtomicU64,
    pub(super) uploaded: AtomicU64,
    pub(super) ticks: AtomicU64,
    pub(super) online: AtomicU64,
    pub(super) withdrawn: AtomicU64,
    pub(super) books: AtomicU64,
    /// Emits that were not accepted.
    pub(super) rejected: AtomicU64,
    /// How acks have settled.
    pub(super) acks: Acks,
    pub(super) heard: Heard,
    /// Those that the client says were never sent, since the books were compared last.
    pub(super) never_sent: Mutex<Vec<u64>>,
    pub(super) invalid: AtomicU64,
    pub(super) connects: AtomicU64,
    pub(super) recoveries: AtomicU64,
    pub(super) upgrades: AtomicU64,
}

#[derive(Debug, Default)]
pub(super) struct Acks {
    pub(super) answered: AtomicU64,
    pub(super) timed_out: AtomicU64,
    pub(super) disconnected: AtomicU64,
    /// Dropped before they settled.
    pub(super) forgotten: AtomicU64,
    pub(super) cancelled: AtomicU64,
    /// Settled as they must not be: an answer to something else, or one that was never given.
    pub(super) wrong: AtomicU64,
}

#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The next feed's number.
    pub(super) fed: AtomicU64,
    /// Feeds that came.
    pub(super) feeds: AtomicU64,
    /// Feeds that were missed between two sessions.
    pub(super) gaps: AtomicU64,
    /// Feeds that came twice, or were missed within a session or a recovered one.
    pub(super) wrong: AtomicU64,
    pub(super) questions: AtomicU64,
}

impl Counts {
    /// What emit methods have accepted, all kinds together.
    pub(super) fn accepted(&self) -> u64 {
        let Self { notes, retried, asked, uploaded, ticks, online, withdrawn, books, .. } = self;
        let kinds = [notes, retried, asked, uploaded, ticks, online, withdrawn, books];
        kinds.iter().map(|kind| kind.load(Relaxed)).sum()
    }

    pub(super) fn never_sent(&self) -> MutexGuard<'_, Vec<u64>> {
        self.never_sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Emits the next of a kind, if it is accepted.
    pub(super) fn emit(
        &self,
        kind: &AtomicU64,
        emit: impl FnOnce(u64) -> std::result::Result<(), EmitError>,
    ) {
        match emit(kind.load(Relaxed)) {
            Ok(()) => kind.fetch_add(1, Relaxed),
            Err(_) => self.rejected.fetch_add(1, Relaxed),
        };
    }
}

impl Acks {
    pub(super) fn settled(&self) -> u64 {
        let Self { answered, timed_out, disconnected, forgotten, cancelled, wrong } = self;
        let all = [answered, timed_out, disconnected, forgotten, cancelled, wrong];
        all.iter().map(|settled| settled.load(Relaxed)).sum()
    }
}

impl Regular {
    pub(super) async fn connect(id: usize, ports: Ports, captured: &Live) -> Result<Self> {
        let manner = MANNERS[id % MANNERS.len()];
        let client = manner.client(ports)?;
        let socket = client.socket::<Hour>().auth(move || Identity { id }).build()?;
        let counts = Arc::new(Counts::default());
        listen(&socket, &counts, captured);
        // The connection may break at once; the socket goes on trying.
        let _ = socket.connect().await;
        socket.state().wait_for(|state| state.connected).await?;
        Ok(Self { id, manner, client, socket, counts })
    }
}

/// Its listeners, and the task that follows its lifecycle.
fn listen(socket: &Socket<Hour>, counts: &Arc<Counts>, captured: &Live) {
    let (weak, heard, token) = (socket.downgrade(), Arc::clone(counts), captured.token());
    let mut session = None;
    socket.on().feed(move |number| {
        let _: &Token = &token;
        let id = weak.upgrade().and_then(|socket| socket.id());
        let (is_same, heard) = (session == id, &heard.heard);
        session = id;
        let expected = heard.fed.swap(number + 1, Relaxed);
        if number > expected && !is_same {
            heard.gaps.fetch_add(number - expected, Relaxed);
        } else if number != expected {
            heard.wrong.fetch_add(1, Relaxed);
        }
        heard.feeds.fetch_add(1, Relaxed);
    });
    let (heard, token) = (Arc::clone(counts), captured.token());
    socket.on().question(move |number| {
        let _: &Token = &token;
        heard.heard.questions.fetch_add(1, Relaxed);
        async move { number + 1 }
    });
    let (told, token) = (Arc::clone(counts), captured.token());
    socket.on_invalid(move |invalid| {
        let _: &Token = &token;
        // What is emitted to a connection that breaks, and answers to one that is gone, are told.
        let is_usual = matches!(invalid, InvalidEvent::Emit(_) | InvalidEvent::LateAnswer { .. });
        told.invalid.fetch_add(u64::from(!is_usual), Relaxed);
    });
    let (mut lifecycle, counts) = (socket.lifecycle(), Arc::clone(counts));
    tokio::spawn(async move {
        while let Some(change) = lifecycle.next().await {
            match change {
                Lifecycle::Connect { recovered } => {
                    counts.connects.fetch_add(1, Relaxed);
                    counts.recoveries.fetch_add(u64::from(recovered), Relaxed);
                }
                Lifecycle::Upgrade { .. } => drop(counts.upgrades.fetch_add(1, Relaxed)),
                _ => {}
            }
        }
    });
}

/// Listeners of a regular that stay: of feeds, of questions and of what is invalid.
pub(super) const CAPTURES_EACH: usize = 3;
pub(super) const ACK_TIMEOUT: Duration = Duration::from_millis(1500);
