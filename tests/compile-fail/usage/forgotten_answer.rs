use socketio_runtime::{Socket, namespace, server_to_client};

#[server_to_client]
trait ServerToClient {
    #[event("presence:check")]
    fn presence_check(nonce: u64) -> bool;
}

#[namespace("/chat", listens = ServerToClient)]
struct Chat;

fn uses(chat: &Socket<Chat>) {
    chat.on().presence_check(|_nonce| {});
}

fn main() {}
