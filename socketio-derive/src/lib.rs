//! The macros of [`socketio-runtime`], which re-exports them: depend on that crate, not on this
//! one.
//!
//! [`socketio-runtime`]: https://docs.rs/socketio-runtime

// Must not know: anything. The work is done in `parse`, which reads what the user wrote, `model`,
// which resolves and checks it, and `expand`, which writes the code.

mod ctxt;
mod expand;
mod model;
mod parse;

use proc_macro::TokenStream;

use self::model::Direction;

/// Declares the events that the server sends and a client listens to.
///
/// The trait becomes a type of the same name, to be used in [`macro@namespace`]. Each function
/// is an event: its parameters are the event's arguments, its return type, if there is one, is
/// the acknowledgement that the listener answers with.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use socketio_runtime::{Bytes, server_to_client};
///
/// #[derive(Deserialize)]
/// pub struct User {
///     pub id: String,
///     pub username: String,
/// }
///
/// #[derive(Serialize)]
/// pub struct Presence {
///     pub nonce: u64,
/// }
///
/// /// What the chat server tells its clients.
/// #[server_to_client]
/// pub trait ServerToClient {
///     /// Someone joined a room that this client is in.
///     #[event("user:joined")]
///     fn user_joined(user: User);
///     /// The server asks for this client's presence.
///     #[event("presence:check")]
///     fn presence_check(nonce: u64) -> Presence;
///     /// A trailing `Option` may be left out by the server.
///     #[event("file:received")]
///     fn file_received(content: Bytes, name: &str, size: Option<u64>);
///     fn pong();
/// }
///
/// // What `socket.on()` gives: one method an event. Listeners are closures, async or not.
/// fn listen(on: ServerToClientOn<'_>) {
///     on.user_joined(|user| println!("{} is here", user.username));
///     on.presence_check(async |nonce| Presence { nonce });
/// }
///
/// // What `socket.handle(…)` takes: every event is handled, or it does not compile.
/// struct Bot;
///
/// impl ServerToClientHandler for Bot {
///     async fn user_joined(&mut self, user: User) {}
///     async fn presence_check(&mut self, nonce: u64) -> Presence {
///         Presence { nonce }
///     }
///     async fn file_received(&mut self, content: Bytes, name: String, size: Option<u64>) {}
///     async fn pong(&mut self) {}
/// }
///
/// // What `socket.events()` gives, to match exhaustively.
/// fn matched(event: ServerToClientEvent) {
///     match event {
///         ServerToClientEvent::UserJoined { user } => println!("{} is here", user.id),
///         ServerToClientEvent::PresenceCheck { nonce } => println!("asked with {nonce}"),
///         ServerToClientEvent::FileReceived { name, .. } => println!("got {name}"),
///         ServerToClientEvent::Pong => println!("pong"),
///     }
/// }
/// ```
///
/// # What is generated
///
/// For a trait `S`: the views `SOn`, `SOnce` and `SStream` with one method an event, the enum
/// `SEvent` with one variant an event, and the trait `SHandler` with one method an event, all
/// as visible as the trait. A parameter that borrows, such as `&str`, `&[T]` or `&T`, arrives as
/// the type that owns it: `String`, `Vec<T>` and `T`.
///
/// # Options of the macro
///
/// - `rename_all = "camelCase"`: how events without a name of their own are called on the wire.
///   One of `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`,
///   `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE`. Without it the function's name
///   is the event's.
/// - `doctest = "use my_crate::schema::*;"`: the examples in the generated documentation are tests
///   of the documentation, and begin with this, hidden. It brings the schema's items and the types
///   of its arguments into scope. Without it the examples are only shown, as are always those of
///   events that take any type. They are tests where `crate` is left out or begins with `::`.
/// - `export`: the schema can stand in `socketio_runtime::catalogue`s. If the runtime has the feature
///   `json-schema`, every payload then implements `schemars::JsonSchema`, and `ts_rs::TS` with the
///   feature `typescript`.
/// - `retired("old:name", …)`: names on the wire that once were events. An event that takes one does
///   not compile, since old peers still know it with its old meaning.
/// - `testing`: the other side as well, for tests: what a server needs to send these events (or, of
///   those that clients send, to receive them) by `socketio_runtime::testing::TestServer`. It is
///   generated if the runtime has the feature `testing`, and asks then for both `Serialize` and
///   `Deserialize` of every payload.
/// - `crate = path`: where `socketio_runtime` is, if not there.
///
/// # Options of an event
///
/// `#[event(…)]` on a function takes:
///
/// - `"name"` or `name = "name"`: the name on the wire. Two that differ only in case are a warning,
///   which `#[allow(deprecated)]` on the event or its schema silences.
/// - `volatile`: every emit is dropped when it cannot be sent at once. Such an event cannot have
///   an acknowledgement. Of one that the server sends it also says that no recovery offset comes
///   with it.
/// - `timeout = "5s"`: how long the acknowledgement is awaited where the call does not say. In
///   `ms`, `s` or `m`.
/// - `offline = buffer`, `drop` or `reject`: what becomes of an emit while the socket is offline,
///   where the call does not say. It waits for the connection, is dropped, or fails.
/// - `time_to_live = "30s"`: how long it waits for the connection, where the call does not say.
/// - `retries = 3`: how often it is sent again where no acknowledgement comes and the call does not
///   say. Such an event needs an acknowledgement; `-> ()` will do. The events of a socket that are
///   retried go one after the other.
/// - `idempotency_key`: one more argument, a string, follows those that are declared, before the
///   server's callback: the same each time that an emit is sent, and no other emit's, so that the
///   server can know a repetition. Such an event needs an acknowledgement and has no `rest`.
/// - `ack = error_first`: the acknowledgement is Node's `callback(error, value)`, declared as
///   `-> Result<T, E>`. `E` has to be `Debug`.
/// - `json`: a `Vec<u8>` or `&[u8]` is meant to be a JSON array of numbers. Without it such a type
///   is an error, since `Bytes` is nearly always meant.
/// - `example = [{"id": "u1"}, 42]`: the arguments as they stand on the wire, as JSON. A `Bytes` is
///   `{"_placeholder": true, "num": 0}`.
/// - `ack_example = [true]`: the values of the acknowledgement, likewise; `[null, value]` or
///   `[error]` with `ack = error_first`.
///
/// `#[event(rest)]` on the last parameter, a `Vec<T>` or a `&[T]`, makes it all further arguments.
///
/// A return type `(A, B)` is an acknowledgement of several values; `()` is one without a value.
///
/// Events may carry `#[cfg]`, documentation and lint levels, which reach everything that is
/// generated, and `#[deprecated]` and `#[must_use]`, which reach the methods that are called.
///
/// # Documentation and examples
///
/// What stands on an event comes first in the documentation of its methods, its variant and its
/// handler method; what stands on an argument goes into their table of arguments. Then follow the
/// name on the wire, the direction, the answer, the delivery, code that uses the event, and the
/// packet, if the event has an example:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use socketio_runtime::client_to_server;
///
/// #[derive(Serialize, Deserialize)]
/// pub struct Order {
///     pub article: String,
/// }
///
/// /// What a shop can be asked.
/// #[client_to_server]
/// pub trait Shop {
///     /// Orders an article; the answer is the order's number.
///     #[event("order:place", example = [{"article": "tea"}, 2], ack_example = [17])]
///     fn order_place(
///         /// What to send.
///         order: &Order,
///         /// How many of it.
///         count: u32,
///     ) -> u64;
/// }
/// ```
///
/// An example is kept true by a test that is generated beside the schema, here
/// `shop_example_of_order_place`: it reads the example as the types of the event, writes those
/// again, and fails unless the same JSON comes out. So in tests these types need both `Serialize`
/// and `Deserialize`. Beside a schema inside a function no test can run, and the compiler says so.
#[proc_macro_attribute]
pub fn server_to_client(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::schema(Direction::ServerToClient, options.into(), &item.into()).into()
}

