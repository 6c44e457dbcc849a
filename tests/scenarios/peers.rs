//! Servers that other people wrote in other languages: events, answers and binary data as with
//! the reference server, in each server's own spelling and order.

use serde_json::json;
use socketio_runtime::{Bytes, Transport, client_to_server, namespace, server_to_client};
use socketio_tests::{OxideServer, PythonServer, soon};

use crate::{
    schema::Echo,
    setup::{join, quick},
};

#[server_to_client]
trait Told {
    fn welcome(id: String);
    fn blob(content: Bytes, label: String);
    fn question(nonce: u64) -> u64;
    #[event("ask:report")]
    fn ask_report(error: Option<String>, answer: Vec<u64>);
}

#[client_to_server]
trait Asked {
    fn echo(content: &Bytes, label: &str) -> (Bytes, String);
    fn tell(event: &str, content: &Bytes, label: &str);
    fn ask(event: &str, nonce: u64);
}

/// What both servers have.
#[namespace("/echo", listens = Told, emits = Asked)]
#[derive(Debug)]
struct Common;

/// Events, answers in both directions and binary data, from the first word on.
async fn converse(url: &str) {
    for transport in [Transport::WebSocket, Transport::Polling] {
        converse_over(transport, url).await;
    }
}

async fn converse_over(transport: Transport, url: &str) {
    let client = quick(url).transports([transport]).build().expect("the URL is good");
    let echo = client.socket::<Common>().build().expect("a new namespace");
    let welcome = echo.once().welcome();
    soon(echo.connect()).await.expect("the server accepts");
    // Whether it comes before or after the server's word to the namespace.
    assert_eq!(Some(soon(welcome).await.expect("an event").as_str()), echo.id().as_deref());

    let contents = [Bytes::from_static(b"\x01\x1e\x02"), Bytes::default(), vec![7; 70_000].into()];
    for content in contents {
        let label = "gr\u{f6}\u{df}er \"\\\u{1F389}";
        let answer = soon(echo.emit().echo(&content, label)).await.expect("an answer");
        assert!(answer.0 == content && answer.1 == label, "{}", answer.1);
        let told = echo.once().blob();
        echo.emit().tell("blob", &content, label).expect("the socket is connected");
        let told = soon(told).await.expect("an event");
        assert!(told.0 == content && told.1 == label, "{}", told.1);
    }

    let mut reports = echo.stream().ask_report();
    echo.on().question(|nonce| nonce + 1);
    echo.emit().ask("question", 41).expect("the socket is connected");
    assert_eq!(soon(reports.next()).await, Some((None, vec![42])));
    soon(echo.disconnect()).await;
}

#[tokio::test]
async fn socketioxide_answers_asks_and_sends_binary_data() {
    let server = OxideServer::start().await;
    converse(&server.url()).await;
}

#[tokio::test]
#[cfg_attr(not(has_python), ignore = "needs Python 3")]
async fn python_answers_asks_and_sends_binary_data() {
    let server = PythonServer::start().await;
    converse(&server.url()).await;
}

#[tokio::test]
#[cfg_attr(not(has_python), ignore = "needs Python 3")]
async fn names_that_python_escapes_are_the_names_that_they_spell() {
    let server = PythonServer::start().await;
    let echo = join::<Echo>(server.url()).await;
    let heard = echo.once().odd_name();
    let name = "a \"name\" \\ with\n everything \u{1F389}";
    echo.emit().tell(name, &["gr\u{f6}\u{df}er".into()]).expect("the socket is connected");
    assert_eq!(soon(heard).await.expect("an event"), "gr\u{f6}\u{df}er");
}

#[tokio::test]
#[cfg_attr(not(has_python), ignore = "needs Python 3")]
async fn python_repeats_any_json() {
    let server = PythonServer::start().await;
    let echo = join::<Echo>(server.url()).await;
    for value in [json!(null), json!(false), json!({ "a": [[{}], null, 1.5, "\u{1F389}"] })] {
        assert_eq!(soon(echo.emit().echo(&value)).await.expect("an answer"), value);
    }
}
