use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(idempotency_key)]
    fn order(#[event(rest)] articles: &[&str]) -> u32;
}

fn main() {}
