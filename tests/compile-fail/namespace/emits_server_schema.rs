use socketio_runtime::{namespace, server_to_client};

#[server_to_client]
trait FromServer {
    fn said(text: String);
}

#[namespace("/chat", emits = FromServer)]
struct Chat;

fn main() {}
