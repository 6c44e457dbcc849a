//! A client whose server turns hostile, once it is connected or from the first byte on, and what
//! becomes of the client and of its neighbour.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use socketio_runtime::{
    AnyEvent, Bytes, Client, ClientBuilder, ConnectError, DisconnectReason, Lifecycle, Socket,
    Transport, Untyped, error::InvalidEvent,
};
use socketio_tests::{Authority, FakeServer, OxideServer, soon, within};
use tokio::{
    net::TcpStream,
    sync::{Mutex, mpsc},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::wire::{Wire, ok, read_message, read_request, send, switching, text};

/// The data of an OPEN packet with a server's default times.
pub(crate) const OPEN: &str =
    r#"{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// The same of a server whose silence is noticed soon.
pub(crate) const IMPATIENT: &str =
    r#"{"sid":"s","upgrades":[],"pingInterval":300,"pingTimeout":300,"maxPayload":1000000}"#;

/// The event that a server sends when it is, or has become, honest.
pub(crate) const MARK: &str = r#"42["mark"]"#;

/// The server's word that the namespace is accepted, with the id of a session that can be restored.
pub(crate) const ACCEPT: &str = r#"40{"sid":"x","pid":"p"}"#;

/// How long the slowest attacks may take on a loaded machine.
const LONG: Duration = Duration::from_secs(40);

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a server does to a client.
#[derive(Clone)]
struct Attack(Arc<dyn Fn(Wire) -> Running + Send + Sync>);

impl Attack {
    fn new<F, R>(attack: F) -> Self
    where
        F: Fn(Wire) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self(Arc::new(move |wire| Box::pin(attack(wire))))
    }

    async fn run(&self, wire: Wire) {
        (self.0)(wire).await;
    }
}

/// How client and server meet.
pub(crate) struct Scene {
    transport: Transport,
    tls: Option<Authority>,
    /// Whether the client takes the server for one with TLS.
    expects_tls: bool,
    /// Whether the client also has a listener that never comes to an end.
    is_stalled: bool,
    open: String,
    tune: fn(ClientBuilder) -> ClientBuilder,
}

/// What became of a client whose server turned hostile after the connect. By then it had heard an
/// honest server: the same connection's, or the next one's.
#[derive(Debug)]
pub(crate) struct Aftermath {
    pub(crate) fate: Fate,
    /// What reached `on_invalid`.
    pub(crate) invalid: Vec<InvalidEvent>,
    /// How many events came but for [`MARK`].
    pub(crate) events: usize,
}

#[derive(Debug)]
pub(crate) enum Fate {
    /// The connection went on.
    Unharmed,
    /// It was lost, and another one made.
    Lost(DisconnectReason),
    /// The socket was disconnected for good.
    Ended(DisconnectReason),
}

