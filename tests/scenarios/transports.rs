//! Long-polling, the change to a WebSocket, and the choice between the two.

use std::time::Duration;

use serde_json::{Value, json};
use socketio_runtime::{
    Bytes, Client, ClientBuilder, ConnectError, Lifecycle, LifecycleStream, Namespace, Socket,
    Transport,
    error::{DisconnectReason, RefusalCode, TransportError},
};
use socketio_tests::{
    Authority, NodeOptions, NodeServer, Proxy, ReverseProxy, WebSocketPolicy, soon,
};

use super::{
    schema::{Album, Echo, EchoParts, Faults, Page, Part},
    setup::{next_change, notes, quick, until_connected},
};

const POLLING: [Transport; 1] = [Transport::Polling];
const UPGRADED: [Transport; 2] = [Transport::Polling, Transport::WebSocket];

async fn connect<N: Namespace>(builder: ClientBuilder) -> (Socket<N>, LifecycleStream) {
    let client = builder.build().expect("the options are good");
    let socket = client.socket::<N>().build().expect("the namespace is free");
    let lifecycle = socket.lifecycle();
    soon(socket.connect()).await.expect("the server accepts");
    (socket, lifecycle)
}

async fn upgraded(lifecycle: &mut LifecycleStream) {
    while !matches!(next_change(lifecycle).await, Lifecycle::Upgrade { .. }) {}
}

fn transport<N: Namespace>(socket: &Socket<N>) -> Option<Transport> {
    socket.state().borrow().transport
}

