//! The options of the state machine, and their defaults.
//!
//! Must not know: how users set them.

use std::time::Duration;

use crate::codec::Parser;

/// 20 s: how long opening a connection may take, up to the Engine.IO handshake. The JavaScript
/// client's `timeout`.
pub const DEFAULT_OPEN_TIMEOUT: Duration = Duration::from_secs(20);

/// 20 s: how long a namespace may take from the Engine.IO handshake until the server accepts it,
/// the authentication provider included. The JavaScript client waits for ever; this is its time
/// for opening.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// 5 s: how long the server may take to agree to a close before the connection is dropped. Nothing
/// is lost then, so it is short.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// 1 s: the delay before the first reconnection attempt, as the JavaScript client's.
pub const DEFAULT_RECONNECTION_DELAY: Duration = Duration::from_secs(1);

/// 5 s: the longest delay between reconnection attempts, as the JavaScript client's.
pub const DEFAULT_RECONNECTION_DELAY_MAX: Duration = Duration::from_secs(5);

/// By half: how far reconnection delays are spread, as the JavaScript client's.
pub const DEFAULT_RANDOMIZATION_FACTOR: f64 = 0.5;

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
    pub(crate) max_attachments: usize,
    pub(crate) parser: Parser,
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
            max_attachments: DEFAULT_MAX_ATTACHMENTS,
            parser: Parser::default(),
        }
    }
}

/// What `Duration::MAX` stands for: longer than any process runs, and far from where the
/// platforms' clocks overflow.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
