//! The python-socketio server answers, asks and escapes, in its own order.

use socketio_tests::PythonServer;

use crate::wire::{Poll, Request, Wire};

#[tokio::test]
#[cfg_attr(not(has_python), ignore = "needs Python 3")]
async fn echo_repeats_tells_and_asks() {
    let server = PythonServer::start().await;
    let mut wire = Wire::open(server.address()).await;
    wire.send("40/echo,").await;
    wire.expect(r#"42/echo,["welcome","#).await;
    wire.expect("40/echo,").await;

    wire.send(r#"42/echo,7["echo",1,{"a":[true]},null]"#).await;
    assert_eq!(wire.expect("43").await, r#"43/echo,7[1,{"a":[true]},null]"#);
    wire.send(r#"451-/echo,8["echo",[{"_placeholder":true,"num":0}]]"#).await;
    wire.send_binary(&[1, 30, 2]).await;
    let answer = r#"461-/echo,8[[{"_placeholder":true,"num":0}]]"#;
    assert_eq!(wire.expect("46").await, answer);
    assert_eq!(wire.expect_binary().await, [1, 30, 2]);

    wire.send(r#"42/echo,["tell","größer","ß"]"#).await;
    assert_eq!(wire.expect("42").await, r#"42/echo,["gr\u00f6\u00dfer","\u00df"]"#);
    wire.send(r#"42/echo,["ask","question",5]"#).await;
    let question = wire.expect("42/echo,").await;
    let (id, event) = question["42/echo,".len()..].split_once('[').expect("an event");
    assert_eq!(event, r#""question",5]"#);
    wire.send(&format!(r#"43/echo,{id}["yes",5]"#)).await;
    assert_eq!(wire.expect("42").await, r#"42/echo,["ask:report",null,["yes",5]]"#);
}

#[tokio::test]
#[cfg_attr(not(has_python), ignore = "needs Python 3")]
async fn transports_are_an_option() {
    let server = PythonServer::with_transports(&["polling"]).await;
    Poll::open(server.address()).await;
    let server = PythonServer::with_transports(&["websocket"]).await;
    Wire::open(server.address()).await;
    assert_eq!(Request::handshake(server.address(), &[]).await.status, 400);
}
