//! The futures that the client is given, and drops itself: what authenticates, what adds to the
//! requests, what listens.

use std::{
    cell::RefCell,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;
use socketio_runtime::{ConnectError, RequestParts, Socket, Untyped, testing::TestServer};

use crate::{
    cut::{Alive, Cut, in_virtual_time, one_poll, sweep},
    world::{Chat, MOMENT, ServerToClientHandler, World},
};

/// A future that takes a few polls, each after another task's, and holds something meanwhile.
async fn work(alive: Alive) -> u32 {
    for _ in 0..WORK {
        one_poll().await;
    }
    drop(alive);
    0
}

/// A world whose chat authenticates by a future that takes a while.
fn authenticating(working: &Alive) -> World {
    let world = World::new();
    let World { server, news_server, client, news, chat } = world;
    drop(chat);
    let working = working.clone();
    let provider = move || {
        let working = working.clone();
        async move { json!({ "token": work(working).await }) }
    };
    let chat = client.socket().auth(provider).build();
    World { server, news_server, client, news, chat: chat.expect("the namespace is free") }
}

#[test]
pub(super) fn what_authenticates_is_dropped_by_a_disconnection() {
    sweep(async |cut| {
        let working = Alive::default();
        let world = authenticating(&working);
        world.news.connect().await.expect("the server lets everybody in");
        drop(cut.run(world.chat.connect()).await);
        let leaving = world.chat.disconnect();
        leaving.await;
        // The provider itself is the other one.
        assert_eq!(working.others(), 1, "it would ask for nobody");
        world.server.disconnected().await.expect("it is outside");
        world.check().await;
    });
}

#[test]
pub(super) fn what_authenticates_is_dropped_with_the_last_handle() {
    sweep(async |cut| {
        let working = Alive::default();
        let world = authenticating(&working);
        world.news.connect().await.expect("the server lets everybody in");
        drop(cut.run(world.chat.connect()).await);
        let World { server, news_server, client, news, chat } = world;
        drop(chat);
        working.becomes(0).await;
        let chat = client.socket().build().expect("the namespace is free");
        World { server, news_server, client, news, chat }.check().await;
    });
}

#[test]
pub(super) fn what_authenticates_is_asked_anew_after_the_connection_broke() {
    sweep(async |cut| {
        let working = Alive::default();
        let world = authenticating(&working);
        world.news.connect().await.expect("the server lets everybody in");
        drop(cut.run(world.chat.connect()).await);
        world.server.drop_connection().await;
        world.chat.state().wait_for(|state| state.connected).await.expect("the runtime runs");
        assert!(working.others() <= 2, "of several, one at most is at work");
        world.chat.connect().await.expect("it connects");
        working.becomes(1).await;
        world.check().await;
    });
}

#[test]
pub(super) fn whoever_has_left_already_is_not_asked_to_authenticate() {
    in_virtual_time(async {
        let World { server, news_server, client, news, chat } = World::outside().await;
        drop(chat);
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let provider = move || {
            count.fetch_add(1, Ordering::Relaxed);
            async { json!({}) }
        };
        let chat = client.socket::<Chat>().auth(provider).build().expect("the namespace is free");
        drop(chat.connect());
        chat.disconnect().await;
        assert_eq!(asked.load(Ordering::Relaxed), 0);
        chat.connect().await.expect("the server lets everybody in");
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        World { server, news_server, client, news, chat }.check().await;
    });
}

#[test]
pub(super) fn what_authenticates_for_ever_is_dropped_when_the_time_to_connect_is_over() {
    in_virtual_time(async {
        let working = Alive::default();
        let World { server, news_server, client, news, chat } =
            World::with(|client| client.connect_timeout(MOMENT).reconnection(false));
        drop(chat);
        let alive = working.clone();
        let provider = move || {
            let alive = alive.clone();
            async move {
                let never: u32 = pending().await;
                drop(alive);
                never
            }
        };
        let chat = client.socket::<Chat>().auth(provider).build().expect("the namespace is free");
        news.connect().await.expect("the server lets everybody in");
        let error = chat.connect().await.expect_err("it never authenticates");
        assert!(matches!(error, ConnectError::NamespaceTimeout { .. }), "{error:?}");
        working.becomes(1).await;
        drop(chat);
        working.becomes(0).await;
        let chat = client.socket().build().expect("the namespace is free");
        World { server, news_server, client, news, chat }.check().await;
    });
}

#[test]
pub(super) fn what_adds_to_requests_is_dropped_with_the_attempt_that_it_is_for() {
    sweep(async |cut| {
        let working = Alive::default();
        let alive = working.clone();
        let world = World::with(move |client| {
            client.request_hook(move || {
                let alive = alive.clone();
                async move {
                    work(alive).await;
                    RequestParts::new()
                }
            })
        });
        drop(cut.run(world.chat.connect()).await);
        world.chat.disconnect().await;
        working.becomes(1).await;
        world.check().await;
    });
}

/// What becomes of a listener that is at work on an event.
struct AtWork {
    begun: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
    captured: Alive,
}

impl AtWork {
    fn new() -> Self {
        Self { begun: Arc::default(), done: Arc::default(), captured: Alive::default() }
    }

    /// One call of the listener.
    fn call(&self) -> impl Future<Output = u32> + Send + use<> {
        let (begun, done) = (Arc::clone(&self.begun), Arc::clone(&self.done));
        let alive = self.captured.clone();
        async move {
            begun.fetch_add(1, Ordering::Relaxed);
            let output = work(alive).await;
            done.fetch_add(1, Ordering::Relaxed);
            output
        }
    }

    fn clone(&self) -> Self {
        let Self { begun, done, captured } = self;
        Self { begun: Arc::clone(begun), done: Arc::clone(done), captured: captured.clone() }
    }

    /// What has begun is done, once nothing is captured any more.
    async fn ends(&self) {
        self.captured.becomes(0).await;
        let (begun, done) = (self.begun.load(Ordering::Relaxed), self.done.load(Ordering::Relaxed));
        assert_eq!(begun, done, "a call that was under way went on to its end");
    }
}

impl ServerToClientHandler for AtWork {
    async fn said(&mut self, _number: u32) {
        self.call().await;
    }

    async fn check(&mut self, nonce: u32) -> u32 {
        self.call().await + nonce
    }
}

/// Registers what works, lets the server ask and tell it, and ends it while it is at work. How many
/// events it has heard by then, and in all: what waited behind the one at work is heard by nobody.
async fn ended_at_work(
    cut: &Cut,
    register: impl Fn(&Socket<Chat>, AtWork),
    end: impl AsyncFn(&World),
) -> (usize, usize) {
    let world = World::connected().await;
    let at_work = AtWork::new();
    register(&world.chat, at_work.clone());
    for number in 0..2 {
        world.server.emit().said(number).expect("it is connected");
    }
    let asked = world.server.emit().check(1).timeout(MOMENT);
    // Here the point is where the listeners are; what waits for their answer is dropped there.
    let answer = cut.run(asked).await;
    end(&world).await;
    let begun = at_work.begun.load(Ordering::Relaxed);
    at_work.ends().await;
    let all_begun = at_work.begun.load(Ordering::Relaxed);
    if let Some(Ok(nonce)) = answer {
        assert_eq!(nonce, 1);
    }
    world.check().await;
    (begun, all_begun)
}

fn listeners(chat: &Socket<Chat>, at_work: AtWork) {
    let told = at_work.clone();
    chat.on().said(move |_| {
        let call = told.call();
        async move {
            call.await;
        }
    });
    chat.on().check(move |nonce| {
        let call = at_work.call();
        async move { call.await + nonce }
    });
}

#[test]
pub(super) fn a_listener_at_work_comes_to_its_end_when_its_socket_leaves() {
    sweep(async |cut| {
        let ending = async |world: &World| world.chat.disconnect().await;
        let (begun, all_begun) = ended_at_work(cut, listeners, ending).await;
        assert_eq!(begun, all_begun);
    });
}

#[test]
pub(super) fn a_listener_at_work_comes_to_its_end_when_all_are_ended() {
    sweep(async |cut| {
        let ending = async |world: &World| {
            world.chat.off_all();
            assert!(world.chat.is_connected());
        };
        // One more may have been on its way.
        let (begun, all_begun) = ended_at_work(cut, listeners, ending).await;
        assert!(all_begun <= 3 && begun <= all_begun);
    });
}

#[test]
pub(super) fn a_listener_at_work_comes_to_its_end_when_it_is_ended() {
    sweep(async |cut| {
        let guards = RefCell::new(Vec::new());
        let register = |chat: &Socket<Chat>, at_work: AtWork| {
            let told = at_work.clone();
            let listener = chat.on().said(move |_| {
                let call = told.call();
                async move {
                    call.await;
                }
            });
            guards.borrow_mut().push(listener.guard());
            let asked = chat.on().check(move |nonce| {
                let call = at_work.call();
                async move { call.await + nonce }
            });
            guards.borrow_mut().push(asked.guard());
        };
        let ending = async |_: &World| guards.borrow_mut().clear();
        let (begun, all_begun) = ended_at_work(cut, register, ending).await;
        assert_eq!(begun, all_begun);
    });
}

#[test]
pub(super) fn a_handler_at_work_comes_to_its_end_when_its_socket_leaves() {
    sweep(async |cut| {
        let register = |chat: &Socket<Chat>, at_work: AtWork| drop(chat.handle(at_work));
        let ending = async |world: &World| world.chat.disconnect().await;
        let (begun, all_begun) = ended_at_work(cut, register, ending).await;
        assert_eq!(begun, all_begun);
    });
}

#[test]
pub(super) fn a_listener_at_work_comes_to_its_end_when_the_last_handle_is_dropped() {
    sweep(async |cut| {
        let World { server, news_server, client, news, chat } = World::connected().await;
        let at_work = AtWork::new();
        listeners(&chat, at_work.clone());
        for number in 0..2 {
            server.emit().said(number).expect("it is connected");
        }
        drop(cut.run(server.emit().check(1).timeout(MOMENT)).await);
        drop(chat);
        server.disconnected().await.expect("no handle is left");
        at_work.ends().await;
        let chat = client.socket().build().expect("the namespace is free");
        World { server, news_server, client, news, chat }.check().await;
    });
}

#[test]
pub(super) fn an_answer_that_comes_after_its_socket_left_answers_nothing_else() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let at_work = AtWork::new();
        let late = at_work.clone();
        chat.on().check(move |_| {
            let call = late.call();
            async move {
                call.await;
                666
            }
        });
        let first = server.emit().check(1).timeout(MOMENT);
        drop(cut.run(first).await);
        chat.disconnect().await;
        chat.connect().await.expect("the same again succeeds");
        server.connected().await.expect("it is connected");
        chat.on().check(|nonce| nonce + 1);
        for nonce in 0..4 {
            let answer = server.emit().check(nonce).await;
            assert_eq!(answer.expect("it is answered"), nonce + 1);
        }
        at_work.ends().await;
        chat.off_all();
        world.check().await;
    });
}

#[test]
pub(super) fn a_listener_of_any_event_at_work_comes_to_its_end() {
    sweep(async |cut| {
        let server = TestServer::<Untyped>::start();
        let client = server.client().build().expect("the options are good");
        let socket = client.socket::<Untyped>().connect().await.expect("it is let in");
        server.connected().await.expect("it is connected");
        let at_work = AtWork::new();
        let asked = at_work.clone();
        socket.on().event_with_ack("check", move |_| {
            let call = asked.call();
            async move { (call.await,) }
        });
        let told = at_work.clone();
        socket.on().event("said", move |_| {
            let call = told.call();
            async move {
                call.await;
            }
        });
        server.emit().event("said", (1,)).expect("it is connected");
        drop(cut.run(server.emit().event_with_ack("check", (1,)).timeout(MOMENT)).await);
        socket.disconnect().await;
        at_work.ends().await;
        socket.connect().await.expect("the same again succeeds");
        server.connected().await.expect("it is connected");
        socket.on().event_with_ack("check", |_| (5,));
        let answer = server.emit().event_with_ack("check", (1,)).await.expect("it is answered");
        assert_eq!(answer.json(), "[5]");
    });
}

const WORK: usize = 6;
