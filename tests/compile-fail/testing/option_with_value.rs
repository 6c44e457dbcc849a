use socketio_runtime::client_to_server;

#[client_to_server(testing = true)]
trait FromClient {
    fn say(text: &str);
}

#[client_to_server(test)]
trait Misspelt {
    fn say(text: &str);
}

fn main() {}
