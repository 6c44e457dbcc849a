//! What a client proves itself with: asked for when it is needed, and shown to nobody else.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use socketio_runtime::{ConnectError, Lifecycle, Socket, SocketBuilder, error::AuthError};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::{
    schema::{Delay, Echo, Slow},
    setup::{next_change, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

fn builder(server: &NodeServer) -> SocketBuilder<Echo> {
    quick(server.url()).build().expect("the URL is good").socket()
}

/// The CONNECT payload as the server got it.
async fn auth(echo: &Socket<Echo>) -> Value {
    soon(echo.emit().handshake()).await.expect("an answer").auth
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_payload_is_a_value_or_comes_from_a_closure() {
    let server = start().await;
    let token = json!({ "token": "t\u{f6}ken \u{1F511}" });
    let value = token.clone();
    let echo = soon(builder(&server).auth(value).connect()).await.expect("the server accepts");
    assert_eq!(auth(&echo).await, token);
    let value = token.clone();
    let closure = move || value.clone();
    let echo = soon(builder(&server).auth(closure).connect()).await.expect("the server accepts");
    assert_eq!(auth(&echo).await, token);
    let asynchronous = async || {
        tokio::task::yield_now().await;
        json!({ "token": "fresh" })
    };
    let echo = builder(&server).auth(asynchronous).connect();
    assert_eq!(auth(&soon(echo).await.expect("accepted")).await, json!({ "token": "fresh" }));
    let fallible = async || Ok::<_, AuthError>(json!({ "number": "7".parse::<u8>()? }));
    let echo = builder(&server).auth(fallible).connect();
    assert_eq!(auth(&soon(echo).await.expect("accepted")).await, json!({ "number": 7 }));
    let echo = soon(builder(&server).connect()).await.expect("the server accepts");
    assert_eq!(auth(&echo).await, json!({}), "socket.io's own default");
}

#[tokio::test]
async fn a_payload_that_the_namespace_declares_is_not_forgotten() {
    let client = quick("http://127.0.0.1:1").build().expect("the URL is good");
    let error = soon(client.socket::<Slow>().connect()).await.expect_err("it declares one");
    let ConnectError::AuthMissing { namespace } = &error else { panic!("{error:?}") };
    assert_eq!(namespace, "/slow");
    client.socket::<Slow>().build().expect_err("nor before connecting");
    client.socket::<Slow>().auth(Delay { delay_ms: 0 }).build().expect("the path is not taken");
    client.socket::<Echo>().build().expect("it declares none");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_closure_is_asked_anew_for_every_connection() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let asked = AtomicU32::new(0);
    let counting = move || json!({ "connection": asked.fetch_add(1, Ordering::Relaxed) });
    let echo = client.socket::<Echo>().auth(counting).build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    soon(echo.connect()).await.expect("the server accepts");
    for connection in 0..3 {
        until_connected(&mut lifecycle).await;
        assert_eq!(auth(&echo).await, json!({ "connection": connection }));
        proxy.cut();
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_provider_that_fails_is_asked_again() {
    let server = start().await;
    let asked = Arc::new(AtomicU32::new(0));
    let provider = move || {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        async move {
            match number {
                0 => Err(AuthError::new("the token service is down")),
                1 => panic!("on purpose"),
                2 => Ok(json!("not an object")),
                _ => Ok(json!({ "token": "at last" })),
            }
        }
    };
    let echo = builder(&server).auth(provider).build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    let error = soon(echo.connect()).await.expect_err("the provider fails");
    assert!(matches!(error, ConnectError::Auth(_)), "{error:?}");
    for (attempt, reason) in (1..).zip(["service is down", "panicked", "a JSON object"]) {
        let change = next_change(&mut lifecycle).await;
        let Lifecycle::ConnectError { error: ConnectError::Auth(error), will_retry: true } =
            &change
        else {
            panic!("{change:?}")
        };
        assert!(error.to_string().contains(reason), "{error}");
        let change = next_change(&mut lifecycle).await;
        assert!(
            matches!(change, Lifecycle::ReconnectAttempt { attempt: now } if now == attempt),
            "{change:?}"
        );
    }
    until_connected(&mut lifecycle).await;
    assert_eq!(auth(&echo).await, json!({ "token": "at last" }));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_provider_that_fails_for_good_is_given_up() {
    let server = start().await;
    let client = quick(server.url()).reconnection_attempts(2).build().expect("the URL is good");
    let failing = || Err::<Value, _>(AuthError::new("locked out"));
    let echo = client.socket::<Echo>().auth(failing).build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    soon(echo.connect()).await.expect_err("the provider fails");
    let mut retries = Vec::new();
    loop {
        match next_change(&mut lifecycle).await {
            Lifecycle::ConnectError { will_retry, .. } => retries.push(will_retry),
            Lifecycle::ReconnectAttempt { .. } => {}
            Lifecycle::ReconnectFailed => break,
            change => panic!("{change:?}"),
        }
    }
    assert_eq!(retries, [true, true, false]);
    echo.emit().tell("text", &[]).expect_err("nobody tries any more");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_provider_that_takes_too_long_is_a_timeout() {
    let server = start().await;
    let limit = Duration::from_millis(50);
    let client = quick(server.url()).connect_timeout(limit).build().expect("the URL is good");
    let stuck = async || pending::<Value>().await;
    let echo = client.socket::<Echo>().auth(stuck).build().expect("a new namespace");
    let error = soon(echo.connect()).await.expect_err("nobody gives a payload");
    assert!(matches!(error, ConnectError::NamespaceTimeout { .. }), "{error:?}");
    // A provider at work does not hold anybody up.
    soon(echo.disconnect()).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_payload_is_in_no_url_and_no_header_and_what_belongs_there_is() {
    let server = start().await;
    let client = quick(format!("{}/?tenant=t%201", server.url()))
        .extra_header("x-trace", "abc")
        .build()
        .expect("the URL is good");
    let secret = json!({ "token": "s3cret" });
    let echo = soon(client.socket::<Echo>().auth(secret).connect()).await.expect("accepted");
    let seen = soon(echo.emit().handshake()).await.expect("an answer");
    assert_eq!(seen.auth, json!({ "token": "s3cret" }));
    assert!(!seen.query.to_string().contains("s3cret"), "{}", seen.query);
    assert!(!seen.headers.to_string().contains("s3cret"), "{}", seen.headers);
    let expected = json!({ "tenant": "t 1", "EIO": "4", "transport": "websocket" });
    assert_eq!(seen.query, expected);
    assert_eq!(seen.headers["x-trace"], "abc");
    assert!(!format!("{client:?} {echo:?}").contains("s3cret"));
}
