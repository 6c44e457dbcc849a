use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event("order:place", idempotency_key)]
    fn order(article: &str);
}

fn main() {}
