use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(retries = "3")]
    fn string() -> u32;
    #[event(retries = -1)]
    fn negative() -> u32;
    #[event(retries = 5000000000)]
    fn too_many() -> u32;
    #[event(retries)]
    fn nothing() -> u32;
}

fn main() {}
