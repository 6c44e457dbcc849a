//! Servers that die without a word, and come back knowing nothing.

use crate::{
    report::{Report, Settings},
    stage::{Over, Stage, impatient, settings},
};

async fn is_killed_and_restarted(settings: Settings) {
    let mut stage = Stage::on_loopback(impatient(), settings).await;
    for _ in 0..3 {
        stage.tell_numbers().await;
        stage.goes_on().await;
        stage.server.kill().await;
        stage.client.until_disconnected().await;
        stage.client.until(|report| matches!(report, Report::ConnectError { .. })).await;
        stage.server.restart_same_port().await;
        let recovered = stage.client.until_connected().await;
        assert!(!recovered, "nobody knows the session any more");
    }
    stage.goes_on().await;
    let audit = stage.audit().await;
    assert!(audit.refused > 0, "it never said that it was offline");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_that_was_killed_gets_what_waited_for_it() {
    for over in Over::ALL {
        is_killed_and_restarted(settings(over)).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_client_without_retries_gets_over_a_killed_server_as_well() {
    is_killed_and_restarted(Settings { retries: false, ..settings(Over::WebSocket) }).await;
}
