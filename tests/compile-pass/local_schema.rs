//! Schemas, payloads and namespaces inside a function, and private ones in a module.
#![deny(warnings)]

use socketio_runtime::schema::Schema;

mod inner {
    use socketio_runtime::{client_to_server, namespace, server_to_client};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Private;

    #[server_to_client]
    trait ServerToClient {
        fn said(private: Private) -> Private;
    }

    #[client_to_server]
    pub(super) trait ClientToServer {
        fn say(text: &str) -> u32;
    }

    #[namespace("/private", listens = ServerToClient, emits = ClientToServer)]
    struct Inner;

    pub(super) fn path() -> &'static str {
        let _ = Inner;
        <Inner as socketio_runtime::schema::Namespace>::PATH
    }
}

fn main() {
    use socketio_runtime::{client_to_server, namespace, server_to_client};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Local;

    #[server_to_client]
    trait ServerToClient {
        fn said(local: Local) -> Local;
    }

    #[client_to_server]
    trait ClientToServer {
        fn say(local: &Local) -> Local;
    }

    #[namespace("/local", listens = ServerToClient, emits = ClientToServer)]
    struct Inside;

    let _ = Inside;
    assert_eq!(inner::path(), "/private");
    assert_eq!(inner::ClientToServer::DESCRIPTOR.events.len(), 1);
    assert_eq!(ServerToClient::DESCRIPTOR.line, 38);
}
