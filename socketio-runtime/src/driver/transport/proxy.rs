//! The way through an HTTP proxy: whether there is one, and the tunnel through it.
//!
//! Must not know: what is spoken through the tunnel.

use std::{env, fmt, future::poll_fn, pin::Pin};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::{client::proxy::matcher::Matcher, rt::TokioIo};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    endpoint::{self, Endpoint},
    stream::ByteStream,
};
use crate::{
    error::{BuildError, ProxyError},
    limits,
};

/// An HTTP proxy, through which every connection of a client goes as a tunnel (`CONNECT`), for
/// `http` and `https` servers and all transports alike.
///
/// ```no_run
/// use socketio_runtime::{Client, Proxy};
///
/// # fn run() -> Result<(), socketio_runtime::error::BuildError> {
/// let proxy = Proxy::new("http://proxy.example.com:3128")
///     .credentials("user", "password")
///     .no_proxy("localhost, .internal.example.com, 10.0.0.0/8");
/// let client = Client::builder("https://chat.example.com").proxy(proxy).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a proxy is used by a client that is given it"]
pub struct Proxy {
    url: String,
    credentials: Option<(String, String)>,
    exceptions: String,
}

impl Proxy {
    /// A proxy by its URL: `http://host:port`, or `https://host:port` for one that is itself
    /// spoken to by TLS, whose certificate is then checked as the server's is. The port is 80 or
    /// 443 where none is given. The URL is checked when the client is built.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), credentials: None, exceptions: String::new() }
    }

    /// What the proxy asks for, sent as `Proxy-Authorization: Basic`, in place of credentials in
    /// the URL. It is never logged.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// Servers that are reached without the proxy, by the rules of `NO_PROXY`: a list separated
    /// by commas of host names, each with all its subdomains, of IP addresses, with a `/` and a
    /// length for a network, or `*` for all. Default: none.
    pub fn no_proxy(mut self, rules: impl Into<String>) -> Self {
        self.exceptions = rules.into();
        self
    }

    /// How this proxy leads to a server; `None` if it is not to be used for it.
    pub(crate) fn route(&self, endpoint: &Endpoint) -> Result<Option<ProxyRoute>, BuildError> {
        // The library passes over a proxy it does not understand, and would dial without one.
        let mut url = self.url.clone();
        if !url.contains("://") {
            url.insert_str(0, "http://");
        }
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(invalid("its URL must have the scheme http or https"));
        }
        let uri = url.parse::<Uri>().map_err(|error| invalid(&error.to_string()))?;
        let authority = uri.authority().ok_or_else(|| invalid("its URL has no host"))?;
        if let Some((user, password)) = &self.credentials {
            let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
            let host = authority.as_str().rsplit('@').next().unwrap_or_default();
            let scheme = uri.scheme_str().unwrap_or_default();
            url = format!("{scheme}://{}:{}@{host}", encoded(user), encoded(password));
        }
        let matcher = Matcher::builder().all(url).no(self.exceptions.clone()).build();
        route(&matcher, &self.exceptions, endpoint)
    }
}

impl fmt::Debug for Proxy {
    /// The URL stays out: it may have credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("exceptions", &self.exceptions).finish_non_exhaustive()
    }
}

/// The proxy for one server.
#[derive(Debug, Clone)]
pub(crate) struct ProxyRoute {
    #[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "there is no TLS then"))]
    pub(super) is_tls: bool,
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`; sensitive.
    pub(super) authorization: Option<HeaderValue>,
}

impl ProxyRoute {
    /// The proxy that the environment has for a server.
    pub(crate) fn from_env(endpoint: &Endpoint) -> Result<Option<Self>, BuildError> {
        let exceptions = env::var("NO_PROXY").or_else(|_| env::var("no_proxy"));
        route(&Matcher::from_env(), &exceptions.unwrap_or_default(), endpoint)
    }
}

fn route(
    matcher: &Matcher,
    exceptions: &str,
    endpoint: &Endpoint,
) -> Result<Option<ProxyRoute>, BuildError> {
    // The library takes `*` for all names, but not for addresses.
    if exceptions.split(',').any(|rule| rule.trim() == "*") {
        return Ok(None);
    }
    let target = endpoint.url().parse::<Uri>().map_err(|error| invalid(&error.to_string()))?;
    let Some(intercept) = matcher.intercept(&target) else { return Ok(None) };
    let is_tls = match intercept.uri().scheme_str() {
        Some("http") => false,
        Some("https") if cfg!(feature = "tls") => true,
        Some("https") => return Err(invalid("it needs the `tls` feature of socketio-runtime")),
        _ => return Err(invalid("its URL must have the scheme http or https")),
    };
    let authority = intercept.uri().authority().ok_or_else(|| invalid("its URL has no host"))?;
    let port = endpoint::port(authority, if is_tls { 443 } else { 80 });
    Ok(Some(ProxyRoute {
        is_tls,
        host: endpoint::unbracketed(authority),
        port: port.map_err(|reason| invalid(&reason))?,
        authorization: intercept.basic_auth().cloned(),
    }))
}

/// Asks the proxy at the other end of `stream` for a tunnel to `target`, host and port (RFC 9110,
/// 9.3.6).
pub(super) async fn tunnel(
    stream: Box<dyn ByteStream>,
    target: &str,
    authorization: Option<&HeaderValue>,
) -> Result<Box<dyn ByteStream>, ProxyError> {
    let not_a_proxy = |reason: String| ProxyError::NotAProxy { reason };
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri(target)
        .header(header::HOST, target)
        .body(Empty::<Bytes>::new())
        .map_err(|error| not_a_proxy(error.to_string()))?;
    if let Some(authorization) = authorization {
        request.headers_mut().insert(header::PROXY_AUTHORIZATION, authorization.clone());
    }
    let failed = |error: hyper::Error| not_a_proxy(error.to_string());
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(limits::RESPONSE_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(failed)?;
    let mut connection = Some(connection.with_upgrades());
    let mut opened = Box::pin(async move {
        let response = sender.send_request(request).await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(ProxyError::Refused { status: response.status().as_u16() });
        }
        hyper::upgrade::on(response).await.map_err(failed)
    });
    let upgraded = poll_fn(|context| {
        // The connection is worked in the same task, so that it ends with this future. When it
        // has ended, what it has to say has been said to the other future.
        if let Some(running) = &mut connection {
            if Pin::new(running).poll(context).is_ready() {
                connection = None;
            }
        }
        opened.as_mut().poll(context)
    });
    Ok(Box::new(TokioIo::new(upgraded.await?)))
}

fn invalid(reason: &str) -> BuildError {
    BuildError::InvalidProxy { reason: reason.to_owned() }
}
