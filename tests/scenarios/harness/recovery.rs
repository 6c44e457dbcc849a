//! The reference server recovers connections as it is told to.

use serde_json::Value;
use socketio_tests::{NodeOptions, NodeServer, soon};

use crate::wire::Wire;

/// Asks for `/recovery`.
async fn knock(server: &NodeServer, auth: &str) -> Wire {
    let mut wire = Wire::open(server.address()).await;
    wire.send(&format!("40/recovery,{auth}")).await;
    wire
}

/// The payload of the next packet, which begins with `start`.
async fn payload(wire: &mut Wire, start: &str) -> Value {
    let packet = wire.expect(start).await;
    let start = packet.find(['[', '{']).expect("a payload");
    serde_json::from_str(&packet[start..]).expect("it is JSON")
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_a_dropped_connection_misses_is_sent_to_its_successor() {
    let mut server = NodeServer::start(NodeOptions::new().connection_state_recovery()).await;
    let mut wire = knock(&server, "").await;
    let first = payload(&mut wire, "40/recovery,").await;
    wire.send(r#"42/recovery,["tell","number",1]"#).await;
    let event = payload(&mut wire, r#"42/recovery,["number",1,""#).await;
    let offset = event[2].as_str().expect("an offset");
    wire.send(r#"42/recovery,["tell:volatile","number",2]"#).await;
    assert_eq!(wire.expect("42").await, r#"42/recovery,["number",2]"#, "without an offset");

    wire.send(r#"42/recovery,["drop",["text","a"],["nothing"]]"#).await;
    soon(wire.next()).await.expect_err("no close frame comes");
    server.broadcast("/recovery", "number", &[3.into()]).await;
    let auth = serde_json::json!({ "pid": first["pid"], "offset": offset });
    let mut wire = knock(&server, &auth.to_string()).await;
    // Missed events come before the server's word.
    wire.expect(r#"42/recovery,["text","a",""#).await;
    wire.expect(r#"42/recovery,["nothing",""#).await;
    wire.expect(r#"42/recovery,["number",3,""#).await;
    let second = payload(&mut wire, "40/recovery,").await;
    assert_eq!((&second["sid"], &second["pid"]), (&first["sid"], &first["pid"]));
    wire.send(r#"42/recovery,0["state"]"#).await;
    let state = wire.expect("43").await;
    assert!(state.contains(r#""recovered":true"#), "{state}");
}
