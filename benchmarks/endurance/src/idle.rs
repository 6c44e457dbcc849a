//! Connections that only answer heartbeats: what they hold, what they take, and whether all of it
//! comes back.
//!
//! Must not know: how bounds are printed.

use std::time::Duration;

use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use socketio_runtime::{Client, Socket, namespace};
use tokio::time::{Instant, sleep};

use crate::{
    Result,
    child::Child,
    figures::{Figures, kib},
    server::{self, Manner},
    verdict::Verdict,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
    /// How long they stay
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// The server's heartbeat, by which everything else goes
    #[arg(long, default_value_t = 25)]
    ping_interval: u64,
    /// What a connection may hold: a little more than it does. With few of them, what the process has
    /// beside them weighs more
    #[arg(long, default_value_t = 14.0)]
    resident_kib: f64,
}

#[namespace("/")]
struct Main;

/// A client for each, so that each has a connection and a task of its own.
type Connections = Vec<(Client, Socket<Main>)>;

pub(crate) async fn run(options: &Options) -> Result<Verdict> {
    let Options { connections, seconds, ping_interval, resident_kib } = *options;
    let interval = Duration::from_secs(ping_interval);
    let manner = Manner { ping_interval: interval, ..Manner::default() };
    let mut server = server::start(manner).await?;
    // What a process has once is there: everything that the first connection makes.
    close(open(&server, 1).await?).await;
    settled(0).await;

    let (before, mut verdict) = (Figures::now()?, Verdict::default());
    println!("idle: {connections} connections for {seconds} s, a heartbeat each {ping_interval} s");
    let opened = open(&server, connections).await?;
    let open_files = Figures::now()?.files;
    let held =
        hold(&mut server, &opened, Duration::from_secs(seconds), interval, &mut verdict).await?;
    let each = |bytes: u64| kib(bytes) / connections as f64;
    let grown = |now: Figures| each(now.resident.saturating_sub(before.resident));
    verdict.at_most("KiB resident a connection", grown(held), resident_kib);
    verdict.at_most("KiB on the heap a connection", each(held.heap - before.heap), HEAP_KIB);
    verdict.equal("tasks", held.tasks - before.tasks, connections);
    verdict.equal("open files", open_files - before.files, connections);

    close(opened).await;
    settled(before.tasks).await;
    let closed = Figures::now()?;
    println!("all closed: {:.2} KiB a connection are still resident", grown(closed));
    nothing_left("closed", before, closed, connections, &mut verdict);
    quiet(before, Duration::from_secs(2 * ping_interval), &mut verdict).await?;

    // What the allocator has kept is used again.
    let again = open(&server, connections).await?;
    let second = Figures::now()?;
    close(again).await;
    settled(before.tasks).await;
    verdict.at_most("KiB resident a connection, the second time", grown(second), resident_kib);
    nothing_left("closed again", before, Figures::now()?, connections, &mut verdict);
    Ok(verdict)
}

async fn open(server: &Child, count: usize) -> Result<Connections> {
    let (url, began) = (server::url(server), Instant::now());
    let connect = |_| async {
        let client = Client::builder(&*url).build()?;
        let socket = client.socket::<Main>().connect().await?;
        Result::Ok((client, socket))
    };
    let opening = stream::iter(0..count).map(connect).buffer_unordered(AT_ONCE);
    let connections: Connections = opening.try_collect().await?;
    println!("{count} opened in {:.1} s", began.elapsed().as_secs_f64());
    Ok(connections)
}

async fn hold(
    server: &mut Child,
    connections: &Connections,
    time: Duration,
    interval: Duration,
    verdict: &mut Verdict,
) -> Result<Figures> {
    let before = (Figures::now()?, server::census(server).await?);
    sleep(time).await;
    let now = (Figures::now()?, server::census(server).await?);
    let (cpu, minutes) =
        (now.0.cpu.saturating_sub(before.0.cpu).as_secs_f64(), time.as_secs_f64() / 60.0);
    let count = connections.len() as f64;
    let heartbeats = (now.1.heartbeats - before.1.heartbeats) as f64;
    println!(
        "held: {heartbeats} heartbeats answered, {:.0} µs of CPU a connection and minute, {:.1} % of \
         a core; the server {:.1} %, with {:.0} KiB a connection",
        cpu * 1e6 / count / minutes,
        cpu * 100.0 / time.as_secs_f64(),
        now.1.cpu().saturating_sub(before.1.cpu()).as_secs_f64() * 100.0 / time.as_secs_f64(),
        kib(now.1.resident) / count,
    );
    // The next one comes an interval after the answer to the last, on a busy machine later. One that
    // is not answered in time costs its session, which is looked for below.
    let intervals = time.as_secs_f64() / interval.as_secs_f64() * 0.5;
    verdict.at_least("heartbeats answered", heartbeats, count * intervals);
    verdict.at_most("µs of CPU a heartbeat", cpu * 1e6 / heartbeats, HEARTBEAT_MICROS);
    verdict.equal("sessions on the server", now.1.open, connections.len() as u64);
    verdict.equal("sessions that it has seen end", now.1.closed(), before.1.closed());
    let is_first = |(client, socket): &&(Client, Socket<Main>)| {
        socket.is_connected() && client.stats().connections == 1 && socket.stats().connects == 1
    };
    let steady = connections.iter().filter(is_first).count();
    verdict.equal("connections that are the first ones", steady, connections.len());
    Ok(now.0)
}

async fn close(connections: Connections) {
    let leaving: Vec<_> = connections.iter().map(|(_, socket)| socket.disconnect()).collect();
    for left in leaving {
        left.await;
    }
}

/// Waits until no more tasks are alive than these, if that comes to pass.
async fn settled(tasks: usize) {
    let began = Instant::now();
    while Figures::now().is_ok_and(|now| now.tasks > tasks) && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(50)).await;
    }
}

fn nothing_left(
    when: &str,
    before: Figures,
    now: Figures,
    connections: usize,
    verdict: &mut Verdict,
) {
    verdict.equal(&format!("{when}: tasks"), now.tasks, before.tasks);
    verdict.equal(&format!("{when}: open files"), now.files, before.files);
    let left = now.heap.saturating_sub(before.heap) as f64 / connections as f64;
    verdict.at_most(&format!("{when}: bytes on the heap a connection"), left, LEFT_BYTES);
}

/// A timer that was left would wake somebody within two heartbeats.
async fn quiet(before: Figures, time: Duration, verdict: &mut Verdict) -> Result<()> {
    let parks = Figures::now()?.parks;
    sleep(time).await;
    let now = Figures::now()?;
    // This sleep ends with one, on each of the workers at the most.
    verdict.at_most("wake-ups in two heartbeats after that", (now.parks - parks) as f64, WAKE_UPS);
    verdict.equal("tasks after that", now.tasks, before.tasks);
    Ok(())
}

/// How many dials are under way at once.
const AT_ONCE: usize = 64;
/// The same on the heap alone.
const HEAP_KIB: f64 = 13.0;
/// What a heartbeat may take, on a machine that others use too: several times what it does.
const HEARTBEAT_MICROS: f64 = 500.0;
/// What is left of a connection: the allocator's and the runtime's own, which does not grow again.
const LEFT_BYTES: f64 = 64.0;
const WAKE_UPS: f64 = 8.0;
const PATIENCE: Duration = Duration::from_secs(30);
