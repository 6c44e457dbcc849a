//! What the reference server does on long-polling, and what it tells of a connection.

use serde_json::Value;
use socketio_tests::{NodeOptions, NodeServer};

use crate::wire::{Poll, Request, Wire};

/// The values of an answer such as `431/echo,0[…]`.
fn values(packet: &str) -> Value {
    let start = packet.find('[').expect("an answer has values");
    serde_json::from_str(&packet[start..]).expect("they are JSON")
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn only_the_transports_that_are_named_are_accepted() {
    let server = NodeServer::start(NodeOptions::new().transports(&["websocket"])).await;
    Wire::open(server.address()).await;
    let response = Request::handshake(server.address(), &[]).await;
    let refusal = r#"{"code":0,"message":"Transport unknown"}"#;
    assert_eq!((response.status, response.body.as_str()), (400, refusal));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn upgrades_are_offered_unless_it_is_told_not_to() {
    for (options, offer) in [
        (NodeOptions::new(), r#""upgrades":["websocket"]"#),
        (NodeOptions::new().no_upgrades(), r#""upgrades":[]"#),
    ] {
        let server = NodeServer::start(options).await;
        let response = Request::handshake(server.address(), &[]).await;
        assert!(response.body.contains(offer), "{}", response.body);
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn cookies_and_compression_are_options() {
    let options = NodeOptions::new().cookie("lb").http_compression(0);
    let server = NodeServer::start(options).await;
    let response = Request::handshake(server.address(), &["accept-encoding: gzip"]).await;
    let cookie = response.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("lb=") && cookie.contains("Path=/"), "{cookie}");
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    let response = Request::handshake(server.address(), &[]).await;
    assert_eq!(response.header("content-encoding"), None, "nobody asked for it");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_server_tells_its_side_of_a_connection() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let poll = Poll::join(server.address(), "/echo").await;
    poll.send(r#"42/echo,0["transport"]"#).await;
    let transport = &values(&poll.next().await)[0];
    assert_eq!(transport["engineId"], poll.id);
    assert_eq!(transport["name"], "polling");
    assert_eq!(transport["upgraded"], false);

    poll.send(r#"42/echo,1["requests"]"#).await;
    let requests = &values(&poll.next().await)[0];
    let methods: Vec<_> =
        requests.as_array().expect("a list").iter().map(|r| &r["method"]).collect();
    assert_eq!(methods, ["GET", "POST", "GET", "POST", "GET", "POST"]);
    assert_eq!(requests[0]["url"], "/socket.io/?EIO=4&transport=polling");
    assert_eq!(requests[1]["headers"]["content-length"], "8");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn single_requests_are_spoilt_as_told() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let poll = Poll::join(server.address(), "/faults").await;
    poll.send(r#"42/faults,0["spoil","POST",{"status":413,"body":"too much"}]"#).await;
    assert_eq!(poll.next().await, "43/faults,0[]");
    let response = poll.request("POST", "2").await.expect("an answer");
    assert_eq!((response.status, response.body.as_str()), (413, "too much"));

    poll.send(r#"42/faults,1["spoil","GET","end"]"#).await;
    assert_eq!(poll.next().await, "43/faults,1[]");
    assert!(poll.request("GET", "").await.is_none(), "the connection ends");

    poll.send(r#"42/faults,["forget"]"#).await;
    let response = poll.request("GET", "").await.expect("an answer");
    let refusal = r#"{"code":1,"message":"Session ID unknown"}"#;
    assert_eq!((response.status, response.body.as_str()), (400, refusal));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn sessions_end_in_good_order_or_without_a_word() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let poll = Poll::join(server.address(), "/faults").await;
    let next = poll.next();
    let close = poll.send(r#"42/faults,["close"]"#);
    assert_eq!(tokio::join!(next, close).0, "1");

    let poll = Poll::join(server.address(), "/faults").await;
    let next = poll.request("GET", "");
    let terminate = poll.send(r#"42/faults,["terminate"]"#);
    let (next, ()) = tokio::join!(next, terminate);
    assert!(next.is_none(), "{next:?}");
    assert_eq!(poll.request("GET", "").await.expect("an answer").status, 400);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn jobs_are_done_once_a_key_and_answered_unless_told_not_to() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut wire = Wire::join(server.address(), "/jobs", "").await;
    wire.send(r#"42/jobs,0["silence",1]"#).await;
    assert_eq!(wire.expect("43").await, "43/jobs,0[]");
    wire.send(r#"42/jobs,1["job","wash","k1"]"#).await;
    wire.send(r#"42/jobs,2["job","wash","k1"]"#).await;
    assert_eq!(wire.expect("43").await, r#"43/jobs,2["wash is done"]"#);
    // What was seen outlives the connection.
    let mut wire = Wire::join(server.address(), "/jobs", "").await;
    wire.send(r#"42/jobs,0["report"]"#).await;
    let report = values(&wire.expect("43").await);
    assert_eq!(report[0]["done"], serde_json::json!(["k1"]));
    assert_eq!(report[0]["deliveries"][0]["answered"], false);
    assert_eq!(report[0]["deliveries"][1]["answered"], true);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn msgpack_is_an_option() {
    let server = NodeServer::start(NodeOptions::new().msgpack()).await;
    let mut wire = Wire::open(server.address()).await;
    // {type: 0, nsp: "/kick"}
    wire.send_binary(b"\x82\xa4type\x00\xa3nsp\xa5/kick").await;
    let accepted = wire.expect_binary().await;
    assert!(accepted.windows(4).any(|bytes| bytes == b"\xa3sid"), "{accepted:?}");
}
