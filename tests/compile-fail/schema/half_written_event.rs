use socketio_runtime::server_to_client;

#[server_to_client]
trait Chat {
    fn said(text: &str);
    fn joined(user: ) -> u32;
    #[event("user:left")]
    fn left(user: &str);
}

fn uses(on: ChatOn<'_>) {
    on.said(|text| drop::<String>(text));
    on.left(|user| drop::<String>(user));
}

fn main() {}
