use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(rest)]
    fn say(words: &[&str]);
}

fn main() {}
