use serde::{Deserialize, Serialize};
use socketio_runtime::{client_to_server, server_to_client};

#[derive(Deserialize)]
struct OnlyReceived;

#[derive(Serialize)]
struct OnlySent;

#[server_to_client(testing)]
trait FromServer {
    fn said(text: OnlyReceived);
    fn asked() -> OnlySent;
}

#[client_to_server(testing)]
trait FromClient {
    fn say(text: OnlySent);
    fn ask() -> OnlyReceived;
}

fn main() {}
