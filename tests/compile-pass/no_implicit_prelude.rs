//! Nothing in scope: all generated paths are absolute.
#![no_implicit_prelude]

#[::socketio_runtime::server_to_client]
trait ServerToClient {
    fn everything(a: &str, b: &[u8; 4], c: &[u32], d: ::std::option::Option<&str>) -> (u8, u8);
    #[event(ack = error_first)]
    fn fallible(#[event(rest)] rest: &[&str]) -> ::std::result::Result<(), ::std::string::String>;
    fn nothing();
}

#[::socketio_runtime::client_to_server]
trait ClientToServer {
    #[event(volatile)]
    fn everything(a: &str, c: &[u32], d: ::std::option::Option<&str>, #[event(rest)] e: &[&str]);
    #[event(timeout = "1s")]
    fn asked() -> u32;
}

#[::socketio_runtime::namespace("/x", listens = ServerToClient, emits = ClientToServer)]
struct Namespace;

#[::socketio_runtime::namespace("/")]
struct Empty;

fn main() {}
