//! The client under test, as a program: this test binary once more, told by an environment variable.

use std::{
    env,
    io::{self, Write},
    sync::Arc,
    thread,
    time::Duration,
};

use socketio_runtime::{
    AckError, Bytes, Client, EmitError, Lifecycle, Socket, Transport, client_to_server,
    error::InvalidEvent, namespace, server_to_client,
};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::report::{Kind, Order, Outcome, Report, Settings, Span};

/// Where the program finds its [`Settings`].
pub(crate) const SETTINGS: &str = "SOCKETIO_FAULTS_CLIENT";

/// The name of the test below.
pub(crate) const NAME: &str = "program::the_client_under_test";

#[server_to_client]
trait Numbers {
    fn number(number: u64);
}

#[client_to_server]
trait Entries {
    fn told_buffer(number: u64, padding: &str);
    #[event(offline = drop)]
    fn told_drop(number: u64, padding: &str);
    #[event(offline = reject)]
    fn told_reject(number: u64, padding: &str);
    fn asked_buffer(number: u64, padding: &str) -> u64;
    #[event(offline = drop)]
    fn asked_drop(number: u64, padding: &str) -> u64;
    #[event(offline = reject)]
    fn asked_reject(number: u64, padding: &str) -> u64;
    /// Sent until it is answered.
    #[event(retries = 65_535, timeout = "1s")]
    fn retried(number: u64, padding: &str) -> u64;
    fn attached(number: u64, parts: &[Bytes]) -> u64;
}

#[namespace("/ledger", listens = Numbers, emits = Entries)]
#[derive(Debug)]
struct Ledger;

#[test]
#[ignore = "no test: the program that the others start"]
fn the_client_under_test() {
    let settings = env::var(SETTINGS).expect("started by a test");
    let settings = serde_json::from_str(&settings).expect("what a test has written");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(settings));
}

async fn run(settings: Settings) {
    let socket = socket(&settings);
    listen(&socket);
    drop(socket.connect());
    // What is offline from here on is so because of a fault.
    socket.state().wait_for(|state| state.connected).await.expect("the socket is there");
    let mut orders = orders();
    let mut rounds = interval(Duration::from_millis(settings.round_ms));
    // Having been suspended is no reason to emit more now.
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut emitter = Emitter::new(socket.clone(), &settings);
    loop {
        tokio::select! {
            _ = rounds.tick() => emitter.round(settings.retries),
            order = orders.recv() => match order {
                Some(Order::Attach { bytes }) => emitter.attach(bytes),
                Some(Order::Stop) => break,
                // Without a test there is nobody to work for.
                None => return,
            },
        }
    }
    emitter.settle().await;
    report(&Report::Done { dropped: socket.stats().dropped });
    // It says no more, but does not hang up.
    while orders.recv().await.is_some() {}
}

fn socket(settings: &Settings) -> Socket<Ledger> {
    let transports = settings.transports.iter().map(|name| match &**name {
        "polling" => Transport::Polling,
        _ => Transport::WebSocket,
    });
    let client = Client::builder(&settings.url)
        .transports(transports)
        .reconnection_delay(Duration::from_millis(20))
        .reconnection_delay_max(Duration::from_millis(100))
        .open_timeout(Duration::from_millis(settings.open_timeout_ms))
        .connect_timeout(Duration::from_millis(settings.open_timeout_ms))
        .ack_timeout(Duration::from_millis(settings.ack_timeout_ms))
        .build()
        .expect("the settings are good");
    client.socket::<Ledger>().build().expect("the namespace is free")
}

fn listen(socket: &Socket<Ledger>) {
    let weak = socket.downgrade();
    socket.on().number(move |number| {
        let Some(socket) = weak.upgrade() else { return };
        let connection = usize::try_from(socket.stats().connects).expect("few");
        report(&Report::Heard { number, connection });
    });
    let weak = socket.downgrade();
    socket.on_any_outgoing(move |event| {
        let Some(socket) = weak.upgrade() else { return };
        let json = event.json();
        let number = json
            .trim_start_matches('[')
            .split([',', ']'])
            .next()
            .and_then(|number| number.parse().ok());
        let number = number.expect("a number is the first argument");
        report(&Report::Sent { number, connection: socket.stats().connects });
    });
    socket.on_invalid(|invalid| {
        let InvalidEvent::Emit(EmitError::Offline { event }) = invalid else { panic!("{invalid}") };
        report(&Report::ThrownAway { kind: Kind::named(event).expect("one of ours") });
    });
    let mut lifecycle = socket.lifecycle();
    tokio::spawn(async move {
        while let Some(change) = lifecycle.next().await {
            match change {
                Lifecycle::Connect { recovered } => report(&Report::Connected { recovered }),
                Lifecycle::Disconnect { reason, .. } => {
                    report(&Report::Disconnected { reason: format!("{reason:?}") });
                }
                Lifecycle::ConnectError { error, .. } => {
                    report(&Report::ConnectError { error: format!("{error:?}") });
                }
                Lifecycle::Upgrade { .. } => report(&Report::Upgraded {}),
                _ => {}
            }
        }
    });
}

