//! The options of the state machine, and their defaults.
//!
//! Must not know: how users set them.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    codec::{Parser, Transport},
    error::{Failure, RetryDecision},
};

/// 20 s: how long opening a connection may take, up to the Engine.IO handshake. The JavaScript
/// client's `timeout`.
pub const DEFAULT_OPEN_TIMEOUT: Duration = Duration::from_secs(20);

/// 20 s: how long a namespace may take from the Engine.IO handshake until the server accepts it,
/// the authentication provider included. The JavaScript client waits for ever; this is its time
/// for opening.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// WebSocket, and long-polling where a WebSocket cannot be opened. A program has no reason to begin
/// with long-polling, as browsers do by default: nothing keeps it from knowing whether a WebSocket
/// can be opened, and it costs one round trip instead of five, and needs no sticky sessions.
pub const DEFAULT_TRANSPORTS: [Transport; 2] = [Transport::WebSocket, Transport::Polling];

/// 10 s: how long a WebSocket may take to take over from long-polling, the server's `upgradeTimeout`.
pub const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);

/// 100 ms: how soon one long-polling request may follow another one that brought nothing. The
/// reference client has no such pause, and a server that answers each request at once with nothing
/// keeps it busy for ever. Servers do so for a moment only, while a WebSocket takes over, and ten
/// times a second is then their own pace (`engine.io/lib/socket.ts`, `_maybeUpgrade`).
pub const EMPTY_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// 2 s: how long the packets that end and begin a namespace wait at most for the server to have
/// read those before them. More than a round trip takes, and less than [`CLOSE_TIMEOUT`].
pub const BARRIER_TIMEOUT: Duration = Duration::from_secs(2);

/// 5 s: how long the server may take to agree to a close before the connection is dropped. Nothing
/// is lost then, so it is short.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// 1 s: the delay before the first reconnection attempt, as the JavaScript client's.
pub const DEFAULT_RECONNECTION_DELAY: Duration = Duration::from_secs(1);

/// 5 s: the longest delay between reconnection attempts, as the JavaScript client's.
pub const DEFAULT_RECONNECTION_DELAY_MAX: Duration = Duration::from_secs(5);

/// 5 s: how long a namespace has to have been connected for the loss of it to be met with the first,
/// short delay again; after less, delays go on growing and attempts go on being counted, so that a
/// server that accepts and drops is left alone in the end. It is the longest delay by default:
/// whoever stays that long and then starts over dials no more often than one who waits the longest.
pub const STABLE_CONNECTION: Duration = Duration::from_secs(5);

/// By half: how far reconnection delays are spread, as the JavaScript client's.
pub const DEFAULT_RANDOMIZATION_FACTOR: f64 = 0.5;

/// 100 MB: the largest message accepted from the server, and the largest packet with all its
/// attachments; a hundred times what servers accept by default, and still no danger to a process's
/// memory.
pub const DEFAULT_MAX_MESSAGE_SIZE: usize = 100_000_000;

/// 10 attachments in one packet: what the JavaScript decoder accepts (`socket.io-parser` 4.2.6).
pub const DEFAULT_MAX_ATTACHMENTS: usize = 10;

/// Events that are kept when they come before the server's word that the namespace is accepted,
/// as those that were missed do when a session is restored. The server's own limit for those is
/// time, not number; this is far above what a healthy service sends in between.
pub const EARLY_EVENTS: usize = 10_000;

/// Bytes of events that are kept when they come before the server's word that the namespace is
/// accepted: as much as may wait in the other direction by default.
pub const EARLY_BYTES: usize = 16 * 1024 * 1024;

/// 256 bytes: the longest id of a session to restore, and the longest offset in it, that are kept.
/// Those of the adapters of `socket.io` have 7 to 36.
pub const RECOVERY_BYTES: usize = 256;

/// What users can set.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Config {
    pub(crate) reconnection: bool,
    pub(crate) reconnection_attempts: Option<u32>,
    pub(crate) reconnection_delay: Duration,
    pub(crate) reconnection_delay_max: Duration,
    /// From 0 to 1.
    pub(crate) randomization_factor: f64,
    pub(crate) open_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) close_timeout: Duration,
    pub(crate) stable_connection: Duration,
    pub(crate) max_attachments: usize,
    /// In bytes; of one message, and of a packet with its attachments.
    pub(crate) max_message_size: usize,
    pub(crate) parser: Parser,
    /// In this order; not empty.
    pub(crate) transports: Vec<Transport>,
    pub(crate) try_all_transports: bool,
    /// Whether a WebSocket takes over from long-polling.
    pub(crate) upgrade: bool,
    pub(crate) remember_upgrade: bool,
    /// How long one long-polling request may take.
    pub(crate) request_timeout: Option<Duration>,
    /// Whether binary packets travel as text on a WebSocket too.
    pub(crate) force_base64: bool,
    pub(crate) retry_policy: Option<RetryPolicy>,
}

/// What becomes of somebody whose attempt failed or whose connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Retried,
    /// It would be, were there an attempt left.
    Exhausted,
    GivenUp,
}

/// The user's word on what is tried again. It does not panic.
#[derive(Clone)]
pub(crate) struct RetryPolicy(pub(crate) Arc<dyn Fn(Failure<'_>) -> RetryDecision + Send + Sync>);

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RetryPolicy")
    }
}

impl Config {
    /// The same with times that can be added to the time of today.
    pub(super) fn bounded(mut self) -> Self {
        for time in [
            &mut self.reconnection_delay,
            &mut self.reconnection_delay_max,
            &mut self.open_timeout,
            &mut self.connect_timeout,
            &mut self.close_timeout,
        ] {
            *time = FOREVER.min(*time);
        }
        self
    }

    /// What becomes of somebody who has failed, after so many attempts.
    pub(super) fn judge(&self, failure: Failure<'_>, attempts: u32) -> Verdict {
        if !self.reconnection || !self.is_worth_another(failure) {
            Verdict::GivenUp
        } else if attempts >= self.reconnection_attempts.unwrap_or(u32::MAX) {
            Verdict::Exhausted
        } else {
            Verdict::Retried
        }
    }

    /// Whether a failure is worth another attempt, however many there were.
    pub(super) fn is_worth_another(&self, failure: Failure<'_>) -> bool {
        let decision = self.retry_policy.as_ref().map(|policy| (policy.0)(failure));
        match decision.unwrap_or_default() {
            RetryDecision::Default => failure.is_retried(),
            RetryDecision::Retry => true,
            RetryDecision::GiveUp => false,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reconnection: true,
            reconnection_attempts: None,
            reconnection_delay: DEFAULT_RECONNECTION_DELAY,
            reconnection_delay_max: DEFAULT_RECONNECTION_DELAY_MAX,
            randomization_factor: DEFAULT_RANDOMIZATION_FACTOR,
            open_timeout: DEFAULT_OPEN_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            close_timeout: CLOSE_TIMEOUT,
            stable_connection: STABLE_CONNECTION,
            max_attachments: DEFAULT_MAX_ATTACHMENTS,
            max_message_size: DEFAULT_MAX_MESSAGE_SIZE,
            parser: Parser::default(),
            transports: DEFAULT_TRANSPORTS.to_vec(),
            // A client turns it on; a test says so.
            try_all_transports: false,
            upgrade: true,
            remember_upgrade: false,
            request_timeout: None,
            force_base64: false,
            retry_policy: None,
        }
    }
}

/// What `Duration::MAX` stands for: longer than any process runs, and far from where the
/// platforms' clocks overflow.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
