use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = ['a'])]
    fn joined(name: String);
}

fn main() {}
