use socketio_runtime::{client_to_server, namespace, testing::TestServer};

#[client_to_server(testing)]
trait FromClient {
    fn say(text: &str) -> u64;
    fn leave(room: &str);
}

#[namespace("/chat", emits = FromClient)]
struct Chat;

async fn uses(server: TestServer<Chat>) {
    let (_text, responder) = server.expect().say().await.unwrap();
    responder.answer("yes").unwrap();
    let (_room, responder) = server.expect().leave().await.unwrap();
}

fn main() {}
