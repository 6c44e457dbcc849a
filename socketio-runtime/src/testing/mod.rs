//! A typed server in memory, for the tests of an application. With the feature `testing`.
//!
//! A [`TestServer`] plays the server of a namespace, by the same schema that the application is
//! written against: a test expects what the application emits, answers it, pushes events, refuses,
//! and lets the connection break. The application's client is a real one. Its bytes go through
//! memory, WebSocket and protocol included, and nothing is opened outside of the process.
//!
//! The option `testing` gives a schema its server's side, as in `#[client_to_server(testing)]`.
//! Without the feature it means nothing, so a program has the feature for its tests alone:
//!
//! ```toml
//! [dev-dependencies]
//! socketio-runtime = { version = "…", features = ["testing"] }
//! tokio = { version = "1", features = ["macros", "rt", "test-util"] }
//! ```
//!
//! # A test
//!
//! ```
//! use socketio_runtime::{
//!     AckError, Socket, client_to_server, namespace, server_to_client, testing::TestServer,
//! };
//!
//! #[server_to_client(testing)]
//! pub trait ServerToClient {
//!     #[event("message:received")]
//!     fn message_received(content: String);
//!     #[event("presence:check")]
//!     fn presence_check(nonce: u64) -> u64;
//! }
//!
//! #[client_to_server(testing)]
//! pub trait ClientToServer {
//!     #[event("message:send")]
//!     fn message_send(content: &str) -> u64;
//! }
//!
//! #[namespace("/chat", listens = ServerToClient, emits = ClientToServer)]
//! pub struct Chat;
//!
//! /// The application: it is there, and it greets.
//! async fn greet(chat: &Socket<Chat>) -> Result<u64, AckError> {
//!     chat.on().presence_check(|nonce| nonce);
//!     chat.emit().message_send("hello").await
//! }
//!
//! # /*
//! #[tokio::test(start_paused = true)]
//! # */
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     the_application_greets().await?;
//! #     the_application_survives_a_server_that_does_not_answer().await
//! # }
//! async fn the_application_greets() -> Result<(), Box<dyn std::error::Error>> {
//!     let server = TestServer::<Chat>::start();
//!     let chat = server.client().build()?.socket::<Chat>().connect().await?;
//!     let greeting = tokio::spawn(async move { (greet(&chat).await, chat) });
//!
//!     // What the application emits, typed; and the answer, typed.
//!     let (content, responder) = server.expect().message_send().await?;
//!     assert_eq!(content, "hello");
//!     responder.answer(7)?;
//!     let (greeted, chat) = greeting.await?;
//!     assert_eq!(greeted?, 7);
//!
//!     // What the server emits, typed; and the application's answer, typed.
//!     assert_eq!(server.emit().presence_check(99).await?, 99);
//!
//!     // The connection breaks, and the application's listeners are there again after it.
//!     server.drop_connection().await;
//!     server.connected().await?;
//!     assert_eq!(server.emit().presence_check(100).await?, 100);
//!     # chat.disconnect().await;
//!     Ok(())
//! }
//!
//! # /*
//! #[tokio::test(start_paused = true)]
//! # */
//! async fn the_application_survives_a_server_that_does_not_answer()
//! -> Result<(), Box<dyn std::error::Error>> {
//!     let server = TestServer::<Chat>::start();
//!     let chat = server.client().build()?.socket::<Chat>().connect().await?;
//!     // 20 seconds for the application, a moment for the test.
//!     let greeted = greet(&chat).await;
//!     assert!(matches!(greeted, Err(AckError::Timeout { .. })));
//!     server.expect().message_send().await?;
//!     Ok(())
//! }
//! ```
//!
//! # How the application gets its client
//!
//! By whatever it takes: a [`Socket`](crate::Socket) that the test has connected, as above; a
//! [`ClientBuilder`](crate::ClientBuilder), which is [`TestServer::client`]; or a URL, which is
//! [`TestServer::url`]. That URL has a host that only this process knows, so proxies, TLS and
//! addresses that the application configures are passed over. Everything else works as it is
//! configured: timeouts, reconnection, headers, authentication. The one transport is WebSocket, and
//! the one parser [`Parser::Json`](crate::Parser::Json); sessions are not
//! [recovered](crate::SocketState::recovered).
//!
//! # Time
//!
//! In a test with `start_paused = true`, tokio's clock moves when there is nothing else to do: at
//! once, to the next time that somebody waits for. So a test of a timeout of 20 seconds, of an hour of
//! heartbeats or of a reconnection with growing delays takes milliseconds, and nothing depends on
//! how fast the machine is. Only the delays of reconnections are spread at random; where a test
//! counts them, there is
//! [`randomization_factor(0.0)`](crate::ClientBuilder::randomization_factor). Time stands still
//! while a test itself waits by other means than tokio's, such as for a thread or a real socket.
//!
//! Without a paused clock all is the same, and takes its time.
//!
//! # What is a client to such a server
//!
//! Between the two stands a relay, which makes the server's handshakes and heartbeats. What the
//! test holds is the other end: a client of this very runtime, in which the directions of the
//! namespace are swapped. Packets between the two are handed on as they are. So a test server has
//! what a [`Socket`](crate::Socket) has, and what holds there holds here, such as that listeners
//! belong to the socket and stay over reconnections, or that of several listeners of an event with
//! ack one answers. When the client is connected to the namespace, so is the test's end, and not
//! otherwise.

// Must not know: macros, real transports.

mod bounds;
mod error;
mod expect;
mod mirror;
mod relay;
mod server;

#[doc(hidden)]
pub use self::bounds::{AckDecode, AckEncode, Emission, EmitArgument, ReceiveArgument};
pub use self::{
    error::ExpectError,
    expect::{Expected, Expecting, NothingToExpect, Responder, UntypedExpect, UntypedResponder},
    mirror::{Expects, TestNamespace},
    server::TestServer,
};
