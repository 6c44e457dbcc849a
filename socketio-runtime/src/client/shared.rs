//! The clients that all parts of a program share, by the server they talk to.
//!
//! Must not know: the connection's task, options.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use http::Uri;

use super::{Client, ClientShared};

/// Weak, so that a client lives as long as somebody uses it.
static CLIENTS: Mutex<BTreeMap<Server, Weak<ClientShared>>> = Mutex::new(BTreeMap::new());

/// What makes two URLs one server: the same for a browser's `ws://Example.com` and
/// `http://example.com:80`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Server {
    is_tls: bool,
    host: String,
    port: u16,
    path: String,
    query: String,
}

impl Server {
    /// `None` if the URL is not one that a client can be built for.
    pub(super) fn new(url: &str, path: &str) -> Option<Self> {
        let uri = url.parse::<Uri>().ok()?;
        let is_tls = match uri.scheme_str()? {
            "http" | "ws" => false,
            "https" | "wss" => true,
            _ => return None,
        };
        Some(Self {
            is_tls,
            host: uri.host()?.to_ascii_lowercase(),
            port: uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            path: path.trim_matches('/').to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
        })
    }

    /// The client that is shared by those who talk to this server.
    pub(super) fn client(&self) -> Option<Client> {
        let found = lock().get(self).and_then(Weak::upgrade);
        found.filter(|client| !client.has_ended()).map(|shared| Client { shared })
    }

    /// Shares a client, unless there is one already: that one then.
    pub(super) fn share(self, client: &Client) -> Option<Client> {
        let mut clients = lock();
        let former = clients.get(&self).and_then(Weak::upgrade);
        let is_taken = former.as_ref().is_some_and(|client| !client.has_ended());
        if !is_taken {
            clients.retain(|_, client| client.strong_count() > 0);
            clients.insert(self, Arc::downgrade(&client.shared));
        }
        // What its last handle frees is the user's, and may ask for a client in turn.
        drop(clients);
        former.filter(|_| is_taken).map(|shared| Client { shared })
    }
}

/// Nothing panics while the lock is held.
fn lock() -> std::sync::MutexGuard<'static, BTreeMap<Server, Weak<ClientShared>>> {
    CLIENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::BuildError;

    fn server(url: &str) -> Server {
        Server::new(url, "/socket.io/").expect("the URL is good")
    }

    fn is_same(a: &Client, b: &Client) -> bool {
        Arc::ptr_eq(&a.shared, &b.shared)
    }

    #[test]
    fn one_server_has_many_urls() {
        let expected = server("https://chat.example.com");
        for url in
            ["wss://chat.example.com", "HTTPS://Chat.Example.COM:443/", "https://chat.example.com?"]
        {
            assert_eq!(server(url), expected, "{url}");
        }
        assert_eq!(server("ws://[::1]"), server("http://[::1]:80"));
        assert_eq!(Server::new("http://a", "socket.io"), Some(server("http://a")));
        for url in [
            "http://chat.example.com",
            "https://chat.example.com:8443",
            "https://chat.example.org",
            "https://chat.example.com?room=1",
        ] {
            assert_ne!(server(url), expected, "{url}");
        }
        assert_ne!(Server::new("http://a", "/other/"), Some(server("http://a")));
    }

    #[test]
    fn a_shared_client_is_one_for_its_server_as_long_as_it_is_used() {
        let url = "http://one.test";
        let first = Client::shared(url).expect("the URL is good");
        let second = Client::shared("ws://ONE.test:80/").expect("the URL is good");
        assert!(is_same(&first, &second));
        let own = Client::builder(url).build().expect("the URL is good");
        assert!(!is_same(&first, &own), "`build` makes a client of one's own");
        assert!(!is_same(&first, &Client::shared("http://two.test").expect("the URL is good")));
        drop((first, second));
        assert!(server(url).client().is_none());
    }

    #[test]
    fn options_are_shared_with_the_client_or_refused() {
        let url = "http://options.test?token=secret";
        let builder = || Client::builder(url).reconnection(false);
        let registered = builder().build_shared().expect("nobody shares one yet");
        assert!(is_same(&registered, &Client::shared(url).expect("the URL is good")));
        let error = builder().build_shared().expect_err("one is shared already");
        assert!(matches!(error, BuildError::AlreadyShared { .. }), "{error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
        let other_path = builder().path("/other/").build_shared();
        assert!(!is_same(&registered, &other_path.expect("another endpoint")));
        drop(registered);
        builder().build_shared().expect("the former one is gone");
    }

    #[test]
    fn a_url_that_cannot_be_dialled_is_shared_by_nobody() {
        for url in ["chat.example.com", "ftp://chat.example.com", "https://me@chat.example.com"] {
            Client::shared(url).expect_err(url);
            Client::builder(url).build_shared().expect_err(url);
        }
    }
}
