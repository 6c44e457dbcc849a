use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event(ack = error_first, ack_example = [1, 2])]
    fn joined(id: u32) -> Result<u32, u32>;
}

fn main() {}
