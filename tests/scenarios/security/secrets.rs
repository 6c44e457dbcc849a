//! Secrets are planted wherever a user can put one and wherever a server gives one; then a client
//! lives through all that can befall it, and whatever was said about that is searched for them: every
//! line of the log of every thread, what dependencies log included, every error with its sources, and
//! the `Debug` of every value that a user can hold.
//!
//! What a server says in a refusal or an error page is shown in that error, since it is for the
//! user to read, and is not logged: `log` has the tests.

use std::{
    error::Error,
    fmt::{Debug, Display},
    time::Duration,
};

use serde_json::{Value, json};
use socketio_runtime::{
    Client, ClientBuilder, ConnectError, Lifecycle, LifecycleStream, Namespace, OfflinePolicy,
    Parser, Proxy, RequestParts, Socket, Transport, Untyped,
    error::{BuildError, TransportError},
    schema::AnyAuth,
};
use socketio_tests::{
    Authority, ConnectProxy, FakeServer, Identity, NodeOptions, NodeServer, Port, soon,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    recorder::WholeLog,
    server::{Server, handshake, ok, redirect},
};
use crate::{
    schema::{Echo, Faults, Refuse, Slow},
    setup::{next_change, quick, until_connected},
};

/// All that is planted has this in it, but for what is encoded or made at random.
const PLANTED: &str = "s3cret";
/// `me:s3cret-of-the-proxy` in base64.
const PROXY_CREDENTIALS: &str = "bWU6czNjcmV0LW9mLXRoZS1wcm94eQ==";

/// A client with a secret in each place that can hold one.
fn loaded(url: &str) -> ClientBuilder {
    quick(format!("{url}?room=s3cret-in-the-url"))
        .query("topic", "s3cret-in-the-query")
        .extra_header("authorization", "Bearer s3cret-in-a-header")
        .extra_header("cookie", "login=s3cret-in-a-cookie")
        .extra_header("x-anything", "s3cret-in-another-header")
        .request_hook(async || {
            let parts = RequestParts::new().header("x-fresh", "s3cret-of-the-hook");
            parts.query("fresh", "s3cret-in-the-hooks-query")
        })
}

fn auth() -> Value {
    json!({ "token": "s3cret-in-auth" })
}

/// What was said, and what should not have been.
struct Ears {
    log: WholeLog,
    /// Each with what said it.
    said: Vec<(String, String)>,
    secrets: Vec<String>,
}

impl Ears {
    fn open() -> Self {
        let secrets = [PLANTED, PROXY_CREDENTIALS].map(str::to_owned).into();
        Self { log: WholeLog::capture(), said: Vec::new(), secrets }
    }

    fn learn(&mut self, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 16, "`{secret}` may be found by chance");
        self.secrets.push(secret);
    }

    fn debug(&mut self, value: &dyn Debug) {
        self.said.push(("{:?}".to_owned(), format!("{value:?}")));
        self.said.push(("{:#?}".to_owned(), format!("{value:#?}")));
    }

    /// All that can be told of an error.
    fn error(&mut self, error: &(dyn Error + 'static)) {
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.display(&error);
            self.debug(&error);
            cause = error.source();
        }
    }

    fn display(&mut self, value: &dyn Display) {
        self.said.push(("{}".to_owned(), value.to_string()));
    }

    /// Whatever a user can hold of a socket.
    fn socket<N: Namespace>(&mut self, socket: &Socket<N>) {
        self.debug(socket);
        self.debug(&socket.downgrade());
        self.debug(&socket.state());
        self.debug(&*socket.state().borrow());
        self.debug(&socket.stats());
        self.debug(&socket.lifecycle());
        self.debug(&socket.on_any(|_| {}));
        self.debug(&socket.on_any(|_| {}).guard());
        self.debug(&socket.on_invalid(|_| {}));
        self.debug(&socket.stream_any());
        self.debug(&socket.events());
        self.debug(&socket.connect());
    }

    fn change(&mut self, change: &Lifecycle) {
        self.debug(change);
        match change {
            Lifecycle::ConnectError { error, .. } => self.error(error),
            Lifecycle::Disconnect { reason, .. } => self.display(reason),
            _ => {}
        }
    }

    /// Asserts that this was logged, so that somebody has listened, and no secret said anywhere.
    fn close(self, logged: &[&str]) {
        let Self { log, said, secrets } = self;
        let text = log.text();
        for line in logged {
            assert!(text.contains(line), "no `{line}` in\n{text}");
        }
        for secret in &secrets {
            for line in text.lines() {
                assert!(!line.contains(&**secret), "`{secret}` was logged: {line}");
            }
            for (format, text) in &said {
                assert!(!text.contains(&**secret), "`{secret}` by {format}: {text}");
            }
        }
    }
}

