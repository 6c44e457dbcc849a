//! An event of a schema finds its listener.

use socketio_runtime::{Namespace, Socket};

use crate::{
    Result,
    measure::cost,
    service::{Shape, ToServer},
    workload::{Heard, Rig, sum_of_flood},
};

include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

pub async fn run(rig: Rig, events: usize) -> Result<Vec<f64>> {
    match events {
        10 => receive(rig, events, events_10::listen).await,
        30 => receive(rig, events, events_30::listen).await,
        100 => receive(rig, events, events_100::listen).await,
        300 => receive(rig, events, events_300::listen).await,
        1000 => receive(rig, events, events_1000::listen).await,
        _ => Err("no schema has so many events".into()),
    }
}

async fn receive<N>(rig: Rig, events: usize, listen: fn(&Socket<N>, &Heard)) -> Result<Vec<f64>>
where
    N: Namespace<Emits = ToServer>,
{
    let count = rig.operations(500_000);
    let (socket, heard) = (rig.connect::<N>().await?, Heard::default());
    listen(&socket, &heard);
    let flood = heard.flood(&socket, count, Shape::Events(events), 1);
    let (received, sum) = cost(count, flood).await?;
    assert_eq!(sum, sum_of_flood(count, events));
    Ok(vec![received])
}
