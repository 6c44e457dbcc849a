//! The end in the middle of everything: the last handles are dropped, or the runtime shuts down,
//! at each point of a story in which much goes on at once. Whoever waits is told.

use futures_util::FutureExt;
use socketio_runtime::{
    Ack, Connecting, EventStream, Lifecycle, LifecycleStream, Listener, Once, Socket,
};
use tokio::time::{sleep, timeout};

use crate::{
    cut::{Alive, Cut, Point, in_virtual_time, one_poll, runtime},
    world::{Chat, LAST_WORDS, MOMENT, World, listen},
};

/// What somebody still holds when the rest goes: each has to come to an end.
struct Left {
    connecting: Connecting,
    held: Ack<u32>,
    once: Once<u32>,
    said: EventStream<u32>,
    lifecycle: LifecycleStream,
    listener: Listener,
}

impl Left {
    fn of(chat: &Socket<Chat>, captured: &Alive) -> Self {
        listen(chat, captured);
        let alive = captured.clone();
        Self {
            connecting: chat.connect(),
            held: chat.emit().question(1),
            once: chat.once().said(),
            said: chat.stream().said(),
            lifecycle: chat.lifecycle(),
            listener: chat.on().said(move |_| {
                let alive = alive.clone();
                async move {
                    // At work for some time.
                    for _ in 0..8 {
                        one_poll().await;
                    }
                    drop(alive);
                }
            }),
        }
    }

    /// All of them settle.
    async fn settles(mut self, is_shut_down: bool) {
        if let Err(error) = self.connecting.await {
            let text = error.to_string();
            assert!(is_shut_down || text.contains("disconnected"), "{text}");
        }
        if let Ok(answer) = self.held.await {
            assert_eq!(answer, 2);
        }
        self.once.await.ok();
        while self.said.next().await.is_some() {}
        let mut was_connected = false;
        while let Some(change) = self.lifecycle.next().await {
            was_connected = match change {
                Lifecycle::Connect { .. } => true,
                Lifecycle::Disconnect { .. } => false,
                _ => was_connected,
            };
        }
        assert!(!was_connected, "the end is told");
        assert!(!self.listener.is_active());
    }
}

/// Much at once, until it is dropped.
async fn story(world: &World) {
    let World { server, news_server, news, chat, .. } = world;
    news_server.on().question(|number| number + 1);
    server.on().question(|number| number + 1);
    news.connect().await.expect("the server lets everybody in");
    chat.connect().await.expect("the server lets everybody in");
    server.connected().await.expect("it is connected");
    for number in 0..3 {
        chat.emit().tell(number).expect("it is connected");
        server.emit().said(number).expect("it is connected");
    }
    let asked = server.emit().check(1);
    let (one, two) = (chat.emit().question(2), news.emit().question(3));
    assert_eq!((one.await.expect("an answer"), two.await.expect("an answer")), (3, 4));
    asked.await.expect("it is answered");
    chat.flushed().await.expect("the runtime runs");
    server.drop_connection().await;
    chat.state().wait_for(|state| state.connected).await.expect("the runtime runs");
    chat.emit().tell(LAST_WORDS).expect("it is connected");
    chat.disconnect().await;
}

/// Runs the story up to each of its turns, in a world of its own.
fn at_each_turn(mut end: impl FnMut(&Cut) -> bool) -> usize {
    for turns in 0..LONGEST_STORY {
        if end(&Cut::new(Point::Turns(turns)).settled_after(STORY)) {
            return turns;
        }
    }
    panic!("the story does not come to its end");
}

#[test]
pub(super) fn whoever_waits_is_told_when_the_last_handles_go_in_the_middle_of_everything() {
    let turns = at_each_turn(|cut| {
        in_virtual_time(async {
            let (world, captured) = (World::new(), Alive::default());
            let left = Left::of(&world.chat, &captured);
            cut.run(story(&world)).await;
            let World { server, news_server, client, news, chat } = world;
            drop((client, news, chat));
            timeout(MOMENT, left.settles(false)).await.expect("all settle");
            captured.becomes(0).await;
            server.disconnected().await.expect("no handle is left");
            drop((server, news_server));
        });
        cut.was_ready()
    });
    assert!(turns > STORY, "{turns}");
}

#[test]
pub(super) fn whoever_waits_is_told_when_the_server_goes_too() {
    at_each_turn(|cut| {
        in_virtual_time(async {
            let (world, captured) = (World::new(), Alive::default());
            let left = Left::of(&world.chat, &captured);
            cut.run(story(&world)).await;
            let World { server, news_server, client, news, chat } = world;
            drop((server, news_server));
            sleep(MOMENT).await;
            drop((client, news, chat));
            captured.becomes(0).await;
            drop(left);
        });
        cut.was_ready()
    });
}

#[test]
pub(super) fn whoever_waits_is_told_when_the_runtime_shuts_down_in_the_middle_of_everything() {
    let turns = at_each_turn(|cut| {
        let (runtime, captured) = (runtime(), Alive::default());
        let (world, left) = runtime.block_on(async {
            let world = World::new();
            let left = Left::of(&world.chat, &captured);
            cut.run(story(&world)).await;
            (world, left)
        });
        // These are asked for just before, and are polled for the first time after it.
        let World { news, chat, .. } = &world;
        let (flushed, buffered) = (chat.flushed(), chat.buffered());
        let (clearing, ack) = (chat.clear_buffered(), news.emit().question(1));
        drop(runtime);

        assert_eq!(captured.others(), 0, "what was captured is freed");
        left.settles(true).now_or_never().expect("all settle");
        flushed.now_or_never().expect("it settles").expect_err("it has shut down");
        buffered.now_or_never().expect("it settles").expect_err("it has shut down");
        assert_eq!(clearing.now_or_never(), Some(0));
        ack.now_or_never().expect("it settles").expect_err("it has shut down");
        // And whatever is begun after it ends at once.
        chat.connect().now_or_never().expect("it settles").expect_err("it has shut down");
        chat.disconnect().now_or_never().expect("it settles");
        chat.emit().tell(1).expect_err("it has shut down");
        chat.emit().question(1).now_or_never().expect("it settles").expect_err("it has shut down");
        let ack = chat.emit().question(1);
        ack.cancel().now_or_never().expect("it settles");
        chat.once().said().now_or_never().expect("it settles").expect_err("it has shut down");
        assert!(chat.events().next().now_or_never().expect("it settles").is_none());
        assert!(chat.lifecycle().next().now_or_never().expect("it settles").is_none());
        assert!(!chat.is_connected());
        listen(chat, &captured);
        assert_eq!(captured.others(), 0, "nobody will ever call it");
        cut.was_ready()
    });
    assert!(turns > STORY, "{turns}");
}

/// Turns until it waits for a time: for the delay of the reconnection.
const STORY: usize = 80;
const LONGEST_STORY: usize = 400;