// --- long-polling ---

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn events_answers_and_binary_data_travel_over_long_polling() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let (socket, _) = connect::<Echo>(quick(server.url()).transports(POLLING)).await;
    assert_eq!(transport(&socket), Some(Transport::Polling));
    let report = soon(socket.emit().transport()).await.expect("an answer");
    assert_eq!(report.name, "polling");

    let value = json!({ "text": "ünïcödé 🎉 \u{1e} end", "list": [1, null, false] });
    assert_eq!(soon(socket.emit().echo(&value)).await.expect("an answer"), value);
    let (pen, mut notes) = notes();
    socket.on().question(|nonce| nonce + 1);
    socket.on().ask_report(move |error, answer| pen.note((error, answer)));
    socket.emit().ask("question", &[Part::from(41)]).expect("it is sent");
    assert_eq!(notes.next().await, (None, vec![Value::from(42)]));
    soon(socket.disconnect()).await;

    let (parts, _) = connect::<EchoParts>(quick(server.url()).transports(POLLING)).await;
    let picture = Some(Bytes::from(vec![0x1e, 0, 255]));
    let album = Album { title: "t".into(), pages: vec![Page { picture }] };
    let cover = Bytes::from((0..=255).cycle().take(70_000).collect::<Vec<u8>>());
    let answer = parts.emit().echo(&album, cover.clone(), Bytes::default());
    let answer = soon(answer).await.expect("an answer");
    assert_eq!(answer, (album, cover, Bytes::default()));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_thousand_events_each_way_keep_their_order_over_long_polling() {
    let server = NodeServer::start(NodeOptions::new().max_http_buffer_size(2000)).await;
    let (socket, _) = connect::<Echo>(quick(server.url()).transports(POLLING)).await;
    let mut numbers = socket.stream().number();
    for number in 0..1000_u64 {
        // More than fit one POST of this server.
        socket.emit().tell("number", &[Part::from(number)]).expect("it is sent");
    }
    for number in 0..1000 {
        assert_eq!(soon(numbers.next()).await, Some(number));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn answers_that_the_server_compresses_are_read() {
    let server = NodeServer::start(NodeOptions::new().http_compression(1)).await;
    let (socket, _) = connect::<Echo>(quick(server.url()).transports(POLLING)).await;
    let value = Value::from("long ".repeat(10_000));
    assert_eq!(soon(socket.emit().echo(&value)).await.expect("an answer"), value);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn heartbeats_keep_long_polling_alive_and_their_absence_is_noticed() {
    let options = NodeOptions::new()
        .ping_interval(Duration::from_millis(100))
        .ping_timeout(Duration::from_millis(900));
    let server = NodeServer::start(options).await;
    let proxy = Proxy::start(server.address()).await;
    let (socket, mut lifecycle) = connect::<Echo>(quick(proxy.url()).transports(POLLING)).await;
    // Longer than a server waits whose heartbeat is not answered.
    let late = soon(socket.emit().ack_late(1500)).await;
    assert_eq!(late.expect("an answer"), "late");
    assert_eq!(soon(lifecycle.next()).await.map(|change| connected(&change)), Some(true));
    proxy.stall();
    let Lifecycle::Disconnect { reason, will_reconnect: true } = next_change(&mut lifecycle).await
    else {
        panic!("the connection is lost")
    };
    assert!(matches!(reason, DisconnectReason::PingTimeout), "{reason:?}");
}

fn connected(change: &Lifecycle) -> bool {
    matches!(change, Lifecycle::Connect { .. })
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_that_restarts_is_found_again_over_long_polling() {
    let mut server = NodeServer::start(NodeOptions::new()).await;
    let (socket, mut lifecycle) = connect::<Echo>(quick(server.url()).transports(POLLING)).await;
    until_connected(&mut lifecycle).await;
    server.kill().await;
    let Lifecycle::Disconnect { will_reconnect: true, .. } = next_change(&mut lifecycle).await
    else {
        panic!("the connection is lost")
    };
    let held = socket.emit().echo(&Value::from("held"));
    server.restart_same_port().await;
    assert_eq!(soon(held).await.expect("an answer"), "held");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_session_that_the_server_closes_or_forgets_is_lost_with_the_reason() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let builder = || quick(server.url()).transports(POLLING);
    let (socket, mut lifecycle) = connect::<Faults>(builder()).await;
    until_connected(&mut lifecycle).await;
    socket.emit().close().expect("it is sent");
    let Lifecycle::Disconnect { reason, .. } = next_change(&mut lifecycle).await else {
        panic!("the connection is lost")
    };
    assert!(matches!(reason, DisconnectReason::TransportClose { .. }), "{reason:?}");

    until_connected(&mut lifecycle).await;
    socket.emit().forget().expect("it is sent");
    soon(socket.flushed()).await.expect("the runtime runs");
    socket.emit().terminate().expect("it is sent to a session that is unknown");
    let reason = loop {
        if let Lifecycle::Disconnect { reason, .. } = next_change(&mut lifecycle).await {
            break reason;
        }
    };
    let DisconnectReason::TransportError(TransportError::Status { status: 400, refusal, .. }) =
        &reason
    else {
        panic!("{reason:?}")
    };
    let code = refusal.as_ref().map(|refusal| refusal.code);
    assert_eq!(code, Some(RefusalCode::SessionUnknown));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_leaves_over_long_polling_is_gone_at_once() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let (watcher, _) = connect::<Faults>(quick(server.url())).await;
    let (socket, _) = connect::<Echo>(quick(server.url()).transports(POLLING)).await;
    let census = soon(watcher.emit().census("/echo")).await.expect("an answer");
    assert_eq!((census.engines, census.sockets), (2, 1));
    soon(socket.disconnect()).await;
    loop {
        let census = soon(watcher.emit().census("/echo")).await.expect("an answer");
        if (census.engines, census.sockets) == (1, 0) {
            break;
        }
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn long_polling_and_the_change_to_a_websocket_work_over_tls() {
    let authority = Authority::new();
    let server = NodeServer::start(NodeOptions::new().tls(&authority.issue(&["localhost"]))).await;
    let builder = quick(server.url()).root_certificate(authority.certificate());
    let (socket, mut lifecycle) = connect::<Echo>(builder.transports(UPGRADED)).await;
    upgraded(&mut lifecycle).await;
    let report = soon(socket.emit().transport()).await.expect("an answer");
    assert_eq!((&*report.name, report.upgraded), ("websocket", true));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn binary_data_travels_as_text_where_it_is_told_to() {
    let server = NodeServer::start(NodeOptions::new()).await;
    for transports in [&[Transport::WebSocket][..], &POLLING[..], &UPGRADED[..]] {
        let builder = quick(server.url()).transports(transports.iter().copied());
        let (parts, mut lifecycle) = connect::<EchoParts>(builder.force_base64(true)).await;
        if transports.len() > 1 {
            upgraded(&mut lifecycle).await;
        }
        let picture = Some(Bytes::from(vec![0x1e, b'b', 0, 255]));
        let album = Album { title: "t".into(), pages: vec![Page { picture }] };
        let cover = Bytes::from(vec![7; 1000]);
        let answer = soon(parts.emit().echo(&album, cover.clone(), Bytes::default())).await;
        assert_eq!(answer.expect("an answer"), (album, cover, Bytes::default()));
    }
}

// --- the change to a WebSocket ---

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_websocket_takes_over_and_nothing_is_lost_or_overtaken_meanwhile() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let (socket, mut lifecycle) = connect::<Echo>(quick(server.url()).transports(UPGRADED)).await;
    let mut numbers = socket.stream().number();
    let mut sent = 0_u64;
    let mut emit = |count| {
        for _ in 0..count {
            socket.emit().tell("number", &[Part::from(sent)]).expect("it is sent");
            sent += 1;
        }
        sent
    };
    // There is traffic both ways before, while and after the transports change.
    let mut received = 0;
    let mut last = None;
    while last.is_none_or(|last| received < last) {
        if last.is_none() {
            let sent = emit(3);
            if transport(&socket) == Some(Transport::WebSocket) {
                last = Some(sent);
            }
        }
        assert_eq!(soon(numbers.next()).await, Some(received));
        received += 1;
    }
    upgraded(&mut lifecycle).await;
    let report = soon(socket.emit().transport()).await.expect("an answer");
    assert_eq!((&*report.name, report.upgraded), ("websocket", true));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_is_emitted_before_a_disconnect_is_heard_whatever_carries_it() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let (watcher, _) = connect::<Echo>(quick(server.url())).await;
    let mut texts = watcher.stream().text();
    for round in 0..10 {
        for transports in [&[Transport::WebSocket][..], &POLLING[..], &UPGRADED[..]] {
            let builder = quick(server.url()).transports(transports.iter().copied());
            let (socket, _) = connect::<Echo>(builder).await;
            let text = format!("goodbye {round} over {transports:?}");
            socket.emit().tell_all("text", &[Part::from(&*text)]).expect("it is sent");
            soon(socket.disconnect()).await;
            assert_eq!(soon(texts.next()).await, Some(text));
        }
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_without_upgrades_or_a_client_that_wants_none_stays_on_long_polling() {
    let server = NodeServer::start(NodeOptions::new().no_upgrades()).await;
    let (socket, _) = connect::<Echo>(quick(server.url()).transports(UPGRADED)).await;
    let report = soon(socket.emit().transport()).await.expect("an answer");
    assert_eq!(report.name, "polling");

    let server = NodeServer::start(NodeOptions::new()).await;
    let builder = quick(server.url()).transports(UPGRADED).upgrade(false);
    let (socket, _) = connect::<Echo>(builder).await;
    for _ in 0..3 {
        let report = soon(socket.emit().transport()).await.expect("an answer");
        assert_eq!(report.name, "polling");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_proxy_that_refuses_or_swallows_websockets_leaves_the_connection_on_long_polling() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    for policy in [WebSocketPolicy::Refuse(403), WebSocketPolicy::Hang] {
        proxy.websockets(policy).await;
        let (socket, _) = connect::<Echo>(quick(proxy.url()).transports(UPGRADED)).await;
        for number in 0..50 {
            let answer = soon(socket.emit().echo(&Value::from(number))).await;
            assert_eq!(answer.expect("an answer"), number);
        }
        assert_eq!(transport(&socket), Some(Transport::Polling));
        soon(socket.disconnect()).await;
    }
}

// --- the choice of transport ---

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_websocket_is_the_first_choice() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let (socket, _) = connect::<Echo>(Client::builder(server.url())).await;
    assert_eq!(transport(&socket), Some(Transport::WebSocket));
    let report = soon(socket.emit().transport()).await.expect("an answer");
    assert_eq!((&*report.name, report.upgraded), ("websocket", false));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn behind_a_proxy_that_refuses_websockets_long_polling_takes_their_place() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    for status in [400, 403, 503] {
        proxy.websockets(WebSocketPolicy::Refuse(status)).await;
        let (socket, _) = connect::<Echo>(Client::builder(proxy.url())).await;
        assert_eq!(transport(&socket), Some(Transport::Polling));
        let answer = soon(socket.emit().echo(&Value::from(status))).await;
        assert_eq!(answer.expect("an answer"), status);
    }
    // Once the way is free, the next connection takes it.
    let (socket, mut lifecycle) = connect::<Faults>(quick(proxy.url())).await;
    until_connected(&mut lifecycle).await;
    assert_eq!(transport(&socket), Some(Transport::Polling));
    proxy.websockets(WebSocketPolicy::Forward).await;
    socket.emit().close().expect("it is sent");
    until_connected(&mut lifecycle).await;
    assert_eq!(transport(&socket), Some(Transport::WebSocket));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn behind_a_proxy_that_swallows_websockets_the_second_attempt_gets_through() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    proxy.websockets(WebSocketPolicy::Hang).await;
    let client = quick(proxy.url()).open_timeout(Duration::from_millis(500)).build();
    let socket = client.expect("the options are good").socket::<Echo>().build().expect("free");
    let mut lifecycle = socket.lifecycle();
    let error = soon(socket.connect()).await.expect_err("the first attempt");
    assert!(matches!(error, ConnectError::OpenTimeout { .. }), "{error:?}");
    until_connected(&mut lifecycle).await;
    assert_eq!(transport(&socket), Some(Transport::Polling));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_of_one_transport_is_reached_by_clients_of_two() {
    for (accepted, order) in
        [("polling", [Transport::WebSocket, Transport::Polling]), ("websocket", UPGRADED)]
    {
        let server = NodeServer::start(NodeOptions::new().transports(&[accepted])).await;
        let (socket, _) = connect::<Echo>(quick(server.url()).transports(order)).await;
        let report = soon(socket.emit().transport()).await.expect("an answer");
        assert_eq!(report.name, accepted);

        let client = quick(server.url()).transports(order).try_all_transports(false).build();
        let socket = client.expect("the options are good").socket::<Echo>();
        let error = soon(socket.connect()).await.expect_err("the first transport is refused");
        let ConnectError::Transport(TransportError::Status { transport, refusal, .. }) = &error
        else {
            panic!("{error:?}")
        };
        assert_eq!(*transport, order[0]);
        let code = refusal.as_ref().map(|refusal| refusal.code);
        assert_eq!(code, Some(RefusalCode::TransportUnknown), "{error:?}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn sessions_stick_to_their_server_by_its_cookie() {
    let servers =
        [NodeServer::start(NodeOptions::new()).await, NodeServer::start(NodeOptions::new()).await];
    let proxy = ReverseProxy::sticky(&servers.each_ref().map(NodeServer::address), "route").await;
    for transports in [&POLLING[..], &UPGRADED[..]] {
        let builder = quick(proxy.url()).transports(transports.iter().copied());
        let (socket, mut lifecycle) = connect::<Echo>(builder).await;
        for number in 0..20 {
            let answer = soon(socket.emit().echo(&Value::from(number))).await;
            assert_eq!(answer.expect("an answer"), number);
        }
        if transports.len() > 1 {
            upgraded(&mut lifecycle).await;
        }
    }
    let client = quick(proxy.url()).transports(POLLING).cookies(false).build();
    let socket = client.expect("the options are good").socket::<Echo>();
    let error = soon(socket.connect()).await.expect_err("the requests go to two servers");
    let ConnectError::Disconnected(DisconnectReason::TransportError(TransportError::Status {
        refusal: Some(refusal),
        ..
    })) = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(refusal.code, RefusalCode::SessionUnknown);
}

#[tokio::test]
async fn a_client_without_transports_is_not_built() {
    let error = Client::builder("http://localhost").transports([]).build();
    let error = error.expect_err("there is no way to connect").to_string();
    assert!(error.contains("transports"), "{error}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_proxy_that_refuses_websockets_is_told_where_nothing_else_may_be_tried() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut proxy = ReverseProxy::start(&[server.address()]).await;
    proxy.websockets(WebSocketPolicy::Refuse(403)).await;
    for builder in [
        quick(proxy.url()).try_all_transports(false),
        quick(proxy.url()).transports([Transport::WebSocket]),
    ] {
        let socket = builder.build().expect("the options are good").socket::<Echo>();
        let error = soon(socket.connect()).await.expect_err("no WebSocket passes");
        let ConnectError::Transport(TransportError::Status {
            transport: Transport::WebSocket,
            status: 403,
            ..
        }) = &error
        else {
            panic!("{error:?}")
        };
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_websocket_that_worked_is_remembered_if_told_to() {
    let server = NodeServer::start(NodeOptions::new()).await;
    for remembers in [true, false] {
        let builder = quick(server.url()).transports(UPGRADED).remember_upgrade(remembers);
        let (socket, mut lifecycle) = connect::<Echo>(builder).await;
        upgraded(&mut lifecycle).await;
        soon(socket.disconnect()).await;
        soon(socket.connect()).await.expect("the server accepts");
        let requests = soon(socket.emit().requests()).await.expect("an answer");
        let first = &requests.first().expect("a handshake").url;
        assert_eq!(first.contains("transport=websocket"), remembers, "{first}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_connection_that_is_lost_during_the_change_comes_back() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let proxy = Proxy::start(server.address()).await;
    for _ in 0..5 {
        let builder = quick(proxy.url()).transports(UPGRADED);
        let (socket, mut lifecycle) = connect::<Echo>(builder).await;
        until_connected(&mut lifecycle).await;
        proxy.cut();
        until_connected(&mut lifecycle).await;
        upgraded(&mut lifecycle).await;
        assert_eq!(soon(socket.emit().echo(&Value::from(1))).await.expect("an answer"), 1);
    }
}