/// Declares the events that a client sends.
///
/// The trait becomes a type of the same name, to be used in [`macro@namespace`]. Each function
/// is an event: its parameters are the event's arguments, its return type, if there is one, is
/// the acknowledgement that the server answers with. The options are those of
/// [`macro@server_to_client`].
///
/// ```
/// use std::time::Duration;
///
/// use serde::{Deserialize, Serialize};
/// use socketio_runtime::{AckError, client_to_server};
///
/// #[derive(Debug, Deserialize)]
/// pub struct MessageResponse {
///     pub success: bool,
/// }
///
/// /// What a client may ask of the chat server.
/// #[client_to_server]
/// pub trait ClientToServer {
///     #[event("message:send", timeout = "5s")]
///     fn message_send(content: &str) -> MessageResponse;
///     #[event("room:leave")]
///     fn room_leave(room_id: &str, reason: Option<&str>);
///     #[event("typing:start", volatile)]
///     fn typing_start(room_id: &str);
///     #[event(ack = error_first)]
///     fn rename(name: &str) -> Result<String, u32>;
///     fn log(level: u8, #[event(rest)] values: &[&str]);
///     fn metric(value: impl Serialize);
///     fn ping();
/// }
///
/// // What `socket.emit()` gives. Emits take effect in call order and need no await; arguments
/// // are borrowed as written.
/// async fn emit(emit: ClientToServerEmit<'_>) -> Result<(), Box<dyn std::error::Error>> {
///     emit.room_leave("lobby", None)?;
///     emit.log(1, &["sent", "as", "four", "arguments"])?;
///     emit.metric(("any", "type"))?;
///     emit.ping()?;
///     let reply = emit.message_send("hello").timeout(Duration::from_secs(1)).await?;
///     println!("sent: {}", reply.success);
///     match emit.rename("new name").await {
///         Ok(name) => println!("called {name} now"),
///         Err(AckError::Remote(code)) => println!("the service says {code}"),
///         Err(other) => println!("no answer: {other}"),
///     }
///     Ok(())
/// }
/// ```
///
/// # What is generated
///
/// For a trait `S`: the view `SEmit` with one method an event, as visible as the trait. It gives
/// `Result<(), EmitError>` for an event without acknowledgement, and otherwise an `Ack<T>`, which
/// is a future; `Ack<T, E>` with `ack = error_first`.
///
/// With the option `testing`, and the runtime's feature of that name, also what
/// [`macro@server_to_client`] has, and the view `SExpect` of a test server.
#[proc_macro_attribute]
pub fn client_to_server(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::schema(Direction::ClientToServer, options.into(), &item.into()).into()
}

