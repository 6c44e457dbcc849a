//! Connections that ask, upload and are told something all the time, at a stated rate: nothing is
//! lost, nothing comes twice, and the order is kept.
//!
//! Must not know: how bounds are printed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use socketio_runtime::{Bytes, Client, Socket, client_to_server, namespace, server_to_client};
use tokio::{
    task::JoinSet,
    time::{Instant, interval_at, sleep_until},
};

use crate::{
    Result,
    child::Child,
    figures::{Figures, kib},
    latency::Latencies,
    server::{self, Manner},
    trend::Trend,
    verdict::Verdict,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, default_value_t = 1000)]
    connections: usize,
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// How often each connection asks, and as often it is told something
    #[arg(long, default_value_t = 1000)]
    interval_ms: u64,
    /// How much of the rate has to come about
    #[arg(long, default_value_t = 0.95)]
    least_rate: f64,
    /// What a round trip may take, on a machine that others use too, with a server of one thread
    #[arg(long, default_value_t = 50.0)]
    p50_ms: f64,
    #[arg(long, default_value_t = 1000.0)]
    p99_ms: f64,
}

#[server_to_client]
trait FromServer {
    fn number(number: u64);
    /// In the place of every tenth number.
    fn blob(number: u64, content: Bytes);
}

#[client_to_server]
trait ToServer {
    fn ask(number: u64, text: &str) -> u64;
    /// In the place of every tenth question.
    fn upload(number: u64, content: Bytes) -> Bytes;
    fn start();
    fn finish() -> Books;
}

#[derive(Serialize)]
struct Pace {
    interval: u64,
    phase: u64,
}

/// What the server has done on one connection.
#[derive(Debug, Deserialize)]
struct Books {
    sent: u64,
    received: u64,
    wrong: u64,
}

#[namespace("/active", listens = FromServer, emits = ToServer, auth = Pace)]
struct Active;

/// What all connections have done.
#[derive(Debug)]
struct Totals {
    asked: AtomicU64,
    /// Answers that were none, or to something else.
    wrong_answers: AtomicU64,
    heard: AtomicU64,
    /// Numbers that came twice, too early or too late.
    wrong_numbers: AtomicU64,
    round_trips: Latencies,
}

pub(crate) async fn run(options: &Options) -> Result<Verdict> {
    let Options { connections, seconds, interval_ms, .. } = *options;
    let rate = connections as f64 * 1000.0 / interval_ms as f64;
    println!(
        "active: {connections} connections for {seconds} s; {rate:.0} questions and {rate:.0} events \
         a second, of which every tenth with an attachment of 1 KiB"
    );
    let mut server = server::start(Manner::default()).await?;
    let totals = Arc::new(Totals {
        asked: AtomicU64::new(0),
        wrong_answers: AtomicU64::new(0),
        heard: AtomicU64::new(0),
        wrong_numbers: AtomicU64::new(0),
        round_trips: Latencies::new(),
    });
    let sockets = open(&server, options, &totals).await?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut asking = JoinSet::new();
    for (number, socket) in sockets.iter().enumerate() {
        let phase = Duration::from_millis(phase(number, options));
        socket.emit().start()?;
        asking.spawn(ask(socket.clone(), Arc::clone(&totals), phase, interval_ms, end));
    }
    let (heap, mut verdict) = (watch(&mut server, &totals, end).await?, Verdict::default());
    while let Some(asked) = asking.join_next().await {
        asked?;
    }
    let books = settle(&sockets).await?;
    judge(&totals, &books, options, &heap, &mut verdict);
    let steady = sockets.iter().filter(|socket| socket.stats().connects == 1).count();
    verdict.equal("connections that are the first ones", steady, connections);
    Ok(verdict)
}

/// The numbers of the connections stand evenly in an interval.
fn phase(number: usize, options: &Options) -> u64 {
    options.interval_ms * number as u64 / options.connections as u64
}

async fn open(
    server: &Child,
    options: &Options,
    totals: &Arc<Totals>,
) -> Result<Vec<Socket<Active>>> {
    let url = server::url(server);
    let connect = |number| {
        let (url, totals) = (url.clone(), Arc::clone(totals));
        async move {
            let client = Client::builder(url).build()?;
            let (interval, phase) = (options.interval_ms, phase(number, options));
            let auth = move || Pace { interval, phase };
            let socket = client.socket::<Active>().auth(auth).build()?;
            listen(&socket, &totals);
            socket.connect().await?;
            Result::Ok(socket)
        }
    };
    stream::iter(0..options.connections).map(connect).buffer_unordered(64).try_collect().await
}

