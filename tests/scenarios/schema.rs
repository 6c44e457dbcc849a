//! What the namespaces of `servers/node/probes.mjs` say and take, as schemas.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use socketio_runtime::{Bytes, client_to_server, namespace, server_to_client};

/// What a server says to test a client; most of it because the test told it to.
#[server_to_client]
pub(crate) trait Told {
    /// The first word of `/echo`.
    fn welcome(id: String);
    /// The words of `/early`: 1 before the namespace is accepted, 2 after.
    fn early(number: u64);
    fn number(index: u64);
    fn text(text: String);
    fn item(item: Item);
    fn blob(content: Bytes);
    fn album(album: Album, cover: Bytes);
    fn maybe(first: u64, second: Option<String>);
    fn several(first: u64, #[event(rest)] others: Vec<String>);
    /// A name that has to be escaped, and is not ASCII.
    #[event("a \"name\" \\ with\n everything 🎉")]
    fn odd_name(text: String);
    fn question(nonce: u64) -> u64;
    fn questions(nonce: u64) -> (u64, String);
    fn portrait() -> Album;
    #[event(ack = error_first)]
    fn halve(number: u64) -> Result<u64, String>;
    /// What the client answered to an `ask`, or that it did not.
    #[event("ask:report")]
    fn ask_report(error: Option<String>, answer: Vec<Value>);
}

/// What `/echo` can be asked.
#[client_to_server]
pub(crate) trait Asked {
    /// Comes back as the answer.
    fn echo(value: &Value) -> Value;
    #[event(ack = error_first)]
    fn divide(dividend: i64, divisor: i64) -> Result<i64, DivideError>;
    #[event("ack:never")]
    fn ack_never() -> ();
    #[event("ack:late")]
    fn ack_late(delay_ms: u64) -> String;
    #[event("ack:twice")]
    fn ack_twice() -> String;
    fn handshake() -> Handshake;
    fn transport() -> TransportReport;
    /// The HTTP requests of this connection, its handshake first.
    fn requests() -> Vec<RequestReport>;
    /// A time: by itself, and inside another value.
    fn time() -> (String, Value);
    /// Makes the server emit `event`.
    fn tell(event: &str, #[event(rest)] arguments: &[Part]);
    /// Makes the server emit `event` to everybody.
    #[event("tell:all")]
    fn tell_all(event: &str, #[event(rest)] arguments: &[Part]);
    #[event("tell:many")]
    fn tell_many(count: u64, event: &str);
    /// Makes the server emit `event` and report the answer as `ask:report`.
    fn ask(event: &str, #[event(rest)] arguments: &[Part]);
}

/// `/echo`, for values of one kind after the other.
#[client_to_server]
pub(crate) trait EchoedParts {
    fn echo(album: &Album, cover: Bytes, empty: Bytes) -> (Album, Bytes, Bytes);
}

/// What `/faults` can be told to break.
#[client_to_server]
pub(crate) trait Broken {
    /// Closes in good order, as Engine.IO does.
    fn close();
    /// Closes the WebSocket below, and says why.
    #[event("close:websocket")]
    fn close_websocket(code: u16, reason: &str);
    /// Ends the TCP connection without a word.
    fn terminate();
    /// Forgets the session; with long-polling the next request is of an unknown one.
    fn forget();
    /// Does to the next request of this method, after the one that takes the answer, what
    /// `gate.mjs` can do.
    fn spoil(method: &str, fault: &Value) -> ();
    /// Socket.IO packets as written.
    fn packets(#[event(rest)] packets: &[Part]);
    /// WebSocket messages as written.
    fn frames(#[event(rest)] frames: &[Part]);
    /// How many connections there are, and sockets of a namespace.
    fn census(namespace: &str) -> Census;
}

/// What `/kick` can be told.
#[client_to_server]
pub(crate) trait Kicked {
    /// Disconnects the namespace.
    fn kick();
    /// Disconnects the namespace and closes the connection.
    #[event("kick:engine")]
    fn kick_engine();
}

#[namespace("/echo", listens = Told, emits = Asked)]
#[derive(Debug)]
pub(crate) struct Echo;

#[namespace("/echo", emits = EchoedParts)]
#[derive(Debug)]
pub(crate) struct EchoParts;

#[namespace("/faults", listens = Told, emits = Broken)]
#[derive(Debug)]
pub(crate) struct Faults;

#[namespace("/early", listens = Told)]
#[derive(Debug)]
pub(crate) struct Early;

#[namespace("/kick", emits = Kicked)]
#[derive(Debug)]
pub(crate) struct Kick;

#[namespace("/refuse", refusal = RefusalData)]
#[derive(Debug)]
pub(crate) struct Refuse;

#[namespace("/slow", auth = Delay)]
#[derive(Debug)]
pub(crate) struct Slow;

/// A value with a path to go wrong in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) name: String,
}

/// Binary data in the depth of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Album {
    pub(crate) title: String,
    pub(crate) pages: Vec<Page>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) picture: Option<Bytes>,
}

/// An argument that is text, binary or any other value.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Value(Value),
    Bytes(Bytes),
    Album(Album),
}

impl<T: Into<Value>> From<T> for Part {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DivideError {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// What the server saw of a connection.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Handshake {
    pub(crate) auth: Value,
    pub(crate) query: Value,
    pub(crate) headers: Value,
}

/// The server's side of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransportReport {
    pub(crate) engine_id: String,
    pub(crate) name: String,
    /// Whether the connection began with another transport.
    pub(crate) upgraded: bool,
}

/// A request as the server saw it.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct RequestReport {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Census {
    pub(crate) engines: u64,
    pub(crate) sockets: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct RefusalData {
    pub(crate) code: String,
}

/// How long `/slow` is to think.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delay {
    pub(crate) delay_ms: u64,
}
