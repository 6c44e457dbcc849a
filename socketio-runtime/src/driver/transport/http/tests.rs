//! A session's requests, against a real HTTP server.
//!
//! Must not know: packets.

use std::{
    convert::Infallible,
    future::poll_fn,
    io::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use http::{Response, uri::Authority};
use http_body_util::BodyExt;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::*;
use crate::{
    driver::{
        RequestParts,
        transport::{config::TlsConfig, endpoint::Endpoint, polling::Polling},
    },
    error::RefusalCode,
    proto::{self, ChannelId, Input},
};

/// A request as the server saw it, and the connection's number.
#[derive(Debug)]
struct Seen {
    connection: usize,
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }
}

type Reply = Response<Full<Bytes>>;

/// Serves HTTP by hyper; requests are noted and answered by `answer`. It ends with the test.
struct Server {
    authority: Authority,
    seen: Arc<Mutex<Vec<Seen>>>,
    accepting: JoinSet<()>,
}

impl Server {
    async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (answer, notes) = (Arc::new(answer), Arc::clone(&seen));
        Self::accept(seen, move |stream, connection| {
            let (answer, notes) = (Arc::clone(&answer), Arc::clone(&notes));
            let serve = service_fn(move |request: Request<Incoming>| {
                let (answer, notes) = (Arc::clone(&answer), Arc::clone(&notes));
                async move {
                    let (head, body) = request.into_parts();
                    let seen = Seen {
                        connection,
                        method: head.method,
                        target: head.uri.to_string(),
                        headers: head.headers,
                        body: body.collect().await.expect("the body arrives").to_bytes(),
                    };
                    let reply = answer(&seen);
                    notes.lock().expect("no panic").push(seen);
                    Ok::<_, Infallible>(reply)
                }
            });
            async move {
                // How a connection ends is the client's affair.
                http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await.ok();
            }
        })
        .await
    }

    /// A server that is scripted byte by byte.
    async fn raw<F>(serve: impl Fn(TcpStream, usize) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::accept(Arc::default(), serve).await
    }

    async fn accept<F>(
        seen: Arc<Mutex<Vec<Seen>>>,
        serve: impl Fn(TcpStream, usize) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound").to_string();
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            let count = AtomicUsize::new(0);
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, count.fetch_add(1, Ordering::Relaxed)));
            }
        });
        Self { authority: address.parse().expect("it is one"), seen, accepting }
    }

    fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().expect("no panic"))
    }

    async fn session(&self, config: HttpConfig) -> Arc<HttpSession> {
        self.prepare(config, LIMIT).await.expect("no hook fails")
    }

    fn prepare(
        &self,
        config: HttpConfig,
        max_message_size: usize,
    ) -> impl Future<Output = Result<Arc<HttpSession>, TransportError>> {
        let endpoint = Endpoint::new(false, &self.authority, "/socket.io/", true);
        let endpoint = endpoint.expect("it is one");
        let dialer = Dialer::new(endpoint, &TlsConfig::default(), None, None);
        let client = HttpClient::new(dialer.expect("no TLS"), config, max_message_size);
        HttpSession::prepare(Arc::new(client))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort_all();
    }
}

const LIMIT: usize = 100_000;

fn ok(body: impl Into<Bytes>) -> Reply {
    Response::new(Full::new(body.into()))
}

fn unstamped() -> HttpConfig {
    HttpConfig { timestamps: Some(false), ..HttpConfig::default() }
}

fn gzip(body: &[u8]) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("there is memory");
    let mut reply = ok(encoder.finish().expect("there is memory"));
    reply.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    reply
}

fn sid() -> String {
    "x/1".to_owned()
}

