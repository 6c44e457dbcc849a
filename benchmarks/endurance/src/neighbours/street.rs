//! Sockets beside each other: of two namespaces on one connection, and on two more connections.
//!
//! Must not know: what is made of the latencies.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc,
    },
    time::Duration,
};

use socketio_runtime::{
    Client, EventStream, Listener, Socket, client_to_server, error::InvalidEvent, namespace,
    server_to_client,
};
use tokio::{
    sync::Notify,
    task::{JoinHandle, block_in_place},
    time::{Instant, interval, sleep, timeout},
};

use crate::{Result, latency::Latencies, verdict::Verdict};

#[server_to_client]
trait FromServer {
    fn healthy(number: u64);
    fn slow(number: u64);
    fn blocked(number: u64);
    fn panics(number: u64);
    fn panics_async(number: u64);
    fn unread(number: u64);
    fn blocks_the_thread(number: u64);
    fn echoed(at: u64);
}

#[client_to_server]
trait ToServer {
    fn start(events: &[&str], interval_ms: u64);
    /// How often each event was sent.
    fn stop() -> u64;
    fn echo(at: u64);
    fn ask(number: u64) -> u64;
}

#[namespace("/neighbours-1", listens = FromServer, emits = ToServer)]
struct Neighbours;

/// Who lives in a street.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum House {
    Healthy,
    Bad,
}

/// Counts what comes, and what comes out of order.
#[derive(Debug, Clone, Default)]
struct Heard(Arc<(AtomicU64, AtomicU64)>);

impl Heard {
    fn hear(&self, number: u64) {
        let (next, wrong) = &*self.0;
        wrong.fetch_add(u64::from(next.fetch_add(1, Relaxed) != number), Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.0.load(Relaxed)
    }

    fn wrong(&self) -> u64 {
        self.0.1.load(Relaxed)
    }
}

pub(super) struct Street {
    kind: House,
    /// The first one has the bad listeners; the second is on its connection.
    sockets: Vec<(Socket<Neighbours>, Heard)>,
    bad: Bad,
    /// Ends the one call of the blocked listener.
    release: Arc<Notify>,
    /// On a connection of its own, with a listener that blocks its thread until this is dropped.
    blocking: (Socket<Neighbours>, Heard, mpsc::Sender<()>),
    began: Instant,
}

/// The bad listeners, or healthy ones in their places.
struct Bad {
    slow: (Listener, Heard),
    blocked: (Listener, Heard),
    panics: (Listener, Heard),
    panics_async: (Listener, Heard),
    /// Not opened where all are healthy.
    unread: Option<EventStream<u64>>,
    /// How often the first socket was told that a listener lags.
    lagged: Arc<AtomicU64>,
}

impl Street {
    pub(super) async fn open(url: &str, kind: House) -> Result<Self> {
        let client = || Client::builder(url).listener_queue(QUEUE).build();
        let (first, other, third) = (client()?, client()?, client()?);
        let mut sockets = Vec::new();
        for (client, path) in [(&first, 1), (&first, 2), (&other, 1)] {
            let path = format!("/neighbours-{path}");
            let (socket, heard) =
                (client.socket::<Neighbours>().namespace(path).build()?, Heard::default());
            let hear = heard.clone();
            socket.on().healthy(move |number| hear.hear(number));
            socket.connect().await?;
            sockets.push((socket, heard));
        }
        let release = Arc::default();
        let bad = Bad::move_in(&sockets[0].0, kind, &release);
        let blocking = block(&third, kind).await?;
        for socket in sockets.iter().map(|(socket, _)| socket).chain([&blocking.0]) {
            socket.emit().start(&EVENTS, INTERVAL_MS)?;
        }
        Ok(Self { kind, sockets, bad, release, blocking, began: Instant::now() })
    }

