//! The same over sockets, for what no server in memory has: long-polling, the change to a
//! WebSocket, TLS, proxies, another encoding. Here a future is dropped after a time, and what the
//! client has done by then is not the same every time.

use std::{
    cell::Cell,
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use socketio_runtime::{
    Bytes, Client, ClientBuilder, Parser, Proxy, Socket, Transport, client_to_server, namespace,
    server_to_client,
};
use socketio_tests::{
    Authority, ConnectProxy, FakeServer, Identity, NodeOptions, NodeServer, OxideServer, soon,
};
use tokio::{
    io::copy_bidirectional,
    net::TcpStream,
    runtime::{Builder, Runtime},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

use crate::cut::{Alive, one_poll};

#[server_to_client]
trait Told {
    fn told(content: Bytes, text: String);
}

#[client_to_server]
trait Asked {
    fn echo(content: Bytes, text: &str) -> (Bytes, String);
    fn tell(event: &str, content: Bytes, text: &str);
}

#[namespace("/echo", listens = Told, emits = Asked)]
#[derive(Debug)]
struct Echo;

/// A way to the server, which is there as long as `servers` are.
struct Way {
    client: Box<dyn Fn() -> ClientBuilder>,
    _servers: Box<dyn std::any::Any>,
}

impl Way {
    fn new<S: 'static>(
        servers: S,
        client: impl Fn(ClientBuilder) -> ClientBuilder + 'static,
        url: String,
    ) -> Self {
        let client = move || client(Client::builder(&url).reconnection_delay(AGAIN));
        Self { client: Box::new(client), _servers: Box::new(servers) }
    }

    fn client(&self) -> Client {
        (self.client)().build().expect("the options are good")
    }

    async fn websocket() -> Self {
        let server = OxideServer::start().await;
        let url = server.url();
        Self::new(server, |client| client, url)
    }

    async fn polling() -> Self {
        let server = OxideServer::start().await;
        let url = server.url();
        Self::new(server, |client| client.transports([Transport::Polling]), url)
    }

    async fn upgrade() -> Self {
        let server = OxideServer::start().await;
        let url = server.url();
        let both = [Transport::Polling, Transport::WebSocket];
        Self::new(server, move |client| client.transports(both), url)
    }

    async fn tls() -> Self {
        let (authority, server) = (Authority::new(), OxideServer::start().await);
        let tls = encrypted(&authority.issue(&["localhost"]), &server).await;
        let url = format!("https://localhost:{}", tls.address().port());
        let trusting =
            move |client: ClientBuilder| client.root_certificate(authority.certificate());
        Self::new((server, tls), trusting, url)
    }

    async fn proxy() -> Self {
        let (authority, server) = (Authority::new(), OxideServer::start().await);
        let identity = authority.issue(&["localhost"]);
        let (tls, proxy) = (encrypted(&identity, &server).await, ConnectProxy::start().await);
        let url = format!("https://localhost:{}", tls.address().port());
        let through = Proxy::new(proxy.url());
        let client = move |client: ClientBuilder| {
            client.root_certificate(authority.certificate()).proxy(through.clone())
        };
        Self::new((server, tls, proxy), client, url)
    }

    async fn msgpack() -> Self {
        let server = NodeServer::start(NodeOptions::new().msgpack()).await;
        let url = server.url();
        Self::new(server, |client| client.parser(Parser::Msgpack), url)
    }
}

/// Speaks TLS for a server that does not.
async fn encrypted(identity: &Identity, server: &OxideServer) -> FakeServer {
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.expect("it is PEM")], key.expect("it is PEM"))
        .expect("the key is the certificate's");
    let (tls, server) = (TlsAcceptor::from(Arc::new(config)), server.address());
    FakeServer::tcp(move |stream| {
        let tls = tls.clone();
        async move {
            // A client that is dropped half-way is not there for the rest.
            let Ok(mut stream) = tls.accept(stream).await else { return };
            let Ok(mut server) = TcpStream::connect(server).await else { return };
            copy_bidirectional(&mut stream, &mut server).await.ok();
        }
    })
    .await
}

/// Whether what is emitted arrives and is answered, attachments and all.
async fn works(echo: &Socket<Echo>) {
    let (content, text) = (Bytes::from_static(b"\x00content"), "text");
    let mut told = echo.stream().told();
    echo.emit().tell("told", content.clone(), text).expect("it is connected");
    let echoed = soon(echo.emit().echo(content.clone(), text)).await.expect("it is answered");
    assert_eq!(echoed, (content.clone(), text.to_owned()));
    assert_eq!(soon(told.next()).await, Some((content, text.to_owned())));
}

/// That, over a disconnection and with the next socket too.
async fn check(client: &Client, echo: Socket<Echo>) {
    let captured = Alive::default();
    let alive = captured.clone();
    echo.on().told(move |_, _| drop(alive.clone()));
    soon(echo.connect()).await.expect("the same again succeeds");
    works(&echo).await;
    soon(echo.disconnect()).await;
    assert!(!echo.is_connected());
    captured.becomes(0).await;
    soon(echo.connect()).await.expect("the same again succeeds");
    works(&echo).await;
    drop(echo);
    soon(client.socket::<Echo>().connect()).await.expect("the namespace is free");
}

