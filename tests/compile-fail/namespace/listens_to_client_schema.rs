use socketio_runtime::{client_to_server, namespace};

mod events {
    use super::client_to_server;

    #[client_to_server]
    pub trait FromClient {
        fn say(text: &str);
    }
}

#[namespace("/chat", listens = events::FromClient)]
struct Chat;

fn main() {}
