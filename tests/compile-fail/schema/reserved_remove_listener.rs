use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[allow(non_snake_case)]
    fn removeListener();
}

fn main() {}