/// Drops a future after a time.
struct Knife {
    after: Duration,
    has_cut: Cell<bool>,
    /// The time that the future took, if it was ready before.
    took: Cell<Duration>,
}

impl Knife {
    fn new(after: Duration) -> Self {
        Self { after, has_cut: Cell::new(false), took: Cell::default() }
    }

    async fn run<F: Future>(&self, future: F) -> Option<F::Output> {
        let (mut future, since) = (pin!(future), Instant::now());
        loop {
            let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
            if let Poll::Ready(output) = polled {
                self.took.set(since.elapsed());
                return Some(output);
            }
            if since.elapsed() >= self.after {
                self.has_cut.set(true);
                return None;
            }
            // Tokio's own timers are coarser than what is tried here.
            one_poll().await;
        }
    }
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().event_interval(1).build().expect("the system has room for a runtime")
}

/// Runs the case with its future dropped after each of some times, up to the one that it takes.
fn sweep(way: impl Future<Output = Way>, case: &impl AsyncFn(&Client, &Knife)) {
    let runtime = runtime();
    let way = runtime.block_on(way);
    // One that never cuts, for the time that the future takes on this machine.
    let never = Knife::new(Duration::MAX);
    runtime.block_on(case(&way.client(), &never));
    let time = never.took.get().min(LONGEST);
    assert!(!never.has_cut.get());
    let mut cuts = 0;
    for part in 0..PARTS {
        // In the order of a square, since most of what happens happens early.
        let knife = Knife::new(time * (part * part) / (PARTS * PARTS));
        runtime.block_on(case(&way.client(), &knife));
        cuts += usize::from(knife.has_cut.get());
    }
    assert!(cuts > 1, "the future was ready before it could be dropped");
}

fn socket(client: &Client) -> Socket<Echo> {
    client.socket().build().expect("the namespace is free")
}

async fn connecting(client: &Client, knife: &Knife) {
    let echo = socket(client);
    drop(knife.run(echo.connect()).await);
    soon(echo.state().wait_for(|state| state.connected)).await.expect("it goes on");
    check(client, echo).await;
}

async fn connecting_by_the_builder(client: &Client, knife: &Knife) {
    drop(knife.run(client.socket::<Echo>().connect()).await);
    let echo = soon(client.socket().connect()).await.expect("the namespace is free");
    check(client, echo).await;
}

async fn emitting(client: &Client, knife: &Knife) {
    let echo = socket(client);
    let mut told = echo.stream().told();
    drop(echo.connect());
    let content = Bytes::from_static(b"1");
    echo.emit().tell("told", content.clone(), "first").expect("it waits");
    drop(knife.run(echo.emit().echo(content.clone(), "second")).await);
    echo.emit().tell("told", content.clone(), "third").expect("it is sent, or waits");
    soon(echo.flushed()).await.expect("the runtime runs");
    // On socketioxide handlers are tasks of their own, so the order is not the server's to keep.
    let mut texts = [soon(told.next()).await, soon(told.next()).await]
        .map(|event| event.expect("it was emitted").1);
    texts.sort();
    assert_eq!(texts, ["first", "third"]);
    drop(told);
    check(client, echo).await;
}

async fn leaving(client: &Client, knife: &Knife) {
    let echo: Socket<Echo> = soon(client.socket().connect()).await.expect("the server accepts");
    echo.emit().tell("told", Bytes::from_static(b""), "last words").expect("it is connected");
    knife.run(echo.disconnect()).await;
    check(client, echo).await;
}

/// Everything of the client is dropped in the middle of everything.
async fn everything(client: &Client, knife: &Knife) {
    let captured = Alive::default();
    let alive = captured.clone();
    let story = async {
        let client = client.clone();
        let echo = socket(&client);
        echo.on().told(move |_, _| drop(alive.clone()));
        soon(echo.connect()).await.expect("the server accepts");
        works(&echo).await;
        echo.disconnect().await;
    };
    knife.run(story).await;
    captured.becomes(0).await;
    let echo = socket(client);
    check(client, echo).await;
}

fn each_case(way: impl AsyncFn() -> Way) {
    sweep(way(), &connecting);
    sweep(way(), &connecting_by_the_builder);
    sweep(way(), &emitting);
    sweep(way(), &leaving);
    sweep(way(), &everything);
}

#[test]
fn over_a_websocket() {
    each_case(Way::websocket);
}

#[test]
fn over_long_polling() {
    each_case(Way::polling);
}

#[test]
fn while_a_websocket_takes_over() {
    each_case(Way::upgrade);
}

#[test]
fn over_tls() {
    each_case(Way::tls);
}

#[test]
fn through_a_proxy() {
    each_case(Way::proxy);
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn in_msgpack() {
    each_case(Way::msgpack);
}

const AGAIN: Duration = Duration::from_millis(10);
/// Points at which a future is dropped, over the time that it takes.
const PARTS: u32 = 10;
/// A machine that is busy does not make the points any more telling.
const LONGEST: Duration = Duration::from_millis(100);
