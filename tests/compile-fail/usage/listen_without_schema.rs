use socketio_runtime::{Socket, namespace};

#[namespace("/chat")]
struct Chat;

fn uses(chat: &Socket<Chat>) {
    chat.on().said(|_| ());
}

fn main() {}
