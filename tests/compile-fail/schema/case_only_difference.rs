#![deny(warnings)]

use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    #[event("userJoin")]
    fn user_join();
    #[event("userjoin")]
    fn user_joined();
}

fn main() {}
