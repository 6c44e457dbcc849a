//! Sockets that share a connection, and how they leave it: politely, and without a trace.

use futures_util::FutureExt;
use serde_json::json;
use socketio_runtime::{ConnectError, Lifecycle, Socket};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::{
    schema::{Census, Echo, Faults, Kick},
    setup::{Pen, join, next_change, notes, quick, scribe, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// Waits until the server counts so many.
async fn counts(faults: &Socket<Faults>, namespace: &str, expected: Census) {
    soon(async {
        while faults.emit().census(namespace).await.expect("an answer") != expected {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn namespaces_share_one_connection_until_the_last_one_leaves() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let (echo, faults) = (client.socket::<Echo>(), client.socket::<Faults>());
    let (echo, faults) = soon(async { tokio::try_join!(echo.connect(), faults.connect()) })
        .await
        .expect("the server accepts");
    assert_ne!(echo.id(), faults.id());
    counts(&faults, "/echo", Census { engines: 1, sockets: 1 }).await;

    let mut lifecycle = faults.lifecycle();
    soon(echo.disconnect()).await;
    counts(&faults, "/echo", Census { engines: 1, sockets: 0 }).await;
    soon(echo.connect()).await.expect("the server accepts");
    counts(&faults, "/echo", Census { engines: 1, sockets: 1 }).await;
    drop(echo);
    counts(&faults, "/echo", Census { engines: 1, sockets: 0 }).await;
    let again = soon(client.socket::<Echo>().connect()).await.expect("the namespace is free");
    assert_eq!(soon(again.emit().echo(&json!(1))).await.expect("an answer"), 1);
    assert!(lifecycle.next().now_or_never().is_none(), "nothing happened to the other one");

    soon(again.disconnect()).await;
    soon(faults.disconnect()).await;
    soon(proxy.idle()).await;
    // The client is as good as new.
    soon(faults.connect()).await.expect("the server accepts");
    soon(proxy.accepted(2)).await;
    counts(&faults, "/echo", Census { engines: 1, sockets: 0 }).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn namespaces_that_share_a_connection_come_back_on_one() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let kick = soon(client.socket::<Kick>().connect()).await.expect("the server accepts");
    let (mut first, mut second) = (echo.lifecycle(), kick.lifecycle());
    proxy.cut();
    until_connected(&mut first).await;
    until_connected(&mut second).await;
    let counting = join::<Faults>(server.url()).await;
    counts(&counting, "/kick", Census { engines: 2, sockets: 1 }).await;
    counts(&counting, "/echo", Census { engines: 2, sockets: 1 }).await;
}

/// What the server hears of a socket that leaves in this way.
async fn last_words<F: Future<Output = ()>>(leave: impl FnOnce(Socket<Echo>) -> F) {
    let (server, mut heard) = scribe().await;
    let echo = join::<Echo>(server.url()).await;
    for text in ["a", "b"] {
        echo.emit().tell(text, &[]).expect("the socket is connected");
    }
    leave(echo).await;
    for expected in
        ["40/echo,", r#"42/echo,["tell","a"]"#, r#"42/echo,["tell","b"]"#, "41/echo,", "close"]
    {
        assert_eq!(heard.next().await, expected);
    }
}

#[tokio::test]
async fn a_disconnect_sends_what_was_emitted_and_says_goodbye() {
    last_words(async |echo| {
        let leaving = echo.disconnect();
        echo.emit().tell("too late", &[]).expect_err("the socket is leaving");
        soon(leaving).await;
    })
    .await;
}

#[tokio::test]
async fn dropping_the_last_handle_sends_what_was_emitted_and_says_goodbye() {
    last_words(async |echo| {
        let clone = echo.clone();
        drop(echo);
        assert!(clone.is_connected(), "another handle is left");
        drop(clone);
    })
    .await;
}

#[tokio::test]
async fn a_socket_that_leaves_frees_what_its_listeners_captured() {
    for is_dropped in [false, true] {
        let (server, _heard) = scribe().await;
        let echo = join::<Echo>(server.url()).await;
        let (pen, mut captured) = notes::<u64>();
        for_each_kind_of_listener(&echo, &pen);
        drop(pen);
        let pending = echo.once().number();
        let stream = echo.stream().number();
        if is_dropped {
            drop(echo);
        } else {
            soon(echo.disconnect()).await;
        }
        captured.ended().await;
        soon(pending).await.expect_err("no event can come");
        let mut stream = stream;
        assert_eq!(soon(stream.next()).await, None);
    }
}

fn for_each_kind_of_listener(echo: &Socket<Echo>, pen: &Pen<u64>) {
    let own = pen.clone();
    echo.on().number(move |number| own.note(number));
    let own = pen.clone();
    echo.on().number(move |number| {
        let own = own.clone();
        async move { own.note(number) }
    });
    let (own, weak) = (pen.clone(), echo.downgrade());
    echo.on().question(move |nonce| {
        own.note(nonce);
        u64::from(weak.upgrade().is_some())
    });
    let own = pen.clone();
    echo.on_invalid(move |_| own.note(0));
}

#[tokio::test]
async fn a_weak_handle_does_not_keep_a_socket_alive() {
    let (server, mut heard) = scribe().await;
    let echo = join::<Echo>(server.url()).await;
    let weak = echo.downgrade();
    assert!(weak.upgrade().is_some_and(|echo| echo.is_connected()));
    drop(echo);
    assert!(weak.upgrade().is_none());
    while heard.next().await != "close" {}
}

#[tokio::test]
async fn a_connect_that_is_dropped_leaves_again() {
    let (server, mut heard) = scribe().await;
    let client = quick(server.url()).build().expect("the URL is good");
    // Polled once: the connection is being made.
    assert!(client.socket::<Echo>().connect().now_or_never().is_none());
    let kick = soon(client.socket::<Kick>().connect()).await.expect("the server accepts");
    assert_eq!(heard.next().await, "40/kick,", "nobody wants the other one");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the namespace is free");
    assert!(echo.is_connected() && kick.is_connected());
}

#[tokio::test]
async fn flushed_means_that_the_network_has_it() {
    let (server, mut heard) = scribe().await;
    let mut proxy = Proxy::start(server.address()).await;
    let echo = join::<Echo>(proxy.url()).await;
    let mut lifecycle = echo.lifecycle();
    soon(echo.flushed()).await.expect("nothing waits");
    proxy.refuse().await;
    proxy.cut();
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::Disconnect { .. }), "{change:?}");
    echo.emit().tell("a", &[]).expect("it waits");
    let mut flushed = Box::pin(echo.flushed());
    let change = next_change(&mut lifecycle).await;
    assert!(matches!(change, Lifecycle::ReconnectAttempt { .. }), "{change:?}");
    assert!(flushed.as_mut().now_or_never().is_none(), "it still waits");
    proxy.heal().await;
    soon(flushed).await.expect("the runtime is there");
    for expected in ["40/echo,", "40/echo,", r#"42/echo,["tell","a"]"#] {
        assert_eq!(heard.next().await, expected);
    }
}

#[tokio::test]
async fn a_runtime_that_ends_tells_everybody_who_waits() {
    let (server, _heard) = scribe().await;
    let url = server.url();
    let (echo, answer) = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let echo = join::<Echo>(url).await;
            let answer = echo.emit().echo(&json!(1));
            (echo, answer)
        })
    })
    .await
    .expect("no panic");
    soon(answer).await.expect_err("nobody runs the connection");
    soon(echo.flushed()).await.expect_err("nobody runs the connection");
    soon(echo.connect()).await.expect_err("nobody runs the connection");
    echo.emit().tell("a", &[]).expect_err("nobody runs the connection");
    assert!(!echo.is_connected());
    soon(echo.disconnect()).await;
}

#[tokio::test]
async fn without_a_runtime_connecting_is_an_error_and_nothing_panics() {
    let outcome = std::thread::spawn(|| {
        let client = quick("http://127.0.0.1:1").build().expect("the URL is good");
        let echo = client.socket::<Echo>().build().expect("a new namespace");
        echo.on().number(|_| ());
        echo.on().text(async |_| ());
        let outcome = echo.connect().now_or_never().expect("it is known at once");
        drop(echo.disconnect());
        outcome
    })
    .join()
    .expect("no panic");
    let error = outcome.expect_err("there is no runtime");
    assert!(matches!(error, ConnectError::NoRuntime), "{error:?}");
}
