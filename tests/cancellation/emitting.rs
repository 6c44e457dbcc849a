//! Events and their answers: an event is neither lost nor doubled by who stops waiting for it.

use std::pin::Pin;

use socketio_runtime::{AckError, Cancellation, EmitOptions, Untyped, testing::TestServer};
use tokio::time::{Instant, sleep};

use crate::{
    cut::sweep,
    world::{MOMENT, World},
};

#[test]
pub(super) fn dropping_an_ack_forgets_the_answer_and_not_the_event() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let answering = tokio::spawn({
            let server = server.clone();
            async move {
                assert_eq!(server.expect().tell().await.expect("it was emitted"), 1);
                let (number, responder) = server.expect().question().await.expect("emitted");
                assert_eq!(number, 2);
                responder.answer(20).expect("the client is there");
                assert_eq!(server.expect().tell().await.expect("it was emitted"), 3);
            }
        });
        chat.emit().tell(1).expect("it is connected");
        let ack = chat.emit().question(2);
        chat.emit().tell(3).expect("it is connected");
        if let Some(answer) = cut.run(ack).await {
            assert_eq!(answer.expect("it was answered"), 20);
        }
        answering.await.expect("the server got all of it, in order, once");
        world.check().await;
    });
}

#[test]
pub(super) fn an_ack_that_is_polled_and_kept_loses_nothing() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let answering = tokio::spawn({
            let server = server.clone();
            async move {
                let (_, responder) = server.expect().question().await.expect("it was emitted");
                responder.answer(20).expect("the client is there");
            }
        });
        let mut ack = chat.emit().question(2);
        let answer = if let Some(answer) = cut.run(&mut ack).await {
            answer
        } else {
            // It may have come meanwhile.
            sleep(MOMENT).await;
            ack.await
        };
        assert_eq!(answer.expect("it was answered"), 20);
        answering.await.expect("the server was asked");
        world.check().await;
    });
}

#[test]
pub(super) fn dropping_an_ack_whose_answer_never_comes_ends_its_timeout_too() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let start = Instant::now();
        let ack = chat.emit().question(2).timeout(2 * MOMENT);
        let outcome = cut.run(ack).await;
        let was_in_time = start.elapsed() < 2 * MOMENT;
        let (_, responder) = server.expect().question().await.expect("it was emitted");
        sleep(3 * MOMENT).await;
        // Nobody waits for what comes now.
        responder.answer(20).expect("the client is there");
        sleep(MOMENT).await;
        assert_eq!(chat.stats().acks_timed_out, u64::from(!was_in_time));
        assert!(matches!(outcome, None | Some(Err(AckError::Timeout { .. }))), "{outcome:?}");
        world.check().await;
    });
}

#[test]
pub(super) fn an_event_that_is_retried_goes_on_though_nobody_waits_for_its_answer() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        let answering = tokio::spawn({
            let server = server.clone();
            async move {
                // The first try is not answered.
                drop(server.expect().question().await.expect("it was emitted"));
                let (number, responder) = server.expect().question().await.expect("once more");
                assert_eq!(number, 2);
                responder.answer(20).expect("the client is there");
                let (number, responder) = server.expect().question().await.expect("the next");
                assert_eq!(number, 3);
                responder.answer(30).expect("the client is there");
            }
        });
        let retried = || chat.emit_with(EmitOptions::new().retries(2));
        let (first, second) = (retried().question(2).timeout(MOMENT), retried().question(3));
        if let Some(answer) = cut.run(first).await {
            assert_eq!(answer.expect("it was answered"), 20);
        }
        assert_eq!(second.await.expect("it was answered"), 30);
        answering.await.expect("the server got both, and the first one twice");
        world.check().await;
    });
}

#[test]
pub(super) fn an_event_that_waits_goes_on_waiting_though_its_ack_is_dropped() {
    sweep(async |cut| {
        let world = World::new();
        let World { server, chat, .. } = &world;
        let answering = answer_one(&world);
        chat.emit().tell(1).expect("it waits");
        let ack = chat.emit().question(2);
        chat.emit().tell(3).expect("it waits");
        drop(chat.connect());
        if let Some(answer) = cut.run(ack).await {
            assert_eq!(answer.expect("it was answered"), 20);
        }
        answering.await.expect("the server got all of it, in order, once");
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 3);
        world.check().await;
    });
}

#[test]
pub(super) fn an_event_that_is_cancelled_on_drop_is_withdrawn_as_long_as_it_waits() {
    sweep(async |cut| {
        let world = World::new();
        let World { server, chat, .. } = &world;
        let ack = chat.emit().question(2).timeout(MOMENT).cancel_on_drop();
        let outcome = cut.run(ack).await;
        if let Some(outcome) = outcome {
            assert!(matches!(outcome, Err(AckError::Timeout { .. })), "{outcome:?}");
        }
        assert_eq!(chat.buffered().await.expect("the runtime runs").len(), 0);
        // Whichever comes first.
        assert_eq!(chat.stats().dropped + chat.stats().acks_timed_out, 1);
        chat.connect().await.expect("the server lets everybody in");
        server.nothing_for(MOMENT).await.expect("it was withdrawn");
        world.check().await;
    });
}

