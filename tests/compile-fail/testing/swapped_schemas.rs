use socketio_runtime::{client_to_server, namespace, server_to_client};

#[server_to_client(testing)]
trait FromServer {
    fn said(text: String);
}

#[client_to_server(testing)]
trait FromClient {
    fn say(text: &str);
}

#[namespace("/chat", listens = FromClient, emits = FromServer)]
struct Chat;

fn main() {}
