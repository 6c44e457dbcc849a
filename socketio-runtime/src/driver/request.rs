//! The targets of requests: path and query, as Engine.IO asks for them.
//!
//! Must not know: connections, when requests are made.

use std::fmt;

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    clock,
    config::{Endpoint, HttpConfig},
};
use crate::error::{BuildError, Transport};

/// Parameters of a URL's query, encoded.
#[derive(Clone, Default)]
pub(crate) struct Query(String);

impl Query {
    /// Appends what stands in a URL already.
    pub(crate) fn append_encoded(&mut self, encoded: &str) {
        if !encoded.is_empty() {
            if !self.0.is_empty() {
                self.0.push('&');
            }
            self.0.push_str(encoded);
        }
    }

    pub(crate) fn append(&mut self, name: &str, value: &str) {
        let encoded = |text| utf8_percent_encode(text, COMPONENT);
        self.append_encoded(&format!("{}={}", encoded(name), encoded(value)));
    }

    pub(crate) fn append_query(&mut self, other: &Self) {
        self.append_encoded(&other.0);
    }

    /// Refuses what would collide with Engine.IO's own parameters.
    pub(crate) fn check(&self, timestamp_param: &str) -> Result<(), BuildError> {
        let pairs = self.0.split('&').filter(|pair| !pair.is_empty());
        for name in pairs.map(|pair| pair.split('=').next().unwrap_or(pair)) {
            if name.is_empty() {
                return Err(invalid(name, "it has no name"));
            }
            if RESERVED.contains(&name) || name == timestamp_param {
                return Err(invalid(name, "Engine.IO uses it itself"));
            }
        }
        let url = format!("/?{}", self.0).parse::<Uri>();
        url.map(drop).map_err(|error| invalid("…", &error.to_string()))
    }
}

impl fmt::Debug for Query {
    /// Values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").finish_non_exhaustive()
    }
}

/// Refuses a name for the timestamp that would collide with another parameter of Engine.IO's.
pub(crate) fn check_timestamp_param(name: &str) -> Result<(), BuildError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(invalid(name, "the name of the timestamp is one of letters and digits"));
    }
    if name != "t" && RESERVED.contains(&name) {
        return Err(invalid(name, "Engine.IO uses it itself"));
    }
    Ok(())
}

/// The path and query of a request. The user's parameters come first, as they do in the reference
/// client (`engine.io-client/lib/transport.ts`, `createUri`).
pub(super) fn target(
    endpoint: &Endpoint,
    config: &HttpConfig,
    query: &Query,
    transport: Transport,
    sid: Option<&str>,
) -> String {
    let mut query = query.clone();
    query.append("EIO", "4");
    let (name, is_stamped, asks_for_base64) = match transport {
        // An answer to a poll must not come from a cache.
        Transport::Polling => ("polling", config.timestamps.unwrap_or(true), sid.is_none()),
        Transport::WebSocket => ("websocket", config.timestamps.unwrap_or(false), true),
    };
    query.append("transport", name);
    if is_stamped {
        let stamp = format!("{:08x}", clock::seed() >> 32);
        query.append(&config.timestamp_param, &stamp);
    }
    if config.asks_for_base64 && asks_for_base64 {
        query.append("b64", "1");
    }
    if let Some(sid) = sid {
        query.append("sid", sid);
    }
    format!("{}?{}", endpoint.path, query.0)
}

fn invalid(name: &str, reason: &str) -> BuildError {
    BuildError::InvalidQuery { name: name.to_owned(), reason: reason.to_owned() }
}

/// The parameters of Engine.IO, of any version and transport.
const RESERVED: [&str; 6] = ["EIO", "transport", "sid", "t", "j", "b64"];

/// Everything but what `encodeURIComponent` of JavaScript leaves alone.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

#[cfg(test)]
mod tests {
    use http::uri::Authority;

    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Query {
        let mut query = Query::default();
        for (name, value) in pairs {
            query.append(name, value);
        }
        query
    }

    fn written(
        config: &HttpConfig,
        query: &Query,
        transport: Transport,
        sid: Option<&str>,
    ) -> String {
        let authority = Authority::from_static("localhost");
        let endpoint = Endpoint::new(false, &authority, "/socket.io/", true).expect("it is one");
        target(&endpoint, config, query, transport, sid)
    }

    #[test]
    fn the_users_query_comes_first_and_is_encoded() {
        let config = HttpConfig { timestamps: Some(false), ..HttpConfig::default() };
        let mut query = query(&[("a&b", "c=d?"), ("name", "Zoë")]);
        query.append_encoded("x=%20");
        assert_eq!(
            written(&config, &query, Transport::Polling, Some("a/b")),
            "/socket.io/?a%26b=c%3Dd%3F&name=Zo%C3%AB&x=%20&EIO=4&transport=polling&sid=a%2Fb"
        );
    }

    #[test]
    fn polls_are_stamped_and_websockets_are_not_unless_told() {
        for (timestamps, is_polling_stamped, is_websocket_stamped) in
            [(None, true, false), (Some(true), true, true), (Some(false), false, false)]
        {
            let config = HttpConfig { timestamps, ..HttpConfig::default() };
            let is_stamped =
                |transport| written(&config, &Query::default(), transport, None).contains("&t=");
            assert_eq!(is_stamped(Transport::Polling), is_polling_stamped, "{timestamps:?}");
            assert_eq!(is_stamped(Transport::WebSocket), is_websocket_stamped, "{timestamps:?}");
        }
    }

    #[test]
    fn base64_is_asked_for_where_a_transport_opens() {
        let config =
            HttpConfig { asks_for_base64: true, timestamps: Some(false), ..HttpConfig::default() };
        let written = |transport, sid| written(&config, &Query::default(), transport, sid);
        assert!(written(Transport::Polling, None).ends_with("&b64=1"));
        assert!(!written(Transport::Polling, Some("x")).contains("b64"));
        assert!(written(Transport::WebSocket, Some("x")).ends_with("&b64=1&sid=x"));
    }

    #[test]
    fn parameters_that_engine_io_uses_itself_are_refused() {
        for name in ["EIO", "sid", "b64", "stamp", ""] {
            assert!(query(&[("a", "1"), (name, "x")]).check("stamp").is_err(), "{name}");
        }
        assert!(query(&[("tt", "1"), ("sidecar", "2")]).check("stamp").is_ok());
        for name in ["", "sid", "a b"] {
            assert!(check_timestamp_param(name).is_err(), "{name}");
        }
        assert!(check_timestamp_param("t").is_ok() && check_timestamp_param("stamp").is_ok());
    }
}
