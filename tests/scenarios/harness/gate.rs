//! The reference server keeps clients out as it is told to, and lets them in again.

use socketio_tests::{NodeOptions, NodeServer};

use crate::wire::{Poll, Request, Response, Wire};

fn assert_refused(response: &Response, status: u16, body: &str) {
    assert_eq!((response.status, response.body.as_str()), (status, body));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn forbidden_handshakes_have_a_status_and_a_message_until_they_are_admitted() {
    let mut server = NodeServer::start(NodeOptions::new()).await;
    let address = server.address();
    let poll = Poll::join(address, "/kick").await;
    server.forbid_handshakes("closed today").await;
    let response = Request::handshake(address, &[]).await;
    assert_refused(&response, 403, r#"{"code":4,"message":"closed today"}"#);
    // Sessions that exist go on.
    poll.send(r#"42/kick,["kick"]"#).await;
    assert_eq!(poll.next().await, "41/kick,");

    server.admit().await;
    Poll::open(address).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_failing_middleware_fails_every_request_until_it_is_well_again() {
    let mut server = NodeServer::start(NodeOptions::new()).await;
    let poll = Poll::open(server.address()).await;
    server.fail_requests().await;
    let response = poll.request("POST", "40").await.expect("an answer");
    assert_refused(&response, 400, r#"{"code":3,"message":"Bad request"}"#);
    let response = Request::handshake(server.address(), &[]).await;
    assert_eq!(response.status, 400);

    server.admit().await;
    poll.send("40").await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_handshake_needs_the_header_that_is_required() {
    let options = NodeOptions::new().require_header("authorization");
    let mut server = NodeServer::start(options).await;
    let address = server.address();
    let response = Request::handshake(address, &[]).await;
    assert_refused(&response, 403, r#"{"code":4,"message":"no authorization header"}"#);
    let response = Request::handshake(address, &["authorization: Bearer old"]).await;
    assert_eq!(response.status, 200);

    server.require_header("Authorization: Bearer new").await;
    let response = Request::handshake(address, &["authorization: Bearer old"]).await;
    assert_refused(&response, 403, r#"{"code":4,"message":"wrong authorization header"}"#);
    let response = Request::handshake(address, &["authorization: Bearer new"]).await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn orders_reach_everybody() {
    let mut server = NodeServer::start(NodeOptions::new()).await;
    let mut wire = Wire::join(server.address(), "/kick", "").await;
    server.broadcast("/kick", "news", &[1.into(), "two".into()]).await;
    assert_eq!(wire.expect("42").await, r#"42/kick,["news",1,"two"]"#);
    assert_eq!(server.census("/kick").await, (1, 1));
    server.drop_connections().await;
    wire.next().await.expect_err("no close frame comes");
    assert_eq!(server.census("/kick").await, (0, 0));
}
