//! The same service in msgpack: what this client writes and reads is what the reference parser
//! `socket.io-msgpack-parser` reads and writes.

use std::collections::BTreeMap;

use futures_util::{SinkExt, StreamExt};
use schema_examples::{
    payload::{Credentials, FileMetadata, Presence, Status},
    schema::{Chat, ServerToClientEvent as Event},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use socketio_runtime::{
    AckError, AnyEvent, Bytes, Client, ConnectError, DisconnectReason, EmitError, EventStream,
    Lifecycle, Namespace, Parser, Socket, Transport, Untyped, client_to_server,
    error::{DecodeError, InvalidEvent},
    namespace, server_to_client,
};
use socketio_tests::{FakeServer, NodeOptions, NodeServer, Proxy, soon};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    schema::{Album, Echo, EchoParts, Item, Kick, Page, Part, RefusalData, Refuse},
    setup::{invalid_events, next_change, notes, quick, until_connected},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new().msgpack()).await
}

fn client(url: impl Into<String>) -> Client {
    quick(url).parser(Parser::Msgpack).build().expect("the URL is good")
}

async fn join<N: Namespace>(server: &NodeServer) -> Socket<N> {
    soon(client(server.url()).socket::<N>().connect()).await.expect("the server accepts")
}

// --- the chat ---

struct Person {
    chat: Socket<Chat>,
    events: EventStream<Event>,
}

/// The person's next event, which has to be of this form.
macro_rules! hears {
    ($person:expr, $event:pat $(if $guard:expr)? $(=> $output:expr)?) => {
        match soon($person.events.next()).await {
            Some($event) $(if $guard)? => ($($output)?),
            other => panic!("heard {other:?}"),
        }
    };
}

