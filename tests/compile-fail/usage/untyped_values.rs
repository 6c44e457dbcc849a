use socketio_runtime::{Socket, Untyped};

struct NotSerialisable;

fn uses(socket: &Socket<Untyped>) {
    let _ = socket.emit().event("say", "hello");
    let _ = socket.emit().event("say", (1, NotSerialisable));
    socket.on().event("ask", |event| event.decode::<(u32,)>());
    socket.on().event_with_ack("ask", |_| 5);
    socket.on().event("said", |event| {
        let _ = event.decode::<String>();
        let _ = event.decode::<(NotSerialisable,)>();
    });
}

fn main() {}
