//! One argument of so many bytes, both ways.

use futures_util::future::try_join_all;
use socketio_runtime::{Ack, Bytes};

use crate::{
    Result,
    measure::cost,
    service::{Service, Shape},
    workload::{Heard, Rig},
};

pub async fn run(rig: Rig, bytes: usize) -> Result<Vec<f64>> {
    let socket = rig.connect::<Service>().await?;
    let count = rig.operations((BYTES / bytes).clamp(10, 200_000));
    let heard = Heard::default();
    let (texts, binaries) = (heard.clone(), heard.clone());
    socket.on().text(move |content| texts.hear(content.len() as u64));
    socket.on().binary(move |content| binaries.hear(content.len() as u64));
    let mut values = Vec::new();
    let mut add = |microseconds: f64| values.push(microseconds * 1000.0 / bytes as f64);

    let (text_down, sum) = cost(count, heard.flood(&socket, count, Shape::Text(bytes), 1)).await?;
    assert_eq!(sum, (count * bytes) as u64);
    add(text_down);

    let text = "a".repeat(bytes);
    let (text_up, ()) = cost(count, up(count, bytes, || socket.emit().send_text(&text))).await?;
    add(text_up);

    let flood = heard.flood(&socket, count, Shape::Binary(bytes), 1);
    let (binary_down, sum) = cost(count, flood).await?;
    assert_eq!(sum, (count * bytes) as u64);
    add(binary_down);

    let binary = Bytes::from(vec![7; bytes]);
    let emit = || socket.emit().send_binary(binary.clone());
    let (binary_up, ()) = cost(count, up(count, bytes, emit)).await?;
    add(binary_up);
    Ok(values)
}

/// Emits so often, and awaits the answers of as many as fit the send buffer.
async fn up(count: usize, bytes: usize, emit: impl Fn() -> Ack<bool>) -> Result<()> {
    let in_flight = (IN_FLIGHT_BYTES / bytes).clamp(1, 50);
    let mut left = count;
    while left > 0 {
        let now = left.min(in_flight);
        let answers = try_join_all((0..now).map(|_| emit())).await?;
        assert!(answers.into_iter().all(|is_answered| is_answered));
        left -= now;
    }
    Ok(())
}

/// What is sent in each way.
const BYTES: usize = 200_000_000;
const IN_FLIGHT_BYTES: usize = 5_000_000;
