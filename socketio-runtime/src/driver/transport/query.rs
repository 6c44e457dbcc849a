//! The query of a URL.
//!
//! Must not know: what Engine.IO writes into it, apart from the names.

use std::fmt;

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::BuildError;

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

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Warns of parameters that are secrets by their names, whose values are not read.
    pub(crate) fn warn_of_secrets(&self) {
        let names: Vec<_> = self.names().filter(|name| is_secret(name)).collect();
        if !names.is_empty() {
            tracing::warn!(
                parameters = names.join(", "),
                "a credential in a URL's query ends up in the logs of servers and proxies; give it by \
                 `SocketBuilder::auth`, or as a header"
            );
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let pairs = self.0.split('&').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split('=').next().unwrap_or(pair))
    }

    /// Refuses what would collide with Engine.IO's own parameters.
    pub(crate) fn check(&self, timestamp_param: &str) -> Result<(), BuildError> {
        for name in self.names() {
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

/// Whether a parameter's name says that it is one to keep: `token`, `access_token`, `X-Api-Key`.
/// Case and separators do not count.
fn is_secret(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy().to_lowercase();
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    SECRETS.contains(&&*name) || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn invalid(name: &str, reason: &str) -> BuildError {
    BuildError::InvalidQuery { name: name.to_owned(), reason: reason.to_owned() }
}

/// The parameters of Engine.IO, of any version and transport.
const RESERVED: [&str; 6] = ["EIO", "transport", "sid", "t", "j", "b64"];

/// Names that are secrets by themselves; as the end of a longer one they may be anything.
const SECRETS: [&str; 11] = [
    "accesskey",
    "auth",
    "authkey",
    "bearer",
    "key",
    "pass",
    "pwd",
    "secretkey",
    "session",
    "sig",
    "signature",
];

/// With whatever stands before them.
const SECRET_ENDINGS: [&str; 11] = [
    "apikey",
    "authorization",
    "credential",
    "credentials",
    "jwt",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "sessionid",
    "token",
];

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
    use super::*;

    fn query(name: &str) -> Query {
        let mut query = Query::default();
        query.append("before", "1");
        query.append(name, "x");
        query
    }

    #[test]
    fn names_of_secrets_are_known_however_they_are_written() {
        for name in [
            "token",
            "auth",
            "access_token",
            "accessToken",
            "API_KEY",
            "apikey",
            "x-api-key",
            "jwt",
            "password",
            "userPassword",
            "secret",
            "client.secret",
            "session",
            "session-id",
            "key",
            "%74oken",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in
            ["tokens_left", "author", "monkey", "keyboard", "sessions", "passenger", "", "x"]
        {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn parameters_that_engine_io_uses_itself_are_refused() {
        for name in ["EIO", "sid", "b64", "stamp", ""] {
            assert!(query(name).check("stamp").is_err(), "{name}");
        }
        for name in ["tt", "sidecar"] {
            assert!(query(name).check("stamp").is_ok(), "{name}");
        }
        for name in ["", "sid", "a b"] {
            assert!(check_timestamp_param(name).is_err(), "{name}");
        }
        assert!(check_timestamp_param("t").is_ok() && check_timestamp_param("stamp").is_ok());
    }
}
