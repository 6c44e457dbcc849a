use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn cow(text: std::borrow::Cow<'_, str>);
}

fn main() {}
