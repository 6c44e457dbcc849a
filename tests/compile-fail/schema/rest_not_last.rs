use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    fn say(#[event(rest)] words: Vec<String>, end: String);
}

fn main() {}
