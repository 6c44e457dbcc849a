//! Processes that are stopped in the middle of whatever they do, and go on later.

use std::time::Duration;

use socketio_tests::soon;
use tokio::time::sleep;

use crate::stage::{Over, Stage, impatient, patient, settings};

#[tokio::test]
#[cfg_attr(not(all(has_node, unix)), ignore = "needs Node.js and signals")]
async fn a_client_that_was_suspended_for_long_comes_back_with_what_it_missed() {
    for over in Over::ALL {
        let mut stage = Stage::on_loopback(impatient(), settings(over)).await;
        stage.tell_numbers().await;
        stage.goes_on().await;
        stage.client.suspend().await;
        // Until the server has given it up.
        soon(async { while stage.server.census("/ledger").await != (0, 0) {} }).await;
        stage.client.resume().await;
        stage.client.until_disconnected().await;
        assert!(stage.client.until_connected().await, "{over:?}: not recovered");
        stage.goes_on().await;
        stage.all_is_heard().await;
        stage.audit().await;
    }
}

#[tokio::test]
#[cfg_attr(not(all(has_node, unix)), ignore = "needs Node.js and signals")]
async fn a_server_that_was_suspended_for_long_is_given_up_and_found_again() {
    for over in Over::ALL {
        let mut stage = Stage::on_loopback(impatient(), settings(over)).await;
        stage.tell_numbers().await;
        stage.goes_on().await;
        stage.server.suspend().await;
        let reason = stage.client.until_disconnected().await;
        assert!(over.tells_silence(&reason), "{over:?}: {reason}");
        stage.server.resume().await;
        stage.client.until_connected().await;
        stage.goes_on().await;
        stage.all_is_heard().await;
        stage.audit().await;
    }
}

#[tokio::test]
#[cfg_attr(not(all(has_node, unix)), ignore = "needs Node.js and signals")]
async fn a_short_suspension_of_either_side_costs_nothing() {
    for over in Over::ALL {
        let mut stage = Stage::on_loopback(patient(), settings(over)).await;
        stage.tell_numbers().await;
        stage.goes_on().await;
        stage.client.suspend().await;
        // What it is asked is answered late, and then everything.
        let census = stage.server.census("/ledger").await;
        stage.client.resume().await;
        assert_eq!(census, (1, 1));
        stage.goes_on().await;
        stage.server.suspend().await;
        // As long as the fault lasts; whatever the machine does, it is shorter than the heartbeat.
        sleep(Duration::from_millis(300)).await;
        stage.server.resume().await;
        stage.goes_on().await;
        stage.all_is_heard().await;
        let audit = stage.audit().await;
        assert_eq!((audit.lost, audit.dropped, audit.refused), (0, 0, 0), "{over:?}");
    }
}
