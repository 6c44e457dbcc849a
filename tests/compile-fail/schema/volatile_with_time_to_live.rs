use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(volatile, time_to_live = "1s")]
    fn say();
}

fn main() {}
