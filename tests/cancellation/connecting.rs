//! Entering and leaving a namespace, dropped half-way.

use socketio_runtime::{ConnectError, DisconnectReason, EmitError, Lifecycle};
use tokio::time::sleep;

use crate::{
    cut::{Alive, sweep},
    world::{Chat, LAST_WORDS, MOMENT, World, listen, works},
};

#[test]
pub(super) fn connecting_goes_on_without_being_polled() {
    let swept = sweep(async |cut| {
        let world = World::outside().await;
        if let Some(outcome) = cut.run(world.chat.connect()).await {
            outcome.expect("the server lets everybody in");
        }
        world.chat.state().wait_for(|state| state.connected).await.expect("the runtime runs");
        assert_eq!(world.chat.stats().connects, 1);
        world.chat.connect().await.expect("it is connected");
        assert_eq!(world.chat.stats().connects, 1);
        works(&world.server, &world.chat).await;
        world.check().await;
    });
    assert!(swept.turns > 4, "{swept:?}");
}

#[test]
pub(super) fn opening_the_connection_goes_on_without_being_polled() {
    let swept = sweep(async |cut| {
        let world = World::new();
        drop(cut.run(world.chat.connect()).await);
        world.chat.state().wait_for(|state| state.connected).await.expect("the runtime runs");
        assert_eq!(world.client.stats().connections, 1);
        world.check().await;
    });
    assert!(swept.turns > 10, "{swept:?}");
}

#[test]
pub(super) fn connecting_in_vain_goes_on_until_it_is_not_in_vain() {
    sweep(async |cut| {
        let world = World::new();
        world.server.go_down().await;
        if let Some(outcome) = cut.run(world.chat.connect()).await {
            outcome.expect_err("nobody listens");
        }
        world.server.come_up().await;
        world.chat.state().wait_for(|state| state.connected).await.expect("the runtime runs");
        world.check().await;
    });
}

#[test]
pub(super) fn a_refusal_that_nobody_waits_for_ends_connecting_all_the_same() {
    sweep(async |cut| {
        let world = World::outside().await;
        world.server.refuse("closed", &serde_json::Value::Null);
        if let Some(outcome) = cut.run(world.chat.connect()).await {
            let error = outcome.expect_err("nobody is let in");
            assert!(matches!(error, ConnectError::Refused { .. }), "{error:?}");
        }
        let refused = world.chat.state();
        refused.clone().wait_for(|state| state.last_error.is_some()).await.expect("it runs");
        world.chat.emit().tell(1).expect_err("nobody would ever send it");
        assert!(!refused.borrow().reconnecting);
        world.server.accept();
        world.check().await;
    });
}

#[test]
pub(super) fn connecting_by_the_builder_leaves_again_when_it_is_dropped() {
    sweep(async |cut| {
        let World { server, news_server, client, news, chat } = World::outside().await;
        drop(chat);
        let outcome = cut.run(client.socket::<Chat>().connect()).await;
        let connected = outcome.map(|outcome| outcome.expect("the server lets everybody in"));
        if let Some(chat) = &connected {
            works(&server, chat).await;
        }
        drop(connected);
        server.disconnected().await.expect("no handle is left");
        // The namespace is free at once, also while the server has not said what became of it.
        let chat = client.socket().build().expect("the namespace is free");
        World { server, news_server, client, news, chat }.check().await;
    });
}

#[test]
pub(super) fn connecting_by_the_builder_again_does_not_wait_for_what_was_dropped() {
    sweep(async |cut| {
        let World { server, news_server, client, news, chat } = World::outside().await;
        drop(chat);
        drop(cut.run(client.socket::<Chat>().connect()).await);
        let chat = client.socket::<Chat>().connect().await.expect("the namespace is free");
        works(&server, &chat).await;
        assert_eq!(client.stats().connections, 1, "the other namespace kept its connection");
        World { server, news_server, client, news, chat }.check().await;
    });
}