#[tokio::test]
async fn polls_and_posts_say_what_engine_io_asks_for() {
    let server = Server::start(|seen| ok(if seen.method == Method::GET { "0{}" } else { "ok" }));
    let server = server.await;
    let session = server.session(unstamped()).await;
    assert_eq!(session.get(None).await.expect("an answer"), "0{}");
    session.post(sid(), "40".to_owned()).await.expect("it is taken");

    let seen = server.seen();
    assert_eq!(seen[0].target, "/socket.io/?EIO=4&transport=polling");
    assert_eq!(seen[0].header("host"), server.authority.as_str());
    assert_eq!(seen[0].header("accept-encoding"), "gzip");
    assert_eq!(seen[1].method, Method::POST);
    assert_eq!(seen[1].target, "/socket.io/?EIO=4&transport=polling&sid=x%2F1");
    assert_eq!(seen[1].header("content-type"), "text/plain;charset=UTF-8");
    assert_eq!(seen[1].body, "40");
}

#[tokio::test]
async fn polls_share_a_connection_and_posts_another() {
    let server = Server::start(|_| ok("6")).await;
    let session = server.session(unstamped()).await;
    for _ in 0..3 {
        session.get(Some(sid())).await.expect("an answer");
        session.post(sid(), "4".to_owned()).await.expect("it is taken");
    }
    let connections: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn the_end_of_a_chunked_answer_frees_its_connection() {
    let server = Server::raw(|mut stream, connection| async move {
        loop {
            read_head(&mut stream).await;
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            for part in [head.to_owned(), format!("1\r\n{connection}\r\n"), "0\r\n\r\n".to_owned()]
            {
                if stream.write_all(part.as_bytes()).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        }
    })
    .await;
    let session = server.session(unstamped()).await;
    for _ in 0..20 {
        assert_eq!(session.get(Some(sid())).await.expect("an answer"), "0");
    }
}

#[tokio::test]
async fn a_connection_that_is_said_to_close_is_not_used_again() {
    let server = Server::start(|_| {
        let mut reply = ok("6");
        reply.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        reply
    })
    .await;
    let session = server.session(unstamped()).await;
    for _ in 0..3 {
        session.get(Some(sid())).await.expect("an answer");
    }
    let connections: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1, 2]);
}

#[tokio::test]
async fn a_connection_that_the_server_is_about_to_close_is_not_used_again() {
    for (keep_alive, connections) in [
        ("timeout=5", [0, 0]),
        ("timeout=5, max=100", [0, 0]),
        ("timeout=1", [0, 1]),
        ("x", [0, 0]),
    ] {
        let server = Server::start(move |_| {
            let mut reply = ok("6");
            reply.headers_mut().insert("keep-alive", HeaderValue::from_static(keep_alive));
            reply
        })
        .await;
        let session = server.session(unstamped()).await;
        for _ in 0..2 {
            session.get(Some(sid())).await.expect("an answer");
        }
        let seen: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
        assert_eq!(seen, connections, "{keep_alive}");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a process that gets no time is what is tested")]
async fn the_time_of_a_connection_runs_from_when_the_server_may_have_answered() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        // Nothing goes on in this process meanwhile.
        if requests.fetch_add(1, Ordering::Relaxed) % 2 == 0 {
            thread::sleep(Duration::from_millis(2100));
        }
        let mut reply = ok("6");
        reply.headers_mut().insert("keep-alive", HeaderValue::from_static("timeout=3"));
        reply
    })
    .await;
    let session = server.session(unstamped()).await;
    for _ in 0..2 {
        session.get(Some(sid())).await.expect("an answer");
    }
    for _ in 0..2 {
        session.post(sid(), "6".to_owned()).await.expect("an answer");
    }
    let seen: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(seen, [0, 0, 1, 2], "a GET may have been held back, a POST was not");
}

/// Answers the first request of a connection, and closes it when `close` says so.
async fn answer_once(mut stream: TcpStream, close: oneshot::Receiver<()>) {
    read_head(&mut stream).await;
    stream.write_all(ANSWER).await.expect("the client is there");
    close.await.ok();
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n6";

async fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
}

