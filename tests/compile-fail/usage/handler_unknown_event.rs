use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event("user:joined")]
    fn user_joined(name: &str);
    fn asked(question: String) -> u32;
}

struct Bot;

impl ServerToClientHandler for Bot {
    async fn user_joined(&mut self, _: String) {}
    async fn asked(&mut self, _: String) -> u32 {
        5
    }
    async fn user_left(&mut self, _: String) {}
}

fn main() {}