#[test]
pub(super) fn connecting_the_only_socket_by_the_builder_again_opens_what_it_needs() {
    sweep(async |cut| {
        let World { server, news_server, client, news, chat } = World::new();
        drop(chat);
        drop(cut.run(client.socket::<Chat>().connect()).await);
        let chat = client.socket::<Chat>().connect().await.expect("the namespace is free");
        works(&server, &chat).await;
        World { server, news_server, client, news, chat }.check().await;
    });
}

#[test]
pub(super) fn disconnecting_goes_on_without_being_polled() {
    let swept = sweep(async |cut| {
        let world = World::connected().await;
        let captured = Alive::default();
        listen(&world.chat, &captured);
        for number in 0..3 {
            world.chat.emit().tell(number).expect("it is connected");
        }
        cut.run(world.chat.disconnect()).await;
        let error = world.chat.emit().tell(9).expect_err("it is leaving");
        assert!(
            matches!(
                error,
                EmitError::Disconnected { reason: DisconnectReason::ClientDisconnect, .. }
            ),
            "{error:?}"
        );
        world.server.disconnected().await.expect("it leaves");
        for number in 0..3 {
            assert_eq!(world.server.expect().tell().await.expect("it was emitted"), number);
        }
        captured.becomes(0).await;
        assert_eq!(world.client.stats().connections, 1);
        world.check().await;
    });
    assert!(swept.turns > 4, "{swept:?}");
}

#[test]
pub(super) fn connecting_again_while_it_leaves_is_in_time() {
    sweep(async |cut| {
        let world = World::connected().await;
        world.chat.emit().tell(LAST_WORDS).expect("it is connected");
        cut.run(world.chat.disconnect()).await;
        world.chat.connect().await.expect("the server lets everybody in");
        assert_eq!(world.server.expect().tell().await.expect("it was emitted"), LAST_WORDS);
        assert_eq!(world.client.stats().connections, 1);
        world.check().await;
    });
}

#[test]
pub(super) fn disconnecting_the_last_socket_closes_the_connection_though_nobody_waits() {
    sweep(async |cut| {
        let world = World::new();
        world.chat.connect().await.expect("the server lets everybody in");
        cut.run(world.chat.disconnect()).await;
        world.server.disconnected().await.expect("it leaves");
        sleep(MOMENT).await;
        world.chat.connect().await.expect("the same again succeeds");
        assert_eq!(world.client.stats().connections, 2);
        world.check().await;
    });
}

#[test]
pub(super) fn whoever_disconnects_while_connecting_stays_outside() {
    sweep(async |cut| {
        let world = World::outside().await;
        let mut lifecycle = world.chat.lifecycle();
        // Here it is the point of the disconnection that is tried, with the drop of what waits.
        let outcome = cut.run(world.chat.connect()).await;
        world.chat.disconnect().await;
        world.server.disconnected().await.expect("it is outside");
        sleep(MOMENT).await;
        assert!(!world.chat.is_connected());
        while let Some(change) = lifecycle.next().await {
            let is_known = match change {
                Lifecycle::Connect { .. } | Lifecycle::Disconnect { .. } => true,
                _ => outcome.is_none(),
            };
            assert!(is_known, "{change:?}");
        }
        world.check().await;
    });
}

#[test]
pub(super) fn watching_the_state_changes_nothing() {
    sweep(async |cut| {
        let world = World::outside().await;
        let mut state = world.chat.state();
        drop(world.chat.connect());
        if let Some(found) = cut.run(state.wait_for(|state| state.connected)).await {
            assert!(found.expect("the runtime runs").connected);
        }
        let found = state.wait_for(|state| state.connected).await;
        assert!(found.expect("the runtime runs").connected);
        world.check().await;
    });
    sweep(async |cut| {
        let world = World::outside().await;
        let mut state = world.chat.state();
        drop(world.chat.connect());
        let _ = cut.run(state.changed()).await;
        // What has changed is still there to be seen.
        world.chat.state().wait_for(|state| state.connected).await.expect("the runtime runs");
        assert!(state.borrow_and_update().connected);
        world.check().await;
    });
}
