use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn ask(question: &str, callback: fn(u32));
}

fn main() {}
