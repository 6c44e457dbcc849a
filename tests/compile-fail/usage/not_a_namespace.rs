use socketio_runtime::Client;

struct Chat;

fn uses(client: &Client) {
    let _ = client.socket::<Chat>();
}

fn main() {}
