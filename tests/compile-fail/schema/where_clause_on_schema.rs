use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat
where
    String: Clone,
 {
    fn say();
}

fn main() {}
