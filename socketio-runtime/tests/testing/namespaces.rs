//! Several namespaces on one server, and schemas with sides that are untyped or left out.
//!
//! Must not know: how connections end.

use socketio_runtime::{
    AnyEvent, ConnectError, Untyped, client_to_server, namespace, testing::TestServer,
};

use super::chat::{Chat, Credentials, socket};

#[client_to_server(testing)]
trait Orders {
    fn restart() -> bool;
}

#[namespace("/admin", emits = Orders)]
struct Admin;

#[namespace("/gateway", listens = Untyped, emits = Untyped)]
struct Gateway;

#[namespace("/quiet")]
struct Quiet;

#[tokio::test(start_paused = true)]
async fn several_namespaces_share_one_connection() {
    let server = TestServer::<Chat>::start();
    let orders = server.namespace::<Admin>();
    let client = server.client().build().expect("the options are good");
    let credentials = Credentials { token: "secret".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).connect().await.expect("it is let in");
    let admin = client.socket::<Admin>().connect().await.expect("it is let in");
    let restarted = admin.emit().restart();
    chat.volatile().typing().expect("it is accepted");
    server.expect().typing().await.expect("it is this one's");
    orders.expect().restart().await.expect("it is that one's").answer(true).expect("it is sent");
    assert!(restarted.await.expect("it was answered"));

    orders.disconnect().await;
    orders.disconnected().await.expect("it was sent away");
    server.connected().await.expect("it has stayed");
    assert!(chat.is_connected());
    server.drop_connection().await;
    server.connected().await.expect("it comes back");
}

#[tokio::test(start_paused = true)]
async fn a_namespace_that_nobody_serves_is_refused_as_by_node() {
    let server = TestServer::<Chat>::start();
    let client = server.client().build().expect("the options are good");
    let error = client.socket::<Quiet>().connect().await.expect_err("nobody serves it");
    let ConnectError::Refused { refusal, .. } = &error else { panic!("{error}") };
    assert_eq!(refusal.message(), "Invalid namespace");
}

#[tokio::test(start_paused = true)]
async fn untyped_events_are_expected_by_name() {
    let server = TestServer::<Gateway>::start();
    let client = server.client().build().expect("the options are good");
    let gateway = client.socket::<Gateway>().connect().await.expect("it is let in");
    gateway.emit().event("room:leave", ("lobby",)).expect("it is accepted");
    let event: AnyEvent = server.expect().event("room:leave").await.expect("it was emitted");
    assert_eq!(event.decode::<(String,)>().expect("it fits").0, "lobby");
    let reply = gateway.emit().event_with_ack("sum", (1, 2));
    let (event, responder) = server.expect().event_with_ack("sum").await.expect("it was emitted");
    let (a, b): (u32, u32) = event.decode().expect("it fits");
    responder.answer((a + b,)).expect("it is sent");
    let answer = reply.await.expect("it was answered");
    assert_eq!(answer.decode::<(u32,)>().expect("it fits").0, 3);
    let told = gateway.once().event("told");
    server.emit().event("told", (7,)).expect("a client is there");
    assert_eq!(told.await.expect("it was emitted").decode::<(u8,)>().expect("it fits").0, 7);
    gateway.emit().event("no:ack", ()).expect("it is accepted");
    let error = server.expect().event_with_ack("no:ack").await.expect_err("it has no ack");
    assert_eq!(
        error.to_string(),
        "expected event `no:ack` with ack, but the client asked for no answer"
    );
}

#[tokio::test(start_paused = true)]
async fn a_namespace_without_events_can_be_served() {
    let server = TestServer::<Quiet>::start();
    let quiet = server.client().build().expect("the options are good").socket::<Quiet>();
    let quiet = quiet.connect().await.expect("it is let in");
    server.connected().await.expect("it is in");
    assert!(quiet.is_connected());
    server.auth::<Credentials>().expect_err("there is none");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "a test server has each of its namespaces once")]
async fn a_namespace_is_served_once() {
    let server = TestServer::<Chat>::start();
    let _again = server.namespace::<Chat>();
}

#[tokio::test(start_paused = true)]
async fn one_handle_of_two_keeps_the_server() {
    let server = TestServer::<Chat>::start();
    let same = server.clone();
    drop(server);
    let chat = socket(same.client());
    chat.connect().await.expect("it is let in");
    same.connected().await.expect("it is in");
}
