use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(retries = 2, volatile)]
    fn say();
}

fn main() {}
