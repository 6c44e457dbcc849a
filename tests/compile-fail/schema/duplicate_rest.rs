use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn say(#[event(rest, rest)] words: &[&str]);
}

fn main() {}
