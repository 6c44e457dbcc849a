use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(example = [Ada])]
    fn joined(name: String);
}

fn main() {}
