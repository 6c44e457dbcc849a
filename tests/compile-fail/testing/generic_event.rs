use serde::Serialize;
use socketio_runtime::client_to_server;

#[client_to_server(testing)]
trait FromClient {
    fn metric<T: Serialize>(value: T);
    fn log(value: impl Serialize);
    fn count(value: &mut u32);
}

fn main() {}
