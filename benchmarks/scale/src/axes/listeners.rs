//! Listeners of names that no schema has: each on a name of its own, then all on one.

use socketio_runtime::{Listener, Socket};

use crate::{
    Result,
    measure::cost,
    names::event_name,
    service::{Shape, UntypedService},
    workload::{Heard, Rig, sum_of_flood},
};

pub async fn run(rig: Rig, listeners: usize) -> Result<Vec<f64>> {
    let mut values = each_on_its_own(rig, listeners).await?;
    values.extend(all_on_one(rig, listeners).await?);
    Ok(values)
}

async fn each_on_its_own(rig: Rig, listeners: usize) -> Result<Vec<f64>> {
    let (socket, heard) = (rig.connect::<UntypedService>().await?, Heard::default());
    let names = |from: usize, count: usize| (from..from + count).map(event_name);
    register(&socket, &heard, names(0, listeners)).await?;
    let count = rig.operations(500_000);
    let flood = heard.flood(&socket, count, Shape::Events(listeners), 1);
    let (received, sum) = cost(count, flood).await?;
    assert_eq!(sum, sum_of_flood(count, listeners));

    let more = rig.operations(10_000);
    let (registered, handles) =
        cost(more, register(&socket, &heard, names(listeners, more))).await?;
    let (removed, ()) = cost(more, remove(&socket, handles)).await?;
    Ok(vec![received, registered, removed])
}

async fn all_on_one(rig: Rig, listeners: usize) -> Result<Vec<f64>> {
    let (socket, heard) = (rig.connect::<UntypedService>().await?, Heard::default());
    let names = |count: usize| (0..count).map(|_| event_name(0));
    register(&socket, &heard, names(listeners)).await?;
    let more = rig.operations(10_000);
    let (registered, handles) = cost(more, register(&socket, &heard, names(more))).await?;
    let (removed, ()) = cost(more, remove(&socket, handles)).await?;

    // Each event calls them all.
    let count = rig.operations(500_000 / listeners).max(1);
    let flood = heard.flood(&socket, count, Shape::Events(1), listeners);
    let (called, sum) = cost(count * listeners, flood).await?;
    assert_eq!(sum, 0);
    Ok(vec![registered, removed, called])
}

async fn register(
    socket: &Socket<UntypedService>,
    heard: &Heard,
    names: impl Iterator<Item = String>,
) -> Result<Vec<Listener>> {
    let listen = |name: String| {
        let heard = heard.clone();
        socket.on().event(&name, move |event| {
            let (value,) = event.decode::<(u64,)>().unwrap_or((u64::MAX,));
            heard.hear(value);
        })
    };
    let listeners = names.map(listen).collect();
    socket.flushed().await?;
    Ok(listeners)
}

async fn remove(socket: &Socket<UntypedService>, listeners: Vec<Listener>) -> Result<()> {
    listeners.into_iter().for_each(Listener::off);
    Ok(socket.flushed().await?)
}
