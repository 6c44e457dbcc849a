//! A client that has had to hold much: whether the room for it comes back, while it stays connected.
//!
//! Must not know: how bounds are printed.

use std::time::Duration;

use clap::Args;
use socketio_runtime::{Ack, Client, client_to_server, namespace};

use crate::{
    Result,
    figures::{Figures, kib},
    server::{self, Manner},
    verdict::Verdict,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Emitted at once, before the client is connected
    #[arg(long, default_value_t = 200_000)]
    events: u64,
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

#[client_to_server]
trait ToServer {
    fn ask(number: u64, text: &str) -> u64;
}

#[namespace("/active", emits = ToServer)]
struct Active;

pub(crate) async fn run(options: &Options) -> Result<Verdict> {
    let Options { events, rounds } = *options;
    println!("burst: {events} events at once while offline, {rounds} times");
    let (server, mut verdict) = (server::start(Manner::default()).await?, Verdict::default());
    let client = Client::builder(server::url(&server)).ack_timeout(Duration::MAX).build()?;
    let socket = client.socket::<Active>().auth(serde_json::json!({})).build()?;
    // What a connection has by itself is there, and so are the runtime's lists.
    socket.connect().await?;
    socket.emit().ask(0, "").await?;
    let mut acks: Vec<Ack<u64>> = Vec::with_capacity(events.try_into()?);
    let before = Figures::now()?;
    for round in 1..=rounds {
        socket.disconnect().await;
        let connecting = socket.connect();
        acks.extend((0..events).map(|number| socket.emit().ask(number, "")));
        let held = Figures::now()?;
        connecting.await?;
        let mut answered = 0;
        for (number, ack) in (0..).zip(acks.drain(..)) {
            answered += u64::from(ack.await? == number);
        }
        let now = Figures::now()?;
        println!(
            "round {round}: {:.0} KiB more on the heap while they waited, {:.0} bytes each",
            kib(held.heap - before.heap),
            (held.heap - before.heap) as f64 / events as f64,
        );
        verdict.equal("answered", answered, events);
        let left = kib(now.heap.saturating_sub(before.heap));
        verdict.at_most("KiB more on the heap afterwards", left, LEFT_KIB);
    }
    Ok(verdict)
}

/// Lists keep some room, and acks that are not awaited any more a little.
const LEFT_KIB: f64 = 256.0;
