//! The schema of the tests, with the sides of a server.
//!
//! Must not know: what is tested.

use serde::{Deserialize, Serialize};
use socketio_runtime::{
    Bytes, ClientBuilder, Socket, client_to_server, namespace, server_to_client,
    testing::TestServer,
};

#[server_to_client(testing)]
pub(crate) trait ServerToClient {
    fn said(text: String);
    #[event("presence:check")]
    fn presence_check(nonce: u64) -> String;
    #[event("file:received")]
    fn file_received(content: Bytes, name: &str);
}

#[client_to_server(testing)]
pub(crate) trait ClientToServer {
    #[event("message:send")]
    fn message_send(content: &str) -> u64;
    #[event("room:leave")]
    fn room_leave(room: &str, reason: Option<&str>);
    #[event("file:upload")]
    fn file_upload(content: Bytes, name: &str) -> (u64, String);
    #[event(ack = error_first)]
    fn rename(name: &str) -> Result<String, u32>;
    #[event(retries = 3, idempotency_key, timeout = "1s")]
    fn order(article: &str) -> u64;
    fn log(level: u8, #[event(rest)] values: &[&str]);
    #[event(volatile)]
    fn typing();
    fn time() -> u64;
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Credentials {
    pub(crate) token: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub(crate) code: u32,
}

#[namespace(
    "/chat",
    listens = ServerToClient,
    emits = ClientToServer,
    auth = Credentials,
    refusal = Refusal
)]
#[derive(Debug)]
pub(crate) struct Chat;

pub(crate) fn credentials() -> Credentials {
    Credentials { token: "secret".to_owned() }
}

/// A server, and a client of it that is not connected.
pub(crate) fn chat() -> (TestServer<Chat>, Socket<Chat>) {
    let server = TestServer::start();
    let chat = socket(server.client());
    (server, chat)
}

/// A server, and a client that is connected to it.
pub(crate) async fn connected() -> (TestServer<Chat>, Socket<Chat>) {
    let (server, chat) = chat();
    chat.connect().await.expect("the server lets everybody in");
    (server, chat)
}

pub(crate) fn socket(client: ClientBuilder) -> Socket<Chat> {
    let client = client.build().expect("the options are good");
    client.socket().auth(credentials()).build().expect("the options are good")
}
