//! WebSocket frames as no server sends them.

use std::time::Duration;

use socketio_runtime::{ClientBuilder, DisconnectReason, error::TransportError};
use tokio::{io::AsyncWriteExt, time::timeout};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::{
    peak::within_bytes,
    scene::{Fate, IMPATIENT, Scene, make_peace},
    wire::{
        BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, TEXT, Wire, flood, frame, head, hold, send,
        text,
    },
};

const MIB: usize = 1024 * 1024;

/// A limit that is soon reached.
fn small(builder: ClientBuilder) -> ClientBuilder {
    builder.max_message_size(8 * MIB)
}

async fn fate_after(bytes: Vec<u8>) -> Fate {
    let attack = move |mut wire: Wire| {
        let bytes = bytes.clone();
        async move {
            send(&mut wire, &bytes).await.ok();
            make_peace(wire).await;
        }
    };
    Scene::websocket().attacked_by(attack).await.fate
}

fn is_too_large(fate: &Fate) -> bool {
    matches!(
        fate,
        Fate::Lost(DisconnectReason::TransportError(TransportError::MessageTooLarge { .. }))
    )
}

fn is_broken(fate: &Fate) -> bool {
    matches!(
        fate,
        Fate::Lost(DisconnectReason::TransportError(TransportError::NotWebSocket { .. }))
    )
}

#[tokio::test]
async fn a_frame_that_announces_more_than_the_limit_is_refused_by_its_head() {
    for length in [100_000_001, u64::from(u32::MAX) + 1, 1 << 63, u64::MAX] {
        let fate = fate_after(head(BINARY, length)).await;
        assert!(is_too_large(&fate), "{length}: {fate:?}");
    }
}

#[test]
fn a_frame_that_announces_the_limit_and_does_not_come_costs_nothing() {
    let name = "frames::a_frame_that_announces_the_limit_and_does_not_come_costs_nothing";
    within_bytes(name, 4 * MIB, async || {
        let attack = async |mut wire: Wire| {
            send(&mut wire, &head(BINARY, 100_000_000)).await.ok();
            hold(wire).await;
        };
        let fate = Scene::websocket().open(IMPATIENT).attacked_by(attack).await.fate;
        assert!(matches!(fate, Fate::Lost(DisconnectReason::PingTimeout)), "{fate:?}");
    });
}

#[test]
fn a_frame_of_the_limit_is_taken_and_given_back() {
    let name = "frames::a_frame_of_the_limit_is_taken_and_given_back";
    within_bytes(name, 112 * MIB, async || {
        let attack = async |mut wire: Wire| {
            send(&mut wire, &head(BINARY, 100_000_000)).await.ok();
            flood(&mut wire, &[7; 10_000], 10_000).await;
            make_peace(wire).await;
        };
        let aftermath = Scene::websocket().attacked_by(attack).await;
        assert!(matches!(aftermath.fate, Fate::Unharmed), "{aftermath:?}");
        assert_eq!(aftermath.invalid.len(), 1, "no packet waits for it: {aftermath:?}");
    });
}

#[test]
fn fragments_are_added_up_to_the_limit() {
    let name = "frames::fragments_are_added_up_to_the_limit";
    within_bytes(name, 240 * MIB, async || {
        let attack = async |mut wire: Wire| {
            send(&mut wire, &frame(BINARY - FIN, &[])).await.ok();
            let sent = flood(&mut wire, &frame(CONTINUATION, &vec![7; 64 * 1024]), 10_000).await;
            assert!((1500..2000).contains(&sent), "{sent} fragments were taken");
        };
        let fate = Scene::websocket().attacked_by(attack).await.fate;
        assert!(is_too_large(&fate), "{fate:?}");
    });
}

