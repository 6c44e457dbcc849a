//! How bytes reach the server: TCP, proxies and TLS, and on them HTTP long-polling and the
//! WebSocket. One dialer and one TLS configuration serve both.
//!
//! Must not know: what the packets mean, when a connection is made, who uses it.

mod body;
mod config;
mod cookies;
mod dial;
mod endpoint;
mod hook;
mod http;
mod lane;
#[cfg(feature = "testing")]
mod memory;
mod polling;
mod proxy;
mod query;
mod quiet;
mod read_ahead;
mod request;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod websocket;

#[cfg(feature = "testing")]
pub(crate) use self::memory::MemoryListener;
pub(crate) use self::{
    config::{HttpConfig, TlsConfig, TransportConfig},
    endpoint::Endpoint,
    hook::{RequestHook, parse_header},
    proxy::ProxyRoute,
    query::{Query, check_timestamp_param},
};
pub(super) use self::{
    dial::Dialer,
    http::{HttpClient, HttpSession},
    polling::Polling,
    websocket::{Received, WebSocket},
};
pub use self::{
    hook::{HookFuture, HookOutput, RequestParts},
    proxy::Proxy,
};
