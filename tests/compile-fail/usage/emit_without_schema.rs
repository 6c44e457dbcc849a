use socketio_runtime::{Socket, namespace};

#[namespace("/chat")]
struct Chat;

fn uses(chat: &Socket<Chat>) {
    let _ = chat.emit().say("hello");
}

fn main() {}
