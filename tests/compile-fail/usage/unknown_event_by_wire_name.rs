use socketio_runtime::client_to_server;

#[client_to_server]
trait ClientToServer {
    #[event("message:send")]
    fn say(text: &str) -> u32;
    fn leave(room: &str);
}

fn uses(emit: ClientToServerEmit<'_>) {
    let _ = emit.message_send("hello");
}

fn main() {}
