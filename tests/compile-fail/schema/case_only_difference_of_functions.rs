#![deny(deprecated)]

use socketio_runtime::client_to_server;

#[client_to_server(rename_all = "camelCase")]
trait Chat {
    fn userjoin();
    fn user_join();
}

fn main() {}
