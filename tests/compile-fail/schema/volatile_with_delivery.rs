use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(volatile, offline = buffer)]
    fn offline();
    #[event(volatile, time_to_live = "1s")]
    fn time_to_live();
    #[event(retries = 2, volatile)]
    fn retries();
    #[event(idempotency_key, volatile)]
    fn key();
}

fn main() {}
