use socketio_runtime::namespace;

#[namespace("")]
struct Chat;

fn main() {}
