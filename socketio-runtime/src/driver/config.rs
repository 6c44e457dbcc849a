//! The options as the connection's task uses them.
//!
//! Must not know: how users set them.

use std::{fmt, time::Duration};

use http::uri::Authority;

use crate::{limits, proto};

/// Everything but the server's address.
#[derive(Debug, Clone)]
pub(crate) struct ClientConfig {
    pub(crate) manager: proto::Config,
    pub(crate) ack_timeout: Duration,
    pub(crate) max_message_size: usize,
    pub(crate) send_buffer_limit: usize,
    pub(crate) listener_queue: usize,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            manager: proto::Config::default(),
            ack_timeout: limits::DEFAULT_ACK_TIMEOUT,
            max_message_size: limits::DEFAULT_MAX_MESSAGE_SIZE,
            send_buffer_limit: limits::DEFAULT_SEND_BUFFER_LIMIT,
            listener_queue: limits::DEFAULT_LISTENER_QUEUE,
        }
    }
}

/// Where the server is.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(super) is_tls: bool,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    /// The WebSocket URL, with the query that Engine.IO asks for.
    pub(super) websocket_url: String,
}

impl Endpoint {
    pub(crate) fn new(
        is_tls: bool,
        authority: &Authority,
        path: &str,
        query: Option<&str>,
    ) -> Result<Self, String> {
        let query = query.unwrap_or_default();
        if let Some(name) = reserved_parameter(query) {
            return Err(format!("its query has `{name}`, which Engine.IO uses itself"));
        }
        let scheme = if is_tls { "wss" } else { "ws" };
        if path.contains(['?', '#']) {
            return Err(format!("path `{path}` has a query or a fragment"));
        }
        let path = path.trim_matches('/');
        let slash = if path.is_empty() { "" } else { "/" };
        let and = if query.is_empty() { "" } else { "&" };
        let websocket_url =
            format!("{scheme}://{authority}/{path}{slash}?{query}{and}EIO=4&transport=websocket");
        websocket_url.parse::<http::Uri>().map_err(|error| format!("path `{path}`: {error}"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err("it has no host".to_owned());
        }
        let written = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        let port = match (authority.port_u16(), written.trim_start_matches(':')) {
            (Some(port), _) => port,
            (None, "") if is_tls => 443,
            (None, "") => 80,
            (None, other) => return Err(format!("`{other}` is not a port from 0 to 65535")),
        };
        Ok(Self { is_tls, host, port, websocket_url })
    }

    /// Host and port, for messages.
    pub(super) fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for Endpoint {
    /// The query may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// A parameter of the query that would collide with one of Engine.IO's.
fn reserved_parameter(query: &str) -> Option<&'static str> {
    const RESERVED: [&str; 6] = ["EIO", "transport", "sid", "t", "j", "b64"];
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or(pair));
    let mut reserved = RESERVED.into_iter();
    reserved.find(|reserved| names.clone().any(|name| name == *reserved))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str, query: Option<&str>) -> Result<String, String> {
        let authority = Authority::from_static("[::1]:3000");
        Endpoint::new(false, &authority, path, query).map(|endpoint| endpoint.websocket_url)
    }

    #[test]
    fn the_path_gets_its_slashes_and_the_users_query_comes_first() {
        let expected = "ws://[::1]:3000/socket.io/?EIO=4&transport=websocket";
        for path in ["/socket.io/", "/socket.io", "socket.io"] {
            assert_eq!(url(path, None).as_deref(), Ok(expected));
        }
        assert_eq!(url("/", None).as_deref(), Ok("ws://[::1]:3000/?EIO=4&transport=websocket"));
        let with_query = url("/io", Some("room=1"));
        assert_eq!(
            with_query.as_deref(),
            Ok("ws://[::1]:3000/io/?room=1&EIO=4&transport=websocket")
        );
    }

    #[test]
    fn what_would_be_dialled_as_something_else_is_refused() {
        let port = |text| {
            let authority = Authority::from_static(text);
            Endpoint::new(true, &authority, "/", None).map(|endpoint| endpoint.port)
        };
        assert_eq!((port("host"), port("host:8443")), (Ok(443), Ok(8443)));
        assert!(port("host:99999").is_err());
        for path in ["/socket.io/?x=1", "/a#b"] {
            assert!(url(path, None).is_err(), "{path}");
        }
    }

    #[test]
    fn a_query_that_engine_io_uses_itself_is_refused() {
        for query in ["EIO=3", "a=1&sid=x", "b64"] {
            assert!(url("/", Some(query)).is_err(), "{query}");
        }
        assert!(url("/", Some("tt=1&sidecar=2")).is_ok());
    }
}
