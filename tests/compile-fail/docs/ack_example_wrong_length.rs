use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(ack_example = [1])]
    fn joined(id: u32) -> (u32, u32);
}

fn main() {}
