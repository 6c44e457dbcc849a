//! All chat servers keep the same contract, packet for packet.

use std::net::SocketAddr;

use serde_json::{Value, json};
use socketio_tests::{ChatServer, NodeOptions, NodeServer, PythonServer};

use crate::wire::Wire;

#[tokio::test]
async fn embedded_server_keeps_the_contract() {
    let server = ChatServer::start("127.0.0.1:0").await.expect("loopback has free ports");
    keeps_the_contract(server.address()).await;

    // socketioxide has no data to give to a refusal.
    let refusal = refusal(server.address(), r#"{"token":"wrong"}"#).await;
    assert_eq!(refusal, json!({ "message": "invalid token" }));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn reference_server_keeps_the_contract() {
    let server = NodeServer::start(NodeOptions::new()).await;
    keeps_the_contract(server.address()).await;

    let refusal = refusal(server.address(), r#"{"token":"wrong"}"#).await;
    let expected = json!({ "message": "invalid token", "data": { "code": "invalid_token" } });
    assert_eq!(refusal, expected);
}

#[tokio::test]
#[cfg_attr(not(has_python), ignore = "needs Python 3")]
async fn python_server_keeps_the_contract() {
    let server = PythonServer::start().await;
    keeps_the_contract(server.address()).await;

    let refusal = refusal(server.address(), r#"{"token":"wrong"}"#).await;
    let expected = json!({ "message": "invalid token", "data": { "code": "invalid_token" } });
    assert_eq!(refusal, expected);
}

async fn keeps_the_contract(address: SocketAddr) {
    refuses_without_a_token(address).await;
    let mut ada = join_chat(address, "ada").await;
    let mut bob = join_chat(address, "bob").await;
    enter_lobby_present(&mut ada, 1).await;
    enter_lobby_present(&mut bob, 2).await;
    assert_joined(&mut ada, "bob").await;
    messages_reach_everyone(&mut ada, &mut bob).await;
    typing_reaches_the_others(&mut ada, &mut bob).await;
    files_reach_everyone(&mut ada, &mut bob).await;
    mistakes_are_told(&mut ada).await;
    leaving_is_told(&mut ada, &mut bob).await;
    absence_is_told(&mut ada, &mut bob).await;
    disconnecting_is_told(&mut ada, bob).await;
}

async fn refuses_without_a_token(address: SocketAddr) {
    let refusal = refusal(address, "").await;
    assert_eq!(refusal["message"], "a token is required");
}

async fn join_chat(address: SocketAddr, token: &str) -> Wire {
    Wire::join(address, "/chat", &json!({ "token": token }).to_string()).await
}

/// Joins room `lobby` with ack id 0, and returns the id and the nonce of the presence check
/// that follows.
async fn enter_lobby(wire: &mut Wire, members: u32) -> (String, Value) {
    wire.send(r#"42/chat,0["room:join","lobby"]"#).await;
    let room = json!({ "id": "lobby", "name": "lobby", "memberCount": members });
    assert_eq!(event(wire, "430").await, json!([{ "success": true, "room": room }]));
    let check = wire.expect("42/chat,").await;
    let (start, nonce) = check.split_once(r#"["presence:check","#).expect("a presence check");
    let id = start["42/chat,".len()..].to_owned();
    (id, nonce.trim_end_matches(']').parse().expect("the nonce is JSON"))
}

/// Joins room `lobby`, and answers the presence check.
async fn enter_lobby_present(wire: &mut Wire, members: u32) {
    let (id, nonce) = enter_lobby(wire, members).await;
    let answer = json!([{ "status": "online", "nonce": nonce }]);
    wire.send(&format!("43/chat,{id}{answer}")).await;
}

async fn messages_reach_everyone(ada: &mut Wire, bob: &mut Wire) {
    ada.send(r#"42/chat,1["message:send","hello"]"#).await;
    let received = event(ada, "42").await;
    let answer = event(ada, "431").await;
    assert_eq!(received[0], "message:received");
    assert_eq!(received[1]["content"], "hello");
    assert_eq!(received[1]["senderId"], "user-ada");
    assert_eq!(received[1]["roomId"], "lobby");
    let time = received[1]["createdAt"].as_str().expect("the time is a string");
    assert!(time.starts_with("20") && time.ends_with('Z'), "not RFC 3339: {time}");
    assert_eq!(answer, json!([{ "success": true, "messageId": received[1]["id"] }]));
    assert_eq!(event(bob, "42").await, received);
}

async fn typing_reaches_the_others(ada: &mut Wire, bob: &mut Wire) {
    ada.send(r#"42/chat,["typing:start","lobby"]"#).await;
    assert_eq!(
        event(bob, "42").await,
        json!(["typing:start", { "userId": "user-ada", "username": "ada" }]),
    );
    ada.send(r#"42/chat,["typing:stop","lobby"]"#).await;
    assert_eq!(event(bob, "42").await, json!(["typing:stop", { "userId": "user-ada" }]));
    ada.send(r#"42/chat,["ping"]"#).await;
    assert_eq!(event(ada, "42").await, json!(["pong"]));
}

async fn files_reach_everyone(ada: &mut Wire, bob: &mut Wire) {
    let metadata = json!({ "name": "a.bin", "type": "application/octet-stream", "size": 3 });
    let placeholder = json!({ "_placeholder": true, "num": 0 });
    ada.send(&format!("451-/chat,2{}", json!(["file:upload", placeholder, metadata]))).await;
    ada.send_binary(&[1, 2, 3]).await;
    for wire in [&mut *ada, bob] {
        let received = event(wire, "451-").await;
        assert_eq!(received, json!(["file:received", placeholder, metadata]));
        assert_eq!(wire.expect_binary().await, [1, 2, 3]);
    }
    let answer = event(ada, "432").await;
    assert_eq!(answer[0]["success"], true);
    assert!(answer[0]["fileId"].is_string(), "{answer}");
}

async fn mistakes_are_told(ada: &mut Wire) {
    ada.send(r#"42/chat,3["message:send",""]"#).await;
    let problem = "a message needs content";
    let told = json!(["error", { "code": "empty_message", "message": problem }]);
    assert_eq!(event(ada, "42").await, told);
    assert_eq!(event(ada, "433").await, json!([{ "success": false, "error": problem }]));

    ada.send(r#"42/chat,["room:leave","elsewhere"]"#).await;
    assert_eq!(event(ada, "42").await[1]["code"], "not_in_room");
}

async fn leaving_is_told(ada: &mut Wire, bob: &mut Wire) {
    ada.send(r#"42/chat,["room:leave","lobby"]"#).await;
    assert_left(bob, "ada").await;
}

/// A wrong answer to the presence check is an error; the member stays.
async fn absence_is_told(ada: &mut Wire, bob: &mut Wire) {
    let (id, _) = enter_lobby(ada, 2).await;
    assert_joined(bob, "ada").await;
    ada.send(&format!(r#"43/chat,{id}[{{"status":"away","nonce":0}}]"#)).await;
    assert_eq!(event(ada, "42").await[1]["code"], "no_presence");
}

async fn disconnecting_is_told(ada: &mut Wire, bob: Wire) {
    drop(bob);
    assert_left(ada, "bob").await;
}

async fn assert_joined(wire: &mut Wire, token: &str) {
    let user = json!({ "id": format!("user-{token}"), "username": token });
    assert_eq!(event(wire, "42").await, json!(["user:joined", user]));
    assert_eq!(event(wire, "42").await, room_updated(2));
}

async fn assert_left(wire: &mut Wire, token: &str) {
    assert_eq!(event(wire, "42").await, json!(["user:left", format!("user-{token}")]));
    assert_eq!(event(wire, "42").await, room_updated(1));
}

/// Why the server refuses `auth` in `/chat`.
async fn refusal(address: SocketAddr, auth: &str) -> Value {
    let mut wire = Wire::open(address).await;
    wire.send(&format!("40/chat,{auth}")).await;
    event(&mut wire, "44").await
}

fn room_updated(members: u32) -> Value {
    json!(["room:updated", { "id": "lobby", "name": "lobby", "memberCount": members }])
}

/// The payload of the next packet, which has to be of `/chat`. `kind` is what stands before
/// the namespace, with the ack id of an answer after it, as in `430`.
async fn event(wire: &mut Wire, kind: &str) -> Value {
    let start = match kind.split_at(2) {
        ("43", id) => format!("43/chat,{id}["),
        _ => format!("{kind}/chat,"),
    };
    let packet = wire.expect(&start).await;
    let payload = packet.find(['[', '{']).expect("a payload");
    serde_json::from_str(&packet[payload..]).expect("the payload is JSON")
}
