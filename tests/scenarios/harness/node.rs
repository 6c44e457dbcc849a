//! The reference server starts, takes its options, comes back at its port, and has its probes.

use std::time::Duration;

use socketio_tests::{NodeOptions, NodeServer, soon};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::wire::Wire;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn options_arrive() {
    let options = NodeOptions::new()
        .ping_interval(Duration::from_millis(700))
        .ping_timeout(Duration::from_millis(500))
        .max_http_buffer_size(2000)
        .connection_state_recovery();
    let server = NodeServer::start(options).await;
    let mut wire = Wire::open(server.address()).await;
    assert_eq!(wire.handshake["pingInterval"], 700);
    assert_eq!(wire.handshake["pingTimeout"], 500);
    assert_eq!(wire.handshake["maxPayload"], 2000);
    wire.send("40/kick,").await;
    let connected = wire.expect("40/kick,").await;
    assert!(connected.contains("\"pid\""), "no recovery: {connected}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_restart_keeps_the_port() {
    let mut server = NodeServer::start(NodeOptions::new()).await;
    let address = server.address();
    let mut wire = Wire::open(address).await;
    server.kill().await;
    wire.next().await.expect_err("the server is gone");
    TcpStream::connect(address).await.expect_err("nobody listens");

    server.restart_same_port().await;
    assert_eq!(server.address(), address);
    Wire::open(address).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
#[should_panic(expected = "EADDRINUSE")]
async fn a_failed_start_tells_why() {
    let mut server = NodeServer::start(NodeOptions::new()).await;
    server.kill().await;
    let _taken = TcpListener::bind(server.address()).await.expect("the port is free");
    server.restart_same_port().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn echo_repeats_tells_and_asks() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut wire = Wire::join(server.address(), "/echo", "").await;
    wire.expect(r#"42/echo,["welcome","#).await;

    wire.send(r#"42/echo,7["echo",1,{"a":[true]},null]"#).await;
    assert_eq!(wire.expect("43").await, r#"43/echo,7[1,{"a":[true]},null]"#);
    wire.send(
        r#"452-/echo,8["echo",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]]"#,
    )
    .await;
    wire.send_binary(&[1]).await;
    wire.send_binary(&[2]).await;
    let answer = r#"462-/echo,8[{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]]"#;
    assert_eq!(wire.expect("46").await, answer);
    assert_eq!(wire.expect_binary().await, [1]);
    assert_eq!(wire.expect_binary().await, [2]);

    wire.send(r#"42/echo,9["divide",1,0]"#).await;
    wire.expect(r#"43/echo,9[{"code":"division_by_zero","#).await;
    wire.send(r#"42/echo,10["divide",3,2]"#).await;
    assert_eq!(wire.expect("43").await, "43/echo,10[null,1.5]");
    wire.send(r#"42/echo,11["ack:twice"]"#).await;
    assert_eq!(wire.expect("43").await, r#"43/echo,11["first"]"#);
    assert_eq!(wire.expect("43").await, r#"43/echo,11["second"]"#);

    wire.send(r#"42/echo,["tell","undeclared",1]"#).await;
    assert_eq!(wire.expect("42").await, r#"42/echo,["undeclared",1]"#);
    wire.send(r#"42/echo,["ask","question",5]"#).await;
    assert_eq!(wire.expect("42").await, r#"42/echo,0["question",5]"#);
    wire.send(r#"43/echo,0["yes",5]"#).await;
    assert_eq!(wire.expect("42").await, r#"42/echo,["ask:report",null,["yes",5]]"#);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn namespaces_refuse_delay_hurry_and_kick() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut wire = Wire::open(server.address()).await;
    wire.send(r#"40/refuse,{"message":"no","data":{"code":7}}"#).await;
    assert_eq!(wire.expect("44").await, r#"44/refuse,{"message":"no","data":{"code":7}}"#);
    wire.send("40/early,").await;
    assert_eq!(wire.expect("42").await, r#"42/early,["early",1]"#);
    wire.expect("40/early,").await;
    assert_eq!(wire.expect("42").await, r#"42/early,["early",2]"#);

    // The slow namespace is asked first and answers last.
    wire.send(r#"40/slow,{"delayMs":100}"#).await;
    wire.send("40/kick,").await;
    wire.expect("40/kick,").await;
    wire.expect("40/slow,").await;
    wire.send(r#"42/kick,["kick"]"#).await;
    wire.expect("41/kick,").await;
    wire.send("40/nowhere,").await;
    assert_eq!(wire.expect("44").await, r#"44/nowhere,{"message":"Invalid namespace"}"#);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn faults_are_sent_as_told() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut wire = Wire::join(server.address(), "/faults", "").await;
    wire.send(r#"42/faults,["packets","9[]","599-[\"a\"]"]"#).await;
    assert_eq!(wire.expect("4").await, "49[]");
    assert_eq!(wire.expect("4").await, r#"4599-["a"]"#);
    wire.send(r#"42/faults,["frames","7"]"#).await;
    assert_eq!(wire.expect("").await, "7");
    wire.send(r#"42/faults,1["census","/faults"]"#).await;
    assert_eq!(wire.expect("43").await, r#"43/faults,1[{"engines":1,"sockets":1}]"#);

    wire.send(r#"42/faults,["close:websocket",1009,"too big"]"#).await;
    let Ok(Message::Close(Some(frame))) = wire.next().await else { panic!("not closed") };
    assert_eq!(u16::from(frame.code), 1009);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_terminated_connection_ends_without_a_close() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let mut wire = Wire::join(server.address(), "/faults", "").await;
    wire.send(r#"42/faults,["terminate"]"#).await;
    soon(wire.next()).await.expect_err("no close frame comes");
}