#[tokio::test]
async fn a_request_is_sent_again_where_the_kept_connection_had_been_closed() {
    let (closes, mut closing) = mpsc::unbounded_channel();
    let (gone, mut is_gone) = mpsc::unbounded_channel();
    let server = Server::raw(move |stream, _| {
        let (close, receiver) = oneshot::channel();
        closes.send(close).expect("the test is there");
        let gone = gone.clone();
        async move {
            answer_once(stream, receiver).await;
            gone.send(()).ok();
        }
    })
    .await;
    let session = server.session(unstamped()).await;
    session.get(Some(sid())).await.expect("an answer");
    closing.recv().await.expect("a connection").send(()).expect("it is open");
    is_gone.recv().await.expect("it is closed");
    session.get(Some(sid())).await.expect("an answer, on another connection");
    assert!(closing.recv().await.is_some(), "there was another connection");
}

#[tokio::test]
async fn a_request_that_may_have_been_read_is_not_sent_again() {
    let (requests, mut seen) = mpsc::unbounded_channel();
    let server = Server::raw(move |mut stream, connection| {
        let requests = requests.clone();
        async move {
            read_head(&mut stream).await;
            requests.send(connection).ok();
            stream.write_all(ANSWER).await.expect("the client is there");
            read_head(&mut stream).await;
            requests.send(connection).ok();
        }
    })
    .await;
    let session = server.session(unstamped()).await;
    session.get(Some(sid())).await.expect("an answer");
    let error =
        session.get(Some(sid())).await.expect_err("the connection is closed without an answer");
    assert!(matches!(error, TransportError::Closed { code: None }), "{error:?}");
    drop((session, server));
    let mut requests = Vec::new();
    while let Some(connection) = seen.recv().await {
        requests.push(connection);
    }
    assert_eq!(requests, [0, 0]);
}

#[tokio::test]
async fn dropping_a_poll_closes_its_connection() {
    let (asked, mut is_asked) = mpsc::unbounded_channel();
    let (closed, mut is_closed) = mpsc::unbounded_channel();
    let server = Server::raw(move |mut stream, _| {
        let (asked, closed) = (asked.clone(), closed.clone());
        async move {
            read_head(&mut stream).await;
            asked.send(()).ok();
            closed.send(stream.read(&mut [0]).await.unwrap_or(0)).ok();
        }
    })
    .await;
    let session = server.session(unstamped()).await;
    {
        let mut poll = std::pin::pin!(session.get(Some(sid())));
        tokio::select! {
            _ = &mut poll => panic!("nobody answers"),
            _ = is_asked.recv() => {}
        }
    }
    assert_eq!(is_closed.recv().await, Some(0), "the end of the stream");
}

