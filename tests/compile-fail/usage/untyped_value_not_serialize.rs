use socketio_runtime::{Socket, Untyped};

struct NoSerde;

fn uses(socket: &Socket<Untyped>) {
    let _ = socket.emit().event("say", (1, NoSerde));
}

fn main() {}
