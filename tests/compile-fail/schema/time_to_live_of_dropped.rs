use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(offline = drop, time_to_live = "30s")]
    fn say();
}

fn main() {}
