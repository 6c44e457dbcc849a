//! What a dropped future leaves in memory: nothing. Each is made and dropped so often that a
//! leak of one allocation each would be seen, whatever the rest allocates.

use std::{
    cell::RefCell,
    future::{Future, pending},
    pin::pin,
    task::{Context, Poll, Waker},
};

use allocation_counter::measure;
use socketio_runtime::EmitOptions;
use tokio::time::sleep;

use crate::{
    cut::runtime,
    world::{Chat, MOMENT, World},
};

/// Polls a future once, and drops it unless it is ready.
fn polled_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// How many allocations more there are after so many rounds.
fn growth(rounds: i64, before: &impl AsyncFn(&World), round: &impl AsyncFn(&World)) -> i64 {
    let runtime = runtime();
    let world = runtime.block_on(async {
        let world = World::new();
        before(&world).await;
        world
    });
    let run = |count: i64| {
        runtime.block_on(async {
            for _ in 0..count {
                round(&world).await;
            }
            // What was ordered is carried out.
            sleep(MOMENT).await;
        });
    };
    // Until everything that keeps its room has it.
    run(rounds);
    let grown = measure(|| run(rounds)).count_current;
    // It is the client's room that counts, not that of handles.
    drop(world);
    grown
}

/// Nothing is left of each round.
#[expect(clippy::needless_pass_by_value, reason = "both are written where they are used")]
fn leaves_nothing(before: impl AsyncFn(&World), round: impl AsyncFn(&World)) {
    let grown = growth(ROUNDS, &before, &round);
    assert!(grown < ROUNDS / 8, "{grown} allocations are left of {ROUNDS} rounds");
}

async fn connected(world: &World) {
    world.news.connect().await.expect("the server lets everybody in");
    world.chat.connect().await.expect("the server lets everybody in");
}

async fn down(world: &World) {
    world.server.go_down().await;
    drop(world.chat.connect());
    sleep(MOMENT).await;
}

async fn nothing(_: &World) {}

#[test]
fn the_scales_notice_one_allocation_a_round() {
    let kept = RefCell::new(Vec::with_capacity(1024));
    let round = async |_: &World| kept.borrow_mut().push(Box::new(1));
    assert!(growth(ROUNDS, &nothing, &round) >= ROUNDS);
}

#[test]
fn nothing_is_left_of_waiting_for_the_connection() {
    leaves_nothing(down, async |world| {
        assert!(polled_once(world.chat.connect()).is_none());
        drop(world.chat.connect());
    });
    leaves_nothing(down, async |world| {
        let mut state = world.chat.state();
        assert!(polled_once(state.wait_for(|state| state.connected)).is_none());
        assert!(polled_once(state.changed()).is_none());
    });
    leaves_nothing(nothing, async |world| {
        polled_once(world.chat.connect());
        polled_once(world.chat.disconnect());
    });
    // For as long as that takes: the attempt itself does not end.
    let slow = RefCell::new(None);
    let authenticating = async |world: &World| {
        world.news.connect().await.expect("the server lets everybody in");
        let socket = world.client.socket::<Chat>().namespace("/slow").auth(pending::<u32>);
        *slow.borrow_mut() = Some(socket.build().expect("the namespace is free"));
    };
    leaves_nothing(authenticating, async |_| {
        let slow = slow.borrow().clone().expect("it was made");
        assert!(polled_once(slow.connect()).is_none());
    });
    drop(slow.take());
}

#[test]
fn nothing_is_left_of_a_socket_whose_builder_was_waited_for() {
    leaves_nothing(
        async |world| world.server.go_down().await,
        async |world| {
            let socket = world.client.socket::<Chat>().namespace("/other");
            assert!(polled_once(socket.connect()).is_none());
            drop(world.client.socket::<Chat>().namespace("/other").connect());
        },
    );
    leaves_nothing(connected, async |world| {
        let socket = world.client.socket::<Chat>().namespace("/unknown");
        assert!(polled_once(socket.connect()).is_none());
        sleep(MOMENT).await;
    });
}

#[test]
fn nothing_is_left_of_waiting_offline_for_the_wire() {
    let waiting = async |world: &World| {
        down(world).await;
        world.chat.emit().tell(1).expect("it waits");
    };
    leaves_nothing(waiting, async |world| {
        assert!(polled_once(world.chat.flushed()).is_none());
        assert!(polled_once(world.news.flushed()).is_none());
    });
    leaves_nothing(waiting, async |world| {
        assert!(polled_once(world.chat.buffered()).is_none());
    });
    leaves_nothing(down, async |world| drop(world.chat.clear_buffered()));
}

#[test]
fn nothing_is_left_of_an_answer_that_nobody_waits_for() {
    leaves_nothing(connected, async |world| {
        let ack = world.chat.emit().question(1);
        assert!(polled_once(ack).is_none());
        drop(world.server.expect().question().await.expect("it was emitted"));
    });
    leaves_nothing(connected, async |world| {
        let retried = world.chat.emit_with(EmitOptions::new().retries(2));
        assert!(polled_once(retried.question(1)).is_none());
        let (_, responder) = world.server.expect().question().await.expect("it was emitted");
        responder.answer(1).expect("the client is there");
    });
    leaves_nothing(down, async |world| {
        let ack = world.chat.emit().question(1).cancel_on_drop();
        assert!(polled_once(ack).is_none());
    });
    leaves_nothing(down, async |world| drop(world.chat.emit().question(1).cancel()));
}

#[test]
fn nothing_is_left_of_who_stops_listening() {
    leaves_nothing(connected, async |world| {
        assert!(polled_once(world.chat.once().said()).is_none());
        assert!(polled_once(world.chat.stream().said().next()).is_none());
        assert!(polled_once(world.chat.events().next()).is_none());
        assert!(polled_once(world.chat.stream_any().next()).is_none());
        assert!(polled_once(world.chat.stream_any_outgoing().next()).is_none());
        assert!(polled_once(world.chat.lifecycle().next()).is_none());
        drop(world.chat.on().said(async |_| ()).guard());
    });
    leaves_nothing(nothing, async |world| {
        let mut stream = world.chat.stream().said();
        for _ in 0..4 {
            assert!(polled_once(stream.next()).is_none());
        }
    });
}

#[test]
fn nothing_is_left_of_what_a_test_expected() {
    leaves_nothing(connected, async |world| {
        assert!(polled_once(world.server.expect().tell()).is_none());
        assert!(polled_once(world.server.expect().question()).is_none());
        assert!(polled_once(world.server.nothing_for(MOMENT)).is_none());
        assert!(polled_once(world.server.disconnected()).is_none());
    });
    leaves_nothing(nothing, async |world| {
        assert!(polled_once(world.server.connected()).is_none());
        polled_once(world.server.disconnect());
        polled_once(world.server.come_up());
    });
}

const ROUNDS: i64 = 128;
