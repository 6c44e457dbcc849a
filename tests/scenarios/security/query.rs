//! A secret in a URL is warned of.

use socketio_runtime::{Client, RequestParts};
use socketio_tests::{FakeServer, soon};

use super::{Log, logged};
use crate::{
    schema::Echo,
    setup::{next_change, quick},
};

/// What was warned of on this thread.
fn warnings() -> Vec<String> {
    let text = logged();
    let lines = text.lines().filter(|line| line.starts_with("WARN") && line.contains("parameters"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_secret_in_a_url_is_warned_of_once_by_its_name_alone() {
    let _log = Log::capture();
    let url = "http://127.0.0.1:1?room=7&access_token=s3cret";
    let client = Client::builder(url).query("apiKey", "s3cret").query("tokens", "3").build();
    let _client = client.expect("it is no error");
    let [warning] = &*warnings() else { panic!("one warning: {}", logged()) };
    assert!(warning.contains(r#"parameters="access_token, apiKey""#), "{warning}");
    assert!(warning.contains("`SocketBuilder::auth`"), "it says what to do: {warning}");
    assert!(!logged().contains("s3cret"), "{}", logged());
}

#[test]
fn a_query_without_secrets_is_not_warned_of() {
    let _log = Log::capture();
    Client::builder("http://127.0.0.1:1?room=7").query("author", "me").build().expect("it is good");
    assert_eq!(warnings(), Vec::<String>::new());
}

#[tokio::test]
async fn a_secret_that_a_hook_puts_into_the_url_is_warned_of_once() {
    let _log = Log::capture();
    let server = FakeServer::not_found().await;
    let client = quick(server.url())
        .reconnection_attempts(3)
        .request_hook(|| RequestParts::new().query("jwt", "s3cret"))
        .build()
        .expect("it is no error");
    let socket = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = socket.lifecycle();
    soon(socket.connect()).await.expect_err("there is no Socket.IO");
    while !matches!(next_change(&mut lifecycle).await, socketio_runtime::Lifecycle::ReconnectFailed)
    {
    }
    let [warning] = &*warnings() else { panic!("one warning: {}", logged()) };
    assert!(warning.contains(r#"parameters="jwt""#), "{warning}");
    assert!(!logged().contains("s3cret"), "{}", logged());
}
