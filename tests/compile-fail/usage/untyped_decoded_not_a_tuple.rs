use socketio_runtime::{Socket, Untyped};

fn uses(socket: &Socket<Untyped>) {
    socket.on().event("said", |event| {
        let _ = event.decode::<String>();
    });
}

fn main() {}
