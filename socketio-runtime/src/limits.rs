//! Every default time and every limit, by name.

// Must not know: what uses them.

use std::time::Duration;

pub use crate::proto::{
    BARRIER_TIMEOUT, CLOSE_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_ATTACHMENTS,
    DEFAULT_MAX_MESSAGE_SIZE, DEFAULT_OPEN_TIMEOUT, DEFAULT_RANDOMIZATION_FACTOR,
    DEFAULT_RECONNECTION_DELAY, DEFAULT_RECONNECTION_DELAY_MAX, DEFAULT_TIME_TO_LIVE,
    DEFAULT_TRANSPORTS, EARLY_BYTES, EARLY_EVENTS, EMPTY_POLL_INTERVAL, RECOVERY_BYTES,
    STABLE_CONNECTION, UPGRADE_TIMEOUT,
};

/// The path of the Engine.IO endpoint: the JavaScript client's.
pub const DEFAULT_PATH: &str = "/socket.io/";

/// 20 s: how long an emit waits for its answer. The JavaScript client waits for ever unless told
/// otherwise; this is its time for opening a connection, so that an emit made while one
/// reconnection goes on has a chance.
pub const DEFAULT_ACK_TIMEOUT: Duration = Duration::from_secs(20);

/// 16 MiB: bytes of packets that may wait for the network. The JavaScript client has no limit. Enough
/// for minutes of chatter while offline, little enough to have in memory.
pub const DEFAULT_SEND_BUFFER_LIMIT: usize = 16 * 1024 * 1024;

/// 1,024 events may wait for an async listener, a handler or a stream: more than a burst has that a
/// task cannot read in between, and little enough to have for each of many listeners.
pub const DEFAULT_LISTENER_QUEUE: usize = 1024;

/// 100 MB of events may wait for an async listener, a handler or a stream: as much as the largest
/// message. A thousand large events would be a danger to a process's memory, one cannot be avoided.
pub const DEFAULT_LISTENER_QUEUE_BYTES: usize = DEFAULT_MAX_MESSAGE_SIZE;

/// 256 changes may wait in a [`LifecycleStream`](crate::LifecycleStream).
pub const LIFECYCLE_QUEUE: usize = 256;

/// 512 bytes of an HTTP error's body are kept for the message.
pub const ERROR_BODY_EXCERPT: usize = 512;

/// 64 KiB: the longest head of an HTTP answer, status line and headers: of an answer to
/// long-polling, to a WebSocket handshake, or of a proxy. The WebSocket library has this limit for
/// its handshake; servers seldom send, and Node.js does not accept, more than 16 KiB. The HTTP
/// library looks at it between reads, and so may take up to twice as much.
pub const RESPONSE_HEAD: usize = 64 * 1024;

/// 100 headers may be in an HTTP answer; in that to a WebSocket handshake, 124. Beyond it an answer
/// is no HTTP to this client. These are the HTTP and WebSocket libraries' limits.
pub const RESPONSE_HEADERS: usize = 100;

/// Bytes of a gzip'd answer that are inflated before the connection's task lets others run: at most
/// two megabytes of plain text, so a few milliseconds, whatever is in them.
pub(crate) const INFLATE_AT_ONCE: usize = 2 * 1024;

/// Bytes handed to the WebSocket library without a message in between, before the connection's task
/// lets others run: a few milliseconds of fragments of nothing, from which the library does not come
/// back by itself.
pub(crate) const READ_AT_ONCE: usize = 128 * 1024;

/// WebSocket pings that are read while their answers cannot be written: the library would keep the
/// answers for a server that does not read, however many. Honest servers send one in many seconds.
pub(crate) const UNANSWERED_PINGS: usize = 64;

/// 512 bytes are kept of what is wrong with a payload or a handshake, and of the path to it: a server
/// may send a text of any length where a number is expected.
pub const ERROR_EXCERPT: usize = 512;

