//! Many connections, each with a task and a socket of its own.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    Result,
    measure::{cost, resident},
    service::Service,
    workload::Rig,
};

pub async fn run(rig: Rig, connections: usize) -> Result<Vec<f64>> {
    // What a process has once is there.
    let first = rig.connect::<Service>().await?;
    let before = resident()?;
    let opening = async {
        let open = stream::iter(0..connections).map(|_| rig.connect::<Service>());
        open.buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await
    };
    let (opened, sockets) = cost(connections, opening).await?;
    let grown = (resident()? - before) / connections as f64;

    let rounds = rig.operations(100_000 / connections).max(3);
    let pinging = async {
        for _ in 0..rounds {
            assert!(first.emit().ping_all().await?);
        }
        Ok(())
    };
    let (pinged, ()) = cost(rounds * (connections + 1), pinging).await?;

    let closing = async {
        for socket in &sockets {
            socket.disconnect().await;
        }
        Ok(())
    };
    let (closed, ()) = cost(connections, closing).await?;
    Ok(vec![opened, pinged, closed, grown])
}

/// How many dials are under way at once.
const AT_ONCE: usize = 64;
