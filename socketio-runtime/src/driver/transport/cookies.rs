//! The cookies of one session, for load balancers that recognise a session by one.
//!
//! Must not know: requests, when they are made.
//!
//! A jar belongs to one endpoint: its cookies are sent nowhere else, whatever their attributes say.
//! These can only keep a cookie from being sent at all. So one for a domain above the host's, as load
//! balancers set them, is kept without a list of those that are too high, such as `co.uk`.

use std::{collections::VecDeque, net::IpAddr};

use cookie::Cookie;
use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

use super::endpoint::Endpoint;
use crate::limits;

/// Keeps what is to be sent to one endpoint; all requests go to the same host and path, so what is
/// meant for another is not kept at all (RFC 6265, 5.3 and 5.4).
pub(super) struct Jar {
    cookies: VecDeque<Stored>,
}

struct Stored {
    name: String,
    /// Name and value, as they are sent.
    pair: String,
    /// In seconds since 1970; never, if there is none.
    expires: Option<i64>,
}

impl Jar {
    /// A jar with the cookies of the caller's own `Cookie` headers, which it takes out of the
    /// headers. A server may replace them.
    pub(super) fn new(headers: &mut HeaderMap) -> Self {
        let mut cookies = VecDeque::new();
        for header in headers.get_all(COOKIE) {
            let text = String::from_utf8_lossy(header.as_bytes());
            for pair in text.split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
                let name = pair.split('=').next().unwrap_or(pair).trim_end().to_owned();
                cookies.push_back(Stored { name, pair: pair.to_owned(), expires: None });
            }
        }
        headers.remove(COOKIE);
        Self { cookies }
    }

    /// Learns from the headers of an answer.
    pub(super) fn learn(&mut self, headers: &HeaderMap, endpoint: &Endpoint, now: i64) {
        let texts = headers.get_all(SET_COOKIE).iter().filter_map(|header| header.to_str().ok());
        // Attributes that do not parse are passed over, as RFC 6265 asks; a pair that does not
        // is no cookie.
        for cookie in texts.filter_map(|text| Cookie::parse(text).ok()) {
            if is_meant_for(&cookie, endpoint) {
                self.store(&cookie, now);
            }
        }
    }

    /// The `Cookie` header of the next request.
    pub(super) fn header(&mut self, now: i64) -> Option<HeaderValue> {
        self.cookies.retain(|cookie| cookie.expires.is_none_or(|expires| expires > now));
        let pairs = self.cookies.iter().map(|cookie| &*cookie.pair).collect::<Vec<_>>();
        if pairs.is_empty() {
            return None;
        }
        let mut header = HeaderValue::from_bytes(pairs.join("; ").as_bytes()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    fn store(&mut self, cookie: &Cookie<'_>, now: i64) {
        let (name, value) = cookie.name_value();
        // `Max-Age` wins over `Expires`, wherever they stand.
        let expires = match cookie.max_age() {
            Some(age) => Some(now.saturating_add(age.whole_seconds())),
            None => cookie.expires_datetime().map(cookie::time::OffsetDateTime::unix_timestamp),
        };
        self.cookies.retain(|stored| stored.name != name);
        // A time in the past is how a server deletes a cookie.
        let has_expired = expires.is_some_and(|expires| expires <= now);
        if has_expired || name.len() + value.len() > limits::COOKIE_SIZE {
            return;
        }
        if self.cookies.len() >= limits::COOKIES {
            self.cookies.pop_front();
        }
        let pair = format!("{name}={value}");
        self.cookies.push_back(Stored { name: name.to_owned(), pair, expires });
    }
}

fn is_meant_for(cookie: &Cookie<'_>, endpoint: &Endpoint) -> bool {
    if cookie.secure() == Some(true) && !endpoint.is_tls {
        return false;
    }
    let is_domain = cookie.domain().is_none_or(|domain| {
        let (domain, host) = (domain.to_ascii_lowercase(), endpoint.host.to_ascii_lowercase());
        // Addresses have no domains above them (RFC 6265, 5.1.3).
        let is_above = || host.strip_suffix(&*domain).is_some_and(|rest| rest.ends_with('.'));
        domain == host || (host.parse::<IpAddr>().is_err() && is_above())
    });
    // Without a path, or with one that is not absolute, a cookie is for where it was set.
    let is_path = cookie.path().filter(|path| path.starts_with('/')).is_none_or(|path| {
        let rest = endpoint.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || path.ends_with('/') || rest.starts_with('/'))
    });
    is_domain && is_path
}

#[cfg(test)]
mod tests {
    use http::uri::Authority;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    /// What is sent after these headers were received, at `NOW`.
    fn sent(own: Option<&'static str>, received: &[&str]) -> String {
        sent_at(NOW, own, received)
    }