/// A connection's whole life: it opens, talks, breaks, and is recovered.
async fn live(transports: &[Transport], parser: Parser) {
    let mut ears = Ears::open();
    let options = NodeOptions::new().connection_state_recovery().cookie("session");
    let options = if parser == Parser::Json { options } else { options.msgpack() };
    let mut server = NodeServer::start(options).await;
    let builder = loaded(&server.url()).transports(transports.iter().copied()).parser(parser);
    ears.debug(&builder);
    let client = builder.build().expect("the options are good");
    let untyped = client.socket::<Untyped>().namespace("/recovery").auth(auth());
    ears.debug(&untyped);
    let socket = untyped.build().expect("a new namespace");
    let mut lifecycle = socket.lifecycle();
    soon(socket.connect()).await.expect("the server accepts");
    for change in until_connected(&mut lifecycle).await {
        ears.change(&change);
    }
    let echo = client.socket::<Echo>().auth(auth()).connect();
    let echo = soon(echo).await.expect("the server accepts");

    talk(&socket, &mut ears).await;
    for _ in 0..2 {
        let last = transports.last().copied();
        while socket.state().borrow().transport != last {
            ears.change(&next_change(&mut lifecycle).await);
        }
        ears.learn(&*socket.id().expect("it is connected"));
        ears.learn(&*echo.id().expect("it is connected"));
        // It is the session's id, and the value of the cookie.
        ears.learn(soon(echo.emit().transport()).await.expect("an answer").engine_id);
        ears.socket(&socket);
        ears.socket(&echo);
        ears.debug(&(client.clone(), client.stats()));
        server.drop_connections().await;
        until(&mut lifecycle, &mut ears, |change| {
            assert!(!matches!(change, Lifecycle::Connect { recovered: false }));
            matches!(change, Lifecycle::Connect { .. })
        })
        .await;
        soon(echo.connect()).await.expect("it is connected again");
    }
    // How the session is recovered is a secret too.
    let answer = soon(socket.emit().event_with_ack("auth", ())).await.expect("an answer");
    let (auth,) = answer.decode::<(Value,)>().expect("one value");
    assert_eq!(auth["token"], "s3cret-in-auth");
    ears.debug(&answer);
    ears.learn(auth["pid"].as_str().expect("the session was recovered"));
    ears.debug(&socket.disconnect());
    soon(socket.disconnect()).await;
    ears.socket(&echo);
    ears.close(&["connection: server=", "packet sent", "recovered=true", "the connection is lost"]);
}

/// Events and answers with secrets in them, and whatever can be held of them.
async fn talk(socket: &Socket<Untyped>, ears: &mut Ears) {
    let mut told = socket.stream().event("told");
    let listener = socket.on().event("told", |_| {});
    let said = (json!("s3cret-in-an-event"),);
    socket.emit().event("say", ("told", &said.0)).expect("it is connected");
    let event = soon(told.next()).await.expect("it was said");
    assert!(event.json().contains(PLANTED), "{}", event.json());
    ears.debug(&(&event, &told, &listener));
    ears.debug(&(socket.emit(), socket.on(), socket.once(), socket.stream()));
    ears.debug(&socket.emit().event_with_ack("join", ("s3cret-in-a-question",)));
}

