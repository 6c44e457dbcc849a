//! The HTTP requests of one Engine.IO session: long-polling, and the WebSocket handshake.
//!
//! Must not know: packets, when requests are made.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, Once, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header, response};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio_tungstenite::tungstenite::{Utf8Bytes, client::IntoClientRequest};

use super::{
    body,
    config::HttpConfig,
    cookies::Jar,
    dial::Dialer,
    hook::RequestHook,
    lane::{HttpConnection, Lane, transport_error},
    query::Query,
    request,
};
use crate::{
    driver::clock,
    error::{EngineRefusal, HookError, Transport, TransportError},
    limits,
};

/// What all sessions of a client share.
pub(in crate::driver) struct HttpClient {
    pub(super) dialer: Dialer,
    config: HttpConfig,
    pub(super) max_message_size: usize,
    /// Of what the hook gives, once is enough.
    warning: Once,
}

impl HttpClient {
    pub(in crate::driver) fn new(
        dialer: Dialer,
        config: HttpConfig,
        max_message_size: usize,
    ) -> Self {
        Self { dialer, config, max_message_size, warning: Once::new() }
    }
}

/// One attempt to open a session, and the session that comes of it: the headers and the query of
/// all its requests, its cookies and its connections.
///
/// Requests are futures that go on only while they are polled; dropping one closes its connection.
pub(in crate::driver) struct HttpSession {
    client: Arc<HttpClient>,
    headers: HeaderMap,
    query: Query,
    jar: Option<Mutex<Jar>>,
    gets: Lane,
    posts: Lane,
}

impl HttpSession {
    /// Asks the user's hook what this attempt is to say.
    pub(in crate::driver) fn prepare(
        client: Arc<HttpClient>,
    ) -> impl Future<Output = Result<Arc<Self>, TransportError>> + Send + 'static {
        let answer = client.config.hook.as_ref().map(RequestHook::ask);
        async move {
            let mut headers = client.config.headers.clone();
            let mut query = client.config.query.clone();
            if let Some(answer) = answer {
                let parts = answer.await.map_err(TransportError::Hook)?;
                client.warning.call_once(|| parts.warn_of_secrets());
                let param = &client.config.timestamp_param;
                parts
                    .merge(&mut headers, &mut query, param)
                    .map_err(|error| TransportError::Hook(error.into()))?;
            }
            let jar = client.config.keeps_cookies.then(|| Mutex::new(Jar::new(&mut headers)));
            let (gets, posts) = (Lane::default(), Lane::default());
            let session = Self { client, headers, query, jar, gets, posts };
            // What cannot be asked without a session id never can.
            session
                .target(Transport::Polling, None)
                .map_err(|error| TransportError::Hook(HookError::from(error)))?;
            Ok(Arc::new(session))
        }
    }

    /// One long-poll, which opens the session where there is no `sid`; the text of the answer.
    pub(super) fn get(
        self: &Arc<Self>,
        sid: Option<String>,
    ) -> impl Future<Output = Result<Utf8Bytes, TransportError>> + Send + use<> {
        let session = Arc::clone(self);
        async move {
            let request = session.request(Method::GET, sid.as_deref(), Bytes::new())?;
            session.exchange(&session.gets, request).await
        }
    }

    /// Sends packets; done when the server has taken them.
    pub(super) fn post(
        self: &Arc<Self>,
        sid: String,
        body: String,
    ) -> impl Future<Output = Result<(), TransportError>> + Send + use<> {
        let session = Arc::clone(self);
        async move {
            let mut request = session.request(Method::POST, Some(&sid), body.into())?;
            let text = HeaderValue::from_static("text/plain;charset=UTF-8");
            request.headers_mut().insert(header::CONTENT_TYPE, text);
            session.exchange(&session.posts, request).await?;
            Ok(())
        }
    }

    /// The request that asks for a WebSocket.
    pub(super) fn websocket_request(
        &self,
        sid: Option<&str>,
    ) -> Result<Request<()>, TransportError> {
        let transport = Transport::WebSocket;
        let endpoint = &self.client.dialer.endpoint;
        let scheme = if endpoint.is_tls { "wss" } else { "ws" };
        let target = self.target(transport, sid).map_err(|error| invalid_sid(transport, &error))?;
        let url = format!("{scheme}://{}{target}", endpoint.authority);
        let mut request = url
            .into_client_request()
            .map_err(|error| TransportError::NotWebSocket { reason: error.to_string() })?;
        self.add_headers(request.headers_mut());
        if let Some(protocols) = &self.client.config.protocols {
            request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocols.clone());
        }
        Ok(request)
    }

    /// Takes the cookies from the headers of an answer.
    pub(super) fn learn(&self, headers: &HeaderMap) {
        if let Some(jar) = &self.jar {
            let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar.learn(headers, &self.client.dialer.endpoint, clock::unix_seconds());
        }
    }

    pub(super) fn client(&self) -> &HttpClient {
        &self.client
    }

    async fn exchange(
        &self,
        lane: &Lane,
        request: Request<Full<Bytes>>,
    ) -> Result<Utf8Bytes, TransportError> {
        let (connection, response) = lane.send(&self.client.dialer, request).await?;
        let (head, body) = response.into_parts();
        self.learn(&head.headers);
        if head.status == StatusCode::OK {
            self.accept(lane, connection, &head, body).await
        } else {
            Err(refuse(connection, &head, body).await)
        }
    }

    async fn accept(
        &self,
        lane: &Lane,
        mut connection: HttpConnection,
        head: &response::Parts,
        mut body: Incoming,
    ) -> Result<Utf8Bytes, TransportError> {
        let limit = self.client.max_message_size;
        let announced = body::announced(&body);
        let too_large = |size| TransportError::MessageTooLarge { size, limit };
        if announced > limit {
            return Err(too_large(announced));
        }
        let read = connection.drive(body::read(&mut body, limit)).await;
        let (bytes, is_whole) = read.map_err(|error| transport_error(&error))?;
        if !is_whole {
            return Err(too_large(limit.saturating_add(1)));
        }
        lane.keep(connection, &head.headers).await;
        body::text(body::decode(&head.headers, bytes, limit).await?)
    }

    fn request(
        &self,
        method: Method,
        sid: Option<&str>,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, TransportError> {
        let transport = Transport::Polling;
        let target = self.target(transport, sid).map_err(|error| invalid_sid(transport, &error))?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = target;
        let headers = request.headers_mut();
        let authority = self.client.dialer.endpoint.authority.as_str();
        let host =
            HeaderValue::from_str(authority).expect("an authority has no control characters");
        headers.insert(header::HOST, host);
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        self.add_headers(headers);
        Ok(request)
    }

    /// The user's headers, in place of those that are there, and the cookies.
    fn add_headers(&self, headers: &mut HeaderMap) {
        headers.extend(self.headers.clone());
        if let Some(jar) = &self.jar {
            let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(cookies) = jar.header(clock::unix_seconds()) {
                headers.insert(header::COOKIE, cookies);
            }
        }
    }

    fn target(
        &self,
        transport: Transport,
        sid: Option<&str>,
    ) -> Result<Uri, http::uri::InvalidUri> {
        let HttpClient { dialer, config, .. } = &*self.client;
        request::target(&dialer.endpoint, config, &self.query, transport, sid).parse()
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").field("dialer", &self.dialer).finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpSession {
    /// Headers, query and cookies may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSession").field("client", &self.client).finish_non_exhaustive()
    }
}

