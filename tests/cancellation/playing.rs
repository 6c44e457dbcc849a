//! The futures of a test server: an expectation that is dropped takes nothing.

use socketio_runtime::{Untyped, testing::TestServer};
use tokio::time::sleep;

use crate::{
    cut::{Cut, sweep},
    world::{ClientToServerEvent, MOMENT, World},
};

#[test]
pub(super) fn an_expectation_that_is_dropped_takes_no_event() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        for number in 0..2 {
            chat.emit().tell(number).expect("it is connected");
        }
        let seen = cut.run(server.expect().tell()).await;
        let first = seen.map_or(0, |told| told.expect("it was emitted") + 1);
        for number in first..2 {
            assert_eq!(server.expect().tell().await.expect("it was emitted"), number);
        }
        world.check().await;
    });
}

#[test]
pub(super) fn an_expectation_of_a_question_that_is_dropped_leaves_it_to_be_answered() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let answer = chat.emit().question(1);
        let seen = cut.run(server.expect().question()).await;
        let (number, responder) = match seen {
            Some(asked) => asked.expect("it was emitted"),
            None => server.expect().question().await.expect("it was emitted"),
        };
        responder.answer(number + 1).expect("the client is there");
        assert_eq!(answer.await.expect("it was answered"), 2);
        world.check().await;
    });
}

#[test]
pub(super) fn an_expectation_that_is_not_met_is_dropped_without_a_trace() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        if let Some(told) = cut.run(server.expect().tell().within(MOMENT)).await {
            told.expect_err("nothing was emitted");
        }
        chat.emit().tell(1).expect("it is connected");
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 1);
        world.check().await;
    });
}

#[test]
pub(super) fn waiting_for_silence_takes_no_event_when_it_is_dropped() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        chat.emit().tell(1).expect("it is connected");
        match cut.run(server.nothing_for(MOMENT)).await {
            Some(outcome) => drop(outcome.expect_err("something was emitted")),
            None => assert_eq!(server.expect().tell().await.expect("it was emitted"), 1),
        }
        world.check().await;
    });
}

#[test]
pub(super) fn waiting_for_a_client_changes_nothing() {
    sweep(async |cut| {
        let world = World::new();
        drop(world.chat.connect());
        drop(cut.run(world.server.connected()).await);
        world.server.connected().await.expect("it connects");
        world.check().await;
    });
    sweep(async |cut| {
        let world = World::connected().await;
        drop(world.chat.disconnect());
        drop(cut.run(world.server.disconnected()).await);
        world.server.disconnected().await.expect("it leaves");
        world.check().await;
    });
}

/// What was begun happened, or did not; the next of its kind does.
async fn ordered(cut: &Cut, order: impl AsyncFn(&World), is_so: impl AsyncFn(&World)) {
    let world = World::connected().await;
    cut.run(order(&world)).await;
    order(&world).await;
    is_so(&world).await;
    world.server.come_up().await;
    world.chat.state().wait_for(|state| state.connected).await.expect("the runtime runs");
    world.check().await;
}

#[test]
pub(super) fn an_order_to_break_the_connection_that_is_dropped_may_have_been_carried_out() {
    sweep(async |cut| {
        ordered(cut, async |world| world.server.drop_connection().await, async |_| ()).await;
    });
    sweep(async |cut| {
        ordered(
            cut,
            async |world| world.server.go_silent().await,
            async |world| {
                let mut state = world.chat.state();
                state.wait_for(|state| !state.connected).await.expect("the runtime runs");
            },
        )
        .await;
    });
}

#[test]
pub(super) fn an_order_to_go_down_or_to_come_up_that_is_dropped_can_be_given_again() {
    sweep(async |cut| {
        ordered(
            cut,
            async |world| world.server.go_down().await,
            async |world| {
                let mut state = world.chat.state();
                state.wait_for(|state| !state.connected).await.expect("the runtime runs");
                sleep(MOMENT).await;
                assert!(!state.borrow().connected);
            },
        )
        .await;
    });
    sweep(async |cut| {
        let world = World::new();
        world.server.go_down().await;
        cut.run(world.server.come_up()).await;
        world.server.come_up().await;
        world.check().await;
    });
}

#[test]
pub(super) fn an_order_to_send_a_client_away_that_is_dropped_can_be_given_again() {
    sweep(async |cut| {
        let world = World::connected().await;
        cut.run(world.server.disconnect()).await;
        world.server.disconnect().await;
        world.chat.state().wait_for(|state| !state.connected).await.expect("the runtime runs");
        world.check().await;
    });
}

#[test]
pub(super) fn expectations_of_any_name_are_dropped_like_the_typed_ones() {
    sweep(async |cut| {
        let server = TestServer::<Untyped>::start();
        let client = server.client().build().expect("the options are good");
        let socket = client.socket::<Untyped>().connect().await.expect("it is let in");
        let answer = socket.emit().event_with_ack("ask", (1,));
        let asked = match cut.run(server.expect().event_with_ack("ask")).await {
            Some(asked) => asked,
            None => server.expect().event_with_ack("ask").await,
        };
        let (_, responder) = asked.expect("it was emitted");
        responder.answer((2,)).expect("the client is there");
        assert_eq!(answer.await.expect("an answer").decode::<(u32,)>().expect("a number"), (2,));
    });
}

#[test]
pub(super) fn what_a_test_waits_for_is_waited_for_as_by_a_socket() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let (once, mut stream) = (server.once().tell(), server.stream().tell());
        let mut events = server.events();
        chat.emit().tell(1).expect("it is connected");
        drop(cut.run(once).await);
        assert_eq!(stream.next().await, Some(1));
        assert!(matches!(events.next().await, Some(ClientToServerEvent::Tell { number: 1 })));
        // Those only watch.
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 1);
        world.check().await;
    });
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let (mut stream, mut seen) = (server.stream().tell(), Vec::new());
        for number in 0..2 {
            chat.emit().tell(number).expect("it is connected");
        }
        seen.extend(cut.run(stream.next()).await);
        while seen.len() < 2 {
            seen.push(stream.next().await);
        }
        assert_eq!(seen, [Some(0), Some(1)]);
        for number in 0..2 {
            assert_eq!(server.expect().tell().await.expect("it was emitted"), number);
        }
        world.check().await;
    });
}