/// What the test tells this program, until that is gone.
fn orders() -> UnboundedReceiver<Order> {
    let (sender, orders) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            let order = serde_json::from_str(&line).expect("what a test has written");
            if sender.send(order).is_err() {
                return;
            }
        }
    });
    orders
}

/// Emits, numbering the events in call order, whatever their kind.
struct Emitter {
    socket: Socket<Ledger>,
    padding: Arc<str>,
    next: u64,
    /// When the last event was emitted, as far as is known.
    last: Span,
    answers: JoinSet<()>,
}

impl Emitter {
    fn new(socket: Socket<Ledger>, settings: &Settings) -> Self {
        let padding = "x".repeat(settings.padding).into();
        Self { socket, padding, next: 0, last: Span::Unknown, answers: JoinSet::new() }
    }

    fn round(&mut self, retries: bool) {
        for kind in Kind::ROUND {
            if retries || kind != Kind::Retried {
                self.emit(kind);
            }
        }
        // Those that are done need not be kept.
        while self.answers.try_join_next().is_some() {}
    }

    fn emit(&mut self, kind: Kind) {
        let number = self.number();
        let padding = &*Arc::clone(&self.padding);
        let during = self.span();
        let emit = self.socket.emit();
        let (told, ack) = match kind {
            Kind::ToldBuffer => (emit.told_buffer(number, padding), None),
            Kind::ToldDrop => (emit.told_drop(number, padding), None),
            Kind::ToldReject => (emit.told_reject(number, padding), None),
            Kind::AskedBuffer => (Ok(()), Some(emit.asked_buffer(number, padding))),
            Kind::AskedDrop => (Ok(()), Some(emit.asked_drop(number, padding))),
            Kind::AskedReject => (Ok(()), Some(emit.asked_reject(number, padding))),
            Kind::Retried => (Ok(()), Some(emit.retried(number, padding))),
            Kind::Attached => unreachable!("it is no part of a round"),
        };
        match told {
            Ok(()) => report(&Report::Accepted { number, kind, size: padding.len(), during }),
            Err(EmitError::Offline { .. }) => report(&Report::Refused { number, kind, during }),
            Err(error) => panic!("{error}"),
        }
        if let Some(ack) = ack {
            self.await_answer(number, ack);
        }
    }

    /// In many attachments, so that a network that is full takes some of them.
    fn attach(&mut self, size: usize) {
        let number = self.number();
        let during = self.span();
        let part = Bytes::from(vec![7; size / 10]);
        let ack = self.socket.emit().attached(number, &vec![part; 10]);
        report(&Report::Accepted { number, kind: Kind::Attached, size, during });
        self.await_answer(number, ack);
    }

    /// Waits for every answer, and for one that says that all before it has arrived.
    async fn settle(&mut self) {
        self.emit(Kind::Retried);
        while let Some(ended) = self.answers.join_next().await {
            ended.expect("who waits for an answer does not panic");
        }
        self.socket.flushed().await.expect("the runtime is there");
        // The last connection may have been lost before it took everything.
        self.emit(Kind::Retried);
        self.answers.join_next().await.expect("one").expect("it does not panic");
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Where the socket is in its life.
    fn span(&mut self) -> Span {
        let connects = || self.socket.stats().connects;
        let before = connects();
        let span = if self.socket.is_connected() { Span::On(before) } else { Span::After(before) };
        // A connection that is just being made has its state before it is counted.
        if connects() != before || (self.last, span) == (Span::After(before), Span::On(before)) {
            return Span::Unknown;
        }
        self.last = span;
        span
    }

    fn await_answer(&mut self, number: u64, ack: socketio_runtime::Ack<u64>) {
        self.answers.spawn(async move {
            let outcome = match ack.await {
                Ok(answer) => Outcome::Answered(answer),
                Err(AckError::Emit(EmitError::Offline { .. })) => Outcome::Unsent,
                Err(AckError::Disconnected { .. }) => Outcome::Disconnected,
                Err(_) => Outcome::Unexpected,
            };
            report(&Report::Settled { number, outcome });
        });
    }
}

/// Says it to the test, in one piece.
fn report(report: &Report) {
    let line = serde_json::to_string(report).expect("a report can be written");
    // Not `println!`, which the test's harness may catch. Without a test nobody listens.
    writeln!(io::stdout().lock(), "{line}").ok();
}