fn listen(socket: &Socket<Active>, totals: &Arc<Totals>) {
    let next = Arc::new(AtomicU64::new(0));
    let hear = {
        let totals = Arc::clone(totals);
        move |number: u64, is_right: bool| {
            // Both listeners run on the connection's task, one after the other.
            let is_next = next.swap(number + 1, Relaxed) == number;
            totals.wrong_numbers.fetch_add(u64::from(!is_next || !is_right), Relaxed);
            totals.heard.fetch_add(1, Relaxed);
        }
    };
    let hear_blob = hear.clone();
    socket.on().number(move |number| hear(number, number % 10 != 9));
    socket.on().blob(move |number, content| {
        hear_blob(number, number % 10 == 9 && content.iter().eq([7; 1024].iter()));
    });
}

async fn ask(
    socket: Socket<Active>,
    totals: Arc<Totals>,
    phase: Duration,
    interval_ms: u64,
    end: Instant,
) {
    let mut ticks = interval_at(Instant::now() + phase, Duration::from_millis(interval_ms));
    let content = Bytes::from(vec![9; 1024]);
    for number in 0.. {
        if ticks.tick().await >= end {
            return;
        }
        let began = Instant::now();
        totals.asked.fetch_add(1, Relaxed);
        let is_right = if number % 10 == 9 {
            socket.emit().upload(number, content.clone()).await.is_ok_and(|back| back == content)
        } else {
            socket.emit().ask(number, TEXT).await.is_ok_and(|back| back == number)
        };
        totals.round_trips.record(began.elapsed());
        totals.wrong_answers.fetch_add(u64::from(!is_right), Relaxed);
    }
}

/// Prints a line now and then until the end; how the heap has grown.
async fn watch(server: &mut Child, totals: &Totals, end: Instant) -> Result<Trend> {
    let (began, mut heap) = (Instant::now(), Trend::with_capacity(1000));
    let step = (end - began) / 10;
    let mut before = (Figures::now()?, server::census(server).await?);
    for line in 1..=10 {
        for sample in 0..10 {
            sleep_until(began + step * (line - 1) + step * sample / 10).await;
            heap.push(began.elapsed().as_secs_f64(), Figures::now()?.heap as f64);
        }
        sleep_until(began + step * line).await;
        let now = (Figures::now()?, server::census(server).await?);
        let share = |used: Duration| used.as_secs_f64() * 100.0 / step.as_secs_f64();
        println!(
            "{:4.0} s: {} asked, {} heard; {:.0} KiB on the heap, {:.0} resident; CPU {:.0} %, \
             server {:.0} %; {}",
            began.elapsed().as_secs_f64(),
            totals.asked.load(Relaxed),
            totals.heard.load(Relaxed),
            kib(now.0.heap),
            kib(now.0.resident),
            share(now.0.cpu.saturating_sub(before.0.cpu)),
            share(now.1.cpu().saturating_sub(before.1.cpu())),
            totals.round_trips.percentiles(),
        );
        before = now;
    }
    Ok(heap)
}

/// What the server has done on all connections; all that it sent has come before this.
async fn settle(sockets: &[Socket<Active>]) -> Result<Books> {
    let mut sum = Books { sent: 0, received: 0, wrong: 0 };
    for socket in sockets {
        let books = socket.emit().finish().await?;
        sum.sent += books.sent;
        sum.received += books.received;
        sum.wrong += books.wrong;
    }
    Ok(sum)
}

fn judge(totals: &Totals, served: &Books, options: &Options, heap: &Trend, verdict: &mut Verdict) {
    let turns = options.seconds as f64 * 1000.0 / options.interval_ms as f64;
    let (expected, least) = (options.connections as f64 * turns, options.least_rate);
    let asked = totals.asked.load(Relaxed);
    verdict.at_least("questions, of those that the rate is", asked as f64 / expected, least);
    verdict.at_least("events, of those that the rate is", served.sent as f64 / expected, least);
    verdict.equal("questions that the server has heard", served.received, asked);
    verdict.equal("of them out of order or twice", served.wrong, 0);
    verdict.equal("answers that are wrong or missing", totals.wrong_answers.load(Relaxed), 0);
    verdict.equal("events that the client has heard", totals.heard.load(Relaxed), served.sent);
    verdict.equal("of them out of order or twice", totals.wrong_numbers.load(Relaxed), 0);
    let round_trips = totals.round_trips.percentiles();
    println!("round trips: {round_trips}");
    verdict.at_most("ms, p50 of round trips", round_trips.p50 as f64 / 1000.0, options.p50_ms);
    verdict.at_most("ms, p99 of round trips", round_trips.p99 as f64 / 1000.0, options.p99_ms);
    verdict.at_most("KiB that the heap has grown", heap.growth(0.2) / 1024.0, GROWTH_KIB);
}

const TEXT: &str =
    "as long as what people say in a chat usually is, which is not much longer than this";
const GROWTH_KIB: f64 = 256.0;
