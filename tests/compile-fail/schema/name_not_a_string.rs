use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(name = say)]
    fn say();
}

fn main() {}
