use socketio_runtime::namespace;

#[namespace("/chat")]
enum Chat {}

#[namespace("/chat")]
struct Generic<T>(T);

fn main() {}
