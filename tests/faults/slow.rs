//! Networks that are slow, but work.

use std::time::Duration;

use crate::{
    report::{Order, Report, Settings},
    stage::{Over, Stage, impatient, patient, settings},
};

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_slow_network_takes_its_time_and_loses_nothing() {
    for over in Over::ALL {
        let mut stage = Stage::by_proxy(patient(), settings(over)).await;
        stage.tell_numbers().await;
        stage.between.delay(Duration::from_millis(100));
        stage.goes_on().await;
        stage.between.heal().await;
        stage.between.throttle(20_000);
        stage.goes_on().await;
        stage.between.heal().await;
        stage.all_is_heard().await;
        let failures = stage.client.has_said_how_often(Report::is_failure);
        assert_eq!(failures, 0, "{over:?}");
        let audit = stage.audit().await;
        assert_eq!((audit.lost, audit.dropped, audit.refused), (0, 0, 0), "{over:?}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_heartbeat_is_answered_while_an_attachment_creeps() {
    // The attachment takes several times as long as a heartbeat may.
    let settings = Settings { round_ms: 100, ..settings(Over::WebSocket) };
    let timeout = Duration::from_millis(700);
    let mut stage = Stage::by_proxy(impatient().ping_timeout(timeout), settings).await;
    stage.tell_numbers().await;
    stage.between.throttle(1_000_000);
    stage.client.order(Order::Attach { bytes: 900_000 }).await;
    stage.goes_on().await;
    stage.between.heal().await;
    stage.all_is_heard().await;
    stage.audit().await;
}
