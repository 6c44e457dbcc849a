use socketio_runtime::client_to_server;

#[derive(Debug)]
struct NoSerde;

#[client_to_server]
trait Chat {
    #[event(ack = error_first)]
    fn ask() -> Result<u32, NoSerde>;
}

fn main() {}
