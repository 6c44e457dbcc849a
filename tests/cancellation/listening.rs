//! Events that somebody stops waiting for: the next one to wait has them.

use futures_util::StreamExt;
use socketio_runtime::{
    AnyEvent, EventStream, Lifecycle, LifecycleStream, Untyped, testing::TestServer,
};

use crate::{
    cut::{Cut, sweep},
    world::{ServerToClientEvent, World},
};

#[test]
pub(super) fn waiting_for_one_event_takes_it_from_nobody_else() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let (once, other, mut stream) =
            (chat.once().said(), chat.once().said(), chat.stream().said());
        server.emit().said(1).expect("it is connected");
        if let Some(said) = cut.run(once).await {
            assert_eq!(said.expect("it was emitted"), 1);
        }
        assert_eq!(other.await.expect("it was emitted"), 1);
        server.emit().said(2).expect("it is connected");
        assert_eq!(chat.once().said().await.expect("it was emitted"), 2);
        assert_eq!((stream.next().await, stream.next().await), (Some(1), Some(2)));
        world.check().await;
    });
}

/// The stream of three events, of which one wait was dropped; those that were seen.
async fn three<T>(cut: &Cut, stream: &mut EventStream<T>) -> Vec<T> {
    let mut seen = Vec::new();
    if let Some(event) = cut.run(stream.next()).await {
        seen.push(event.expect("more comes"));
    }
    while seen.len() < 3 {
        seen.push(stream.next().await.expect("more comes"));
    }
    assert_eq!(stream.missed(), 0);
    seen
}

fn say_three(world: &World) {
    for number in 0..3 {
        world.server.emit().said(number).expect("it is connected");
    }
}

#[test]
pub(super) fn a_stream_loses_nothing_when_a_wait_for_its_next_event_is_dropped() {
    sweep(async |cut| {
        let world = World::connected().await;
        let mut stream = world.chat.stream().said();
        say_three(&world);
        assert_eq!(three(cut, &mut stream).await, [0, 1, 2]);
        world.check().await;
    });
    sweep(async |cut| {
        let world = World::connected().await;
        let mut stream = world.chat.events();
        say_three(&world);
        let seen = three(cut, &mut stream).await;
        let numbers = seen.into_iter().map(|event| match event {
            ServerToClientEvent::Said { number } => number,
            ServerToClientEvent::Check { nonce } => panic!("check {nonce}"),
        });
        assert_eq!(numbers.collect::<Vec<_>>(), [0, 1, 2]);
        world.check().await;
    });
}

#[test]
pub(super) fn a_stream_of_everything_loses_nothing_when_a_wait_is_dropped() {
    sweep(async |cut| {
        let world = World::connected().await;
        let mut stream = world.chat.stream_any();
        say_three(&world);
        let seen = three(cut, &mut stream).await;
        let numbers = seen.into_iter().map(|event| event.decode().expect("it is a number"));
        assert_eq!(numbers.collect::<Vec<(u32,)>>(), [(0,), (1,), (2,)]);
        world.check().await;
    });
    sweep(async |cut| {
        let world = World::connected().await;
        let mut stream = world.chat.stream_any_outgoing();
        for number in 0..3 {
            world.chat.emit().tell(number).expect("it is connected");
        }
        let seen = three(cut, &mut stream).await;
        let numbers = seen.into_iter().map(|event| event.decode().expect("it is a number"));
        assert_eq!(numbers.collect::<Vec<(u32,)>>(), [(0,), (1,), (2,)]);
        for number in 0..3 {
            assert_eq!(world.server.expect().tell().await.expect("it was emitted"), number);
        }
        world.check().await;
    });
}

#[test]
pub(super) fn as_a_stream_of_the_futures_crate_it_loses_nothing_either() {
    sweep(async |cut| {
        let world = World::connected().await;
        let mut stream = world.chat.stream().said();
        say_three(&world);
        let mut seen = cut.run(StreamExt::next(&mut stream)).await.into_iter().collect::<Vec<_>>();
        while seen.len() < 3 {
            seen.push(StreamExt::next(&mut stream).await);
        }
        assert_eq!(seen, [Some(0), Some(1), Some(2)]);
        world.check().await;
    });
}

/// The next two changes, of which one wait was dropped.
async fn two_changes(
    cut: &Cut,
    lifecycle: &mut LifecycleStream,
    next: impl AsyncFn(&mut LifecycleStream) -> Option<Lifecycle>,
) {
    let mut seen = Vec::new();
    if let Some(change) = cut.run(next(lifecycle)).await {
        seen.push(change);
    }
    while seen.len() < 2 {
        seen.push(next(lifecycle).await);
    }
    assert!(matches!(seen[0], Some(Lifecycle::Connect { .. })), "{seen:?}");
    assert!(matches!(seen[1], Some(Lifecycle::Disconnect { .. })), "{seen:?}");
    assert!(lifecycle.next().await.is_none());
}

#[test]
pub(super) fn no_change_of_the_lifecycle_is_lost_when_a_wait_for_it_is_dropped() {
    sweep(async |cut| {
        let world = World::outside().await;
        let mut lifecycle = world.chat.lifecycle();
        drop(world.chat.connect());
        let leaving = world.chat.clone();
        let leaving = tokio::spawn(async move {
            leaving.connect().await.expect("the server lets everybody in");
            leaving.disconnect().await;
        });
        two_changes(cut, &mut lifecycle, LifecycleStream::next).await;
        leaving.await.expect("it left");
        world.check().await;
    });
    sweep(async |cut| {
        let world = World::outside().await;
        let mut lifecycle = world.chat.lifecycle();
        drop(world.chat.connect());
        let leaving = world.chat.clone();
        let leaving = tokio::spawn(async move {
            leaving.connect().await.expect("the server lets everybody in");
            leaving.disconnect().await;
        });
        two_changes(cut, &mut lifecycle, async |stream| StreamExt::next(stream).await).await;
        leaving.await.expect("it left");
        world.check().await;
    });
}

#[test]
pub(super) fn events_of_any_name_are_waited_for_like_the_typed_ones() {
    sweep(async |cut| {
        let server = TestServer::<Untyped>::start();
        let client = server.client().build().expect("the options are good");
        let socket = client.socket::<Untyped>().connect().await.expect("it is let in");
        server.connected().await.expect("it is connected");
        let (once, other) = (socket.once().event("said"), socket.once().event("said"));
        let mut stream = socket.stream().event("said");
        server.emit().event("said", (1,)).expect("it is connected");
        drop(cut.run(once).await);
        assert_eq!(other.await.expect("it was emitted").json(), "[1]");
        assert_eq!(stream.next().await.expect("it was emitted").json(), "[1]");
    });
    sweep(async |cut| {
        let server = TestServer::<Untyped>::start();
        let client = server.client().build().expect("the options are good");
        let socket = client.socket::<Untyped>().connect().await.expect("it is let in");
        server.connected().await.expect("it is connected");
        let mut stream = socket.stream().event("said");
        for number in 0..3 {
            server.emit().event("said", (number,)).expect("it is connected");
        }
        let seen = three(cut, &mut stream).await;
        let texts: Vec<_> = seen.iter().map(AnyEvent::json).collect();
        assert_eq!(texts, ["[0]", "[1]", "[2]"]);
    });
}
