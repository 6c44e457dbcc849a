//! The options as the connection's task uses them.
//!
//! Must not know: how users set them, what lies below Engine.IO.

use std::time::Duration;

use crate::{limits, proto};

/// What may wait for each async listener, handler and stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListenerQueue {
    /// At least one.
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

/// Everything but the server's address.
#[derive(Debug, Clone)]
pub(crate) struct ClientConfig {
    pub(crate) manager: proto::Config,
    pub(crate) ack_timeout: Duration,
    pub(crate) send_buffer_limit: usize,
    pub(crate) listener_queue: ListenerQueue,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            manager: proto::Config { try_all_transports: true, ..proto::Config::default() },
            ack_timeout: limits::DEFAULT_ACK_TIMEOUT,
            send_buffer_limit: limits::DEFAULT_SEND_BUFFER_LIMIT,
            listener_queue: ListenerQueue {
                events: limits::DEFAULT_LISTENER_QUEUE,
                bytes: limits::DEFAULT_LISTENER_QUEUE_BYTES,
            },
        }
    }
}