#[test]
fn fragments_of_nothing_never_end_and_harm_nobody() {
    let name = "frames::fragments_of_nothing_never_end_and_harm_nobody";
    within_bytes(name, 4 * MIB, async || {
        let attack = async |mut wire: Wire| {
            send(&mut wire, &frame(TEXT - FIN, b"42")).await.ok();
            flood(&mut wire, &frame(CONTINUATION, &[]), usize::MAX).await;
        };
        let fate = Scene::websocket().open(IMPATIENT).attacked_by(attack).await.fate;
        assert!(matches!(fate, Fate::Lost(DisconnectReason::PingTimeout)), "{fate:?}");
    });
}

#[tokio::test]
async fn a_byte_now_and_then_within_a_frame_is_no_heartbeat() {
    let attack = async |mut wire: Wire| {
        send(&mut wire, &head(TEXT, 1000)).await.ok();
        while send(&mut wire, b"4").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let fate = Scene::websocket().open(IMPATIENT).attacked_by(attack).await.fate;
    assert!(matches!(fate, Fate::Lost(DisconnectReason::PingTimeout)), "{fate:?}");
}

#[tokio::test]
async fn frames_that_the_protocol_does_not_allow_end_the_connection() {
    let in_a_fragment = |frame: Vec<u8>| [&*super::wire::frame(TEXT - FIN, b"4"), &frame].concat();
    for (what, bytes) in [
        ("a ping of 126 bytes", frame(PING, &[7; 126])),
        ("a ping of many bytes", frame(PING, &vec![7; 70_000])),
        ("a pong of 126 bytes", frame(PONG, &[7; 126])),
        ("a ping in fragments", frame(PING - FIN, b"a")),
        ("a close in fragments", frame(CLOSE - FIN, &[3, 232])),
        ("a reserved bit", frame(TEXT | 0x40, b"42[\"x\"]")),
        ("all reserved bits", frame(TEXT | 0x70, b"42[\"x\"]")),
        ("a reserved opcode", frame(0x83, b"x")),
        ("a reserved control opcode", frame(0x8f, b"x")),
        ("a mask", [&[TEXT, 0x82][..], b"abcd", b"xx"].concat()),
        ("a continuation of nothing", frame(CONTINUATION | FIN, b"x")),
        ("a message within another", in_a_fragment(text("42[\"x\"]"))),
    ] {
        let fate = fate_after(bytes).await;
        assert!(is_broken(&fate), "{what}: {fate:?}");
    }
}

#[tokio::test]
async fn text_that_is_not_utf_8_ends_the_connection() {
    for (what, bytes) in [
        ("in a frame", frame(TEXT, b"42[\"\xff\"]")),
        ("cut within a letter", frame(TEXT, b"42[\"\xc3")),
        ("a surrogate", frame(TEXT, b"42[\"\xed\xa0\x80\"]")),
        (
            "in a fragment",
            [frame(TEXT - FIN, b"42[\""), frame(CONTINUATION | FIN, b"\x80\"]")].concat(),
        ),
    ] {
        let fate = fate_after(bytes).await;
        assert!(is_broken(&fate), "{what}: {fate:?}");
    }
}

#[tokio::test]
async fn a_letter_that_two_fragments_share_is_whole() {
    let bytes = [frame(TEXT - FIN, b"42[\"\xc3"), frame(CONTINUATION | FIN, b"\xa9\"]")].concat();
    assert!(matches!(fate_after(bytes).await, Fate::Unharmed));
}

#[tokio::test]
async fn a_close_with_a_code_or_reason_that_cannot_be_ends_the_connection_all_the_same() {
    let close =
        |code: u16, reason: &[u8]| frame(CLOSE, &[&code.to_be_bytes()[..], reason].concat());
    for (what, bytes) in [
        ("no code", frame(CLOSE, &[])),
        ("half a code", frame(CLOSE, &[3])),
        ("a code that is not sent", close(CloseCode::Abnormal.into(), b"")),
        ("a code of no meaning", close(999, b"")),
        ("the largest code", close(65535, b"")),
        ("a reason that is no text", close(1000, b"\xff\xfe")),
        ("a reason that is too long", close(1000, &[b'x'; 124])),
    ] {
        let fate = fate_after(bytes).await;
        let is_lost = matches!(
            &fate,
            Fate::Lost(
                DisconnectReason::TransportClose { .. } | DisconnectReason::TransportError(_)
            )
        );
        assert!(is_lost, "{what}: {fate:?}");
    }
}

#[tokio::test]
async fn an_end_in_the_middle_of_a_frame_is_a_lost_connection() {
    for bytes in
        [&text("42[\"x\"]")[..5], &text("42[\"x\"]")[..1], &head(BINARY, 1 << 20)[..4], b""]
    {
        let bytes = bytes.to_owned();
        let attack = move |mut wire: Wire| {
            let bytes = bytes.clone();
            async move {
                send(&mut wire, &bytes).await.ok();
                wire.shutdown().await.ok();
            }
        };
        let fate = Scene::websocket().attacked_by(attack).await.fate;
        assert!(
            matches!(fate, Fate::Lost(DisconnectReason::TransportClose { code: None })),
            "{fate:?}"
        );
    }
}

#[test]
fn pings_and_pongs_without_pause_cost_nothing() {
    let name = "frames::pings_and_pongs_without_pause_cost_nothing";
    within_bytes(name, 4 * MIB, async || {
        for bytes in [frame(PING, &[]), frame(PING, &[7; 125]), frame(PONG, b"x"), text("2")] {
            let attack = move |mut wire: Wire| {
                let bytes = bytes.clone();
                async move {
                    flood(&mut wire, &bytes, 100_000).await;
                    make_peace(wire).await;
                }
            };
            let fate = Scene::websocket().attacked_by(attack).await.fate;
            assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
        }
    });
}

#[test]
fn pings_to_which_nobody_reads_the_answers_are_not_read_for_ever() {
    let name = "frames::pings_to_which_nobody_reads_the_answers_are_not_read_for_ever";
    within_bytes(name, 4 * MIB, async || {
        // The systems' buffers take some megabytes of answers; then the client waits until it can
        // go on, as it does when the server reads at last.
        let attack = async |mut wire: Wire| {
            let ping = frame(PING, &[7; 125]);
            let piece = ping.repeat(1000);
            let mut sent = 0;
            while sent < 80 * MIB {
                let write = wire.write(&piece[sent % ping.len()..]);
                match timeout(Duration::from_millis(500), write).await {
                    Ok(written) => sent += written.expect("the client is there"),
                    Err(_) => break,
                }
            }
            assert!(sent < 80 * MIB, "the client reads on and on");
            let rest = (ping.len() - sent % ping.len()) % ping.len();
            send(&mut wire, &ping[ping.len() - rest..]).await.expect("it still is");
            make_peace(wire).await;
        };
        let fate = Scene::websocket().attacked_by(attack).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{fate:?}");

        // Of Engine.IO's pings only the last one has to be answered.
        let unread = async |mut wire: Wire| {
            let piece = text("2").repeat(1000);
            for _ in 0..500 {
                wire.write_all(&piece).await.expect("the client reads on");
            }
            make_peace(wire).await;
        };
        let fate = Scene::websocket().attacked_by(unread).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
    });
}

#[test]
fn what_is_kept_of_a_large_message_is_not_all_of_it() {
    let name = "frames::what_is_kept_of_a_large_message_is_not_all_of_it";
    // Twenty small attachments, each of which would keep the buffer of the large frame before it.
    within_bytes(name, 48 * MIB, async || {
        let attack = async |mut wire: Wire| {
            for _ in 0..20 {
                send(&mut wire, &frame(BINARY, &vec![7; 8 * MIB])).await.ok();
                let event = r#"451-["kept",{"_placeholder":true,"num":0}]"#;
                send(&mut wire, &[text(event), frame(BINARY, &[7; 5000])].concat()).await.ok();
            }
            make_peace(wire).await;
        };
        let aftermath = Scene::websocket().client(small).attacked_and_kept(attack).await;
        assert!(matches!(aftermath.fate, Fate::Unharmed), "{aftermath:?}");
        assert_eq!(aftermath.events, 20);
    });
}
