use socketio_runtime::{client_to_server, namespace, server_to_client};

#[server_to_client]
trait FromServer {
    fn said(text: String);
}

#[client_to_server]
trait FromClient {
    fn say(text: &str);
}

#[namespace("/chat", listens = FromClient, emits = FromServer)]
struct Chat;

fn main() {}
