use socketio_runtime::{Socket, client_to_server, namespace, server_to_client};

#[server_to_client]
trait ServerToClient {
    #[event("user:joined")]
    fn user_joined(name: &str);
    fn asked(question: String) -> u32;
}

#[client_to_server]
trait ClientToServer {
    #[event("message:send")]
    fn say(text: &str) -> u32;
    fn leave(room: &str);
}

#[namespace("/chat", listens = ServerToClient, emits = ClientToServer)]
struct Chat;

fn uses(chat: &Socket<Chat>) {
    chat.on().leave(|_| ());
}

fn main() {}
