//! Answers to long-polling as no server gives them, once the client is connected.

use std::time::Duration;

use socketio_runtime::{ClientBuilder, DisconnectReason, error::TransportError};
use tokio::io::AsyncWriteExt;

use crate::{
    peak::within_bytes,
    scene::{Aftermath, Fate, IMPATIENT, MARK, Scene, make_polling_peace},
    wire::{Wire, flood, hold, ok, ok_with, send},
};

const MIB: usize = 1024 * 1024;

/// A limit that is soon reached.
fn small(builder: ClientBuilder) -> ClientBuilder {
    builder.max_message_size(8 * MIB)
}

async fn after_answer(answer: Vec<u8>) -> Aftermath {
    let attack = move |mut wire: Wire| {
        let answer = answer.clone();
        async move {
            send(&mut wire, &answer).await.ok();
            wire.shutdown().await.ok();
        }
    };
    Scene::polling().attacked_by(attack).await
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
        Fate::Lost(DisconnectReason::TransportError(_) | DisconnectReason::TransportClose { .. })
    )
}

fn is_silent(fate: &Fate) -> bool {
    matches!(fate, Fate::Lost(DisconnectReason::PingTimeout))
}

/// Sends a head, and more for ever.
async fn fate_after_endless(scene: Scene, head: &'static str, more: Vec<u8>) -> Fate {
    let attack = move |mut wire: Wire| {
        let more = more.clone();
        async move {
            send(&mut wire, head.as_bytes()).await.ok();
            flood(&mut wire, &more, usize::MAX).await;
        }
    };
    scene.attacked_by(attack).await.fate
}

#[tokio::test]
async fn a_body_that_announces_more_than_the_limit_is_refused_by_its_head() {
    for length in ["100000001", "9223372036854775808", "18446744073709551613"] {
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n42");
        let fate = after_answer(answer.into()).await.fate;
        assert!(is_too_large(&fate), "{length}: {fate:?}");
    }
}

#[test]
fn a_body_without_end_is_read_up_to_the_limit() {
    let name = "bodies::a_body_without_end_is_read_up_to_the_limit";
    within_bytes(name, 20 * MIB, async || {
        let chunk = [b"1000\r\n", &*vec![b'x'; 0x1000], b"\r\n"].concat();
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let until_close = "HTTP/1.1 200 OK\r\n\r\n";
        for (head, more) in [(chunked, chunk), (until_close, b"4x\x1e".to_vec())] {
            let scene = Scene::polling().client(small);
            let fate = fate_after_endless(scene, head, more).await;
            assert!(is_too_large(&fate), "{head}: {fate:?}");
        }
        let chunk = [b"1000\r\n", &*vec![b'x'; 0x1000], b"\r\n"].concat();
        let fate =
            fate_after_endless(Scene::polling().client(small).over_tls(), chunked, chunk).await;
        assert!(is_too_large(&fate), "over TLS: {fate:?}");
    });
}

#[test]
fn a_body_of_the_limit_costs_a_few_times_its_size() {
    let name = "bodies::a_body_of_the_limit_costs_a_few_times_its_size";
    // One packet in base64; one beside another; one beside many; many.
    within_bytes(name, 18 * MIB, async || {
        let base64 = [("b", 1), ("AAAA", MIB - 1), ("", 0)];
        let one = [("42[\"", 1), ("x", 4 * MIB - 1000), ("\"]\x1e6", 1)];
        let beside = [("6\x1e", 100), ("42[\"\"]\x1eb", 1), ("AAAA", MIB - 100)];
        let many = [("42[\"x\"]\x1e", 50_000), ("6\x1e", MIB), ("6", 1)];
        for (parts, events) in [(base64, 0), (one, 1), (beside, 1), (many, 50_000)] {
            let attack = move |mut wire: Wire| async move {
                let length: usize = parts.iter().map(|(part, times)| part.len() * times).sum();
                let head = format!("connection: close\r\ncontent-length: {length}");
                send(&mut wire, format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes()).await.ok();
                for (part, times) in parts.into_iter().filter(|(_, times)| *times > 0) {
                    flood(&mut wire, part.as_bytes(), times).await;
                }
            };
            let scene = Scene::polling().client(|builder| builder.max_message_size(4 * MIB));
            let aftermath = scene.attacked_by(attack).await;
            assert!(matches!(aftermath.fate, Fate::Unharmed), "{:?}", aftermath.fate);
            assert_eq!(aftermath.events, events);
        }
    });
}

