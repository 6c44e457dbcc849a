use socketio_runtime::client_to_server;

struct NoSerde;

#[client_to_server]
trait Chat {
    fn say(room: &str, who: NoSerde);
}

fn main() {}
