use socketio_runtime::client_to_server;

struct NoSerde;

#[client_to_server]
trait Chat {
    fn ask() -> NoSerde;
    fn several() -> (u32, NoSerde);
    #[event(ack = error_first)]
    fn fallible() -> Result<u32, NoSerde>;
}

fn main() {}
