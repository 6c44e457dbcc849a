use socketio_runtime::namespace;

#[namespace("/chat")]
enum Chat {}

fn main() {}
