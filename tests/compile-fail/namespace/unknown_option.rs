use socketio_runtime::namespace;

#[namespace("/chat", listen = Chat)]
struct Chat;

fn main() {}
