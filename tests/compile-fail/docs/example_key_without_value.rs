use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [{"id"}])]
    fn joined(user: serde_json::Value);
}

fn main() {}