#[test]
pub(super) fn cancelling_goes_on_without_being_polled() {
    sweep(async |cut| {
        let world = World::new();
        let World { server, chat, .. } = &world;
        chat.emit().tell(1).expect("it waits");
        let ack = chat.emit().question(2);
        if let Some(outcome) = cut.run(ack.cancel()).await {
            assert_eq!(outcome, Cancellation::Withdrawn);
        }
        chat.connect().await.expect("the server lets everybody in");
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 1);
        server.nothing_for(MOMENT).await.expect("the other was withdrawn");
        assert_eq!(chat.stats().dropped, 1);
        world.check().await;
    });
}

#[test]
pub(super) fn waiting_for_the_wire_changes_nothing() {
    sweep(async |cut| {
        let world = World::connected().await;
        let World { server, chat, .. } = &world;
        for number in 0..3 {
            chat.emit().tell(number).expect("it is connected");
        }
        if let Some(outcome) = cut.run(chat.flushed()).await {
            outcome.expect("the runtime runs");
        }
        chat.emit().tell(3).expect("it is connected");
        chat.flushed().await.expect("the runtime runs");
        for number in 0..4 {
            assert_eq!(server.expect().tell().await.expect("it was emitted"), number);
        }
        world.check().await;
    });
}

#[test]
pub(super) fn waiting_offline_for_the_wire_changes_nothing() {
    sweep(async |cut| {
        let world = World::new();
        let World { server, chat, .. } = &world;
        chat.emit().tell(1).expect("it waits");
        drop(chat.connect());
        if let Some(outcome) = cut.run(chat.flushed()).await {
            outcome.expect("the runtime runs");
            assert!(chat.is_connected());
        }
        chat.flushed().await.expect("the runtime runs");
        assert!(chat.is_connected());
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 1);
        world.check().await;
    });
}

#[test]
pub(super) fn looking_at_what_waits_takes_nothing_of_it() {
    sweep(async |cut| {
        let world = World::new();
        let World { server, chat, .. } = &world;
        chat.emit().tell(1).expect("it waits");
        if let Some(waiting) = cut.run(chat.buffered()).await {
            assert_eq!(waiting.expect("the runtime runs").len(), 1);
        }
        assert_eq!(chat.buffered().await.expect("the runtime runs").len(), 1);
        chat.connect().await.expect("the server lets everybody in");
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 1);
        world.check().await;
    });
}

#[test]
pub(super) fn clearing_what_waits_goes_on_without_being_polled() {
    sweep(async |cut| {
        let world = World::new();
        let World { server, chat, .. } = &world;
        chat.emit().tell(1).expect("it waits");
        let ack = chat.emit().question(2);
        let clearing = chat.clear_buffered();
        chat.emit().tell(3).expect("it waits");
        if let Some(count) = cut.run(clearing).await {
            assert_eq!(count, 2);
        }
        ack.await.expect_err("it was cleared");
        chat.connect().await.expect("the server lets everybody in");
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 3);
        world.check().await;
    });
}

/// The server takes two events and answers the second.
fn answer_one(world: &World) -> Pin<Box<dyn Future<Output = Result<(), tokio::task::JoinError>>>> {
    let server = world.server.clone();
    Box::pin(tokio::spawn(async move {
        assert_eq!(server.expect().tell().await.expect("it was emitted"), 1);
        let (number, responder) = server.expect().question().await.expect("it was emitted");
        assert_eq!(number, 2);
        responder.answer(20).expect("the client is there");
    }))
}

#[test]
pub(super) fn an_ack_of_any_event_is_dropped_like_a_typed_one() {
    sweep(async |cut| {
        let server = TestServer::<Untyped>::start();
        let client = server.client().build().expect("the options are good");
        let socket = client.socket::<Untyped>().connect().await.expect("it is let in");
        let playing = server.clone();
        let answering = tokio::spawn(async move {
            let asked = playing.expect().event_with_ack("ask").await.expect("it was emitted");
            asked.1.answer((2,)).expect("the client is there");
            playing.expect().event("tell").await.expect("it was emitted");
        });
        let ack = socket.emit().event_with_ack("ask", (1,));
        socket.emit().event("tell", (1,)).expect("it is connected");
        if let Some(answer) = cut.run(ack).await {
            let (number,): (u32,) = answer.expect("it was answered").decode().expect("a number");
            assert_eq!(number, 2);
        }
        answering.await.expect("the server got both, in order");
        server.nothing_for(MOMENT).await.expect("nothing is sent twice");
    });
}
