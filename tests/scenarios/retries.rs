//! Events that are sent again until the server confirms them: at least once, in order, one after
//! the other, and known by their keys.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use socketio_runtime::{
    AckError, Cancellation, DisconnectReason, EmitOptions, Lifecycle, Namespace, Socket, Transport,
    client_to_server,
    error::{InvalidEvent, TryError},
    namespace,
};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, Proxy, soon};
use tokio_tungstenite::tungstenite::Message;

use crate::setup::{invalid_events, join, next_change, notes, quick};

/// For one try; short where it is to pass, and long enough for an answer on a busy machine.
const SHORT: Duration = Duration::from_millis(250);

/// What `/jobs` does, once per key.
#[client_to_server]
trait Work {
    #[event(retries = 3, idempotency_key, timeout = "250ms")]
    fn job(name: &str) -> String;
    /// Makes the server keep the next answers to itself.
    fn silence(count: u64) -> ();
    fn report() -> Report;
}

/// The same, with nothing said about the delivery.
#[client_to_server]
trait PlainWork {
    fn job(name: &str, key: &str) -> String;
}

/// Jobs whose answers nobody wants.
#[client_to_server]
trait Notices {
    fn job(name: &str, key: &str);
}

#[namespace("/jobs", emits = Work)]
#[derive(Debug)]
struct Jobs;

#[namespace("/jobs", emits = PlainWork)]
#[derive(Debug)]
struct PlainJobs;

#[namespace("/jobs", emits = Notices)]
#[derive(Debug)]
struct NoticedJobs;

