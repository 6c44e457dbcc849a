use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(idempotency_key, volatile)]
    fn say();
}

fn main() {}
