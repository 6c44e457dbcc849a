//! Clients and sockets that come, do something, and go in every way.
//!
//! Must not know: what regulars do.

use std::{sync::Arc, time::Duration};

use socketio_runtime::Socket;
use tokio::time::{sleep, timeout};

use super::{
    acts::Quiet,
    live::Live,
    regular::{MANNERS, Ports, Regular},
    service::Passing,
};
use crate::Result;

/// Comes and goes, one client after the other, in all manners.
pub(super) async fn pass(ports: Ports, quiet: Quiet, seed: u64, captured: Live, passed: Live) {
    let mut random = fastrand::Rng::with_seed(seed);
    loop {
        sleep(Duration::from_millis(100)).await;
        let _turn = quiet.read().await;
        let manner = MANNERS[random.usize(..MANNERS.len())];
        // Where the network is broken, so may be what is done here; that it ends is what counts.
        let visit = async {
            let client = manner.client(ports)?;
            let socket = client.socket::<Passing>().build()?;
            listen(&socket, &captured);
            stay(&socket, &mut random).await
        };
        let _ = visit.await;
        drop(passed.token());
    }
}

/// Enters a namespace of its own on a regular's connection, and leaves it.
pub(super) async fn enter(regular: Arc<Regular>, quiet: Quiet, captured: Live, passed: Live) {
    let mut random = fastrand::Rng::with_seed(1000 + regular.id as u64);
    loop {
        sleep(Duration::from_millis(300)).await;
        let _turn = quiet.read().await;
        let room = format!("/room-{}", random.u32(0..1000));
        let visit = async {
            let socket = regular.client.socket::<Passing>().namespace(room).build()?;
            listen(&socket, &captured);
            stay(&socket, &mut random).await
        };
        let _ = visit.await;
        drop(passed.token());
    }
}

fn listen(socket: &Socket<Passing>, captured: &Live) {
    let [inline, queued] = [(); 2].map(|()| captured.token());
    // For the time of a call it holds its own socket, perhaps as the last one.
    let weak = socket.downgrade();
    socket.on().told(move |_| drop((inline.clone(), weak.upgrade())));
    socket.on().told(move |_| {
        let token = queued.clone();
        async move { drop(token) }
    });
}

/// Does something, and leaves in one of several ways. Dropping the last handle, which the caller
/// does next, is one.
async fn stay(socket: &Socket<Passing>, random: &mut fastrand::Rng) -> Result<()> {
    let connecting = socket.connect();
    let way = random.u32(0..6);
    if way == 0 {
        // Gone before it is connected.
        let _ = timeout(Duration::from_millis(random.u64(0..20)), connecting).await;
        return Ok(());
    }
    timeout(PATIENCE, connecting).await??;
    let mut told = socket.stream().told();
    socket.emit().tell_me(5)?;
    let ask = socket.emit().ask(1);
    match way {
        1 => drop(ask),
        2 => {
            // Left while an answer is awaited, and while somebody still listens.
            let held = socket.clone();
            socket.on().told(move |_| drop(held.clone()));
            socket.disconnect().await;
            let _ = ask.await;
        }
        3 => {
            socket.emit().send_me_away()?;
            let _ = timeout(PATIENCE, socket.state().wait_for(|state| !state.connected)).await;
        }
        4 => {
            let _ = timeout(PATIENCE, told.next()).await;
            socket.off_all();
            let _ = ask.await;
            socket.disconnect().await;
            // And once more.
            let _ = timeout(PATIENCE, socket.connect()).await;
        }
        _ => {
            ask.await?;
            let _ = timeout(PATIENCE, told.next()).await;
        }
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(3);
