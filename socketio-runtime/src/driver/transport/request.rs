//! The targets of requests: path and query, as Engine.IO asks for them.
//!
//! Must not know: connections, when requests are made.

use super::{config::HttpConfig, endpoint::Endpoint, query::Query};
use crate::{driver::clock, error::Transport};

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
    format!("{}?{}", endpoint.path, query.as_str())
}

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
}
