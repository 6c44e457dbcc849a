use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn say(text: impl Into<String>);
}

fn main() {}
