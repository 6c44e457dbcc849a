//! The server's address.
//!
//! Must not know: how it is reached.

use http::uri::Authority;

/// Where the server is.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(super) is_tls: bool,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    /// Host and, where the user wrote one, port: what `Host` says.
    pub(super) authority: Authority,
    /// With a slash at the start.
    pub(super) path: String,
}

impl Endpoint {
    pub(crate) fn new(
        is_tls: bool,
        authority: &Authority,
        path: &str,
        add_trailing_slash: bool,
    ) -> Result<Self, String> {
        if path.contains(['?', '#']) {
            return Err(format!("path `{path}` has a query or a fragment"));
        }
        let inner = path.trim_matches('/');
        let slash = if add_trailing_slash && !inner.is_empty() { "/" } else { "" };
        let path = format!("/{inner}{slash}");
        path.parse::<http::uri::PathAndQuery>()
            .map_err(|error| format!("path `{path}`: {error}"))?;
        let host = unbracketed(authority);
        if host.is_empty() {
            return Err("it has no host".to_owned());
        }
        let port = port(authority, if is_tls { 443 } else { 80 })?;
        Ok(Self { is_tls, host, port, authority: authority.clone(), path })
    }

    /// The URL that rules about proxies are applied to.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}/", if self.is_tls { "https" } else { "http" }, self.authority)
    }

    /// Host and port.
    pub(in crate::driver) fn address(&self) -> String {
        address(&self.host, self.port)
    }
}

/// Host and port, as they stand in a URL.
pub(super) fn address(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// The host, without the brackets of an IPv6 address.
pub(super) fn unbracketed(authority: &Authority) -> String {
    authority.host().trim_start_matches('[').trim_end_matches(']').to_owned()
}

pub(super) fn port(authority: &Authority, default: u16) -> Result<u16, String> {
    let written = authority.as_str().rsplit('@').next().unwrap_or_default();
    let written = written.strip_prefix(authority.host()).unwrap_or_default();
    match (authority.port_u16(), written.trim_start_matches(':')) {
        (Some(port), _) => Ok(port),
        (None, "") => Ok(default),
        // What stands there may be a password, which had a character that ends a host.
        (None, _) => Err("its port is not a number from 0 to 65535".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(path: &str, add_trailing_slash: bool) -> Result<String, String> {
        let authority = Authority::from_static("[::1]:3000");
        Endpoint::new(false, &authority, path, add_trailing_slash).map(|endpoint| endpoint.path)
    }

    #[test]
    fn the_path_gets_its_slashes() {
        for path in ["/socket.io/", "/socket.io", "socket.io"] {
            assert_eq!(endpoint(path, true).as_deref(), Ok("/socket.io/"));
            assert_eq!(endpoint(path, false).as_deref(), Ok("/socket.io"));
        }
        assert_eq!(endpoint("/", true).as_deref(), Ok("/"));
        assert_eq!(endpoint("", false).as_deref(), Ok("/"));
    }

    #[test]
    fn what_would_be_dialled_as_something_else_is_refused() {
        let port = |text| {
            let authority = Authority::from_static(text);
            Endpoint::new(true, &authority, "/", true).map(|endpoint| endpoint.port)
        };
        assert_eq!((port("host"), port("host:8443")), (Ok(443), Ok(8443)));
        assert!(port("host:99999").is_err());
        for path in ["/socket.io/?x=1", "/a#b", "/a b"] {
            assert!(endpoint(path, true).is_err(), "{path}");
        }
    }
}
