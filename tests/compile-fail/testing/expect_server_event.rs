use socketio_runtime::{client_to_server, namespace, server_to_client, testing::TestServer};

#[server_to_client(testing)]
trait FromServer {
    fn said(text: String);
}

#[client_to_server(testing)]
trait FromClient {
    fn say(text: &str);
}

#[namespace("/chat", listens = FromServer, emits = FromClient)]
struct Chat;

async fn uses(server: TestServer<Chat>) {
    server.expect().said().await.unwrap();
    server.emit().say("hello").unwrap();
}

fn main() {}
