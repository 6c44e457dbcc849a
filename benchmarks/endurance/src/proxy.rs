//! A proxy that breaks every connection sooner or later, in one of several ways.
//!
//! Must not know: what goes through it.

use std::{
    io::{ErrorKind, Write as _},
    net::Ipv4Addr,
    pin::pin,
    time::Duration,
};

use clap::Args;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, stdin},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    time::sleep,
};

use crate::{Result, child::Child};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where the server listens
    #[arg(long)]
    target: u16,
    /// How long a connection lasts, on average
    #[arg(long)]
    lifetime_ms: u64,
    /// What chance is made of
    #[arg(long)]
    seed: u64,
}

/// Starts one before a server.
pub(crate) async fn start(target: u16, lifetime: Duration, seed: u64) -> Result<Child> {
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command.arg("proxy").arg(format!("--target={target}")).arg(format!("--seed={seed}"));
    command.arg(format!("--lifetime-ms={}", lifetime.as_millis()));
    Child::start(&mut command).await
}

/// No faults from now on; connections that carry nothing any more end.
pub(crate) async fn calm(proxy: &mut Child) -> Result<()> {
    proxy.order::<Value>(&json!("calm")).await.map(drop)
}

/// Faults again.
pub(crate) async fn storm(proxy: &mut Child) -> Result<()> {
    proxy.order::<Value>(&json!("storm")).await.map(drop)
}

/// Runs until standard input ends.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", json!({ "port": listener.local_addr()?.port() }));
    let (target, lifetime) = (options.target, Duration::from_millis(options.lifetime_ms));
    let mut random = fastrand::Rng::with_seed(options.seed);
    let (weather, is_stormy) = watch::channel(true);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let fault = Fault::choose(&mut random, lifetime);
            tokio::spawn(carry(client, target, fault, is_stormy.clone()));
        }
    });
    let mut orders = BufReader::new(stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        weather.send_replace(order != r#""calm""#);
        println!("null");
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// What will break a connection.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// A reset, after a time.
    Reset(Duration),
    /// An orderly end, after a time.
    End(Duration),
    /// Nothing goes through any more, after a time, and much later comes a reset.
    Silence(Duration),
    /// A reset after so many bytes to the client, wherever in a packet that is.
    Cut(usize),
}

impl Fault {
    fn choose(random: &mut fastrand::Rng, lifetime: Duration) -> Self {
        let after = lifetime.mul_f64(2.0 * random.f64());
        match random.u32(0..10) {
            0..4 => Self::Reset(after),
            4..6 => Self::End(after),
            6..8 => Self::Silence(after),
            _ => Self::Cut(random.usize(1..20_000)),
        }
    }

    fn after(self) -> Duration {
        match self {
            Self::Reset(after) | Self::End(after) | Self::Silence(after) => after,
            Self::Cut(_) => Duration::MAX,
        }
    }

    fn bytes(self) -> usize {
        if let Self::Cut(bytes) = self { bytes } else { usize::MAX }
    }
}

async fn carry(
    mut client: TcpStream,
    target: u16,
    fault: Fault,
    mut is_stormy: watch::Receiver<bool>,
) {
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await else { return };
    // Without it a proxy would add delays of its own; a failure shows in the carrying.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let is_over = {
        let (client_reads, client_writes) = client.split();
        let (server_reads, server_writes) = server.split();
        let mut carrying = pin!(async {
            tokio::try_join!(
                forward(client_reads, server_writes, usize::MAX, is_stormy.clone()),
                forward(server_reads, client_writes, fault.bytes(), is_stormy.clone()),
            )
        });
        let strikes = strike(fault.after(), is_stormy.clone());
        tokio::select! {
            carried = &mut carrying => carried.is_ok(),
            () = strikes => matches!(fault, Fault::End(_)),
        }
    };
    if matches!(fault, Fault::Silence(_)) && !is_over {
        tokio::select! {
            () = sleep(SILENCE) => {}
            _ = is_stormy.wait_for(|is_stormy| !is_stormy) => {}
        }
    }
    if !is_over {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// When the time is over and no calm holds it back.
async fn strike(after: Duration, mut is_stormy: watch::Receiver<bool>) {
    sleep(after).await;
    // Without orders the process ends.
    let _ = is_stormy.wait_for(|is_stormy| *is_stormy).await;
}

/// Forwards until `from` ends, or until so many bytes are through in a storm.
async fn forward(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut bytes: usize,
    is_stormy: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        if bytes < read && *is_stormy.borrow() {
            to.write_all(&buffer[..bytes]).await?;
            return Err(ErrorKind::ConnectionReset.into());
        }
        bytes = bytes.saturating_sub(read);
        to.write_all(&buffer[..read]).await?;
    }
}

/// Longer than both sides wait for a heartbeat.
const SILENCE: Duration = Duration::from_secs(15);
const CHUNK: usize = 16 * 1024;