    fn sent_at(now: i64, own: Option<&'static str>, received: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        if let Some(own) = own {
            headers.append(COOKIE, HeaderValue::from_static(own));
        }
        let mut jar = Jar::new(&mut headers);
        assert!(headers.is_empty(), "they are in the jar now");
        for text in received {
            let mut headers = HeaderMap::new();
            headers.append(SET_COOKIE, HeaderValue::from_str(text).expect("it is one"));
            jar.learn(&headers, &endpoint(), NOW);
        }
        let header = jar.header(now).map(|header| header.to_str().expect("ASCII").to_owned());
        header.unwrap_or_default()
    }

    fn endpoint() -> Endpoint {
        let authority = Authority::from_static("chat.example.com");
        Endpoint::new(false, &authority, "/socket.io/", true).expect("it is one")
    }

    #[test]
    fn cookies_come_back_as_they_were_set() {
        assert_eq!(sent(None, &["io=abc; Path=/; HttpOnly; SameSite=Strict"]), "io=abc");
        assert_eq!(sent(None, &["a=1", "b=\"x y\""]), "a=1; b=\"x y\"");
        assert_eq!(sent(None, &["a=1", "a=2"]), "a=2");
        assert_eq!(sent(None, &["no cookie"]), "");
    }

    #[test]
    fn the_callers_own_cookies_are_kept_until_the_server_replaces_them() {
        assert_eq!(sent(Some("token=x;  user=y"), &["route=1"]), "token=x; user=y; route=1");
        assert_eq!(sent(Some("token=x"), &["token=z"]), "token=z");
    }

    #[test]
    fn cookies_expire() {
        assert_eq!(sent_at(NOW + 59, None, &["a=1; Max-Age=60"]), "a=1");
        assert_eq!(sent_at(NOW + 60, None, &["a=1; Max-Age=60"]), "");
        // NOW is 15 January 2027, 08:00:00.
        let expires = "a=1; Expires=Fri, 15 Jan 2027 08:00:10 GMT";
        assert_eq!(sent_at(NOW + 9, None, &[expires]), "a=1");
        assert_eq!(sent_at(NOW + 10, None, &[expires]), "");
        assert_eq!(sent(None, &["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), "a=1");
        for deleted in ["a=; Max-Age=0", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert_eq!(sent(None, &["a=1", deleted]), "", "{deleted}");
        }
    }

    #[test]
    fn cookies_for_elsewhere_are_not_sent() {
        for there in [
            "a=1; Path=/socket.io",
            "a=1; Path=/socket.io/",
            "a=1; Path=x",
            "a=1; Domain=example.com",
            "a=1; Domain=.Chat.Example.com",
        ] {
            assert_eq!(sent(None, &[there]), "a=1", "{there}");
        }
        for elsewhere in [
            "a=1; Path=/admin",
            "a=1; Path=/socket",
            "a=1; Domain=other.com",
            "a=1; Domain=at.example.com",
            "a=1; Secure",
        ] {
            assert_eq!(sent(None, &[elsewhere]), "", "{elsewhere}");
        }
    }

    #[test]
    fn a_secure_cookie_is_sent_by_tls_alone() {
        let cookie = Cookie::parse("a=1; Secure").expect("it is one");
        for is_tls in [true, false] {
            let authority = Authority::from_static("chat.example.com");
            let endpoint = Endpoint::new(is_tls, &authority, "/socket.io/", true);
            assert_eq!(is_meant_for(&cookie, &endpoint.expect("it is one")), is_tls);
        }
    }

    #[test]
    fn an_address_has_no_domain_above_it() {
        for (host, domain, is_meant) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "0.0.1", false),
            ("a.b.test", "b.test", true),
        ] {
            let endpoint = Endpoint::new(false, &Authority::from_static(host), "/socket.io/", true);
            let text = format!("a=1; Domain={domain}");
            let cookie = Cookie::parse(text).expect("it is one");
            assert_eq!(is_meant_for(&cookie, &endpoint.expect("it is one")), is_meant, "{host}");
        }
    }

    #[test]
    fn a_jar_is_bounded() {
        let many: Vec<_> = (0..=limits::COOKIES).map(|n| format!("n{n}=1")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        let sent_pairs = sent(None, &many);
        assert_eq!(sent_pairs.split("; ").count(), limits::COOKIES);
        assert!(!sent_pairs.contains("n0=1"), "the oldest is forgotten");
        assert_eq!(sent(None, &[&format!("a={}", "x".repeat(limits::COOKIE_SIZE))]), "");
    }
}
