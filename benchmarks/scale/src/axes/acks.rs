//! Many emits wait for their answers.

use std::{thread, time::Duration};

use socketio_runtime::{AckError, Socket};

use crate::{
    Result,
    measure::{cost, resident},
    service::Service,
    workload::Rig,
};

pub async fn run(rig: Rig, acks: usize) -> Result<Vec<f64>> {
    let socket = rig.connect::<Service>().await?;
    let before = resident()?;
    let (emitted, pending) = cost(acks, emit(&socket, acks, Duration::MAX)).await?;
    let grown = (resident()? - before) / acks as f64;

    let beside = rig.operations(20_000);
    let asking = async {
        for _ in 0..beside {
            assert!(socket.emit().ask(1).await?);
        }
        Ok(())
    };
    let (beside, ()) = cost(beside, asking).await?;

    let answering = async {
        socket.emit().release()?;
        for ack in pending {
            assert!(ack.await?);
        }
        Ok(())
    };
    let (answered, ()) = cost(acks, answering).await?;
    let timed_out = time_out(&socket, acks).await?;
    Ok(vec![emitted, answered, timed_out, beside, grown])
}

/// The time of all of them is over at once.
async fn time_out(socket: &Socket<Service>, acks: usize) -> Result<f64> {
    let timeout = if acks < 100_000 { Duration::from_secs(1) } else { Duration::from_secs(10) };
    let pending = emit(socket, acks, timeout).await?;
    // Nothing of this process runs meanwhile.
    thread::sleep(timeout);
    let settling = async {
        for ack in pending {
            assert!(matches!(ack.await, Err(AckError::Timeout { .. })));
        }
        Ok(())
    };
    let (timed_out, ()) = cost(acks, settling).await?;
    // What the server holds is nobody's any more.
    socket.emit().release()?;
    assert!(socket.emit().ask(1).await?);
    Ok(timed_out)
}

async fn emit(
    socket: &Socket<Service>,
    acks: usize,
    timeout: Duration,
) -> Result<Vec<socketio_runtime::Ack<bool>>> {
    let mut pending = Vec::with_capacity(acks);
    for number in 0..acks {
        let ack = socket.emit().hold(number as u64);
        pending.push(if timeout == Duration::MAX { ack } else { ack.timeout(timeout) });
        if number % BATCH == 0 {
            socket.flushed().await?;
        }
    }
    socket.flushed().await?;
    Ok(pending)
}

/// How many emits go out between two looks at the connection.
const BATCH: usize = 256;
