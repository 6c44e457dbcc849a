//! Servers that accept and drop, for ever: attempts keep to the backoff.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use socketio_runtime::{Client, Transport, Untyped};
use socketio_tests::FakeServer;
use tokio::{net::TcpStream, time::sleep};

use crate::{
    scene::{ACCEPT, OPEN},
    wire::{Wire, ok, read_message, read_request, send, switching, text},
};

/// How far a server lets the client come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Accepted,
    Reset,
    Asked,
    Refused,
    Opened,
    Connected,
}

async fn serve(
    mut wire: Wire,
    transport: Transport,
    stage: Stage,
    is_connected: &AtomicBool,
) -> Option<()> {
    if stage < Stage::Asked {
        return None;
    }
    let mut request = read_request(&mut wire).await?;
    if stage == Stage::Refused {
        let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
        return send(&mut wire, busy.as_bytes()).await.ok();
    }
    if stage < Stage::Opened {
        return None;
    }
    let open = format!("0{OPEN}");
    if transport == Transport::WebSocket {
        send(&mut wire, switching(&request).as_bytes()).await.ok()?;
        send(&mut wire, &text(&open)).await.ok()?;
        if stage == Stage::Connected {
            while !read_message(&mut wire).await?.starts_with(b"40") {}
            send(&mut wire, &text(ACCEPT)).await.ok()?;
        }
        return None;
    }
    // The POST comes on a connection of its own.
    while !request.has_sid() {
        send(&mut wire, ok(&open).as_bytes()).await.ok()?;
        request = read_request(&mut wire).await?;
    }
    if stage == Stage::Opened {
        return None;
    }
    if request.is_post() {
        return send(&mut wire, ok("ok").as_bytes()).await.ok();
    }
    // The first GET of a session is answered, the second is not.
    if !is_connected.fetch_xor(true, Ordering::Relaxed) {
        send(&mut wire, ok(ACCEPT).as_bytes()).await.ok()?;
    }
    None
}

/// Connections that are asked for within a time.
async fn attempts(
    transport: Transport,
    stage: Stage,
    delays: Option<(u64, u64)>,
    time: Duration,
) -> usize {
    let (count, is_connected) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let attempts = Arc::clone(&count);
    let server = FakeServer::tcp(move |stream: TcpStream| {
        let (attempts, is_connected) = (Arc::clone(&attempts), Arc::clone(&is_connected));
        async move {
            attempts.fetch_add(1, Ordering::Relaxed);
            if stage == Stage::Reset {
                stream.set_zero_linger().ok();
            }
            serve(Box::new(stream), transport, stage, &is_connected).await;
        }
    })
    .await;
    let mut builder = Client::builder(server.url()).transports([transport]);
    if let Some((first, longest)) = delays {
        builder = builder
            .reconnection_delay(Duration::from_millis(first))
            .reconnection_delay_max(Duration::from_millis(longest));
    }
    let client = builder.build().expect("the URL is good");
    let socket = client.socket::<Untyped>().build().expect("a new namespace");
    let connecting = tokio::spawn(socket.connect());
    sleep(time).await;
    connecting.abort();
    count.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_server_that_drops_every_connection_is_not_dialled_more_often_than_the_backoff_says() {
    use Stage::{Accepted, Asked, Connected, Opened, Refused, Reset};
    let measured =
        [Accepted, Reset, Asked, Refused, Opened, Connected].into_iter().flat_map(|stage| {
            [Transport::WebSocket, Transport::Polling].map(|transport| async move {
                // At the least 50, 100, and then 200 ms lie between attempts.
                let time = Duration::from_secs(2);
                let dials = attempts(transport, stage, Some((100, 400)), time).await;
                // A session over long-polling that opens has some connections of its own.
                let is_polling = transport == Transport::Polling && stage >= Opened;
                let most = (2 + 2000 / 200) * if is_polling { 4 } else { 1 };
                assert!((3..=most).contains(&dials), "{transport}, {stage:?}: {dials} of {most}");
            })
        });
    let by_default = async {
        // At the least 500 ms, 1 s and then 2 s.
        let time = Duration::from_secs(3);
        let dials = attempts(Transport::WebSocket, Connected, None, time).await;
        assert!((2..=3).contains(&dials), "{dials} by default");
    };
    tokio::join!(futures_util::future::join_all(measured), by_default);
}
