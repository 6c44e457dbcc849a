use socketio_runtime::{client_to_server, namespace, testing::TestServer};

#[client_to_server(testing)]
trait FromClient {
    fn say(text: &str) -> u64;
}

#[namespace("/chat", emits = FromClient)]
struct Chat;

async fn uses(server: TestServer<Chat>) {
    let (_text, responder) = server.expect().say().await.unwrap();
    responder.answer(1).unwrap();
    responder.answer(2).unwrap();
}

fn main() {}