/// Declares a namespace: its path, and the events that travel in each direction.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use socketio_runtime::{client_to_server, namespace, schema::Namespace, server_to_client};
///
/// #[server_to_client]
/// pub trait ServerToClient {
///     fn said(text: String);
/// }
///
/// #[client_to_server]
/// pub trait ClientToServer {
///     fn say(text: &str);
/// }
///
/// #[derive(Serialize)]
/// pub struct Credentials {
///     pub token: String,
/// }
///
/// #[derive(Deserialize)]
/// pub struct Refusal {
///     pub reason: String,
/// }
///
/// /// The chat namespace.
/// #[namespace(
///     "/chat",
///     listens = ServerToClient,
///     emits = ClientToServer,
///     auth = Credentials,
///     refusal = Refusal
/// )]
/// pub struct Chat;
///
/// assert_eq!(Chat::PATH, "/chat");
/// ```
///
/// # Options
///
/// - The path comes first. It begins with `/`; `"/"` is the main namespace.
/// - `listens = Schema`: the events that the server sends; none if left out, `Untyped` if their
///   names are known at run time only.
/// - `emits = Schema`: the events that the client sends; likewise.
/// - `auth = Type`: what the client sends to be let in; anything if left out.
/// - `refusal = Type`: what the server sends along when it lets the client not in; any JSON if
///   left out.
/// - `export`: the namespace can stand in a catalogue; both schemas then say `export` too.
/// - `crate = path`: where `socketio_runtime` is, if not there.
#[proc_macro_attribute]
pub fn namespace(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::namespace(options.into(), &item.into()).into()
}
