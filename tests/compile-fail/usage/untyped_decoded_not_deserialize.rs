use socketio_runtime::{Socket, Untyped};

struct NoSerde;

fn uses(socket: &Socket<Untyped>) {
    socket.on().event("said", |event| {
        let _ = event.decode::<(NoSerde,)>();
    });
}

fn main() {}
