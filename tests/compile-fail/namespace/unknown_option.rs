use socketio_runtime::namespace;

#[namespace("/chat", listen = (), auth)]
struct Chat;

fn main() {}