#[tokio::test]
async fn chunks_and_lengths_that_cannot_be_lose_the_connection() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for (what, head, body) in [
        ("a chunk of 2^64", chunked, "10000000000000000\r\nx"),
        ("a chunk of 2^64 - 1", chunked, "ffffffffffffffff\r\nx"),
        ("a size that is none", chunked, "x\r\n"),
        ("a negative size", chunked, "-1\r\nx\r\n"),
        ("no line break after a chunk", chunked, "1\r\nxx"),
        ("an end within a chunk", chunked, "5\r\n42"),
        ("an end between chunks", chunked, "2\r\n42\r\n"),
        ("less than announced", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", "42[\"x\"]"),
    ] {
        let Aftermath { fate, events, .. } = after_answer(format!("{head}{body}").into()).await;
        assert!(is_broken(&fate), "{what}: {fate:?}");
        assert_eq!(events, 0, "{what}: a part of an answer is none");
    }
}

#[test]
fn extensions_and_trailers_without_end_are_cut() {
    let name = "bodies::extensions_and_trailers_without_end_are_cut";
    within_bytes(name, 2 * MIB, async || {
        let trailers = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n";
        let trailer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ";
        let extension = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;";
        for (head, more) in [(trailers, "x: y\r\n"), (trailer, "yyyy"), (extension, "a=b;")] {
            let fate = fate_after_endless(Scene::polling(), head, more.into()).await;
            assert!(is_broken(&fate), "{head:?}: {fate:?}");
        }
        let extensions = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let more = "1;a=b\r\nx\r\n".into();
        let fate = fate_after_endless(Scene::polling(), extensions, more).await;
        assert!(is_broken(&fate), "{fate:?}");
    });
}

#[test]
fn answers_that_never_come_to_their_point_are_not_awaited_beyond_the_heartbeat() {
    let name =
        "bodies::answers_that_never_come_to_their_point_are_not_awaited_beyond_the_heartbeat";
    within_bytes(name, 2 * MIB, async || {
        let interim = "HTTP/1.1 102 Processing\r\n\r\n";
        let fate =
            fate_after_endless(Scene::polling().open(IMPATIENT), interim, interim.into()).await;
        assert!(is_silent(&fate), "{fate:?}");
        for head in [
            "",
            "HTTP/1.1 200 OK\r\nx: ",
            "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100\r\n",
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1000\r\n\r\n",
            "HTTP/1.1 503 Busy\r\ncontent-length: 1000\r\n\r\n",
        ] {
            let attack = move |mut wire: Wire| async move {
                send(&mut wire, head.as_bytes()).await.ok();
                while send(&mut wire, b"H").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            let fate = Scene::polling().open(IMPATIENT).attacked_by(attack).await.fate;
            assert!(is_silent(&fate), "{head:?}: {fate:?}");
        }
    });
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_nobodys() {
    let attack = async |mut wire: Wire| {
        let answers = ok("6") + &ok(r#"42["forged"]"#) + &ok(MARK);
        send(&mut wire, answers.as_bytes()).await.ok();
        tokio::spawn(hold(wire));
    };
    let Aftermath { fate, events, .. } = Scene::polling().attacked_by(attack).await;
    assert!(matches!(fate, Fate::Unharmed), "the next request takes another connection: {fate:?}");
    assert_eq!(events, 0, "it was taken for the answer to the next request");
}

#[tokio::test]
async fn a_body_that_is_no_text_or_no_packet_loses_the_connection() {
    for body in [&b"42[\"\xff\"]"[..], b"\xed\xa0\x80", b"4\xc3", b"42[\"x\"]\x1e\xff"] {
        let Aftermath { fate, events, .. } = after_answer(ok_with("", body)).await;
        assert!(is_broken(&fate), "{body:?}: {fate:?}");
        assert_eq!(events, 0);
    }
    for body in ["\x1e", "x", "42[\"x\"]\x1e", "b!", "42[\"x\"]\x1e\x1e42[\"y\"]"] {
        let fate = after_answer(ok(body).into()).await.fate;
        assert!(matches!(fate, Fate::Lost(DisconnectReason::ParseError(_))), "{body:?}: {fate:?}");
    }
}

#[tokio::test]
async fn answers_that_bring_nothing_are_not_asked_for_without_pause() {
    // The server answers each GET at once; a second is ten requests at most.
    let attack = async |mut wire: Wire| {
        let started = std::time::Instant::now();
        for _ in 0..5 {
            send(&mut wire, ok("6").as_bytes()).await.ok();
            crate::wire::read_request(&mut wire).await.expect("the client goes on");
        }
        assert!(started.elapsed() >= Duration::from_millis(400), "{:?}", started.elapsed());
        make_polling_peace(wire).await;
    };
    let fate = Scene::polling().attacked_by(attack).await.fate;
    assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
}

#[test]
fn pings_without_pause_over_long_polling_cost_nothing() {
    let name = "bodies::pings_without_pause_over_long_polling_cost_nothing";
    within_bytes(name, 6 * MIB, async || {
        let attack = async |mut wire: Wire| {
            let body = "2\x1e".repeat(500_000) + MARK;
            send(&mut wire, ok(&body).as_bytes()).await.ok();
            hold(wire).await;
        };
        let fate = Scene::polling().attacked_by(attack).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
    });
}