    /// Asks for answers and echoes on all healthy sockets until the end.
    pub(super) fn probe(
        &self,
        latencies: &Arc<Latencies>,
        end: Instant,
    ) -> Vec<JoinHandle<Result<()>>> {
        let began = self.began;
        let probe = |(socket, _): &(Socket<Neighbours>, Heard)| {
            let echoes = Arc::clone(latencies);
            socket.on().echoed(move |at| {
                echoes.record(began.elapsed().saturating_sub(Duration::from_micros(at)));
            });
            tokio::spawn(ask(socket.clone(), Arc::clone(latencies), began, end))
        };
        self.sockets.iter().map(probe).collect()
    }

    /// Ends everything but the call of the blocked listener, which goes on: what is given back ends
    /// that.
    pub(super) async fn close(self, verdict: &mut Verdict) -> Result<Arc<Notify>> {
        let mut sent = 0;
        for (socket, heard) in &self.sockets {
            sent = timeout(PATIENCE, socket.emit().stop()).await??;
            verdict.equal("healthy: heard", heard.count(), sent);
            verdict.equal("healthy: out of order", heard.wrong(), 0);
            if Arc::ptr_eq(&heard.0, &self.sockets[0].1.0) {
                self.bad.judge(socket, sent, self.kind, verdict).await;
            }
        }
        let (blocked, heard, release) = self.blocking;
        if self.kind == House::Bad {
            verdict.at_most("the blocked thread's: heard while blocked", heard.count() as f64, 1.0);
        }
        drop(release);
        // What came meanwhile is heard now, then the answer comes.
        let sent_there = timeout(PATIENCE, blocked.emit().stop()).await??;
        verdict.equal("the blocked thread's: heard in the end", heard.count(), sent_there);
        verdict.equal("the blocked thread's: out of order", heard.wrong(), 0);
        verdict.at_least("sent to each", sent as f64, 1.0);
        let connects = self.sockets.iter().map(|(socket, _)| socket).chain([&blocked]);
        let connects: u64 = connects.map(|socket| socket.stats().connects).sum();
        verdict.equal("connects", connects, self.sockets.len() as u64 + 1);
        for (socket, _) in self.sockets {
            socket.disconnect().await;
        }
        blocked.disconnect().await;
        Ok(self.release)
    }
}

impl Bad {
    fn move_in(socket: &Socket<Neighbours>, kind: House, release: &Arc<Notify>) -> Self {
        let (is_bad, on) = (kind == House::Bad, socket.on());
        let release = Arc::clone(release);
        let [slow, blocked, panics, panics_async] = [(); 4].map(|()| Heard::default());
        let lagged = Arc::new(AtomicU64::new(0));
        let (hear_slow, hear_blocked) = (slow.clone(), blocked.clone());
        let (hear_panics, hear_panics_async) = (panics.clone(), panics_async.clone());
        let listeners = [
            on.slow(move |number| {
                hear_slow.hear(number);
                async move {
                    if is_bad {
                        sleep(SLOW).await;
                    }
                }
            }),
            on.blocked(move |number| {
                hear_blocked.hear(number);
                let release = release.clone();
                async move {
                    if is_bad {
                        // It never comes, as long as the street is there.
                        release.notified().await;
                    }
                }
            }),
            on.panics(move |number| {
                hear_panics.hear(number);
                assert!(!is_bad, "a listener panics on purpose");
            }),
            on.panics_async(move |number| {
                hear_panics_async.hear(number);
                async move { assert!(!is_bad, "a listener panics on purpose") }
            }),
        ];
        let count = Arc::clone(&lagged);
        socket.on_invalid(move |invalid| {
            let is_lagging = matches!(invalid, InvalidEvent::Lagged { .. });
            count.fetch_add(u64::from(is_lagging), Relaxed);
        });
        let unread = is_bad.then(|| socket.stream().unread());
        let [slow_listener, blocked_listener, panicking, panicking_async] = listeners;
        Self {
            slow: (slow_listener, slow),
            blocked: (blocked_listener, blocked),
            panics: (panicking, panics),
            panics_async: (panicking_async, panics_async),
            unread,
            lagged,
        }
    }

