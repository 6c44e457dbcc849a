use socketio_runtime::{client_to_server, server_to_client};

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

struct Bot;

fn is_handled_by<S: socketio_runtime::schema::HandledBy<H>, H>() {}

fn uses() {
    is_handled_by::<ServerToClient, Bot>();
}

fn main() {}