impl Scene {
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            transport,
            tls: None,
            expects_tls: false,
            is_stalled: false,
            open: OPEN.to_owned(),
            tune: |builder| builder,
        }
    }

    pub(crate) fn websocket() -> Self {
        Self::new(Transport::WebSocket)
    }

    pub(crate) fn polling() -> Self {
        Self::new(Transport::Polling)
    }

    pub(crate) fn over_tls(mut self) -> Self {
        self.tls = Some(Authority::new());
        self.expecting_tls()
    }

    /// The client speaks TLS; the server does what the attack does.
    pub(crate) fn expecting_tls(mut self) -> Self {
        self.expects_tls = true;
        self
    }

    /// The client has a listener that never is done with its first event.
    pub(crate) fn stalled(mut self) -> Self {
        self.is_stalled = true;
        self
    }

    /// The data of the server's OPEN packet.
    pub(crate) fn open(mut self, open: impl Into<String>) -> Self {
        self.open = open.into();
        self
    }

    /// Options of the client.
    pub(crate) fn client(mut self, tune: fn(ClientBuilder) -> ClientBuilder) -> Self {
        self.tune = tune;
        self
    }

    pub(crate) fn transport(&self) -> Transport {
        self.transport
    }

    /// Attacks the first connection once it is connected; over long-polling, on the connection of
    /// a GET that waits. The ones after are served honestly.
    pub(crate) async fn attacked_by<F, R>(self, attack: F) -> Aftermath
    where
        F: Fn(Wire) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.attacked_and_heard(attack, |_| {}).await
    }

    /// The same with a client that keeps each event.
    pub(crate) async fn attacked_and_kept<F, R>(self, attack: F) -> Aftermath
    where
        F: Fn(Wire) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let mut kept = Vec::new();
        self.attacked_and_heard(attack, move |event| kept.push(event)).await
    }

    /// The same with a listener of each event.
    pub(crate) async fn attacked_and_heard<F, R, L>(self, attack: F, listener: L) -> Aftermath
    where
        F: Fn(Wire) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
        L: FnMut(AnyEvent) + Send + 'static,
    {
        let service = Arc::new(Service::new(self.transport, &self.open, Attack::new(attack)));
        self.served_by(move |wire| Arc::clone(&service).serve(wire), listener).await
    }

    /// Serves each connection so from its first byte on; the server does become honest.
    pub(crate) async fn served_by<H, R, L>(self, handler: H, mut listener: L) -> Aftermath
    where
        H: Fn(Wire) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
        L: FnMut(AnyEvent) + Send + 'static,
    {
        let neighbour = Neighbour::join().await;
        let server = self.listen(handler).await;
        let (marked, mut marks) = mpsc::unbounded_channel();
        let (reported, mut reports) = mpsc::unbounded_channel();
        let client = self.build(&server);
        let socket = client.socket::<Untyped>().build().expect("a new namespace");
        let events = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&events);
        socket.on_any(move |event: AnyEvent| {
            if event.name() != "mark" {
                count.fetch_add(1, Ordering::Relaxed);
                listener(event);
            }
        });
        if self.is_stalled {
            socket.on_any(async |_: AnyEvent| std::future::pending().await);
        }
        socket.on().event("mark", move |_| marked.send(()).expect("the test awaits it"));
        socket.on_invalid(move |invalid| drop(reported.send(invalid.clone())));
        let mut lifecycle = socket.lifecycle();
        let story = async {
            socket.connect().await.expect("the server is honest yet");
            let mut lost = None;
            loop {
                tokio::select! {
                    biased;
                    Some(change) = lifecycle.next() => match change {
                        Lifecycle::Disconnect { reason, will_reconnect: true } => {
                            lost = Some(reason);
                        }
                        Lifecycle::Disconnect { reason, .. } => return Fate::Ended(reason),
                        _ => {}
                    },
                    Some(()) = marks.recv() => return lost.map_or(Fate::Unharmed, Fate::Lost),
                }
            }
        };
        let fate = within(LONG, story).await;
        neighbour.is_unharmed().await;
        let invalid = std::iter::from_fn(|| reports.try_recv().ok()).collect();
        Aftermath { fate, invalid, events: events.load(Ordering::Relaxed) }
    }

    /// Treats each connection so from its first byte on; the error of the first attempt.
    pub(crate) async fn opened_by<F, R>(self, attack: F) -> ConnectError
    where
        F: Fn(Wire) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let neighbour = Neighbour::join().await;
        let attack = Attack::new(attack);
        let server = self
            .listen(move |wire| {
                let attack = attack.clone();
                async move { attack.run(wire).await }
            })
            .await;
        let client = self.build(&server);
        let socket = client.socket::<Untyped>().build().expect("a new namespace");
        let error = within(LONG, socket.connect()).await.expect_err("the server is hostile");
        neighbour.is_unharmed().await;
        error
    }

    async fn listen<H, R>(&self, handler: H) -> FakeServer
    where
        H: Fn(Wire) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let acceptor = self.tls.as_ref().map(acceptor);
        FakeServer::tcp(move |stream: TcpStream| {
            let (acceptor, handler) = (acceptor.clone(), handler.clone());
            async move {
                stream.set_nodelay(true).ok();
                match acceptor {
                    None => handler(Box::new(stream)).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            handler(Box::new(stream)).await;
                        }
                    }
                }
            }
        })
        .await
    }

    fn build(&self, server: &FakeServer) -> Client {
        let url = server.url();
        let url = if self.expects_tls { url.replace("http", "https") } else { url };
        let mut builder = Client::builder(url)
            .transports([self.transport])
            .reconnection_delay(Duration::from_millis(10))
            .reconnection_delay_max(Duration::from_millis(50));
        if let Some(authority) = &self.tls {
            builder = builder.root_certificate(authority.certificate());
        }
        (self.tune)(builder).build().expect("good options")
    }
}

fn acceptor(authority: &Authority) -> TlsAcceptor {
    let identity = authority.issue(&["127.0.0.1"]);
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.expect("PEM")], key.expect("PEM"))
        .expect("they belong together");
    TlsAcceptor::from(Arc::new(config))
}

