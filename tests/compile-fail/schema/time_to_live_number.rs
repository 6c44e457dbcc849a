use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(time_to_live = 30)]
    fn say();
}

fn main() {}
