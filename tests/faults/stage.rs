//! A client and a server with something between them that breaks.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use socketio_tests::{Host, Network, NodeOptions, NodeServer, Proxy, soon};

use crate::{
    audit::{Audit, Entry, audit},
    client::FaultsClient,
    report::{Report, Settings},
};

/// How a client connects. Whatever fails has to hold over each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    WebSocket,
    Polling,
    /// Long-polling first, then a WebSocket.
    Upgrade,
}

impl Over {
    pub(crate) const ALL: [Self; 3] = [Self::WebSocket, Self::Polling, Self::Upgrade];

    /// Whether this is why a connection is given up on which nothing comes any more. Over long-polling
    /// a POST that began just before the last heartbeat came is given up just before that.
    pub(crate) fn tells_silence(self, reason: &str) -> bool {
        let is_late_post = matches!(self, Self::Polling) && reason.contains("RequestTimeout");
        is_late_post || reason == "PingTimeout"
    }

    fn names(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::WebSocket => &["websocket"],
            Self::Polling => &["polling"],
            Self::Upgrade => &["polling", "websocket"],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// A client that emits a round of events every 10 ms, against `url`.
pub(crate) fn settings(over: Over) -> Settings {
    Settings {
        url: String::new(),
        transports: over.names(),
        round_ms: 10,
        padding: 20,
        open_timeout_ms: 500,
        // Longer than any fault, so that it is the connection's end that is told.
        ack_timeout_ms: 30_000,
        retries: true,
    }
}

/// A server that notices soon when its client is gone, and has its clients notice.
pub(crate) fn impatient() -> NodeOptions {
    NodeOptions::new()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(200))
        .connection_state_recovery()
}

/// One that waits for longer than any of the faults takes.
pub(crate) fn patient() -> NodeOptions {
    NodeOptions::new()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_secs(20))
        .connection_state_recovery()
}

/// The server, the client and what is between them.
pub(crate) struct Stage<Between> {
    pub(crate) server: NodeServer,
    pub(crate) between: Between,
    pub(crate) client: FaultsClient,
    ledger: Ledger,
    /// How often the server has begun to count aloud.
    tellings: u64,
}

/// Nothing but loopback.
pub(crate) struct Loopback;

impl Stage<Network> {
    /// Server and client on hosts of their own, connected.
    pub(crate) async fn on_hosts(options: NodeOptions, settings: Settings) -> Self {
        let network = Network::new().await;
        let ledger = Ledger::new();
        let server = NodeServer::start_on(options.ledger(&ledger.0), network.server()).await;
        let url = server.url();
        let client = connect(Some(network.client()), Settings { url, ..settings }).await;
        Self { server, between: network, client, ledger, tellings: 0 }
    }
}

impl Stage<Proxy> {
    /// The client connects by way of a proxy.
    pub(crate) async fn by_proxy(options: NodeOptions, settings: Settings) -> Self {
        let ledger = Ledger::new();
        let server = NodeServer::start(options.ledger(&ledger.0)).await;
        let proxy = Proxy::start(server.address()).await;
        let url = proxy.url();
        let client = connect(None, Settings { url, ..settings }).await;
        Self { server, between: proxy, client, ledger, tellings: 0 }
    }
}

impl Stage<Loopback> {
    pub(crate) async fn on_loopback(options: NodeOptions, settings: Settings) -> Self {
        let ledger = Ledger::new();
        let server = NodeServer::start(options.ledger(&ledger.0)).await;
        let url = server.url();
        let client = connect(None, Settings { url, ..settings }).await;
        Self { server, between: Loopback, client, ledger, tellings: 0 }
    }
}

impl<Between> Stage<Between> {
    /// Waits until the server has got this many events from now on.
    pub(crate) async fn goes_on(&self) {
        let so_far = self.ledger.read().len();
        soon(self.ledger.reaches(so_far + 2 * ROUND)).await;
    }

    /// Has the server count aloud, until [`all_is_heard`](Self::all_is_heard); the client has heard
    /// of it.
    pub(crate) async fn tell_numbers(&mut self) {
        // A server that is started anew goes on where none of its numbers was heard before.
        let from = self.tellings * 1_000_000;
        self.tellings += 1;
        self.server.tell_numbers(from, Duration::from_millis(10)).await;
        let is_it =
            |report: &Report| matches!(report, Report::Heard { number, .. } if *number >= from);
        self.client.until(is_it).await;
    }

    /// Has the server count no further; the client, which is connected, has heard the
    /// last number, or knows that it could not.
    pub(crate) async fn all_is_heard(&mut self) {
        // What is said while it is away it misses, where the server does not recover its session.
        self.client.forget();
        self.client.until(|report| matches!(report, Report::Heard { .. })).await;
        let last = self.server.hush().await;
        let is_last =
            |report: &Report| matches!(report, Report::Heard { number, .. } if *number == last);
        if self.client.has_said_how_often(is_last) == 0 {
            // On a busy machine even a heartbeat may come too late. Who is not recovered then does
            // not hear it any more, and knows that.
            let is_missed = |report: &Report| *report == Report::Connected { recovered: false };
            self.client.until(|report| is_last(report) || is_missed(report)).await;
        }
    }

    /// Ends the client, and holds what it said against what the server got.
    pub(crate) async fn audit(mut self) -> Audit {
        let reports = self.client.stop().await;
        let ledger = self.ledger.read();
        let audit = audit(&reports, &ledger);
        if !audit.complaints.is_empty() {
            let few: Vec<_> = audit.complaints.iter().take(5).collect();
            let count = audit.complaints.len();
            panic!("{count} complaints, such as {few:#?}\nThe connection: {}", life(&reports));
        }
        audit
    }
}

/// What became of the connection, in short.
fn life(reports: &[Report]) -> String {
    let mut life: Vec<_> = reports
        .iter()
        .filter(|report| report.is_of_life())
        .map(|report| format!("{report:?}").chars().take(60).collect::<String>())
        .collect();
    life.dedup();
    life.join(" | ")
}

async fn connect(host: Option<&Host>, settings: Settings) -> FaultsClient {
    let mut client = FaultsClient::start(host, &settings);
    client.until_connected().await;
    client
}

/// The file in which the server writes down what comes.
struct Ledger(PathBuf);

impl Ledger {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("socketio-faults-{}-{count}", process::id()));
        fs::write(&path, "").expect("there is a place for temporary files");
        Self(path)
    }

    fn read(&self) -> Vec<Entry> {
        let text = fs::read_to_string(&self.0).expect("the ledger is there");
        // Of a line that is just being written the end is missing.
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let entry = |line| {
            let (session, event, number, size) = serde_json::from_str(line).expect("an entry");
            Entry { session, event, number, size }
        };
        lines.map(entry).collect()
    }

    async fn reaches(&self, count: usize) {
        while self.read().len() < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(path: &Path) {
    // What is left behind does no harm.
    fs::remove_file(path).ok();
}

/// Events that a client emits at once.
const ROUND: usize = 7;
