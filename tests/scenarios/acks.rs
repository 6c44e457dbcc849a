//! Every emit with an answer settles once: with its own answer, or with the reason why there is
//! none.

use std::time::Duration;

use serde_json::json;
use socketio_runtime::{
    AckError, DisconnectReason, EmitError, Socket, client_to_server, namespace, server_to_client,
};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::{
    schema::Echo,
    setup::{join, next_change, notes, quick, until_connected},
};

/// Short for a timeout that is to pass.
const SHORT: Duration = Duration::from_millis(20);

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// The next answers find the emits that they belong to.
async fn is_well(echo: &Socket<Echo>) {
    let answers = [1, 2, 3].map(|number| echo.emit().echo(&json!(number)));
    for (number, answer) in [1, 2, 3].into_iter().zip(answers) {
        assert_eq!(soon(answer).await.expect("an answer"), number);
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_answer_that_comes_too_late_is_nobodys() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let error = soon(echo.emit().ack_late(100).timeout(SHORT)).await.expect_err("too late");
    let AckError::Timeout { event, after: SHORT } = &error else { panic!("{error:?}") };
    assert_eq!(event, "ack:late");
    // It is answered after the one above.
    assert_eq!(soon(echo.emit().ack_late(150)).await.expect("an answer"), "late");
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_second_answer_is_nobodys() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    for _ in 0..3 {
        assert_eq!(soon(echo.emit().ack_twice()).await.expect("an answer"), "first");
        is_well(&echo).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_ack_whose_connection_is_lost_says_so() {
    let server = start().await;
    let proxy = Proxy::start(server.address()).await;
    let echo = join::<Echo>(proxy.url()).await;
    let mut lifecycle = echo.lifecycle();
    let never = echo.emit().ack_never();
    soon(echo.flushed()).await.expect("the runtime is there");
    proxy.cut();
    let error = soon(never).await.expect_err("no answer can come");
    let AckError::Disconnected { event, reason } = &error else { panic!("{error:?}") };
    assert_eq!(event, "ack:never");
    assert!(
        matches!(
            reason,
            DisconnectReason::TransportError(_) | DisconnectReason::TransportClose { .. }
        ),
        "{reason:?}"
    );
    until_connected(&mut lifecycle).await;
    is_well(&echo).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_ack_whose_socket_is_disconnected_says_so() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let never = echo.emit().ack_never();
    drop(echo.disconnect());
    let error = soon(never).await.expect_err("no answer can come");
    assert!(
        matches!(error, AckError::Disconnected { reason: DisconnectReason::ClientDisconnect, .. }),
        "{error:?}"
    );
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_is_asked_offline_is_answered_after_the_reconnection() {
    let server = start().await;
    let mut proxy = Proxy::start(server.address()).await;
    let tell = join::<Tell>(proxy.url()).await;
    let mut lifecycle = tell.lifecycle();
    let mut texts = tell.stream().text();
    tell.on().text(|_| ());
    proxy.refuse().await;
    proxy.cut();
    next_change(&mut lifecycle).await;

    let volatile = soon(tell.volatile().tell("text", "volatile")).await.expect_err("offline");
    assert!(matches!(volatile, AckError::Emit(EmitError::VolatileDropped { .. })), "{volatile:?}");
    let impatient = tell.emit().tell("text", "impatient").timeout(SHORT);
    let patient = ["a", "b", "c"].map(|text| tell.emit().tell("text", text));
    let error = soon(impatient).await.expect_err("still offline");
    assert!(matches!(error, AckError::Timeout { .. }), "{error:?}");
    proxy.heal().await;
    for (answer, text) in patient.into_iter().zip(["a", "b", "c"]) {
        soon(answer).await.expect("an answer");
        // What timed out was withdrawn: nobody waits for it, so it is not sent.
        assert_eq!(soon(texts.next()).await.as_deref(), Some(text));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn five_hundred_answers_find_their_emits() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let late = echo.emit().ack_late(20);
    let never = echo.emit().ack_never();
    let answers: Vec<_> = (0..500).map(|number| echo.emit().echo(&json!([number]))).collect();
    for (number, answer) in answers.into_iter().enumerate().rev() {
        assert_eq!(soon(answer).await.expect("an answer"), json!([number]));
    }
    assert_eq!(soon(late).await.expect("an answer"), "late");
    drop(never);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_async_listener_may_await_an_answer_for_each_event() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let (pen, mut heard) = notes();
    let weak = echo.downgrade();
    echo.on().number(move |number| {
        let (echo, pen) = (weak.upgrade().expect("the test has a handle"), pen.clone());
        async move { pen.note(echo.emit().echo(&json!(number)).await.expect("an answer")) }
    });
    echo.emit().tell_many(100, "number").expect("the socket is connected");
    for number in 0..100 {
        assert_eq!(heard.next().await, number);
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_dropped_ack_forgets_the_answer_and_not_the_event() {
    let server = start().await;
    let tell = join::<Tell>(server.url()).await;
    let mut texts = tell.stream().text();
    tell.on().text(|_| ());
    drop(tell.emit().tell("text", "unanswered"));
    soon(tell.emit().tell("text", "answered")).await.expect("an answer");
    for text in ["unanswered", "answered"] {
        assert_eq!(soon(texts.next()).await.as_deref(), Some(text));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_ack_may_lose_a_race_and_go_on() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let mut numbers = echo.stream().number();
    let mut late = echo.emit().ack_late(50);
    echo.emit().tell_many(20, "number").expect("the socket is connected");
    let mut heard = 0;
    let answer = loop {
        tokio::select! {
            biased;
            number = numbers.next() => {
                assert_eq!(number, Some(heard));
                heard += 1;
            }
            answer = soon(&mut late) => break answer,
        }
    };
    assert_eq!((answer.expect("an answer").as_str(), heard), ("late", 20));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn events_that_nobody_reads_do_not_hold_an_answer_up() {
    const EVENTS: u64 = 500;
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let mut numbers = echo.stream().number();
    echo.emit().tell_many(EVENTS, "number").expect("the socket is connected");
    assert_eq!(soon(echo.emit().echo(&json!("behind"))).await.expect("an answer"), "behind");
    for expected in 0..EVENTS {
        assert_eq!(soon(numbers.next()).await, Some(expected));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_timeout_may_be_nothing_or_for_ever() {
    let server = start().await;
    let client = quick(server.url()).ack_timeout(SHORT).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let error = soon(echo.emit().ack_never().timeout(Duration::ZERO)).await.expect_err("no time");
    assert!(matches!(error, AckError::Timeout { after: Duration::ZERO, .. }), "{error:?}");
    let error = soon(echo.emit().ack_never()).await.expect_err("the client's own timeout");
    assert!(matches!(error, AckError::Timeout { after: SHORT, .. }), "{error:?}");
    let patient = echo.emit().ack_late(100).timeout(Duration::MAX);
    assert_eq!(soon(patient).await.expect("an answer"), "late");
}

#[server_to_client]
trait ToldText {
    /// With an ack, since the server passes the one of `tell` on.
    fn text(text: String) -> ();
}

#[client_to_server]
trait TellsText {
    fn tell(event: &str, text: &str) -> ();
}

#[namespace("/echo", listens = ToldText, emits = TellsText)]
#[derive(Debug)]
struct Tell;
