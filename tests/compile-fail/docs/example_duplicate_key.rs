use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [{"id": 1, "id": 2}])]
    fn joined(user: serde_json::Value);
}

fn main() {}