impl Person {
    async fn arrive(name: &str, url: String) -> Self {
        let credentials = Credentials { token: name.to_owned() };
        let socket = client(url).socket::<Chat>().auth(credentials).connect();
        let chat = soon(socket).await.expect("the server accepts the token");
        chat.on().presence_check(async |nonce| Presence { status: Status::Online, nonce });
        let events = chat.events();
        let mut person = Self { chat, events };
        let joined = soon(person.chat.emit().room_join("lobby")).await.expect("an answer");
        assert!(joined.success, "{joined:?}");
        // The server asks for an answer, and would tell if it were wrong.
        hears!(person, Event::PresenceCheck { .. });
        person
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_chat_is_the_same_in_msgpack() {
    let server = start().await;
    let link = Proxy::start(server.address()).await;
    let mut ada = Person::arrive("ada", server.url()).await;
    let mut bob = Person::arrive("bob", link.url()).await;
    hears!(ada, Event::UserJoined { user } if user.username == "bob");
    hears!(ada, Event::RoomUpdated { room } if room.member_count == 2);

    let said = soon(ada.chat.emit().message_send("héllo 👋")).await.expect("an answer");
    let id = said.message_id.expect("it was accepted");
    for person in [&mut ada, &mut bob] {
        // Its time is a `Date` of the server's.
        let message = hears!(person, Event::MessageReceived { message } => message);
        assert_eq!((&message.content, &message.id), (&"héllo 👋".to_owned(), &id));
        assert!(message.created_at.as_second() > 1_700_000_000, "{}", message.created_at);
    }
    ada.chat.volatile().typing_start("lobby").expect("connected");
    hears!(bob, Event::TypingStart { typing } if typing.username == "ada");

    let content = Bytes::from(vec![0x1e; 70_000]);
    let metadata = FileMetadata {
        name: "a.bin".to_owned(),
        mime_type: "application/octet-stream".to_owned(),
        size: 70_000,
    };
    let upload = soon(bob.chat.emit().file_upload(content.clone(), &metadata)).await;
    assert!(upload.expect("an answer").success);
    for person in [&mut ada, &mut bob] {
        let (heard, about) =
            hears!(person, Event::FileReceived { content, metadata } => (content, metadata));
        assert!(heard == content && about == metadata);
    }

    let mut lifecycle = bob.chat.lifecycle();
    link.cut();
    hears!(ada, Event::UserLeft { .. });
    until_connected(&mut lifecycle).await;
    soon(ada.chat.disconnect()).await;
    bob.chat.emit().ping().expect("connected");
    hears!(bob, Event::Pong);
}

// --- values ---

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn values_of_every_kind_are_answered() {
    let server = start().await;
    let echo = join::<Echo>(&server).await;
    for value in [
        json!(null),
        json!(true),
        json!([0, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295_u64, 4_294_967_296_u64]),
        json!([-1, -32, -33, -128, -129, -32_768, -32_769, -2_147_483_648_i64, -2_147_483_649_i64]),
        // Not beyond 2⁶³, where the reference's encoder cuts whole numbers off.
        json!([9_007_199_254_740_991_u64, -9_007_199_254_740_991_i64, 0.1, -1.5e-300]),
        json!(["", "é", "x".repeat(31), "x".repeat(32), "x".repeat(256), "x".repeat(70_000)]),
        json!({ "": {}, "a": [], "é\"": { "b": [{ "c": null }] } }),
        json!((0..20).collect::<Vec<_>>()),
        json!((0..70_000).collect::<Vec<_>>()),
    ] {
        assert_eq!(soon(echo.emit().echo(&value)).await.expect("an answer"), value);
    }
    assert_eq!(soon(echo.emit().divide(7, 2)).await.map_err(|_| ()), Err(()), "3.5 is no integer");
    assert_eq!(soon(echo.emit().divide(8, 2)).await.expect("an answer"), 4);
    let error = soon(echo.emit().divide(1, 0)).await.expect_err("of the service");
    assert!(matches!(error, AckError::Remote(_)), "{error:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn binary_data_anywhere_travels_both_ways() {
    let server = start().await;
    let picture = |content: &'static [u8]| Page { picture: Some(Bytes::from_static(content)) };
    let pages = (0..20).map(|_| picture(b"\xff\x00")).chain([Page { picture: None }, picture(b"")]);
    let album = Album { title: "_placeholder".to_owned(), pages: pages.collect() };
    let (cover, empty) = (Bytes::from(vec![7; 70_000]), Bytes::default());
    let echo = join::<EchoParts>(&server).await;
    // More than the attachments that a packet of the JSON parser may have.
    let answer = soon(echo.emit().echo(&album, cover.clone(), empty.clone())).await;
    assert_eq!(answer.expect("an answer"), (album.clone(), cover.clone(), empty));

    let echo = join::<Echo>(&server).await;
    let heard = echo.once().album();
    let parts = [Part::Album(album.clone()), Part::Bytes(cover.clone())];
    echo.emit().tell("album", &parts).expect("connected");
    assert_eq!(soon(heard).await.expect("connected"), (album, cover));
}

#[server_to_client]
trait Keyed {
    fn echo(ages: BTreeMap<u64, String>, shape: Shape);
}

#[client_to_server]
trait KeyedEcho {
    fn echo(ages: &BTreeMap<u64, String>, shape: &Shape);
}

#[namespace("/echo", listens = Keyed, emits = KeyedEcho)]
#[derive(Debug)]
struct KeyedNamespace;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Square { side: f64 },
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn keys_that_are_numbers_come_back_as_such_from_javascript() {
    let server = start().await;
    let socket = join::<KeyedNamespace>(&server).await;
    let ages = BTreeMap::from([(1, "a".to_owned()), (700, "b".to_owned())]);
    for shape in [Shape::Point, Shape::Square { side: 2.0 }] {
        let heard = socket.once().echo();
        socket.emit().echo(&ages, &shape).expect("connected");
        assert_eq!(soon(heard).await.expect("connected"), (ages.clone(), shape));
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_server_gets_answers() {
    let server = start().await;
    let echo = join::<Echo>(&server).await;
    let album = Album { title: "a".to_owned(), pages: Vec::new() };
    let answer = album.clone();
    echo.on().portrait(move || answer.clone());
    echo.on().questions(async |nonce| (nonce + 1, "two".to_owned()));
    for (event, arguments, expected) in [
        ("portrait", vec![], json!([album])),
        ("questions", vec![Part::Value(json!(41))], json!([42, "two"])),
    ] {
        let report = echo.once().ask_report();
        echo.emit().ask(event, &arguments).expect("connected");
        let (error, answer) = soon(report).await.expect("connected");
        assert_eq!((error, Value::from(answer)), (None, expected), "{event}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_payload_that_does_not_fit_is_reported_in_the_words_of_json() {
    let server = start().await;
    let echo = join::<Echo>(&server).await;
    let mut invalid = invalid_events(&echo);
    let (pen, mut heard) = notes();
    echo.on().item(move |item: Item| pen.note(item));
    let broken = Part::Value(json!({ "tags": [{ "name": "a" }, { "name": 7 }] }));
    echo.emit().tell("item", &[broken]).expect("connected");
    let InvalidEvent::Payload(error) = invalid.next().await else { panic!("a payload") };
    assert_eq!(error.path, "tags[1].name");
    assert_eq!(error.reason, "invalid type: integer `7`, expected a string");
    assert!(heard.so_far().is_empty());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn catch_alls_see_what_json_would_show() {
    let server = start().await;
    let client = client(server.url());
    let socket =
        soon(client.socket::<Untyped>().namespace("/echo").connect()).await.expect("accepted");
    let ((pen, mut heard), (outgoing, mut sent)) = (notes(), notes());
    let line = |event: &AnyEvent| {
        let binaries: Vec<_> = event.attachments().map(|bytes| bytes.to_vec()).collect();
        format!("{} {} {binaries:?}", event.name(), event.json())
    };
    socket.on_any(move |event| pen.note(line(&event)));
    socket.on_any_outgoing(move |event| outgoing.note(line(&event)));
    let bytes = |content: &'static [u8]| Bytes::from_static(content);
    let page = Page { picture: Some(bytes(b"\x02")) };
    let arguments = ("said", bytes(b"\x01"), [page], "é", 1.5);
    socket.emit().event("tell", arguments).expect("connected");
    let shown =
        r#"{"_placeholder":true,"num":0},[{"picture":{"_placeholder":true,"num":1}}],"é",1.5"#;
    assert_eq!(sent.next().await, format!(r#"tell ["said",{shown}] [[1], [2]]"#));
    while !heard.next().await.starts_with(&format!("said [{shown}] [[1], [2]]")) {}
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn packets_travel_in_base64_by_long_polling_and_through_an_upgrade() {
    let server = start().await;
    for (transports, is_upgraded) in
        [(vec![Transport::Polling], false), (vec![Transport::Polling, Transport::WebSocket], true)]
    {
        let client = quick(server.url()).parser(Parser::Msgpack).transports(transports).build();
        let client = client.expect("the URL is good");
        let echo = soon(client.socket::<Echo>().connect()).await.expect("accepted");
        let (pen, mut heard) = notes();
        echo.on().text(move |text| pen.note(text));
        let long = "x".repeat(10_000);
        for number in 0..300 {
            // More than fits one request.
            let text = format!("{number} {long}");
            echo.emit().tell("text", &[text.into()]).expect("connected");
        }
        for number in 0..300 {
            assert_eq!(heard.next().await, format!("{number} {long}"), "upgraded: {is_upgraded}");
        }
        let value = json!({ "a": [1, "é"] });
        assert_eq!(soon(echo.emit().echo(&value)).await.expect("an answer"), value);
    }
}

// --- coming and going ---

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_refusal_has_its_message_and_data() {
    let server = start().await;
    let auth = json!({ "message": "no", "data": { "code": "full", "retryAfter": 3 } });
    let client = client(server.url());
    let connect = client.socket::<Refuse>().auth(auth).connect();
    let error = soon(connect).await.expect_err("refused");
    let ConnectError::Refused { refusal, .. } = &error else { panic!("{error:?}") };
    assert_eq!(refusal.message(), "no");
    let data: RefusalData = Refuse::refusal(&error).expect("data").expect("it fits");
    assert_eq!(data.code, "full");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_authentication_payload_arrives() {
    let server = start().await;
    let auth = json!({ "token": "é", "n": [1, -1, 0.5, null], "deep": { "a": {} } });
    let client = client(server.url());
    let echo = soon(client.socket::<Echo>().auth(auth.clone()).connect()).await.expect("accepted");
    let handshake = soon(echo.emit().handshake()).await.expect("an answer");
    assert_eq!(handshake.auth, auth);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn namespaces_are_left_and_entered_and_the_server_disconnects() {
    let server = start().await;
    let client = client(server.url());
    let echo = soon(client.socket::<Echo>().connect()).await.expect("accepted");
    let kick = soon(client.socket::<Kick>().connect()).await.expect("accepted");
    let mut lifecycle = kick.lifecycle();
    kick.emit().kick().expect("connected");
    let change = next_change(&mut lifecycle).await;
    let Lifecycle::Disconnect { reason: DisconnectReason::ServerDisconnect, .. } = change else {
        panic!("{change:?}")
    };
    soon(kick.connect()).await.expect("accepted again");
    soon(kick.disconnect()).await;
    assert_eq!(soon(echo.emit().echo(&json!("well"))).await.expect("an answer"), "well");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_packet_over_the_servers_limit_is_refused_before_it_is_sent() {
    let server = NodeServer::start(NodeOptions::new().msgpack().max_http_buffer_size(10_000)).await;
    let echo = join::<Echo>(&server).await;
    let large = json!("x".repeat(10_000));
    let error = soon(echo.emit().echo(&large)).await.expect_err("too large");
    assert!(
        matches!(error, AckError::Emit(EmitError::TooLarge { limit: 10_000, .. })),
        "{error:?}"
    );
    let fits = json!("x".repeat(9_900));
    assert_eq!(soon(echo.emit().echo(&fits)).await.expect("an answer"), fits);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_server_with_another_parser_is_no_server_for_this_client() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let client = quick(server.url())
        .parser(Parser::Msgpack)
        .reconnection(false)
        .build()
        .expect("the URL is good");
    let error = soon(client.socket::<Echo>().connect()).await.expect_err("it reads JSON alone");
    assert!(
        matches!(
            error,
            ConnectError::Disconnected(
                DisconnectReason::TransportClose { .. }
                    | DisconnectReason::ParseError(DecodeError::InvalidMsgpack { .. })
            )
        ),
        "{error:?}"
    );
}

/// What a server says that does not speak msgpack, or not well.
#[tokio::test]
async fn a_broken_packet_ends_the_connection_and_the_next_one_is_tried() {
    let broken = [
        Message::text(r#"42/echo,["welcome","x"]"#),
        Message::binary(&b"\x93\x02\xa1/\x90"[..]),
        Message::binary(&b"\x83\xa4type\x02\xa3nsp\xa5/echo\xa4data\xdd\xff\xff\xff\xff"[..]),
    ];
    for broken in broken {
        let server = FakeServer::websocket(move |mut socket| {
            let broken = broken.clone();
            async move {
                let handshake = r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000}"#;
                socket.send(Message::text(handshake)).await.ok();
                socket.next().await;
                let accepted = b"\x83\xa4type\x00\xa3nsp\xa5/echo\xa4data\x81\xa3sid\xa1x";
                socket.send(Message::binary(&accepted[..])).await.ok();
                socket.next().await;
                socket.send(broken).await.ok();
                while let Some(Ok(_)) = socket.next().await {}
            }
        })
        .await;
        let echo = soon(client(server.url()).socket::<Echo>().connect()).await.expect("accepted");
        let mut lifecycle = echo.lifecycle();
        echo.emit().tell_many(0, "now").expect("connected");
        let change = next_change(&mut lifecycle).await;
        let Lifecycle::Disconnect {
            reason: DisconnectReason::ParseError(DecodeError::InvalidMsgpack { .. }),
            will_reconnect: true,
        } = change
        else {
            panic!("{change:?}")
        };
        until_connected(&mut lifecycle).await;
    }
}
