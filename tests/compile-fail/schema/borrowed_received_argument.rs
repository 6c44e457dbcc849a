use socketio_runtime::server_to_client;

use std::borrow::Cow;

#[server_to_client]
trait Chat {
    fn list(names: Vec<&str>);
    fn cow(text: Cow<'_, str>);
    fn unique(text: &mut String);
}

fn main() {}