    async fn judge(
        &self,
        socket: &Socket<Neighbours>,
        sent: u64,
        kind: House,
        verdict: &mut Verdict,
    ) {
        let (slow, queue) = (&self.slow, QUEUE as u64);
        // What waits is heard in the end.
        let deadline = Instant::now() + PATIENCE;
        let heard = || slow.1.count() + slow.0.missed();
        while heard() < sent && Instant::now() < deadline {
            sleep(SLOW).await;
        }
        verdict.equal("slow: heard or told as missed", heard(), sent);
        verdict.equal("panics: heard", self.panics.1.count(), sent);
        let asynchronous = &self.panics_async;
        let heard = asynchronous.1.count() + asynchronous.0.missed();
        verdict.equal("panics in a task: heard or told as missed", heard, sent);
        let active = [&slow.0, &self.panics.0, &asynchronous.0];
        let active = active.iter().filter(|listener| listener.is_active()).count();
        verdict.equal("listeners that are there in spite of it", active, 3);
        let unread = self.unread.as_ref().map_or(0, EventStream::missed);
        let by_kind = |missed: u64| if kind == House::Bad { missed } else { 0 };
        verdict.equal("unread: told as missed", unread, by_kind(sent.saturating_sub(queue)));
        let blocked = by_kind(sent.saturating_sub(queue + 1));
        verdict.equal("blocked: told as missed", self.blocked.0.missed(), blocked);
        if kind == House::Bad {
            verdict.at_least("slow: missed", slow.0.missed() as f64, 1.0);
        }
        let missed = [&slow.0, &self.blocked.0, &asynchronous.0].map(Listener::missed);
        let missed = missed.into_iter().chain([unread]);
        let (sum, reports) = missed.fold((0, 0), |(sum, reports), missed| {
            (sum + missed, reports + u64::from(missed.checked_ilog2().map_or(0, |log| log + 1)))
        });
        verdict.equal("missed, as the socket counts it", socket.stats().missed, sum);
        verdict.equal("reports of that, ever more seldom", self.lagged.load(Relaxed), reports);
    }
}

async fn block(
    client: &Client,
    kind: House,
) -> Result<(Socket<Neighbours>, Heard, mpsc::Sender<()>)> {
    let (socket, heard) = (client.socket::<Neighbours>().build()?, Heard::default());
    let (release, released) = mpsc::channel();
    let (hear, released) = (heard.clone(), Mutex::new(released));
    socket.on().healthy(move |number| hear.hear(number));
    if kind == House::Bad {
        socket.on().blocks_the_thread(move |_| {
            // Until the sender is dropped; then at once. Without `block_in_place` this thread may be
            // the one that was to wait for the network, and nobody else would.
            let released = released.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = block_in_place(|| released.recv());
        });
    }
    socket.connect().await?;
    Ok((socket, heard, release))
}

async fn ask(
    socket: Socket<Neighbours>,
    latencies: Arc<Latencies>,
    began: Instant,
    end: Instant,
) -> Result<()> {
    let mut ticks = interval(Duration::from_millis(INTERVAL_MS));
    for number in 0.. {
        let asked = ticks.tick().await;
        if asked >= end {
            break;
        }
        socket.emit().echo(began.elapsed().as_micros().try_into()?)?;
        let asked = Instant::now();
        if socket.emit().ask(number).await? != number {
            return Err("the answer to something else".into());
        }
        latencies.record(asked.elapsed());
    }
    Ok(())
}

pub(super) const ON_PURPOSE: &str = "a listener panics on purpose";
pub(super) const INTERVAL_MS: u64 = 5;
const EVENTS: [&str; 7] =
    ["healthy", "slow", "blocked", "panics", "panics_async", "unread", "blocks_the_thread"];
const QUEUE: usize = 64;
/// Longer than what comes in between.
const SLOW: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(30);
