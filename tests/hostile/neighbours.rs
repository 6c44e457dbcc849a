//! Floods leave others their turn: a neighbour on the same thread goes on getting its answers while
//! the flood lasts, and not only after it.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use socketio_runtime::DisconnectReason;

use crate::{
    scene::{Aftermath, Fate, Neighbour, OPEN, Scene},
    wire::{CONTINUATION, FIN, PING, PONG, TEXT, Wire, flood, frame, ok_with, send, text},
};

/// The data of an OPEN packet of a server whose silence is noticed after a second.
fn within_a_second() -> String {
    OPEN.replace("25000", "500").replace("20000", "500")
}

/// Answers that a neighbour got during an attack, and the longest time that it waited for one.
async fn served_during(attack: impl Future<Output = Aftermath>) -> (Aftermath, u32, Duration) {
    let neighbour = Neighbour::join().await;
    let (mut answers, mut longest) = (0, Duration::ZERO);
    let mut attack = std::pin::pin!(attack);
    loop {
        let asked = Instant::now();
        tokio::select! {
            aftermath = &mut attack => return (aftermath, answers, longest),
            () = neighbour.is_unharmed() => {
                answers += 1;
                longest = longest.max(asked.elapsed());
            }
        }
    }
}

#[tokio::test]
async fn a_neighbour_is_served_during_a_flood_of_frames() {
    for (what, start, bytes) in [
        ("fragments of nothing", frame(TEXT - FIN, b"42"), frame(CONTINUATION, b"")),
        ("pings", Vec::new(), frame(PING, b"")),
        ("pongs", Vec::new(), frame(PONG, b"")),
        ("noops", Vec::new(), text("6")),
        ("events of others", Vec::new(), text("42/n,[\"x\"]")),
    ] {
        let attack = move |mut wire: Wire| {
            let (start, bytes) = (start.clone(), bytes.clone());
            async move {
                send(&mut wire, &start).await.ok();
                flood(&mut wire, &bytes, usize::MAX).await;
            }
        };
        let attack = Scene::websocket().open(within_a_second()).attacked_by(attack);
        let (aftermath, answers, longest) = served_during(attack).await;
        println!("{what}: {answers} answers, the longest after {longest:.1?}");
        let is_left = matches!(aftermath.fate, Fate::Lost(DisconnectReason::PingTimeout));
        assert!(is_left, "{what}: {aftermath:?}");
        assert!(answers >= 3, "{what}: {answers} answers, the longest after {longest:?}");
    }
}

#[tokio::test]
async fn a_neighbour_is_served_during_a_flood_of_interim_answers() {
    let interim = b"HTTP/1.1 102 Processing\r\n\r\n";
    let attack = async |mut wire: Wire| {
        flood(&mut wire, interim, usize::MAX).await;
    };
    let attack = Scene::polling().open(within_a_second()).attacked_by(attack);
    let (aftermath, answers, longest) = served_during(attack).await;
    println!("interim answers: {answers} answers, the longest after {longest:.1?}");
    let is_left = matches!(aftermath.fate, Fate::Lost(DisconnectReason::PingTimeout));
    assert!(is_left, "{aftermath:?}");
    assert!(answers >= 3, "{answers} answers, the longest after {longest:?}");
}

#[tokio::test]
async fn a_neighbour_is_served_while_a_body_is_inflated() {
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("there is memory");
        encoder.finish().expect("there is memory")
    };
    for (what, body) in [
        ("a bomb", gzip(&vec![b'x'; 1 << 20]).repeat(60)),
        ("members of nothing", gzip(b"").repeat(20_000)),
    ] {
        let answer = ok_with("content-encoding: gzip\r\n", &body);
        let attack = move |mut wire: Wire| {
            let answer = answer.clone();
            async move { drop(send(&mut wire, &answer).await) }
        };
        let (aftermath, answers, longest) =
            served_during(Scene::polling().attacked_by(attack)).await;
        println!("{what}: {answers} answers, the longest after {longest:.1?}");
        // Neither is a packet.
        assert!(matches!(aftermath.fate, Fate::Lost(_)), "{what}: {aftermath:?}");
        assert!(answers >= 10, "{what}: {answers} answers, the longest after {longest:?}");
    }
}
