//! Unusual schemas have the side of a test server too.
#![deny(warnings)]
#![allow(unexpected_cfgs)]

use socketio_runtime::{
    Socket, client_to_server, namespace, server_to_client,
    testing::{ExpectError, TestServer},
};

/// Nothing in scope, and the runtime under another name.
#[no_implicit_prelude]
mod bare {
    pub mod facade {
        pub use ::socketio_runtime::*;
    }

    use self::facade::{client_to_server, namespace, server_to_client};

    #[server_to_client(crate = self::facade, testing)]
    pub trait ServerToClient {
        fn everything(a: &str, b: &[u8; 4], c: &[u32], d: ::std::option::Option<&str>) -> (u8, u8);
        #[event(ack = error_first)]
        fn fallible(#[event(rest)] rest: &[&str]) -> ::std::result::Result<(), ::std::string::String>;
        fn nothing();
    }

    #[client_to_server(crate = self::facade, testing)]
    pub trait ClientToServer {
        fn everything(a: &str, b: &[u8; 4], c: &[u32], d: ::std::option::Option<&str>) -> (u8, u8);
        #[event(ack = error_first)]
        fn fallible(#[event(rest)] rest: &[&str]) -> ::std::result::Result<(), ::std::string::String>;
        #[event(volatile)]
        fn nothing();
    }

    #[namespace("/bare", crate = facade, listens = ServerToClient, emits = ClientToServer)]
    pub struct Bare;
}

/// Documented, with names that the generated code or the runtime uses, and that lints look at.
#[deny(missing_docs)]
pub mod names {
    use socketio_runtime::client_to_server;

    /// Events.
    #[client_to_server(testing, rename_all = "kebab-case")]
    pub trait Names {
        /// As the view.
        fn expect(values: u8, responder: u8) -> u8;
        /// As a method.
        fn event(self_: u8);
        /// As a keyword.
        fn r#type(r#match: u8);
        /// As written in the JavaScript code.
        #[expect(non_snake_case, reason = "as written in the JavaScript code")]
        fn userJoined(userId: u32) -> bool;
        /// Old.
        #[deprecated = "use another"]
        fn old();
        /// Not there.
        #[cfg(missing)]
        fn removed(argument: Missing) -> AlsoMissing;
    }
}

mod private {
    use super::*;

    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    struct Private;

    #[server_to_client(testing)]
    trait ServerToClient {
        fn said(private: Private) -> Private;
    }

    #[client_to_server(testing)]
    trait ClientToServer {
        fn say(private: &Private) -> Private;
    }

    #[namespace("/private", listens = ServerToClient, emits = ClientToServer)]
    struct Inner;

    pub async fn talk() -> Result<(), Box<dyn std::error::Error>> {
        let _ = Inner;
        let server = TestServer::<Inner>::start();
        let inner: Socket<Inner> = server.client().build()?.socket().connect().await?;
        let reply = inner.emit().say(&Private);
        let (Private, responder) = server.expect().say().await?;
        responder.answer(Private)?;
        let Private = reply.await?;
        inner.on().said(|private| private);
        let Private = server.emit().said(Private).await?;
        Ok(())
    }
}

async fn bare() -> Result<(), Box<dyn std::error::Error>> {
    let server = TestServer::<bare::Bare>::start();
    let bare = server.client().build()?.socket::<bare::Bare>().connect().await?;
    drop(bare.emit().everything("a", &[1, 2, 3, 4], &[5], None));
    let (a, b, c, d, responder) = server.expect().everything().await?;
    assert_eq!((&*a, b, &*c, d), ("a", [1, 2, 3, 4], &[5][..], None));
    responder.answer((1, 2))?;
    bare.volatile().nothing()?;
    server.expect().nothing().await?;
    Ok(())
}

async fn local() -> Result<(), ExpectError> {
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    struct Local;

    #[client_to_server(testing)]
    trait Events {
        fn say(local: &Local);
    }

    #[namespace("/local", emits = Events)]
    struct Here;

    let _ = Here;
    let server = TestServer::<Here>::start();
    let here = server.client().build().expect("the options are good").socket::<Here>();
    let here = here.connect().await.expect("it is let in");
    here.emit().say(&Local).expect("it is accepted");
    let Local = server.expect().say().await?;
    Ok(())
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        private::talk().await.expect("they talk");
        bare().await.expect("they talk");
        local().await.expect("they talk");
    });
}
