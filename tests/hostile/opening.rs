//! First answers as no server gives them: to the request for a WebSocket, and to the first GET.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use socketio_runtime::{
    ClientBuilder, ConnectError, Transport,
    error::TransportError,
    limits::{ERROR_BODY_EXCERPT, RESPONSE_HEAD},
};
use tokio::{io::AsyncWriteExt, sync::mpsc};

use crate::{
    peak::within_bytes,
    scene::{OPEN, Scene},
    wire::{Wire, flood, hold, ok_with, read_request, send, switching, text},
};

const MIB: usize = 1024 * 1024;

const BOTH: [Transport; 2] = [Transport::WebSocket, Transport::Polling];

/// For answers that never end and yet stay small.
fn impatient(builder: ClientBuilder) -> ClientBuilder {
    builder.open_timeout(Duration::from_millis(500))
}

/// Reads the request, and answers with `start`, and with `more` for ever.
async fn endless(mut wire: Wire, start: &[u8], more: &[u8]) {
    if read_request(&mut wire).await.is_some() && send(&mut wire, start).await.is_ok() {
        flood(&mut wire, more, usize::MAX).await;
    }
}

/// What a scene comes to where the answer is this, once.
async fn answered_with(scene: Scene, answer: Vec<u8>) -> ConnectError {
    let attack = move |mut wire: Wire| {
        let answer = answer.clone();
        async move {
            if read_request(&mut wire).await.is_some() {
                send(&mut wire, &answer).await.ok();
                wire.shutdown().await.ok();
            }
        }
    };
    scene.opened_by(attack).await
}

fn is_not_http(error: &ConnectError) -> bool {
    use TransportError::{NotHttp, NotWebSocket};
    matches!(error, ConnectError::Transport(NotHttp { .. } | NotWebSocket { .. }))
}

fn is_timeout(error: &ConnectError) -> bool {
    matches!(error, ConnectError::OpenTimeout { .. })
}

#[test]
fn heads_without_end_are_cut_at_their_limit() {
    let name = "opening::heads_without_end_are_cut_at_their_limit";
    within_bytes(name, 2 * MIB, async || {
        let kilobyte = format!("x: {}\r\n", "y".repeat(1020));
        let attacks = [
            ("headers", "HTTP/1.1 200 OK\r\n", "x: y\r\n".to_owned()),
            ("long headers", "HTTP/1.1 200 OK\r\n", kilobyte),
            ("a header of megabytes", "HTTP/1.1 200 OK\r\nx: ", "y".repeat(1024)),
            ("a header's name of megabytes", "HTTP/1.1 200 OK\r\n", "y".repeat(1024)),
            ("a reason of megabytes", "HTTP/1.1 200 ", "y".repeat(1024)),
            ("no HTTP at all", "", "y".repeat(1024)),
            ("line breaks", "", "\r\n".to_owned()),
            ("zeros", "", "\0".repeat(1024)),
        ];
        for (transport, (what, start, more)) in
            BOTH.into_iter().flat_map(|transport| attacks.clone().map(|attack| (transport, attack)))
        {
            let attack = move |wire| {
                let more = more.clone();
                async move { endless(wire, start.as_bytes(), more.as_bytes()).await }
            };
            let error = Scene::new(transport).opened_by(attack).await;
            assert!(is_not_http(&error), "{what}, {transport}: {error:?}");
        }
    });
}

#[tokio::test]
async fn a_head_has_its_limit() {
    let header = |size: usize| format!("x: {}\r\n", "y".repeat(size));
    for transport in BOTH {
        let attack = move |mut wire: Wire, size: usize| async move {
            let Some(request) = read_request(&mut wire).await else { return };
            let answer = if transport == Transport::Polling {
                ok_with(&header(size), b"nonsense")
            } else {
                let head = switching(&request);
                [head.trim_end(), "\r\n", &header(size), "\r\n"].concat().into_bytes()
            };
            send(&mut wire, &answer).await.ok();
            send(&mut wire, &text("nonsense")).await.ok();
        };
        let error = Scene::new(transport).opened_by(move |wire| attack(wire, 60_000)).await;
        assert!(matches!(error, ConnectError::Handshake { .. }), "{transport}: {error:?}");
        let error =
            Scene::new(transport).opened_by(move |wire| attack(wire, 2 * RESPONSE_HEAD)).await;
        assert!(is_not_http(&error), "{transport}: {error:?}");
    }
}

#[tokio::test]
async fn a_thousand_headers_are_too_many() {
    let many = "x: y\r\n".repeat(1000);
    for transport in BOTH {
        let answer = ok_with(&many, format!("0{OPEN}").as_bytes());
        let error = answered_with(Scene::new(transport), answer).await;
        assert!(is_not_http(&error), "{transport}: {error:?}");
    }
}