#[tokio::test]
async fn compressed_answers_are_read_and_bombs_are_not() {
    let large = "4".repeat(LIMIT);
    let (body, too_large) = (large.clone(), "4".repeat(LIMIT + 1));
    let server = Server::start(move |seen| {
        gzip(if seen.target.contains("bomb") { &too_large } else { &body }.as_bytes())
    })
    .await;
    let session = server.session(unstamped()).await;
    assert_eq!(session.get(Some(sid())).await.expect("it is within the limit"), &*large);
    let error = session.get(Some("bomb".to_owned())).await.expect_err("it is over the limit");
    assert!(matches!(error, TransportError::MessageTooLarge { limit: LIMIT, .. }), "{error:?}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let server = Server::start(|_| ok("4".repeat(LIMIT + 1))).await;
    let session = server.session(unstamped()).await;
    let error = session.get(Some(sid())).await.expect_err("it is over the limit");
    let TransportError::MessageTooLarge { size, limit: LIMIT } = error else { panic!("{error:?}") };
    assert_eq!(size, LIMIT + 1);

    // Without saying so first.
    let server = Server::raw(|mut stream, _| async move {
        read_head(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head).await.expect("the client is there");
        while stream.write_all(b"4\r\naaaa\r\n").await.is_ok() {}
    })
    .await;
    let session = server.session(unstamped()).await;
    let error = session.get(Some(sid())).await.expect_err("it does not end");
    assert!(matches!(error, TransportError::MessageTooLarge { limit: LIMIT, .. }), "{error:?}");
}

#[tokio::test]
async fn cookies_of_one_answer_go_with_every_later_request() {
    let server = Server::start(|seen| {
        let mut reply = ok("6");
        if seen.connection == 0 && !seen.target.contains("sid") {
            let cookies = ["route=b1; Path=/; HttpOnly", "other=1; Path=/admin"];
            for cookie in cookies {
                let cookie = HeaderValue::from_static(cookie);
                reply.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
        reply
    })
    .await;
    let mut config = unstamped();
    config.headers.append(header::COOKIE, HeaderValue::from_static("mine=1"));
    let session = server.session(config).await;
    session.get(None).await.expect("an answer");
    session.get(Some(sid())).await.expect("an answer");
    session.post(sid(), "4".to_owned()).await.expect("it is taken");
    let request = session.websocket_request(Some("x/1")).expect("it is one");
    let cookie = request.headers().get(header::COOKIE).expect("a cookie");
    assert_eq!(cookie, "mine=1; route=b1");
    let cookies: Vec<_> = server.seen().iter().map(|s| s.header("cookie").to_owned()).collect();
    assert_eq!(cookies, ["mine=1", "mine=1; route=b1", "mine=1; route=b1"]);

    let config = HttpConfig { keeps_cookies: false, ..unstamped() };
    let session = server.session(config).await;
    session.get(None).await.expect("an answer");
    session.get(Some(sid())).await.expect("an answer");
    assert!(server.seen().iter().all(|seen| seen.header("cookie").is_empty()));
}

#[tokio::test]
async fn a_refusal_says_whose_it_is_and_why() {
    let server = Server::start(|seen| {
        let (status, body) = if seen.target.contains("page") {
            (502, "<h1>Bad Gateway</h1>".to_owned() + &"x".repeat(limits::ERROR_BODY))
        } else {
            (400, r#"{"code":1,"message":"Session ID unknown"}"#.to_owned())
        };
        let mut reply = ok(body);
        *reply.status_mut() = StatusCode::from_u16(status).expect("it is one");
        reply
    })
    .await;
    let session = server.session(unstamped()).await;
    let error = session.get(Some(sid())).await.expect_err("a refusal");
    let TransportError::Status { transport: Transport::Polling, status: 400, refusal, .. } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(refusal.as_ref().map(|refusal| refusal.code), Some(RefusalCode::SessionUnknown));
    assert_eq!(
        error.to_string(),
        "the server answered the polling request with HTTP status 400: Session ID unknown \
         (Engine.IO code 1)"
    );
    let error = session.post("page".to_owned(), "4".to_owned()).await.expect_err("a refusal");
    let TransportError::Status { status: 502, refusal: None, body, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(body.starts_with("<h1>Bad Gateway</h1>"), "{body}");
    assert_eq!(body.len(), limits::ERROR_BODY_EXCERPT);
}

#[tokio::test]
async fn a_redirect_is_told_by_the_host_it_leads_to_alone() {
    for (location, expected) in [
        ("https://login.test:8443/in?from=secret", Some("https://login.test:8443")),
        ("http://me:secret@login.test#secret", Some("http://login.test")),
        ("//login.test/secret", None),
        ("/login?next=secret", None),
        ("mailto:secret", None),
        ("", None),
    ] {
        let answer =
            format!("HTTP/1.1 307 Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let error = answered(answer.leak()).await.expect_err("nothing follows it");
        let TransportError::Redirected { transport, status, target } = &error else {
            panic!("{error:?}")
        };
        assert_eq!((*transport, *status), (Transport::Polling, 307));
        assert_eq!(target.as_deref(), expected, "{location}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_told_from_what_closes() {
    let server = Server::raw(|mut stream, _| async move {
        stream.write_all(b"220 mail.example.com ESMTP\r\n").await.expect("the client is there");
        read_head(&mut stream).await;
    })
    .await;
    let error = server.session(unstamped()).await.get(None).await.expect_err("it is no HTTP");
    assert!(matches!(error, TransportError::NotHttp { .. }), "{error:?}");

    let server = Server::raw(|mut stream, _| async move { read_head(&mut stream).await }).await;
    let error = server.session(unstamped()).await.get(None).await.expect_err("it closes");
    assert!(matches!(error, TransportError::Closed { code: None }), "{error:?}");

    let server = Server::start(|_| ok(&b"\xff\xfe"[..])).await;
    let error = server.session(unstamped()).await.get(None).await.expect_err("it is no text");
    assert!(matches!(error, TransportError::InvalidBody { .. }), "{error:?}");
}

#[tokio::test]
async fn a_hook_is_asked_for_every_session_and_adds_to_the_clients_own() {
    let server = Server::start(|_| ok("6")).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let config = || {
        let asked = Arc::clone(&asked);
        let hook = move || {
            let attempt = asked.fetch_add(1, Ordering::Relaxed);
            let parts = RequestParts::new().header("authorization", format!("token {attempt}"));
            parts.header("x-both", "hook").query("attempt", attempt.to_string())
        };
        let mut config = HttpConfig { hook: Some(RequestHook::new(hook)), ..unstamped() };
        config.query.append("own", "1");
        config.headers.append("x-both", HeaderValue::from_static("own"));
        config.headers.append("x-own", HeaderValue::from_static("own"));
        config
    };
    for attempt in 0..2 {
        let session = server.session(config()).await;
        session.get(None).await.expect("an answer");
        session.get(Some(sid())).await.expect("an answer");
        for seen in server.seen() {
            assert_eq!(seen.header("authorization"), format!("token {attempt}"));
            assert_eq!((seen.header("x-both"), seen.header("x-own")), ("hook", "own"));
            let start = format!("/socket.io/?own=1&attempt={attempt}&EIO=4");
            assert!(seen.target.starts_with(&start), "{}", seen.target);
        }
    }
}

/// How an attempt fails with a hook.
async fn failure<M, R: crate::driver::HookOutput<M>>(
    hook: impl Fn() -> R + Send + Sync + 'static,
) -> String {
    let server = Server::start(|_| ok("6")).await;
    let config = HttpConfig { hook: Some(RequestHook::new(hook)), ..unstamped() };
    let error = server.prepare(config, LIMIT).await.expect_err("the hook fails");
    assert!(matches!(error, TransportError::Hook(_)), "{error:?}");
    assert!(server.seen().is_empty(), "nothing is asked");
    error.to_string()
}

fn panics() -> RequestParts {
    panic!("a mistake of the user's")
}

#[tokio::test]
async fn a_hook_that_fails_or_panics_fails_the_attempt() {
    let said = failure(async || {
        Err(std::io::Error::other("no token"))?;
        Ok(RequestParts::new())
    })
    .await;
    assert!(said.contains("request hook") && said.contains("no token"), "{said}");
    assert!(failure(panics).await.contains("panicked"));
    assert!(failure(async || panics()).await.contains("panicked"));
    let said = failure(|| RequestParts::new().header("x", "se\ncret")).await;
    assert!(said.contains("`x`") && !said.contains("cret"), "{said}");
    assert!(failure(|| RequestParts::new().query("sid", "x")).await.contains("sid"));
    assert!(
        failure(|| RequestParts::new().query("long", "x".repeat(70_000))).await.contains("long")
    );
}

#[tokio::test]
async fn many_packets_of_one_answer_are_passed_on_some_at_a_time_and_in_order() {
    let packets: Vec<_> = (0..=2 * limits::PACKETS_AT_ONCE).map(|n| format!("4{n}")).collect();
    let body = packets.join("\x1e");
    let server = Server::start(move |_| ok(body.clone())).await;
    let client = Arc::clone(&server.session(unstamped()).await.client);
    let mut polling = Polling::open(channel(), client);
    let mut seen = Vec::new();
    let mut parts = 0;
    loop {
        let (text, is_last) = match poll_fn(|context| polling.poll(context)).await {
            Input::Part { packets, .. } => (packets, false),
            Input::Polled { result, .. } => (result.expect("an answer"), true),
            other => panic!("{other:?}"),
        };
        parts += 1;
        seen.extend(text.split('\x1e').map(str::to_owned));
        if is_last {
            break;
        }
    }
    assert_eq!((seen, parts), (packets, 3));
}

/// A channel, as the state machine gives them out.
fn channel() -> ChannelId {
    let config = proto::Config { transports: vec![Transport::Polling], ..proto::Config::default() };
    let mut manager = proto::Manager::new(config, 1);
    let id = proto::NamespaceId(1);
    manager.add_namespace(id, "/");
    manager.connect(clock::awake(), id);
    match manager.poll_transmit(clock::awake()) {
        Some(proto::Transmit::Get { channel, .. }) => channel,
        other => panic!("{other:?}"),
    }
}

/// What a server writes for the first request of a connection, and no more.
async fn answered(answer: &'static str) -> Result<Utf8Bytes, TransportError> {
    let server = Server::raw(move |mut stream, _| async move {
        read_head(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.expect("the client is there");
    })
    .await;
    server.session(unstamped()).await.get(Some(sid())).await
}

#[tokio::test]
async fn answers_of_old_and_of_chatty_servers_are_read() {
    for answer in [
        "HTTP/1.0 200 OK\r\n\r\n6",
        "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n6",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n6",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n6",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n6",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n6\r\n0\r\nx-trailer: 1\r\n\r\n",
        // The server's next words are nobody's answer.
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n6HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n7",
    ] {
        let body = answered(answer).await.unwrap_or_else(|error| panic!("{answer}: {error}"));
        assert_eq!(body, "6", "{answer}");
    }
}

#[tokio::test]
async fn answers_that_are_cut_off_or_make_no_sense_fail() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n6",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n6",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n6",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n6",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n6\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n6",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n6",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\u{fffd}",
        "SSH-2.0-OpenSSH_9.9\r\n",
    ] {
        let error = answered(answer).await.expect_err(answer);
        let is_status = matches!(error, TransportError::Status { .. });
        let is_other_status =
            !answer.starts_with("HTTP/1.1 200") && answer.starts_with("HTTP/1.1 ");
        assert_eq!(is_status, is_other_status, "{answer}: {error:?}");
    }
}

#[tokio::test]
async fn words_that_nobody_asked_for_are_not_the_next_answer() {
    let server = Server::raw(|mut stream, connection| async move {
        read_head(&mut stream).await;
        let stray = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray";
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{connection}{stray}");
        stream.write_all(answer.as_bytes()).await.expect("the client is there");
        read_head(&mut stream).await;
    })
    .await;
    let session = server.session(unstamped()).await;
    for connection in ["0", "1"] {
        assert_eq!(session.get(Some(sid())).await.expect("an answer"), connection);
    }
}

#[tokio::test]
async fn a_post_that_is_answered_before_it_was_read_leaves_no_broken_connection_behind() {
    let server = Server::raw(|mut stream, _| async move {
        read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.ok();
        // It reads on only when nothing else would happen.
        std::future::pending::<()>().await;
    })
    .await;
    let session = server.session(unstamped()).await;
    for _ in 0..2 {
        session.post(sid(), "4".repeat(10_000_000)).await.expect("it is answered");
    }
}

#[tokio::test]
async fn a_hostile_session_id_stays_in_its_parameter() {
    let server = Server::start(|_| ok("6")).await;
    let session = server.session(unstamped()).await;
    let hostile = "x&transport=a#b\r\nhost: evil\r\n\r\nGET / HTTP/1.1 \u{1f980}";
    session.get(Some(hostile.to_owned())).await.expect("an answer");
    let target = &server.seen()[0].target;
    let end = "&sid=x%26transport%3Da%23b%0D%0Ahost%3A%20evil%0D%0A%0D%0AGET%20%2F%20HTTP%2F1.1%20%F0%9F%A6%80";
    assert!(target.ends_with(end), "{target}");
    let error = session.get(Some("x".repeat(100_000))).await.expect_err("it is too long");
    assert!(matches!(error, TransportError::InvalidBody { .. }), "{error:?}");
    assert!(session.websocket_request(Some(&"x".repeat(100_000))).is_err(), "here too");
}