/// What the WebSocket library reads at once. It keeps a buffer of this size for as long as the
/// connection lives, and clears it before each read, so a large one costs a quiet connection; a
/// small one costs a large attachment, which is read in pieces of this size.
pub(crate) const READ_BUFFER: usize = 4 * 1024;

/// What is read ahead of the WebSocket library, as long as more arrives: at first this much, and
/// twice as much each time that it was not enough.
pub(crate) const READ_AHEAD_MIN: usize = 16 * 1024;

/// The most that is read ahead.
pub(crate) const READ_AHEAD_MAX: usize = 64 * 1024;

/// Received attachments up to this size are copied out of the read buffer, and texts and larger
/// attachments where they are a small part of it.
pub(crate) const DETACHED_ATTACHMENT: usize = 4 * 1024;

/// Frames read before the connection's task lets others run: a fraction of a millisecond of small
/// packets.
pub(crate) const IO_LOOP_BOUND: usize = 128;

/// Packets of one answer to a long-polling request that are read together.
pub(crate) const PACKETS_AT_ONCE: usize = 64;

/// Rounds made before the connection's task lets others run. One is enough for most wake-ups.
pub(crate) const ROUNDS_BOUND: usize = 16;

/// The query parameter that keeps answers from coming out of a cache: the JavaScript client's.
pub const DEFAULT_TIMESTAMP_PARAM: &str = "t";

/// 50 cookies are kept in a session, and the oldest forgotten past it: what RFC 6265 (6.1) asks of
/// browsers for one domain.
pub const COOKIES: usize = 50;

/// 4,096 bytes: a cookie with a longer name and value is not kept, as RFC 6265 (6.1) allows.
pub const COOKIE_SIZE: usize = 4096;

/// 250 ms: how long a connection by IPv6 may take before IPv4 is tried beside it, or the other way
/// round: the time that RFC 8305 (section 5) recommends.
pub const HAPPY_EYEBALLS_DELAY: Duration = Duration::from_millis(250);

/// 1 s: a kept connection is not used any more when its server is about to close it, by this much
/// before the time that its `Keep-Alive` header announced. More than a request takes to get there.
pub const KEEP_ALIVE_MARGIN: Duration = Duration::from_secs(1);

/// How much of the body of an HTTP error is read before the connection is dropped. Refusals are
/// short; pages of proxies need not be read to their end.
pub(crate) const ERROR_BODY: usize = 64 * 1024;

/// 60 s: how long a [`TestServer`](crate::testing::TestServer) waits for what a test expects. Longer
/// than every default time of a client that is shorter than a heartbeat, so that these run out first.
#[cfg(feature = "testing")]
pub const EXPECT_TIMEOUT: Duration = Duration::from_secs(60);

/// 25 s: how often a test server pings its client: the default of Socket.IO servers.
#[cfg(feature = "testing")]
pub const TEST_PING_INTERVAL: Duration = Duration::from_secs(25);

/// 20 s: how long after a ping's time a test server's client takes a silent server for gone: the
/// default of Socket.IO servers.
#[cfg(feature = "testing")]
pub const TEST_PING_TIMEOUT: Duration = Duration::from_secs(20);

/// 1 MB: the largest message that a test server says it accepts: the default of Socket.IO servers.
#[cfg(feature = "testing")]
pub const TEST_MAX_PAYLOAD: usize = 1_000_000;

/// 4,096 events of a client may wait until a test [expects](crate::testing::TestServer::expect)
/// them.
#[cfg(feature = "testing")]
pub const EXPECT_QUEUE: usize = 4096;

/// Commands of a test that may wait for its server.
#[cfg(feature = "testing")]
pub(crate) const TEST_COMMANDS: usize = 16;

/// Connections to a host in memory that may wait to be accepted.
#[cfg(feature = "testing")]
pub(crate) const MEMORY_BACKLOG: usize = 16;

/// Bytes on their way between two ends in memory: about as many as a socket's buffer has.
#[cfg(feature = "testing")]
pub(crate) const MEMORY_STREAM: usize = 64 * 1024;
