//! Packets held against a catalogue: those of real sessions, and broken ones.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use futures_util::{SinkExt, StreamExt};
use schema_examples::{
    catalogue as chat,
    payload::{Credentials, FileMetadata, Presence, Status},
    schema::{Chat, ServerToClientEvent as Event},
};
use socketio_runtime::{
    Transport,
    catalogue::{ValidationError, Validator},
    schema::Direction,
};
use socketio_tests::{NodeOptions, NodeServer, soon};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{accept_async, client_async, tungstenite::Message};

use super::odd;
use crate::setup::quick;

const TO_SERVER: Direction = Direction::ClientToServer;
const TO_CLIENT: Direction = Direction::ServerToClient;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_packets_of_a_real_session_fit_the_catalogue() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let (alice, bob) = (Recorder::start(&server).await, Recorder::start(&server).await);
    let [talker, listener] = [("alice", &alice), ("bob", &bob)].map(|(name, recorder)| {
        let client = quick(recorder.url()).transports([Transport::WebSocket]).build();
        let credentials = Credentials { token: name.to_owned() };
        let client = client.expect("the URL is good");
        let chat = client.socket::<Chat>().auth(credentials).build().expect("a new namespace");
        chat.on().presence_check(|nonce| Presence { status: Status::Online, nonce });
        chat
    });
    let mut heard = listener.events();
    for chat in [&talker, &listener] {
        soon(chat.connect()).await.expect("the token is good");
        let joined = soon(chat.emit().room_join("lobby")).await.expect("an answer");
        assert!(joined.success);
    }
    let sent = soon(talker.emit().message_send("grüß dich, \"bob\" 👋")).await.expect("an answer");
    assert!(sent.success);
    talker.emit().typing_start("lobby").expect("it is connected");
    talker.emit().typing_stop("lobby").expect("it is connected");
    talker.emit().ping().expect("it is connected");
    let mime_type = "text/plain".to_owned();
    let metadata = FileMetadata { name: "a.txt".to_owned(), mime_type, size: 3 };
    let upload = talker.emit().file_upload(vec![1, 2, 3].into(), &metadata);
    assert!(soon(upload).await.expect("an answer").success);
    talker.emit().room_leave("lobby").expect("it is connected");
    while !matches!(soon(heard.next()).await.expect("an event"), Event::UserLeft { .. }) {}
    soon(talker.disconnect()).await;

    let catalogue = chat();
    let validator = Validator::new(&catalogue).expect("the schemas are JSON Schemas");
    let mut events = Vec::new();
    for recorder in [alice, bob] {
        let mut session = validator.session();
        for (direction, packet) in recorder.packets() {
            let result = session.check(direction, &packet);
            assert!(result.is_ok(), "{packet}: {result:?}");
            events.extend(packet.split('"').nth(1).map(str::to_owned));
        }
    }
    // All that the catalogue declares was there, but for refusals.
    for event in catalogue.json_schemas().keys().filter(|id| id.event != "error") {
        assert!(events.contains(&event.event), "{event:?} was recorded");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_refusal_fits_the_catalogue() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let recorder = Recorder::start(&server).await;
    let client = quick(recorder.url()).transports([Transport::WebSocket]).build();
    let client = client.expect("the URL is good");
    let credentials = Credentials { token: "wrong".to_owned() };
    soon(client.socket::<Chat>().auth(credentials).connect()).await.expect_err("it is refused");

    let validator = Validator::new(&chat()).expect("the schemas are JSON Schemas");
    let packets = recorder.packets();
    let (direction, refusal) = packets.last().expect("it was recorded");
    assert!(refusal.starts_with("44/chat,"), "{refusal}");
    validator.check(*direction, refusal).expect("it has the declared data");
    let broken = r#"44/chat,{"message":"no","data":{"code":5}}"#;
    validator.check(TO_CLIENT, broken).expect_err("a code is a string");
}

