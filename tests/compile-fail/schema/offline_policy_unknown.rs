use socketio_runtime::client_to_server;

#[client_to_server]
trait Chat {
    #[event(offline = rejct)]
    fn typo();
    #[event(offline = retry)]
    fn other();
    #[event(offline = "drop")]
    fn string();
    #[event(offline)]
    fn nothing();
}

fn main() {}
