use socketio_runtime::namespace;

#[namespace(chat)]
struct Chat;

fn main() {}
