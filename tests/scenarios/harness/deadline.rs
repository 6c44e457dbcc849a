//! A wait in vain ends, and says where it was.

use std::{future::pending, time::Duration};

use socketio_tests::within;

#[tokio::test]
async fn a_wait_in_time_has_its_output() {
    assert_eq!(within(Duration::from_secs(1), async { 7 }).await, 7);
}

#[tokio::test]
#[should_panic(expected = "not done within 1ms: the wait at tests/scenarios/harness/deadline.rs:")]
async fn a_wait_in_vain_names_its_line() {
    within(Duration::from_millis(1), pending::<()>()).await;
}
