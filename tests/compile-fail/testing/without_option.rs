use socketio_runtime::{client_to_server, namespace, server_to_client, testing::TestServer};

#[server_to_client(testing)]
trait FromServer {
    fn said(text: String);
}

#[client_to_server]
trait FromClient {
    fn say(text: &str);
}

#[namespace("/chat", listens = FromServer, emits = FromClient)]
struct Chat;

fn main() {
    let _server = TestServer::<Chat>::start();
}
