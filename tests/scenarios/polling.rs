//! The requests of long-polling: how many there are, what is in them, and how it is told what
//! goes wrong with one.

use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Value, json};
use socketio_runtime::{
    ClientBuilder, ConnectError, DisconnectReason, Lifecycle, LifecycleStream, Namespace, Socket,
    Transport,
    error::{EngineRefusal, RefusalCode, TransportError},
};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, soon};

use crate::{
    schema::{Echo, Faults},
    setup::{join, next_change, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// A client that polls, and does nothing else.
fn polling(url: impl Into<String>) -> ClientBuilder {
    quick(url).transports([Transport::Polling])
}

async fn enter<N: Namespace>(client: ClientBuilder) -> Socket<N> {
    let client = client.build().expect("the URL is good");
    soon(client.socket::<N>().connect()).await.expect("the server accepts")
}

async fn connect_error(client: ClientBuilder) -> ConnectError {
    let client = client.build().expect("the URL is good");
    soon(client.socket::<Echo>().connect()).await.expect_err("the server does not accept")
}

async fn is_well(echo: &Socket<Echo>) {
    assert_eq!(soon(echo.emit().echo(&json!("well"))).await.expect("an answer"), "well");
}

/// Why the connection was lost that will be made again.
async fn loss(lifecycle: &mut LifecycleStream) -> DisconnectReason {
    match next_change(lifecycle).await {
        Lifecycle::Disconnect { reason, will_reconnect: true } => reason,
        change => panic!("{change:?}"),
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn requests_are_few_and_none_is_larger_than_the_server_takes() {
    const EMITS: u64 = 300;
    let server = NodeServer::start(NodeOptions::new().max_http_buffer_size(2000)).await;
    let echo = enter::<Echo>(polling(server.url())).await;
    let mut numbers = echo.stream().number();
    for number in 0..EMITS {
        echo.emit().tell("number", &[number.into()]).expect("the socket is connected");
    }
    for number in 0..EMITS {
        assert_eq!(soon(numbers.next()).await, Some(number));
    }
    let requests = soon(echo.emit().requests()).await.expect("an answer");
    let posts: Vec<u64> = requests
        .iter()
        .filter(|request| request.method == "POST")
        .map(|post| post.headers["content-length"].as_str().and_then(|text| text.parse().ok()))
        .map(|length| length.expect("a length"))
        .collect();
    assert!(posts.iter().all(|length| *length <= 2000), "{posts:?}");
    assert!(posts.len() < 30, "one request a packet, or nearly: {posts:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn last_words_that_take_several_requests_all_arrive() {
    const EMITS: u64 = 300;
    let server = NodeServer::start(NodeOptions::new().max_http_buffer_size(2000)).await;
    let observer = join::<Echo>(server.url()).await;
    let mut numbers = observer.stream().number();
    let echo = enter::<Echo>(polling(server.url())).await;
    for number in 0..EMITS {
        echo.emit().tell_all("number", &[number.into()]).expect("the socket is connected");
    }
    soon(echo.disconnect()).await;
    for number in 0..EMITS {
        assert_eq!(soon(numbers.next()).await, Some(number));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_connection_that_the_server_closes_between_requests_costs_nothing() {
    let server = start().await;
    let echo = enter::<Echo>(polling(server.url())).await;
    let mut lifecycle = echo.lifecycle();
    for _ in 0..2 {
        is_well(&echo).await;
        // Node closes what was not used for five seconds, a bit later.
        tokio::time::sleep(Duration::from_millis(6500)).await;
    }
    is_well(&echo).await;
    assert!(lifecycle.next().now_or_never().is_none(), "nothing happened");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn each_request_has_its_own_stamp_and_the_users_headers_and_query() {
    let server = start().await;
    let client = polling(format!("{}/?tenant=a%26b", server.url())).extra_header("x-trace", "abc");
    let echo = enter::<Echo>(client).await;
    is_well(&echo).await;
    let requests = soon(echo.emit().requests()).await.expect("an answer");
    assert!(requests.len() > 3, "{requests:?}");
    let mut stamps = Vec::new();
    for request in &requests {
        assert_eq!(request.headers["x-trace"], "abc");
        let accepted = request.headers["accept-encoding"].as_str().unwrap_or_default();
        assert!(request.method != "GET" || accepted.contains("gzip"), "{request:?}");
        let (_, query) = request.url.split_once('?').expect("a query");
        let mut pairs = query.split('&');
        assert!(pairs.clone().any(|pair| pair == "tenant=a%26b"), "{query}");
        stamps.extend(pairs.find_map(|pair| pair.strip_prefix("t=")));
    }
    assert_eq!(stamps.len(), requests.len(), "each has a stamp");
    stamps.sort_unstable();
    stamps.dedup();
    assert_eq!(stamps.len(), requests.len(), "and none has another's");
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_open_in_time() {
    let limit = Duration::from_millis(200);
    let server = FakeServer::silent().await;
    let error = connect_error(polling(server.url()).open_timeout(limit)).await;
    assert!(matches!(error, ConnectError::OpenTimeout { after } if after == limit), "{error:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_refused_handshake_has_its_status_and_the_servers_words() {
    let mut server = start().await;
    server.forbid_handshakes("closed today").await;
    let error = connect_error(polling(server.url())).await;
    let ConnectError::Transport(TransportError::Status {
        transport: Transport::Polling,
        status: 403,
        refusal: Some(EngineRefusal { code: RefusalCode::Forbidden, message, .. }),
        ..
    }) = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(message, "closed today");
    server.admit().await;
    is_well(&enter(polling(server.url())).await).await;
}

/// What a request is answered with in the middle of a connection, and how that is told.
async fn spoilt(method: &str, fault: Value) -> DisconnectReason {
    let mut server = start().await;
    let faults = enter::<Faults>(polling(server.url())).await;
    let mut lifecycle = faults.lifecycle();
    soon(faults.emit().spoil(method, &fault)).await.expect("an answer");
    // Posts something, and has a poll answered.
    drop(faults.emit().census("/faults"));
    let reason = loss(&mut lifecycle).await;
    until_connected(&mut lifecycle).await;
    soon(faults.emit().census("/faults")).await.expect("an answer");
    assert!(server.census("/faults").await.1 >= 1);
    reason
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_request_that_is_refused_tells_its_status_and_costs_the_connection() {
    for method in ["GET", "POST"] {
        let reason = spoilt(method, json!({ "status": 413, "body": "too large" })).await;
        let DisconnectReason::TransportError(TransportError::Status { status: 413, body, .. }) =
            &reason
        else {
            panic!("{reason:?}")
        };
        assert!(body.contains("too large"), "{body}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_request_that_is_cut_off_costs_the_connection() {
    for method in ["GET", "POST"] {
        let reason = spoilt(method, json!("end")).await;
        assert!(
            matches!(
                reason,
                DisconnectReason::TransportError(_) | DisconnectReason::TransportClose { .. }
            ),
            "{reason:?}"
        );
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_answer_that_is_no_engine_io_costs_the_connection() {
    let reason = spoilt("GET", json!({ "status": 200, "body": "<html>welcome</html>" })).await;
    assert!(matches!(reason, DisconnectReason::ParseError(_)), "{reason:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_middleware_that_fails_costs_the_connection_until_it_is_well() {
    let mut server = start().await;
    let echo = enter::<Echo>(polling(server.url())).await;
    let mut lifecycle = echo.lifecycle();
    server.fail_requests().await;
    let waiting = echo.emit().echo(&json!("lost"));
    let reason = loss(&mut lifecycle).await;
    assert!(
        matches!(
            reason,
            DisconnectReason::TransportError(TransportError::Status { status: 400, .. })
        ),
        "{reason:?}"
    );
    soon(waiting).await.expect_err("it was lost with its connection");
    server.admit().await;
    until_connected(&mut lifecycle).await;
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_servers_own_cookie_comes_back_with_every_request() {
    let server = NodeServer::start(NodeOptions::new().cookie("lb")).await;
    let echo = enter::<Echo>(polling(server.url())).await;
    let session = soon(echo.emit().transport()).await.expect("an answer").engine_id;
    let requests = soon(echo.emit().requests()).await.expect("an answer");
    let (handshake, rest) = requests.split_first().expect("a handshake");
    assert_eq!(handshake.headers["cookie"], Value::Null);
    for request in rest {
        assert_eq!(request.headers["cookie"], format!("lb={session}"));
    }
}