/// A server of one client that is honest until it attacks.
struct Service {
    transport: Transport,
    open: String,
    attack: Attack,
    sessions: AtomicUsize,
    /// Over long-polling: what the next GETs bring; `None` is the attack.
    outgoing: mpsc::UnboundedSender<Option<String>>,
    waiting: Mutex<mpsc::UnboundedReceiver<Option<String>>>,
}

impl Service {
    fn new(transport: Transport, open: &str, attack: Attack) -> Self {
        let (outgoing, waiting) = mpsc::unbounded_channel();
        let (open, sessions) = (format!("0{open}"), AtomicUsize::new(0));
        Self { transport, open, attack, sessions, outgoing, waiting: Mutex::new(waiting) }
    }

    async fn serve(self: Arc<Self>, wire: Wire) {
        match self.transport {
            Transport::Polling => self.serve_polling(wire).await,
            _ => self.serve_websocket(wire).await,
        };
    }

    /// `None` when the client has gone.
    async fn serve_websocket(&self, mut wire: Wire) -> Option<()> {
        let request = read_request(&mut wire).await?;
        send_all(&mut wire, switching(&request)).await?;
        send_all(&mut wire, text(&self.open)).await?;
        let is_first = self.sessions.fetch_add(1, Ordering::Relaxed) == 0;
        while !read_message(&mut wire).await?.starts_with(b"40") {}
        send_all(&mut wire, text(ACCEPT)).await?;
        if is_first {
            self.attack.run(wire).await;
            return None;
        }
        send_all(&mut wire, text(MARK)).await?;
        while read_message(&mut wire).await.is_some() {}
        None
    }

    async fn serve_polling(&self, mut wire: Wire) -> Option<()> {
        loop {
            let request = read_request(&mut wire).await?;
            let answer = if request.is_post() {
                if request.body.starts_with("40") {
                    self.outgoing.send(Some(ACCEPT.to_owned())).ok()?;
                    let is_first = self.sessions.load(Ordering::Relaxed) == 1;
                    self.outgoing.send((!is_first).then(|| MARK.to_owned())).ok()?;
                }
                ok("ok")
            } else if request.has_sid() {
                let Some(packet) = self.waiting.lock().await.recv().await? else {
                    self.attack.run(wire).await;
                    // For the GET that follows, of this session or of the next one.
                    return self.outgoing.send(Some(MARK.to_owned())).ok();
                };
                ok(&packet)
            } else {
                self.sessions.fetch_add(1, Ordering::Relaxed);
                ok(&self.open)
            };
            send_all(&mut wire, answer).await?;
        }
    }
}

/// `None` when the client has gone.
async fn send_all(wire: &mut Wire, bytes: impl AsRef<[u8]>) -> Option<()> {
    use tokio::io::AsyncWriteExt;
    wire.write_all(bytes.as_ref()).await.ok()?;
    wire.flush().await.ok()
}

/// Tells the client that the attack is over, and keeps the connection.
pub(crate) async fn make_peace(mut wire: Wire) {
    if send(&mut wire, &text(MARK)).await.is_ok() {
        crate::wire::hold(wire).await;
    }
}

/// The same over long-polling.
pub(crate) async fn make_polling_peace(mut wire: Wire) {
    if send(&mut wire, ok(MARK).as_bytes()).await.is_ok() {
        crate::wire::hold(wire).await;
    }
}

/// Another client of the same process, with an honest server.
pub(crate) struct Neighbour {
    socket: Socket<Untyped>,
    _server: OxideServer,
}

impl Neighbour {
    pub(crate) async fn join() -> Self {
        let server = OxideServer::start().await;
        let client = Client::builder(server.url()).build().expect("the URL is good");
        let socket = client.socket::<Untyped>().namespace("/echo").connect();
        Self { socket: soon(socket).await.expect("the server accepts"), _server: server }
    }

    /// It still has its first connection, and gets its answers on it.
    pub(crate) async fn is_unharmed(&self) {
        let said = (Bytes::from_static(b"\x01\x02"), "hello");
        let answer = soon(self.socket.emit().event_with_ack("echo", said)).await;
        let (bytes, words): (Bytes, String) =
            answer.expect("an answer").decode().expect("what was said");
        assert_eq!((&*bytes, &*words), (&[1, 2][..], "hello"));
        assert_eq!(self.socket.stats().connects, 1, "the neighbour lost its connection");
    }
}