#[test]
fn packets_that_break_the_contract_are_told_apart() {
    let validator = Validator::new(&chat()).expect("the schemas are JSON Schemas");
    for (direction, packet, expected) in [
        (TO_SERVER, r#"42["ping"]"#, "the catalogue has no namespace `/`"),
        (TO_SERVER, r#"42/talk,["ping"]"#, "the catalogue has no namespace `/talk`"),
        (TO_SERVER, r#"42/chat,["pings"]"#, "the namespace `/chat` declares no event `pings`"),
        (
            TO_SERVER,
            r#"42/chat,["user:left","1"]"#,
            "the event `user:left` of `/chat` is sent by the server, not by clients",
        ),
        (
            TO_CLIENT,
            r#"42/chat,["ping"]"#,
            "the event `ping` of `/chat` is sent by clients, not by the server",
        ),
        (
            TO_SERVER,
            r#"42/chat,["typing:start",{"userId":"1","username":"Ada"}]"#,
            "the event `typing:start` of `/chat` does not fit its schema: `room_id` at `/0`: \
             {\"userId\":\"1\",\"username\":\"Ada\"} is not of type \"string\"",
        ),
        (
            TO_CLIENT,
            r#"42/chat,["user:joined",{"id":"1"}]"#,
            "the event `user:joined` of `/chat` does not fit its schema: `user` at `/0`: \
             \"username\" is a required property",
        ),
        (
            TO_SERVER,
            r#"42/chat,["room:leave"]"#,
            "the event `room:leave` of `/chat` does not fit its schema: [] has less than 1 item",
        ),
        (
            TO_SERVER,
            r#"42/chat,1["room:leave","lobby"]"#,
            "the event `room:leave` of `/chat` has no acknowledgement",
        ),
        (
            TO_CLIENT,
            r#"452-/chat,["file:received",{"_placeholder":true,"num":0},{"name":"a","type":"b","size":1}]"#,
            "the event `file:received` of `/chat` takes 1 attachments, and its packet announces 2",
        ),
        (
            TO_SERVER,
            r#"40/chat,{"username":"Ada"}"#,
            "the auth object of `/chat` does not fit its schema: \"token\" is a required property",
        ),
        (
            TO_SERVER,
            r#"40/chat,{"token":["s3cret"]}"#,
            "the auth object of `/chat` does not fit its schema: at `/token`: value is not of type \"string\"",
        ),
        (
            TO_CLIENT,
            r#"43/chat,1[{"success":true}]"#,
            "an acknowledgement does not name its event: use `check_ack`, or a session",
        ),
        (TO_SERVER, "49", "this is no Socket.IO packet"),
        (
            TO_SERVER,
            r#"42/chat,["room:leave","lobby""#,
            "the payload of an event of `/chat` is no JSON",
        ),
    ] {
        let error = validator.check(direction, packet).expect_err(packet);
        assert_eq!(error.to_string(), expected);
        // Engine.IO's digit makes no difference.
        let error = validator.check(direction, &packet[1..]).expect_err(packet);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_session_knows_which_event_an_acknowledgement_answers() {
    let validator = Validator::new(&chat()).expect("the schemas are JSON Schemas");
    let mut session = validator.session();
    // The ids of the two sides have nothing to do with each other.
    session.check(TO_SERVER, r#"42/chat,0["message:send","hi"]"#).expect("it fits");
    session.check(TO_CLIENT, r#"42/chat,0["presence:check",7]"#).expect("it fits");
    session.check(TO_SERVER, r#"43/chat,0[{"status":"away","nonce":7}]"#).expect("it fits");
    let error = session.check(TO_CLIENT, r#"43/chat,0[{"messageId":5}]"#).expect_err("two errors");
    let ValidationError::Misfits { subject, misfits } = error else { panic!("{error}") };
    assert_eq!(subject, "the acknowledgement of `message:send` of `/chat`");
    let places: Vec<_> = misfits.iter().map(|misfit| &*misfit.path).collect();
    assert_eq!(places.len(), 2, "{misfits:?}");
    assert!(places.contains(&"/0") && places.contains(&"/0/messageId"), "{misfits:?}");
    let error = session.check(TO_CLIENT, r#"43/chat,0[{"success":true}]"#).expect_err("the second");
    assert!(matches!(error, ValidationError::UnknownAck { id: 0, .. }), "{error}");
}

#[test]
fn what_is_unusual_fits_in_all_its_forms() {
    let validator = Validator::new(&odd::catalogue()).expect("the schemas are JSON Schemas");
    let is_good = |direction, packet: &str| validator.check(direction, packet).is_ok();
    let event = |values: &str| format!("2/odd,[{values}]");
    for (values, expected) in [
        (r#""maybe",1"#, true),
        (r#""maybe",1,null,"bad""#, true),
        (r#""maybe",1,"a","worse""#, false),
        (r#""several",1,{"type":"nothing"},{"type":"circle","radiusLength":1}"#, true),
        (r#""several",1,{"type":"nothing"},{"type":"triangle"}"#, false),
        (r#""shape",{"type":"nothing"},"Unit",5,{"kind":"A","value":"bad"}"#, true),
        (r#""maps",{"a":{"type":"nothing"}},{"bad":1},[null]"#, true),
        (r#""maps",{"a":{"type":"nothing"}},{"worse":1},[null]"#, false),
        (r#""tree",{"children":[{"children":[],"names":{},"parent":null}],"names":{}}"#, true),
        (r#""tree",{"children":[{"children":[]}],"names":{}}"#, false),
        (r#""page",{"items":["1"],"next":null},{"items":["1"],"next":null}"#, false),
        (r#""it's \"quoted\" \\ with\n everything 🎉","a",true,1,2,3"#, true),
    ] {
        assert_eq!(is_good(TO_CLIENT, &event(values)), expected, "{values}");
    }
    for (values, expected) in [
        (r#""order:place","tea",null,true,"key""#, true),
        (r#""order:place","tea",null,true"#, false),
        (r#""optional_ack","title""#, true),
        (r#""optional_ack","title",null,5"#, true),
        (r#""anything",{"a":[1]}"#, true),
    ] {
        assert_eq!(is_good(TO_SERVER, &event(values)), expected, "{values}");
    }
    let is_answer =
        |event: &str, packet: &str| validator.check_ack(TO_SERVER, event, packet).is_ok();
    for (name, values, expected) in [
        ("divide", "[null,5]", true),
        ("divide", r#"[{"code":1}]"#, true),
        ("divide", r#"[{"code":1},null]"#, true),
        ("divide", "[null]", false),
        ("divide", r#"["no"]"#, false),
        ("done", "[null]", true),
        ("done", "[null,null]", true),
        ("unit_ack", "[]", true),
        ("unit_ack", "[1]", false),
    ] {
        assert_eq!(is_answer(name, &format!("3/odd,0{values}")), expected, "{name} {values}");
    }
    let binary = r#"61-/odd,0[1,null,{"_placeholder":true,"num":0}]"#;
    validator.check_ack(TO_SERVER, "tuple_ack", binary).expect("it fits");
    let error = validator.check_ack(TO_SERVER, "halve", "3/odd,0[]").expect_err("it has none");
    assert!(matches!(error, ValidationError::NoAck { .. }), "{error}");
}

/// A WebSocket relay in front of a server for one connection, that writes down the Socket.IO
/// packets.
struct Recorder {
    address: SocketAddr,
    packets: Arc<Mutex<Vec<(Direction, String)>>>,
}

impl Recorder {
    async fn start(server: &NodeServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        let packets = Arc::default();
        tokio::spawn(relay(listener, server.address(), Arc::clone(&packets)));
        Self { address, packets }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn packets(&self) -> Vec<(Direction, String)> {
        self.packets.lock().expect("nobody panicked").clone()
    }
}

async fn relay(
    listener: TcpListener,
    server: SocketAddr,
    packets: Arc<Mutex<Vec<(Direction, String)>>>,
) {
    let (stream, _) = listener.accept().await.expect("a client comes");
    let client = accept_async(stream).await.expect("it speaks WebSocket");
    let url = format!("ws://{server}/socket.io/?EIO=4&transport=websocket");
    let stream = TcpStream::connect(server).await.expect("the server is there");
    let (server, _) = client_async(url, stream).await.expect("it speaks WebSocket");
    let ((mut to_client, from_client), (mut to_server, from_server)) =
        (client.split(), server.split());
    let note = |direction| {
        let packets = Arc::clone(&packets);
        move |message: &Message| match message {
            Message::Text(text) if text.starts_with('4') => {
                packets.lock().expect("nobody panicked").push((direction, text.to_string()));
            }
            _ => {}
        }
    };
    let mut up = from_client.inspect(|message| message.iter().for_each(note(TO_SERVER)));
    let mut down = from_server.inspect(|message| message.iter().for_each(note(TO_CLIENT)));
    // Either side may leave as it likes.
    tokio::select! {
        _ = to_server.send_all(&mut up) => {}
        _ = to_client.send_all(&mut down) => {}
    }
}
