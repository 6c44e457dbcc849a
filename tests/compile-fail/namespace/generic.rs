use socketio_runtime::namespace;

#[namespace("/chat")]
struct Chat<T>(T);

fn main() {}
