use socketio_runtime::server_to_client;

#[server_to_client]
trait ServerToClient {
    #[event("user:joined")]
    fn user_joined(name: &str);
    fn asked(question: String) -> u32;
}

fn uses(on: ServerToClientOn<'_>) {
    on.asked(|_| "text");
}

fn main() {}