/// Another status than was asked for, as an error that says what the server said. A redirect is one
/// of them: nothing follows it, so that nothing secret is told to another host.
pub(super) fn status_error(
    transport: Transport,
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
) -> TransportError {
    if let Some(location) = headers.get(header::LOCATION).filter(|_| status.is_redirection()) {
        let (status, target) = (status.as_u16(), origin(location));
        return TransportError::Redirected { transport, status, target };
    }
    let body = body::decode_short(headers, body).unwrap_or_default();
    let refusal = std::str::from_utf8(&body).ok().and_then(EngineRefusal::read);
    let end = body.len().min(limits::ERROR_BODY_EXCERPT);
    let body = String::from_utf8_lossy(&body[..end]).trim().to_owned();
    TransportError::Status { transport, status: status.as_u16(), refusal, body }
}

/// Scheme, host and port of where a redirect leads, if it names a host that can be one.
fn origin(location: &HeaderValue) -> Option<String> {
    let url = location.to_str().ok()?.parse::<Uri>().ok()?;
    let host = url.host().filter(|host| !host.is_empty() && host.len() <= LONGEST_HOST)?;
    let port = url.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme_str()?))
}

/// Reads what the server says of a refusal. A session that is refused a request has ended, so the
/// connection is not kept.
async fn refuse(
    mut connection: HttpConnection,
    head: &response::Parts,
    mut body: Incoming,
) -> TransportError {
    // That the body broke matters less than the status.
    let read = connection.drive(body::read(&mut body, limits::ERROR_BODY)).await;
    let (body, _) = read.unwrap_or_default();
    status_error(Transport::Polling, head.status, &head.headers, body)
}

/// Without the session id, the target was tried when the session was prepared.
fn invalid_sid(transport: Transport, error: &http::uri::InvalidUri) -> TransportError {
    let reason = format!("its session id cannot stand in a URL: {error}");
    TransportError::InvalidBody { transport, reason }
}

/// Characters in the name of a host (RFC 1035, 2.3.4), the brackets of an address included.
const LONGEST_HOST: usize = 255;

#[cfg(test)]
mod tests;
