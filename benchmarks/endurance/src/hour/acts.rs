//! What a regular does all the time, each in a task of its own, turn by turn. No turn begins while
//! somebody wants it quiet.
//!
//! Must not know: what comes of it.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use socketio_runtime::{Ack, AckError, Bytes, Cancellation, EmitOptions, OfflinePolicy, Socket};
use tokio::{
    sync::RwLock,
    task::JoinSet,
    time::{interval, sleep},
};

use super::{
    live::Live,
    regular::{Acks, Counts, Regular},
    service::Hour,
};

/// Held by everybody for a turn, and by the one who wants it quiet.
pub(super) type Quiet = Arc<RwLock<()>>;

/// Begins everything that this regular does; it ends when the set does.
pub(super) fn begin(regular: &Regular, quiet: &Quiet, captured: &Live, tasks: &mut JoinSet<()>) {
    let (socket, counts) = (regular.socket.clone(), Arc::clone(&regular.counts));
    let random = fastrand::Rng::with_seed(regular.id as u64);
    let all = || (socket.clone(), Arc::clone(&counts), Arc::clone(quiet));
    tasks.spawn(emit(all()));
    tasks.spawn(retry(all()));
    tasks.spawn(ask(all(), random.clone()));
    tasks.spawn(upload(all()));
    tasks.spawn(withdraw(all()));
    tasks.spawn(listen_for_a_while(all(), random, captured.clone()));
}

type Actor = (Socket<Hour>, Arc<Counts>, Quiet);

async fn emit((socket, counts, quiet): Actor) {
    let mut ticks = interval(Duration::from_millis(50));
    loop {
        ticks.tick().await;
        let _turn = quiet.read().await;
        counts.emit(&counts.notes, |number| socket.emit().note(number));
        counts.emit(&counts.ticks, |number| socket.emit().tick(number));
        counts.emit(&counts.online, |number| socket.emit().online(number));
    }
}

/// Some at once, which go one after the other all the same.
async fn retry((socket, counts, quiet): Actor) {
    loop {
        sleep(Duration::from_millis(200)).await;
        let _turn = quiet.read().await;
        let next = || counts.retried.fetch_add(1, Relaxed);
        let retried =
            [(); 3].map(|()| next()).map(|number| (number, socket.emit().retried(number)));
        for (number, ack) in retried {
            settle(&counts.acks, ack, number, true).await;
        }
    }
}

/// With answers that come soon, late, too late and never, and some that nobody waits for.
async fn ask((socket, counts, quiet): Actor, mut random: fastrand::Rng) {
    loop {
        sleep(Duration::from_millis(100)).await;
        let _turn = quiet.read().await;
        let number = counts.asked.fetch_add(1, Relaxed);
        match random.u32(0..20) {
            0..12 => settle(&counts.acks, socket.emit().ask(number, 0), number, true).await,
            12..16 => settle(&counts.acks, socket.emit().ask(number, 100), number, true).await,
            16 => {
                // It is answered after its time is over.
                let ack = socket.emit().ask(number, 500).timeout(Duration::from_millis(20));
                settle(&counts.acks, ack, number, false).await;
            }
            17 => settle(&counts.acks, socket.emit().ask(number, -1), number, false).await,
            18 => {
                // It is answered, after it was forgotten.
                drop(socket.emit().ask(number, 100));
                counts.acks.forgotten.fetch_add(1, Relaxed);
            }
            _ => {
                // Forgotten while it is awaited; it would never be answered.
                let ack = socket.emit().ask(number, -1).timeout(Duration::MAX);
                let _ = tokio::time::timeout(Duration::from_millis(50), ack).await;
                counts.acks.forgotten.fetch_add(1, Relaxed);
            }
        }
    }
}

async fn upload((socket, counts, quiet): Actor) {
    loop {
        sleep(Duration::from_millis(500)).await;
        let _turn = quiet.read().await;
        let number = counts.uploaded.fetch_add(1, Relaxed);
        let content = Bytes::from(number.to_be_bytes().repeat(256));
        match socket.emit().upload(number, content.clone()).await {
            Ok(back) if back == content => counts.acks.answered.fetch_add(1, Relaxed),
            Ok(_) => counts.acks.wrong.fetch_add(1, Relaxed),
            Err(error) => count_failure(&counts.acks, &error),
        };
    }
}

/// Takes events back, also while offline, where they wait.
async fn withdraw((socket, counts, quiet): Actor) {
    let options = EmitOptions::new().offline(OfflinePolicy::Buffer);
    loop {
        sleep(Duration::from_millis(150)).await;
        let _turn = quiet.read().await;
        let number = counts.withdrawn.fetch_add(1, Relaxed);
        let ack = socket.emit_with(options).withdrawn(number);
        if number % 4 == 0 {
            sleep(Duration::from_millis(10)).await;
        }
        let cancelling = ack.cancel();
        counts.acks.cancelled.fetch_add(1, Relaxed);
        if cancelling.await == Cancellation::Withdrawn {
            counts.never_sent().push(number);
        }
    }
}

/// Registers listeners of every kind and ends them in every way.
async fn listen_for_a_while((socket, _, quiet): Actor, mut random: fastrand::Rng, captured: Live) {
    loop {
        sleep(Duration::from_millis(100)).await;
        let _turn = quiet.read().await;
        let [inline, queued, any, sent] = [(); 4].map(|()| captured.token());
        let guard = socket.on().feed(move |_| drop(inline.clone())).guard();
        let listener = socket.on().feed(move |_| {
            let token = queued.clone();
            async move {
                sleep(Duration::from_millis(1)).await;
                drop(token);
            }
        });
        let any = socket.on_any(move |_| drop(any.clone()));
        let sent = socket.on_any_outgoing(move |_| drop(sent.clone())).guard();
        let (mut stream, once) = (socket.stream().feed(), socket.once().feed());
        let (mut events, lifecycle) = (socket.events(), socket.lifecycle());
        match random.u32(0..3) {
            0 => sleep(Duration::from_millis(random.u64(0..200))).await,
            1 => {
                let hearing = async { (stream.next().await, events.next().await, once.await) };
                let _ = tokio::time::timeout(Duration::from_millis(200), hearing).await;
            }
            _ => {}
        }
        drop((guard, sent, stream, events, lifecycle));
        listener.off();
        any.off();
    }
}

/// Awaits an ack, which may be answered with its own number only, if at all.
async fn settle(acks: &Acks, ack: Ack<u64>, number: u64, may_be_answered: bool) {
    match ack.await {
        Ok(answer) if answer == number && may_be_answered => acks.answered.fetch_add(1, Relaxed),
        Ok(_) => acks.wrong.fetch_add(1, Relaxed),
        Err(error) => count_failure(acks, &error),
    };
}

fn count_failure(acks: &Acks, error: &AckError) -> u64 {
    let kind = match error {
        AckError::Timeout { .. } => &acks.timed_out,
        AckError::Disconnected { .. } => &acks.disconnected,
        _ => &acks.wrong,
    };
    kind.fetch_add(1, Relaxed)
}
