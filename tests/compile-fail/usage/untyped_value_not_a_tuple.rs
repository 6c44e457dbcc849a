use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    let _ = socket.emit().event("say", "hello");
}

fn main() {}
