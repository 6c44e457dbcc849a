use socketio_runtime::namespace;

#[namespace("/chat", auth)]
struct Chat;

fn main() {}
