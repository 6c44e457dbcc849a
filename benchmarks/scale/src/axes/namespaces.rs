//! Many namespaces share a connection.

use futures_util::future::try_join_all;

use crate::{
    Result,
    measure::{cost, resident},
    service::{Service, Shape, namespace_path},
    workload::{Heard, Rig, sum_of_flood},
};

pub async fn run(rig: Rig, namespaces: usize) -> Result<Vec<f64>> {
    let client = rig.client()?;
    // The connection is there, and what it costs is not theirs.
    let main = client.socket::<Service>().connect().await?;
    let before = resident()?;
    let connecting = async {
        let paths = (0..namespaces).map(namespace_path);
        let connect = paths.map(|path| client.socket::<Service>().namespace(path).connect());
        Ok(try_join_all(connect).await?)
    };
    let (connected, sockets) = cost(namespaces, connecting).await?;
    let grown = (resident()? - before) / namespaces as f64;

    let heard = Heard::default();
    for socket in &sockets {
        let heard = heard.clone();
        socket.on().number(move |value| heard.hear(value));
    }
    let count = rig.operations(500_000);
    let flood = heard.flood(&main, count, Shape::Namespaces(namespaces), 1);
    let (received, sum) = cost(count, flood).await?;
    assert_eq!(sum, sum_of_flood(count, namespaces));

    let count = rig.operations(100_000);
    let asking = async {
        let mut sockets = sockets.iter().cycle();
        for _ in 0..count / IN_FLIGHT {
            let asked = sockets.by_ref().take(IN_FLIGHT).map(|socket| socket.emit().ask(1));
            assert!(try_join_all(asked).await?.into_iter().all(|is_answered| is_answered));
        }
        Ok(())
    };
    let (asked, ()) = cost(count / IN_FLIGHT * IN_FLIGHT, asking).await?;

    let leaving = async {
        drop(sockets);
        Ok(main.flushed().await?)
    };
    let (left, ()) = cost(namespaces, leaving).await?;
    Ok(vec![received, asked, connected, left, grown])
}

/// How many answers are awaited at once.
const IN_FLIGHT: usize = 50;