#[test]
fn interim_answers_without_end_are_no_answer() {
    let name = "opening::interim_answers_without_end_are_no_answer";
    within_bytes(name, 2 * MIB, async || {
        for status in ["100 Continue", "103 Early Hints", "199 What"] {
            let attack = move |wire| async move {
                let answer = format!("HTTP/1.1 {status}\r\nlink: </x>\r\n\r\n");
                endless(wire, b"", answer.as_bytes()).await;
            };
            let error = Scene::polling().client(impatient).opened_by(attack).await;
            assert!(is_timeout(&error), "{status}: {error:?}");
            // None of them may come before the 101 (RFC 6455, 4.1, would allow some).
            let error = Scene::websocket().client(impatient).opened_by(attack).await;
            assert!(matches!(error, ConnectError::Transport(_)), "{status}: {error:?}");
        }
    });
}

#[tokio::test]
async fn an_answer_byte_by_byte_is_not_awaited_longer_than_the_open_timeout() {
    for start in ["", "HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"] {
        for (transport, is_tls) in
            [(Transport::WebSocket, false), (Transport::Polling, false), (Transport::Polling, true)]
        {
            let attack = move |mut wire: Wire| async move {
                if read_request(&mut wire).await.is_some() {
                    send(&mut wire, start.as_bytes()).await.ok();
                    while send(&mut wire, b"H").await.is_ok() {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            };
            let scene = Scene::new(transport).client(impatient);
            let scene = if is_tls { scene.over_tls() } else { scene };
            let error = scene.opened_by(attack).await;
            // A WebSocket's answer with another status is told as soon as its head is there.
            let is_told = matches!(
                error,
                ConnectError::Transport(
                    TransportError::Status { .. } | TransportError::NotWebSocket { .. }
                )
            );
            assert!(
                is_timeout(&error) || (transport == Transport::WebSocket && is_told),
                "{transport} after {start:?}: {error:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_good_http_is_told_as_such() {
    for (what, answer) in [
        ("another protocol", "SSH-2.0-OpenSSH_9.6\r\n"),
        ("another version", "HTTP/3.0 200 OK\r\n\r\n"),
        ("no status", "HTTP/1.1 OK\r\n\r\n"),
        ("a header without a colon", "HTTP/1.1 200 OK\r\nx\r\n\r\n"),
        ("a control character", "HTTP/1.1 200 OK\r\nx: \x01\r\n\r\n"),
        ("two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n00"),
        ("a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"),
        ("a length of 2^64", "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551616\r\n\r\n"),
        ("a length that is none", "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n"),
    ] {
        let error = answered_with(Scene::polling(), answer.into()).await;
        assert!(is_not_http(&error), "{what}: {error:?}");
        let error = answered_with(Scene::websocket(), answer.into()).await;
        assert!(matches!(error, ConnectError::Transport(_)), "{what}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_before_the_request_opens_no_websocket() {
    let attack = async |mut wire: Wire| {
        let answer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\
                      connection: upgrade\r\nsec-websocket-accept: guessed\r\n\r\n";
        send(&mut wire, answer.as_bytes()).await.ok();
        hold(wire).await;
    };
    let error = Scene::websocket().client(impatient).opened_by(attack).await;
    assert!(is_not_http(&error), "{error:?}");
}

#[tokio::test]
async fn a_switch_of_protocols_that_was_not_asked_for_is_refused() {
    for answer in [
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    ] {
        for transport in BOTH {
            let scene = Scene::new(transport).client(impatient);
            let error = answered_with(scene, answer.into()).await;
            assert!(matches!(error, ConnectError::Transport(_)), "{transport}: {error:?}");
        }
    }
}

#[tokio::test]
async fn what_comes_with_the_switch_of_protocols_is_read_after_it() {
    // The handshake and a frame of 2^63 bytes, in one segment.
    let attack = async |mut wire: Wire| {
        if let Some(request) = read_request(&mut wire).await {
            let frame = crate::wire::head(crate::wire::BINARY, 1 << 63);
            let bytes = [switching(&request).as_bytes(), &frame].concat();
            send(&mut wire, &bytes).await.ok();
            hold(wire).await;
        }
    };
    let error = Scene::websocket().opened_by(attack).await;
    let is_too_large =
        matches!(error, ConnectError::Transport(TransportError::MessageTooLarge { .. }));
    assert!(is_too_large, "{error:?}");
}

#[test]
fn an_error_page_without_end_is_read_no_further_than_needed() {
    let name = "opening::an_error_page_without_end_is_read_no_further_than_needed";
    within_bytes(name, 2 * MIB, async || {
        for transport in BOTH {
            for head in ["", "transfer-encoding: chunked\r\n", "content-length: 99999999999\r\n"] {
                let attack = move |wire| async move {
                    let start = format!("HTTP/1.1 503 Busy\r\n{head}\r\n");
                    let page = "400\r\n".to_owned() + &"<p>".repeat(341) + "?\r\n";
                    endless(wire, start.as_bytes(), page.as_bytes()).await;
                };
                let error = Scene::new(transport).opened_by(attack).await;
                let ConnectError::Transport(TransportError::Status { status: 503, body, .. }) =
                    &error
                else {
                    panic!("{transport}, {head:?}: {error:?}")
                };
                assert!(body.len() <= ERROR_BODY_EXCERPT, "{}", body.len());
            }
        }
    });
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    for transport in BOTH {
        for status in [301, 302, 303, 307, 308] {
            let requests = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&requests);
            let attack = move |mut wire: Wire| {
                let count = Arc::clone(&count);
                async move {
                    while read_request(&mut wire).await.is_some() {
                        count.fetch_add(1, Ordering::Relaxed);
                        let answer = format!(
                            "HTTP/1.1 {status} Go\r\nlocation: /socket.io/?EIO=4\r\n\
                             content-length: 0\r\n\r\n"
                        );
                        send(&mut wire, answer.as_bytes()).await.ok();
                    }
                }
            };
            let scene = Scene::new(transport).client(|builder| builder.reconnection(false));
            let error = scene.opened_by(attack).await;
            let told = matches!(
                error,
                ConnectError::Transport(TransportError::Redirected { status: told, .. }) if told == status
            );
            assert!(told, "{transport}, {status}: {error:?}");
            assert_eq!(requests.load(Ordering::Relaxed), 1, "it was followed");
        }
    }
}

#[tokio::test]
async fn of_a_flood_of_cookies_a_few_are_sent_back() {
    let (asked, mut requests) = mpsc::unbounded_channel();
    let attack = move |mut wire: Wire| {
        let asked = asked.clone();
        async move {
            while let Some(request) = read_request(&mut wire).await {
                let cookie = |n| format!("set-cookie: c{n}={}\r\n", "v".repeat(600));
                let huge = format!("set-cookie: huge={}\r\n", "v".repeat(5000));
                let cookies: String = (0..80).map(cookie).chain([huge]).collect();
                let is_first = !request.has_sid();
                asked.send(request).ok();
                let body = if is_first { format!("0{OPEN}") } else { "nonsense".to_owned() };
                send(&mut wire, &ok_with(&cookies, body.as_bytes())).await.ok();
            }
        }
    };
    let error = Scene::polling().opened_by(attack).await;
    assert!(matches!(error, ConnectError::Disconnected(_)), "{error:?}");
    requests.recv().await.expect("the first one");
    let cookies = requests.recv().await.expect("the second one");
    let cookies = cookies.header("cookie").expect("cookies are kept").split("; ").count();
    assert_eq!(cookies, socketio_runtime::limits::COOKIES);
}

#[tokio::test]
async fn what_is_no_tls_is_told_as_such_and_a_slow_one_not_awaited() {
    // The server of these scenes speaks no TLS, though the client expects it.
    for bytes in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0x16, 3, 3, 0xff, 0xff], &[0; 5]] {
        let attack = move |mut wire: Wire| async move {
            send(&mut wire, &bytes.repeat(1000)).await.ok();
            hold(wire).await;
        };
        let scene = Scene::websocket().client(impatient).expecting_tls();
        let error = scene.opened_by(attack).await;
        let is_tls = matches!(error, ConnectError::Transport(TransportError::Tls { .. }));
        assert!(is_tls || is_timeout(&error), "{error:?}");
    }
    let attack = async |mut wire: Wire| {
        while send(&mut wire, &[0x16]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let error = Scene::polling().client(impatient).expecting_tls().opened_by(attack).await;
    let is_tls = matches!(error, ConnectError::Transport(TransportError::Tls { .. }));
    assert!(is_tls || is_timeout(&error), "{error:?}");
}

#[tokio::test]
async fn a_handshake_that_never_comes_is_not_awaited_longer_than_the_open_timeout() {
    // A WebSocket that opens, and then one byte of the OPEN packet after the other.
    let attack = async |mut wire: Wire| {
        if let Some(request) = read_request(&mut wire).await {
            send(&mut wire, switching(&request).as_bytes()).await.ok();
            for byte in text(&format!("0{OPEN}")) {
                if send(&mut wire, &[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    let error = Scene::websocket().client(impatient).opened_by(attack).await;
    assert!(is_timeout(&error), "{error:?}");
}
