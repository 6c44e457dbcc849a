use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(time_to_live = "30s", offline = reject)]
    fn ask() -> u32;
}

fn main() {}
