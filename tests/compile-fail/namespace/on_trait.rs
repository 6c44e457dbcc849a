use socketio_runtime::namespace;

#[namespace("/chat")]
trait Chat {}

fn main() {}
