use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn user_joined();
    #[event("user:joined")]
    fn user__joined();
}

fn main() {}
