use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[inline]
    fn say(#[serde(default)] text: &str);
    #[cfg_attr(all(), tracing::instrument)]
    fn tell();
    #[cfg_attr(all(), event("shout"))]
    fn shout();
}

#[client_to_server]
#[non_exhaustive]
trait Tagged {
    fn say();
}

fn main() {}
