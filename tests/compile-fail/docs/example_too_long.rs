use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [1, "a", "b"])]
    fn joined(id: u32, name: Option<String>);
}

fn main() {}
