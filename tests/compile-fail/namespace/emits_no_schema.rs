use socketio_runtime::namespace;

#[namespace("/chat", emits = u32)]
struct Chat;

fn main() {}
