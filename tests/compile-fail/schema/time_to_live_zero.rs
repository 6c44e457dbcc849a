use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(time_to_live = "0s")]
    fn say();
}

fn main() {}
