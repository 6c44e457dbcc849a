//! A server with two namespaces, a client in both, and what has to hold of them after each drop.

use std::time::Duration;

use socketio_runtime::{
    Client, ClientBuilder, Namespace, Socket, client_to_server, namespace, server_to_client,
    testing::{TestNamespace, TestServer},
};

use crate::cut::Alive;

/// What the server says.
#[server_to_client(testing)]
pub(crate) trait ServerToClient {
    fn said(number: u32);
    fn check(nonce: u32) -> u32;
}

/// What the client says.
#[client_to_server(testing)]
pub(crate) trait ClientToServer {
    fn tell(number: u32);
    fn question(number: u32) -> u32;
}

/// The namespace whose futures are dropped.
#[namespace("/chat", listens = ServerToClient, emits = ClientToServer)]
#[derive(Debug)]
pub(crate) struct Chat;

/// The one beside it on the same connection.
#[namespace("/news", listens = ServerToClient, emits = ClientToServer)]
#[derive(Debug)]
pub(crate) struct News;

/// A namespace of this schema.
pub(crate) trait Room:
    TestNamespace<Listens = ServerToClient, Emits = ClientToServer>
{
}

impl<N: TestNamespace<Listens = ServerToClient, Emits = ClientToServer>> Room for N {}

pub(crate) struct World {
    pub(crate) server: TestServer<Chat>,
    pub(crate) news_server: TestServer<News>,
    pub(crate) client: Client,
    pub(crate) news: Socket<News>,
    pub(crate) chat: Socket<Chat>,
}

impl World {
    /// Nobody is connected.
    pub(crate) fn new() -> Self {
        Self::with(|client| client)
    }

    pub(crate) fn with(configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let server = TestServer::start();
        let news_server = server.namespace();
        let client = configure(server.client()).build().expect("the options are good");
        let (news, chat) = (client.socket(), client.socket());
        let news = news.build().expect("the namespace is free");
        let chat = chat.build().expect("the namespace is free");
        Self { server, news_server, client, news, chat }
    }

    /// The one beside is connected.
    pub(crate) async fn outside() -> Self {
        let world = Self::new();
        world.news.connect().await.expect("the server lets everybody in");
        world
    }

    /// Both are connected.
    pub(crate) async fn connected() -> Self {
        let world = Self::outside().await;
        world.chat.connect().await.expect("the server lets everybody in");
        world
    }

    /// Everything works: on both sockets, before and after a disconnection, until the last handle
    /// is gone. Whatever the case did has been looked at: nothing else was emitted, or waits.
    pub(crate) async fn check(self) {
        let Self { server, news_server, client, news, chat } = self;
        for _ in 0..2 {
            chat.connect().await.expect("the same again succeeds");
            works(&server, &chat).await;
            leaves(&server, &chat).await;
        }
        news.connect().await.expect("the server lets everybody in");
        works(&news_server, &news).await;

        // In order, when the last handle goes.
        chat.connect().await.expect("the same again succeeds");
        chat.emit().tell(LAST_WORDS).expect("it is connected");
        drop(chat);
        server.disconnected().await.expect("the last handle is gone");
        let told = server.expect().tell().await;
        assert_eq!(told.expect("it was emitted before"), LAST_WORDS);
        // The namespace is free, and its next socket a new one.
        let chat = client.socket::<Chat>().connect().await.expect("the namespace is free");
        works(&server, &chat).await;
        works(&news_server, &news).await;
    }
}

/// Each side hears the other: in order, once, and with answers.
pub(crate) async fn works<N: Room>(server: &TestServer<N>, socket: &Socket<N>) {
    server.nothing_for(MOMENT).await.expect("nothing was emitted that the case does not know of");
    server.connected().await.expect("it is connected");

    let before = socket.stats();
    for number in 0..3 {
        socket.emit().tell(number).expect("it is connected");
    }
    let answer = socket.emit().question(3);
    socket.emit().tell(4).expect("it is connected");
    for number in 0..3 {
        assert_eq!(server.expect().tell().await.expect("it was emitted"), number);
    }
    let (number, responder) = server.expect().question().await.expect("it was emitted");
    assert_eq!(number, 3);
    assert_eq!(server.expect().tell().await.expect("it was emitted"), 4);
    responder.answer(30).expect("it is connected");
    assert_eq!(answer.await.expect("it was answered"), 30);

    let (mut said, once) = (socket.stream().said(), socket.once().said());
    let listener = socket.on().check(async |nonce| nonce + 1).guard();
    for number in 0..3 {
        server.emit().said(number).expect("it is connected");
    }
    assert_eq!(server.emit().check(6).await.expect("it is answered"), 7);
    for number in 0..3 {
        assert_eq!(said.next().await.expect("it was emitted"), number);
    }
    assert_eq!(once.await.expect("it was emitted"), 0);
    assert!(listener.listener().is_active());
    assert!(socket.flushed().await.is_ok());
    assert_eq!(socket.buffered().await.expect("the runtime runs").len(), 0);
    server.nothing_for(MOMENT).await.expect("nothing is sent twice");

    let after = socket.stats();
    assert_eq!(after.emitted - before.emitted, 5);
    assert_eq!(after.acks_received - before.acks_received, 1);
    assert_eq!(after.acks_sent - before.acks_sent, 1);
    assert_eq!(after.received - before.received, 4);
    assert_eq!(after.dropped, before.dropped);
}

/// Leaves the namespace: its last words are heard, and its listeners freed.
pub(crate) async fn leaves<N: Room>(server: &TestServer<N>, socket: &Socket<N>) {
    let captured = Alive::default();
    listen(socket, &captured);
    assert!(captured.others() > 0);
    let mut lifecycle = socket.lifecycle();
    socket.emit().tell(LAST_WORDS).expect("it is connected");
    socket.disconnect().await;
    server.disconnected().await.expect("it has left");
    assert_eq!(server.expect().tell().await.expect("it was emitted before"), LAST_WORDS);
    captured.becomes(0).await;
    lifecycle.next().await.expect("that it was disconnected");
    assert!(lifecycle.next().await.is_none());
    assert!(!socket.is_connected());
    server.nothing_for(MOMENT).await.expect("it has left");
}

/// Registers a listener of each kind, which captures what is given.
pub(crate) fn listen<N: Namespace<Listens = ServerToClient>>(socket: &Socket<N>, captured: &Alive) {
    let alive = captured.clone();
    socket.on().said(move |_| drop(alive.clone()));
    let alive = captured.clone();
    socket.on().said(move |_| {
        let alive = alive.clone();
        async move { drop(alive) }
    });
    let alive = captured.clone();
    socket.on().check(move |nonce| {
        let alive = alive.clone();
        async move {
            drop(alive);
            nonce
        }
    });
    let alive = captured.clone();
    socket.on_any(move |_| drop(alive.clone()));
    let alive = captured.clone();
    socket.on_any_outgoing(move |_| drop(alive.clone()));
    let alive = captured.clone();
    socket.on_invalid(move |_| drop(alive.clone()));
    socket.handle(Quiet(captured.clone()));
}

/// A handler of every event.
struct Quiet(Alive);

impl ServerToClientHandler for Quiet {
    async fn said(&mut self, _number: u32) {
        assert!(self.0.others() > 0);
    }

    async fn check(&mut self, nonce: u32) -> u32 {
        nonce
    }
}

/// Virtual.
pub(crate) const MOMENT: Duration = Duration::from_secs(1);
pub(crate) const LAST_WORDS: u32 = 99;
