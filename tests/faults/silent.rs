//! Links between two hosts that break without a word: packets get lost, or answered with a reset.

use std::time::Duration;

use socketio_tests::{Direction, soon};
use tokio::time::Instant;

use crate::{
    report::{Order, Report, Settings},
    stage::{Over, Stage, impatient, patient, settings},
};

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn what_a_short_silence_delays_arrives_after_it_on_the_same_connection() {
    for over in Over::ALL {
        let mut stage = Stage::on_hosts(patient(), settings(over)).await;
        stage.tell_numbers().await;
        stage.between.cut_both_ways().await;
        for direction in [Direction::ToServer, Direction::ToClient] {
            soon(stage.between.lost(direction, 2)).await;
        }
        stage.between.heal().await;
        stage.goes_on().await;
        stage.all_is_heard().await;
        let failures = stage.client.has_said_how_often(Report::is_failure);
        assert_eq!(failures, 0, "{over:?}");
        let audit = stage.audit().await;
        assert_eq!((audit.lost, audit.dropped, audit.refused), (0, 0, 0), "{over:?}");
    }
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_long_silence_is_noticed_in_its_time_and_the_session_is_recovered_after_it() {
    for over in Over::ALL {
        // Long enough to be told from a heartbeat that a busy machine delays.
        let timeout = Duration::from_millis(1500);
        let mut stage = Stage::on_hosts(impatient().ping_timeout(timeout), settings(over)).await;
        stage.tell_numbers().await;
        stage.goes_on().await;
        stage.between.cut_both_ways().await;
        let since = Instant::now();
        let reason = stage.client.until_disconnected().await;
        assert!(over.tells_silence(&reason), "{over:?}: {reason}");
        // The last heartbeat came within the interval before the cut.
        let silence = since.elapsed();
        assert!(silence > timeout * 2 / 3, "{over:?}: gave up after {silence:?}");
        // The attempts in between fail as well.
        stage.client.until(|report| matches!(report, Report::ConnectError { .. })).await;
        stage.between.heal().await;
        assert!(stage.client.until_connected().await, "{over:?}: not recovered");
        stage.goes_on().await;
        stage.all_is_heard().await;
        let audit = stage.audit().await;
        assert!(audit.refused > 0, "{over:?}: it never said that it was offline");
    }
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_server_that_cannot_be_heard_is_given_up_and_recovers_the_session() {
    for over in [Over::WebSocket, Over::Upgrade] {
        let mut stage = Stage::on_hosts(impatient(), settings(over)).await;
        stage.tell_numbers().await;
        stage.goes_on().await;
        stage.between.cut(Direction::ToClient).await;
        assert_eq!(stage.client.until_disconnected().await, "PingTimeout", "{over:?}");
        stage.between.heal().await;
        assert!(stage.client.until_connected().await, "{over:?}: not recovered");
        stage.goes_on().await;
        stage.all_is_heard().await;
        stage.audit().await;
    }
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_client_that_cannot_be_heard_is_told_so_and_comes_back() {
    for over in Over::ALL {
        let mut stage = Stage::on_hosts(impatient(), settings(over)).await;
        stage.tell_numbers().await;
        stage.goes_on().await;
        stage.between.cut(Direction::ToServer).await;
        stage.client.until_disconnected().await;
        stage.between.heal().await;
        stage.client.until_connected().await;
        stage.goes_on().await;
        stage.all_is_heard().await;
        stage.audit().await;
    }
}

/// Each connection is lost, and the next one breaks without a word after so many bytes: in the
/// handshake of TCP, in that of the WebSocket, before the namespace is entered, in an upgrade.
async fn breaks_at_its_beginning(over: Over, direction: Direction) {
    let options = impatient().upgrade_timeout(Duration::from_millis(500));
    let mut stage = Stage::on_hosts(options, settings(over)).await;
    stage.tell_numbers().await;
    for bytes in [0, 100, 300, 450, 700, 1000, 1500, 2500] {
        stage.goes_on().await;
        stage.client.forget();
        stage.between.reset().await;
        stage.client.until_failed().await;
        stage.between.heal().await;
        stage.between.cut_after(direction, bytes).await;
        soon(stage.between.lost(direction, 1)).await;
        // Whether in the beginning or, since that was short, soon after it.
        stage.client.forget();
        stage.client.until_failed().await;
        stage.between.heal().await;
    }
    stage.goes_on().await;
    stage.all_is_heard().await;
    stage.audit().await;
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_websocket_that_goes_silent_while_it_is_opened_costs_nothing_that_waits() {
    tokio::join!(
        breaks_at_its_beginning(Over::WebSocket, Direction::ToServer),
        breaks_at_its_beginning(Over::WebSocket, Direction::ToClient),
    );
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_network_that_goes_silent_during_an_upgrade_costs_nothing_that_waits() {
    tokio::join!(
        breaks_at_its_beginning(Over::Upgrade, Direction::ToServer),
        breaks_at_its_beginning(Over::Upgrade, Direction::ToClient),
    );
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_post_that_gets_stuck_is_there_once_or_known_to_be_in_doubt() {
    // So large that a request is cut in its middle.
    let settings = Settings { padding: 20_000, ..settings(Over::Polling) };
    let mut stage = Stage::on_hosts(impatient(), settings).await;
    stage.tell_numbers().await;
    for bytes in [30_000, 100_000] {
        stage.goes_on().await;
        stage.between.cut_after(Direction::ToServer, bytes).await;
        stage.client.until_disconnected().await;
        stage.between.heal().await;
        stage.client.until_connected().await;
    }
    stage.goes_on().await;
    stage.all_is_heard().await;
    stage.audit().await;
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_large_attachment_that_gets_stuck_is_lost_as_a_whole_and_its_ack_says_so() {
    for over in [Over::WebSocket, Over::Polling] {
        let options = impatient().max_http_buffer_size(10_000_000);
        let mut stage = Stage::on_hosts(options, settings(over)).await;
        stage.tell_numbers().await;
        stage.between.cut_after(Direction::ToServer, 1_000_000).await;
        stage.client.order(Order::Attach { bytes: 4_000_000 }).await;
        stage.client.until_disconnected().await;
        stage.between.heal().await;
        stage.client.until_connected().await;
        // The next one gets through.
        stage.client.order(Order::Attach { bytes: 4_000_000 }).await;
        stage.goes_on().await;
        stage.all_is_heard().await;
        let audit = stage.audit().await;
        assert!(audit.lost > 0, "{over:?}: the attachment was to be lost");
    }
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_connection_that_a_firewall_resets_is_made_again() {
    for over in Over::ALL {
        let mut stage = Stage::on_hosts(impatient(), settings(over)).await;
        stage.tell_numbers().await;
        for _ in 0..3 {
            stage.goes_on().await;
            stage.between.reset().await;
            stage.client.until_disconnected().await;
            stage.client.until(|report| matches!(report, Report::ConnectError { .. })).await;
            stage.between.heal().await;
            let recovered = stage.client.until_connected().await;
            // A server that is polled does not know yet that it has lost this client.
            assert!(recovered || over != Over::WebSocket, "not recovered");
        }
        stage.goes_on().await;
        stage.all_is_heard().await;
        stage.audit().await;
    }
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_server_whose_address_was_gone_is_found_again() {
    let mut stage = Stage::on_hosts(impatient(), settings(Over::WebSocket)).await;
    stage.tell_numbers().await;
    stage.goes_on().await;
    stage.between.remove_server().await;
    stage.client.until_disconnected().await;
    stage.client.until(|report| matches!(report, Report::ConnectError { .. })).await;
    stage.between.restore_server().await;
    assert!(stage.client.until_connected().await, "not recovered");
    stage.goes_on().await;
    stage.all_is_heard().await;
    stage.audit().await;
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn a_link_that_flaps_costs_nothing_that_waits() {
    for over in [Over::WebSocket, Over::Upgrade] {
        let mut stage = Stage::on_hosts(impatient(), settings(over)).await;
        stage.tell_numbers().await;
        for packets in [1, 2, 5, 1, 3, 8, 2, 4, 6, 1] {
            // Sometimes the connection outlives it, sometimes not.
            stage.between.cut_both_ways().await;
            soon(stage.between.lost(Direction::ToServer, packets)).await;
            stage.between.heal().await;
            stage.goes_on().await;
        }
        stage.all_is_heard().await;
        stage.audit().await;
    }
}
