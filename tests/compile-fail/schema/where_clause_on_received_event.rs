use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn say(text: String)
    where
        String: Clone;
}

fn main() {}
