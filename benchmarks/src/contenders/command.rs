//! `contender <name> <workload> <count> <port>`: one run, which prints its [`Sample`] as JSON.
//!
//! Must not know: what the contenders do.

use std::env;

use tokio::runtime::{Builder, Runtime};

use super::{Run, bare_hyper, limit, ours};
#[cfg(feature = "peers")]
use super::{peer_rust_socketio, peer_sioc};
use crate::{
    Error,
    measure::{Counter, Sample},
    workload::Place,
};

/// # Errors
/// When the arguments are wrong, or the run fails.
pub fn command(counter: Option<Counter>) -> Result<(), Error> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, workload, count, port] = &*arguments else {
        return Err("contender <name> <workload> <count> <port>".into());
    };
    let run =
        Run { workload: workload.parse()?, count: count.parse()?, port: port.parse()?, counter };
    let name = name.clone();
    let work = async move { run_contender(&name, run).await };
    let runtime = runtime(run.workload.place)?;
    let sample = match run.workload.place {
        Place::CurrentThread | Place::WorkersMain | Place::Polling => runtime.block_on(work)?,
        Place::Workers => runtime.block_on(async { tokio::spawn(work).await })??,
    };
    println!("{}", serde_json::to_string(&sample)?);
    // Thousands of connections need no farewell.
    runtime.shutdown_background();
    Ok(())
}

fn runtime(place: Place) -> Result<Runtime, Error> {
    let mut builder = match place {
        Place::CurrentThread | Place::Polling => Builder::new_current_thread(),
        Place::Workers | Place::WorkersMain => Builder::new_multi_thread(),
    };
    Ok(builder.worker_threads(2).enable_all().build()?)
}

async fn run_contender(name: &str, run: Run) -> Result<Sample, Error> {
    match (name, run.workload.place) {
        ("ours", _) => ours::run(run).await,
        ("limit", Place::Polling) => bare_hyper::run(run).await,
        // The library's own read buffer.
        ("limit", _) => limit::run(run, None).await,
        ("limit-16k", _) => limit::run(run, Some(16 << 10)).await,
        ("limit-4k", _) => limit::run(run, Some(4 << 10)).await,
        #[cfg(feature = "peers")]
        ("sioc", _) => peer_sioc::run(run).await,
        #[cfg(feature = "peers")]
        ("rust_socketio", _) => peer_rust_socketio::run(run).await,
        _ => Err(format!("unknown contender {name}").into()),
    }
}