#[derive(Debug, Serialize, Deserialize)]
struct Report {
    deliveries: Vec<Delivery>,
    done: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Delivery {
    name: String,
    key: String,
    answered: bool,
}

impl Report {
    fn names(&self) -> Vec<&str> {
        self.deliveries.iter().map(|delivery| &*delivery.name).collect()
    }
}

async fn start() -> (NodeServer, Socket<Jobs>) {
    let server = NodeServer::start(NodeOptions::new()).await;
    // Watches the server past the connection that the test breaks.
    let foreman = join::<Jobs>(server.url()).await;
    (server, foreman)
}

async fn silence(foreman: &Socket<Jobs>, count: u64) {
    soon(foreman.emit().silence(count)).await.expect("an answer");
}

async fn report(foreman: &Socket<Jobs>) -> Report {
    soon(foreman.emit().report()).await.expect("an answer")
}

/// Waits until the server has got so many jobs.
async fn until_delivered(foreman: &Socket<Jobs>, count: usize) {
    while report(foreman).await.deliveries.len() < count {}
}

/// A socket whose connection is lost and refused.
async fn offline<N: Namespace>(server: &NodeServer) -> (Socket<N>, Proxy) {
    let mut proxy = Proxy::start(server.address()).await;
    let socket = join::<N>(proxy.url()).await;
    let mut lifecycle = socket.lifecycle();
    proxy.refuse().await;
    proxy.cut();
    while !matches!(next_change(&mut lifecycle).await, Lifecycle::Disconnect { .. }) {}
    (socket, proxy)
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_event_whose_answers_get_lost_is_sent_again_and_done_once() {
    let (server, foreman) = start().await;
    let jobs = join::<Jobs>(server.url()).await;
    silence(&foreman, 2).await;
    assert_eq!(soon(jobs.emit().job("sweep")).await.expect("an answer"), "sweep is done");
    let Report { deliveries, done } = report(&foreman).await;
    assert_eq!(deliveries.len(), 3);
    assert_eq!(deliveries.iter().map(|d| d.answered).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(done.len(), 1, "all three had one key: {deliveries:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn events_are_retried_over_long_polling_too() {
    let (server, foreman) = start().await;
    let client = quick(server.url()).transports([Transport::Polling]);
    let client = client.build().expect("the URL is good");
    let jobs = soon(client.socket::<Jobs>().connect()).await.expect("the server accepts");
    silence(&foreman, 1).await;
    let answers = ["sweep", "mop"].map(|name| jobs.emit().job(name).timeout(5 * SHORT));
    for answer in answers {
        soon(answer).await.expect("an answer");
    }
    let report = report(&foreman).await;
    assert_eq!((report.names(), report.done.len()), (vec!["sweep", "sweep", "mop"], 2));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_event_that_is_never_answered_says_how_often_it_was_sent() {
    let (server, foreman) = start().await;
    let jobs = join::<Jobs>(server.url()).await;
    silence(&foreman, 4).await;
    let error = soon(jobs.emit().job("sweep")).await.expect_err("no answer");
    let AckError::RetriesExhausted { event, tries: 4, last } = &error else { panic!("{error:?}") };
    assert_eq!(event, "job");
    assert!(matches!(last, TryError::Timeout { after: SHORT }), "{last:?}");
    assert_eq!(report(&foreman).await.deliveries.len(), 4);
    // The one after it is not held up.
    assert_eq!(soon(jobs.emit().job("mop")).await.expect("an answer"), "mop is done");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn retried_events_stay_in_order_whatever_gets_lost() {
    let (server, foreman) = start().await;
    let jobs = join::<Jobs>(server.url()).await;
    silence(&foreman, 1).await;
    let answers = ["sweep", "mop", "dust"].map(|name| jobs.emit().job(name));
    for answer in answers {
        soon(answer).await.expect("an answer");
    }
    let report = report(&foreman).await;
    assert_eq!(report.names(), ["sweep", "sweep", "mop", "dust"]);
    assert_eq!(report.done.len(), 3, "each emit has a key of its own");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_event_in_flight_when_the_connection_is_lost_is_sent_on_the_next_one() {
    let (server, foreman) = start().await;
    let proxy = Proxy::start(server.address()).await;
    let jobs = join::<Jobs>(proxy.url()).await;
    silence(&foreman, 1).await;
    let answer = jobs.emit().job("sweep").timeout(Duration::MAX);
    until_delivered(&foreman, 1).await;
    proxy.cut();
    assert_eq!(soon(answer).await.expect("an answer"), "sweep is done");
    let Report { deliveries, done } = report(&foreman).await;
    assert_eq!((deliveries.len(), done.len()), (2, 1));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn each_lost_connection_is_a_try() {
    let (server, foreman) = start().await;
    let proxy = Proxy::start(server.address()).await;
    let jobs = join::<Jobs>(proxy.url()).await;
    silence(&foreman, 9).await;
    let once_more = EmitOptions::new().retries(1).timeout(Duration::MAX);
    let answer = jobs.emit_with(once_more).job("sweep");
    for count in 1..=2 {
        until_delivered(&foreman, count).await;
        proxy.cut();
    }
    let error = soon(answer).await.expect_err("no answer");
    let AckError::RetriesExhausted { tries: 2, last, .. } = &error else { panic!("{error:?}") };
    let TryError::Disconnected { reason } = last else { panic!("{last:?}") };
    assert!(!matches!(reason, DisconnectReason::ClientDisconnect), "{reason:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn nothing_is_retried_while_offline() {
    let (server, foreman) = start().await;
    let (jobs, mut proxy) = offline::<Jobs>(&server).await;
    let answers = ["sweep", "mop"].map(|name| jobs.emit().job(name));
    // Longer than all tries would take.
    let waiting = jobs.emit().silence(0).timeout(5 * SHORT);
    soon(waiting).await.expect_err("offline");
    let buffered = soon(jobs.buffered()).await.expect("the runtime is there");
    let seen: Vec<_> = buffered.iter().map(|b| (&*b.event, b.has_ack, b.tries)).collect();
    assert_eq!(seen, [("job", true, 0), ("job", true, 0)]);
    assert!(report(&foreman).await.deliveries.is_empty());
    proxy.heal().await;
    for answer in answers {
        soon(answer).await.expect("an answer");
    }
    assert_eq!(report(&foreman).await.names(), ["sweep", "mop"]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_socket_may_retry_all_its_events_and_an_event_or_a_call_opt_out() {
    let (server, foreman) = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let builder = client.socket::<PlainJobs>().retries(1).ack_timeout(SHORT);
    let jobs = soon(builder.connect()).await.expect("the server accepts");
    silence(&foreman, 1).await;
    soon(jobs.emit().job("sweep", "1")).await.expect("the second try is answered");
    silence(&foreman, 1).await;
    let once = EmitOptions::new().retries(0);
    let error = soon(jobs.emit_with(once).job("mop", "2")).await.expect_err("no answer");
    assert!(matches!(error, AckError::Timeout { after: SHORT, .. }), "{error:?}");
    silence(&foreman, 1).await;
    let error = soon(jobs.volatile().job("dust", "3")).await.expect_err("no answer");
    assert!(matches!(error, AckError::Timeout { after: SHORT, .. }), "{error:?}");
    assert_eq!(report(&foreman).await.names(), ["sweep", "sweep", "mop", "dust"]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn events_without_an_answer_are_sent_once_and_wait_for_nobody() {
    let (server, foreman) = start().await;
    let client = quick(server.url()).build().expect("the URL is good");
    let builder = client.socket::<NoticedJobs>().retries(3).ack_timeout(SHORT);
    let jobs = soon(builder.connect()).await.expect("the server accepts");
    for name in ["sweep", "mop"] {
        jobs.emit().job(name, name).expect("the socket is connected");
    }
    until_delivered(&foreman, 2).await;
    soon(foreman.emit().silence(0).timeout(2 * SHORT)).await.expect("an answer");
    assert_eq!(report(&foreman).await.names(), ["sweep", "mop"]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_dropped_answer_does_not_end_the_tries_and_a_failure_is_told() {
    let (server, foreman) = start().await;
    let jobs = join::<Jobs>(server.url()).await;
    let mut invalid = invalid_events(&jobs);
    silence(&foreman, 5).await;
    drop(jobs.emit().job("sweep"));
    drop(jobs.emit().job("mop"));
    let told = invalid.next().await;
    let InvalidEvent::Unconfirmed { event, tries: 4, .. } = &told else { panic!("{told:?}") };
    assert_eq!(event, "job");
    until_delivered(&foreman, 6).await;
    assert_eq!(report(&foreman).await.names()[3..], ["sweep", "mop", "mop"]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_cancelled_event_is_not_tried_again() {
    let (server, foreman) = start().await;
    let jobs = join::<Jobs>(server.url()).await;
    silence(&foreman, 1).await;
    let first = jobs.emit().job("sweep").timeout(Duration::MAX);
    let second = jobs.emit().job("mop");
    let third = jobs.emit().job("dust").cancel_on_drop();
    let fourth = jobs.emit().job("polish");
    until_delivered(&foreman, 1).await;
    assert_eq!(soon(second.cancel()).await, Cancellation::Withdrawn);
    drop(third);
    assert_eq!(soon(first.cancel()).await, Cancellation::TooLate);
    soon(fourth).await.expect("an answer");
    assert_eq!(report(&foreman).await.names(), ["sweep", "polish"]);
}

/// As in the reference's test of the order, packet for packet (`test/retry.ts`).
#[tokio::test]
async fn each_event_has_one_ack_id_for_all_its_tries() {
    let (pen, mut packets) = notes();
    let server = FakeServer::websocket(move |mut socket| {
        let pen = pen.clone();
        async move {
            let open = r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
            socket.send(Message::text(open)).await.expect("the client is there");
            let mut answers = [
                Some(r#"40/jobs,{"sid":"x"}"#),
                None,
                Some(r#"43/jobs,0["a"]"#),
                Some(r#"43/jobs,1["b"]"#),
                Some(r#"43/jobs,2["c"]"#),
            ]
            .into_iter();
            while let Some(Ok(message)) = socket.next().await {
                let Ok(text) = message.to_text() else { continue };
                pen.note(text.to_owned());
                if let Some(Some(answer)) = answers.next() {
                    socket.send(Message::text(answer)).await.expect("the client is there");
                }
            }
        }
    })
    .await;
    let client = quick(server.url()).build().expect("the URL is good");
    let builder = client.socket::<PlainJobs>().retries(1).ack_timeout(SHORT);
    let jobs = soon(builder.connect()).await.expect("the server accepts");
    let answers = ["1", "2", "3"].map(|key| jobs.emit().job("job", key));
    for (answer, expected) in answers.into_iter().zip(["a", "b", "c"]) {
        assert_eq!(soon(answer).await.expect("an answer"), expected);
    }
    assert_eq!(packets.next().await, "40/jobs,");
    for expected in [
        r#"42/jobs,0["job","job","1"]"#,
        r#"42/jobs,0["job","job","1"]"#,
        r#"42/jobs,1["job","job","2"]"#,
        r#"42/jobs,2["job","job","3"]"#,
    ] {
        assert_eq!(packets.next().await, expected);
    }
}
