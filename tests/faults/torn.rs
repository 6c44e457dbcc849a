//! Connections that are reset in the middle of what they carry.

use socketio_tests::Direction;

use crate::{
    report::{Order, Report, Settings},
    stage::{Over, Stage, impatient, patient, settings},
};

async fn are_cut_after(over: Over, direction: Direction) {
    // A round has more than a kilobyte, so that the cuts are in the middle of events, too.
    let settings = Settings { padding: 200, ..settings(over) };
    let mut stage = Stage::by_proxy(impatient(), settings).await;
    stage.tell_numbers().await;
    for bytes in [1, 150, 400, 700, 1_500, 4_000, 10_001] {
        stage.goes_on().await;
        stage.client.forget();
        stage.between.cut_after(direction, bytes);
        stage.client.until_failed().await;
        stage.between.heal().await;
    }
    stage.goes_on().await;
    stage.all_is_heard().await;
    stage.audit().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_a_torn_websocket_did_not_take_is_sent_on_the_next_one() {
    tokio::join!(
        are_cut_after(Over::WebSocket, Direction::ToServer),
        are_cut_after(Over::WebSocket, Direction::ToClient),
    );
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_a_torn_request_did_not_take_is_sent_with_the_next_session() {
    tokio::join!(
        are_cut_after(Over::Polling, Direction::ToServer),
        are_cut_after(Over::Polling, Direction::ToClient),
        are_cut_after(Over::Upgrade, Direction::ToServer),
    );
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_client_whose_connection_is_torn_again_and_again_loses_nothing_that_is_retried() {
    let mut stage = Stage::by_proxy(impatient(), settings(Over::WebSocket)).await;
    stage.tell_numbers().await;
    for _ in 0..20 {
        stage.goes_on().await;
        stage.between.cut();
        stage.client.until_disconnected().await;
    }
    stage.all_is_heard().await;
    let audit = stage.audit().await;
    assert!(audit.refused > 0, "it never said that it was offline");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_a_full_network_did_not_take_waits_for_the_next_one_or_is_told() {
    for over in Over::ALL {
        // More than sockets hold, so that most of it is still in the client when the link breaks.
        let settings = Settings { padding: 20_000, round_ms: 20, ..settings(over) };
        let mut stage = Stage::by_proxy(patient(), settings).await;
        stage.goes_on().await;
        stage.between.stall();
        stage.client.until_emitted(400).await;
        stage.between.cut();
        stage.client.until_disconnected().await;
        stage.between.heal().await;
        stage.client.until_connected().await;
        stage.goes_on().await;
        let audit = stage.audit().await;
        assert!(audit.thrown_away > 0, "{over:?}: nothing was left to be told");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_attachment_that_is_torn_does_not_come_in_part() {
    for over in [Over::WebSocket, Over::Polling] {
        let options = patient().max_http_buffer_size(10_000_000);
        let mut stage = Stage::by_proxy(options, settings(over)).await;
        stage.tell_numbers().await;
        for bytes in [50_000, 500_000, 7_999_000] {
            stage.between.cut_after(Direction::ToServer, bytes);
            stage.client.order(Order::Attach { bytes: 8_000_000 }).await;
            stage.client.until_disconnected().await;
            stage.between.heal().await;
            stage.client.until_connected().await;
        }
        stage.goes_on().await;
        stage.all_is_heard().await;
        // A part that came on the next connection would cost that one, too.
        let failures = stage.client.has_said_how_often(Report::is_failure);
        assert_eq!(failures, 3, "{over:?}");
        stage.audit().await;
    }
}