/// Hears changes up to the one that is waited for.
async fn until(
    lifecycle: &mut LifecycleStream,
    ears: &mut Ears,
    is_it: impl Fn(&Lifecycle) -> bool,
) {
    let hear = async {
        while let Some(change) = lifecycle.next().await {
            ears.change(&change);
            if is_it(&change) {
                return;
            }
        }
    };
    soon(hear).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_life_on_a_websocket_tells_no_secret() {
    live(&[Transport::WebSocket], Parser::Json).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_life_on_long_polling_tells_no_secret() {
    live(&[Transport::Polling], Parser::Json).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_life_that_changes_to_a_websocket_tells_no_secret() {
    live(&[Transport::Polling, Transport::WebSocket], Parser::Json).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_life_in_msgpack_tells_no_secret() {
    live(&[Transport::WebSocket], Parser::Msgpack).await;
}

/// The error with which a client fails to connect, and all that was told of it.
async fn failure<N>(client: ClientBuilder, ears: &mut Ears) -> ConnectError
where
    N: Namespace<Auth = AnyAuth>,
{
    ears.debug(&client);
    let client = client.reconnection_attempts(1).build().expect("the options are good");
    let socket = client.socket::<N>().auth(auth()).offline(OfflinePolicy::default());
    let socket = socket.build().expect("a new namespace");
    let mut lifecycle = socket.lifecycle();
    let error = soon(socket.connect()).await.expect_err("it does not connect");
    ears.error(&error);
    ears.change(&next_change(&mut lifecycle).await);
    ears.socket(&socket);
    ears.debug(&client);
    error
}

/// Each way in which a client does not get to a server, over both transports.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_on_the_way_to_a_server_tells_no_secret() {
    let mut ears = Ears::open();
    for transport in [Transport::WebSocket, Transport::Polling] {
        let loaded = |url: &str| loaded(url).transports([transport]);
        let nobody = Port::reserve();
        failure::<Echo>(loaded(&format!("http://{}", nobody.address())), &mut ears).await;
        failure::<Echo>(loaded("http://no-such-host.invalid"), &mut ears).await;
        let silent = FakeServer::silent().await;
        let hurried = loaded(&silent.url()).open_timeout(Duration::from_millis(50));
        let error = failure::<Echo>(hurried, &mut ears).await;
        assert!(matches!(error, ConnectError::OpenTimeout { .. }), "{error:?}");
        let closing = FakeServer::tcp(async |stream| drop(stream)).await;
        failure::<Echo>(loaded(&closing.url()), &mut ears).await;
        let no_http = FakeServer::tcp(async |mut stream| {
            stream.read_u8().await.ok();
            stream.write_all(b"SSH-2.0-x\r\n").await.ok();
        })
        .await;
        failure::<Echo>(loaded(&no_http.url()), &mut ears).await;
        for answer in [
            redirect(302, "http://me:s3cret@elsewhere.example/s3cret?s3cret#s3cret"),
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nx: s3cret\r\n\r\n".to_owned(),
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: s3cret\r\n\r\n".to_owned(),
            "HTTP/1.1 200 s3cret\r\nset-cookie: a=s3cret\r\ncontent-length: 0\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nx: s3cret\r\ncontent-length: nonsense\r\n\r\n".to_owned(),
        ] {
            let server = Server::start(move |_| answer.clone()).await;
            failure::<Echo>(loaded(&server.url()), &mut ears).await;
        }
    }
    for handshake in [
        r#"0{"sid":"s3cret","pingInterval":-1}"#,
        r#"0{"sid":"s3cret"#,
        r#"0{"sid":["s3cret"]}"#,
        r#"0{"pingInterval":1,"pingTimeout":1,"upgrades":["s3cret"]}"#,
    ] {
        let server = Server::start(|_| ok("set-cookie: a=s3cret\r\n", handshake)).await;
        let client = loaded(&server.url()).transports([Transport::Polling]);
        let error = failure::<Echo>(client, &mut ears).await;
        assert!(matches!(error, ConnectError::Handshake { .. }), "{error:?}");
    }
    // A session that has been opened is lost with its next requests.
    for second in [redirect(307, "https://s3cret:s3cret@h/s3cret"), ok("", "not a packet")] {
        let answer = move |number| {
            if number == 0 {
                handshake("set-cookie: a=s3cret\r\n", "s3cret-sid")
            } else {
                second.clone()
            }
        };
        let server = Server::start(answer).await;
        failure::<Echo>(loaded(&server.url()).transports([Transport::Polling]), &mut ears).await;
    }
    ears.close(&["connect error", "within", "HTTP status 403", "HTTP status 302"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_with_proxies_and_with_tls_tells_no_secret() {
    let mut ears = Ears::open();
    let (authority, clients) = (Authority::new(), Authority::new());
    let identity = clients.issue(&["client.example"]);
    for line in identity.key.lines().filter(|line| line.len() >= 16 && !line.contains('-')) {
        ears.learn(line);
    }
    let bad = FakeServer::tcp({
        let tls = Identity::self_signed(&["localhost"]).acceptor();
        move |stream| {
            let tls = tls.clone();
            async move { drop(tls.accept(stream).await) }
        }
    })
    .await;
    let https = format!("https://localhost:{}", bad.address().port());
    for transport in [Transport::WebSocket, Transport::Polling] {
        let loaded = |url: &str| {
            let client = loaded(url).transports([transport]);
            client
                .root_certificate(authority.certificate())
                .client_certificate(identity.certificate.clone(), identity.key.clone())
        };
        let error = failure::<Echo>(loaded(&https), &mut ears).await;
        assert!(matches!(error, ConnectError::Transport(TransportError::Tls { .. })), "{error:?}");

        let refusing = ConnectProxy::demanding("Basic c29tZWJvZHk6ZWxzZQ==").await;
        let untrusted = ConnectProxy::tls(&Identity::self_signed(&["localhost"])).await;
        let open = ConnectProxy::start().await;
        let (nobody, no_proxy) = (Port::reserve(), FakeServer::silent().await);
        for (proxy, server) in [
            (refusing.url(), https.as_str()),
            (untrusted.url(), "http://127.0.0.1:9"),
            (open.url(), &https),
            (open.url(), &format!("http://{}", nobody.address())),
            (format!("http://{}", nobody.address()), "http://127.0.0.1:9"),
            (no_proxy.url(), "http://127.0.0.1:9"),
            ("http://no-such-proxy.invalid:1".to_owned(), "http://127.0.0.1:9"),
        ] {
            let in_url = Proxy::new(proxy.replace("//", "//me:s3cret-of-the-proxy@"));
            let given = Proxy::new(proxy).credentials("me", "s3cret-of-the-proxy");
            for proxy in [in_url, given] {
                ears.debug(&proxy);
                let client = loaded(server).open_timeout(Duration::from_secs(1));
                failure::<Echo>(client.proxy(proxy), &mut ears).await;
            }
        }
    }
    ears.close(&["TLS with localhost failed", "HTTP status 407", "HTTP status 502"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn refusals_and_what_is_no_packet_tell_no_secret() {
    let mut ears = Ears::open();
    let server = NodeServer::start(NodeOptions::new().cookie("session")).await;
    let error = failure::<Refuse>(loaded(&server.url()), &mut ears).await;
    assert!(matches!(error, ConnectError::Refused { .. }), "{error:?}");

    let slow = loaded(&server.url()).connect_timeout(Duration::from_millis(50));
    let slow = slow.build().expect("the options are good").socket::<Slow>();
    let slow = slow.auth(crate::schema::Delay { delay_ms: 60_000 });
    let error = soon(slow.connect()).await.expect_err("it takes too long");
    ears.error(&error);

    for transport in [Transport::WebSocket, Transport::Polling] {
        let client = loaded(&server.url()).transports([transport]);
        let client = client.build().expect("the options are good");
        let socket = client.socket::<Faults>().auth(auth()).build().expect("a new namespace");
        let mut lifecycle = socket.lifecycle();
        soon(socket.connect()).await.expect("the server accepts");
        ears.learn(&*socket.id().expect("it is connected"));
        let lost = |change: &Lifecycle| matches!(change, Lifecycle::Disconnect { .. });
        socket.emit().packets(&["nonsense".into()]).expect("it is connected");
        until(&mut lifecycle, &mut ears, lost).await;
        until(&mut lifecycle, &mut ears, |change| matches!(change, Lifecycle::Connect { .. }))
            .await;
        socket.emit().terminate().expect("it is connected");
        until(&mut lifecycle, &mut ears, lost).await;
        ears.socket(&socket);
    }
    ears.close(&["the server refused namespace", "parse error"]);
}

#[test]
fn options_that_cannot_be_used_tell_no_secret() {
    let mut ears = Ears::open();
    let here = || loaded("http://127.0.0.1:1");
    // Bytes may be told as numbers.
    ears.learn("51, 99, 114, 101, 116");
    let one_line = "-----BEGIN PRIVATE KEY-----s3cret-----END PRIVATE KEY-----";
    let wrong: [ClientBuilder; 12] = [
        Client::builder("https://me:s3cret@host"),
        Client::builder("me:s3cret@host"),
        Client::builder("https://me:s3cret?x@host"),
        Client::builder("ftp://host/?token=s3cret#s3cret"),
        Client::builder("https://host:port?token=s3cret"),
        here().extra_header("x", "s3cret\n"),
        here().extra_header("x: s3cret", ""),
        here().query("sid", "s3cret"),
        here().proxy(Proxy::new("socks5://me:s3cret@proxy")),
        here().proxy(Proxy::new("http://me:s3cret@proxy:port")),
        here().transports([]),
        loaded("https://host").client_certificate(one_line, one_line),
    ];
    for builder in wrong {
        ears.debug(&builder);
        let error: BuildError = builder.build().expect_err("it cannot be used");
        ears.error(&error);
    }
    ears.debug(&RequestParts::new().header("x", "s3cret").query("x", "s3cret"));
    ears.close(&[]);
}
