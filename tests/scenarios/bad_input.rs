//! What a server should not have sent: it is reported with its cause, and costs no connection
//! that need not be lost.

use serde_json::{Value, json};
use socketio_runtime::{
    AckError, Bytes, DisconnectReason, Lifecycle, Socket, client_to_server,
    error::{DecodeError, InvalidEvent, PayloadError, PayloadSubject, TransportError},
    namespace,
};
use socketio_tests::{NodeOptions, NodeServer, soon};

use crate::{
    schema::{Echo, Faults, Item, Part, Tag, ToldEvent},
    setup::{Notes, invalid_events, join, next_change, notes, quick, until_connected},
};

/// A socket of `/faults`, what reaches its `on_invalid`, and the text it hears.
struct Scene {
    _server: NodeServer,
    faults: Socket<Faults>,
    invalid: Notes<InvalidEvent>,
    heard: Notes<String>,
    id: Option<std::sync::Arc<str>>,
}

impl Scene {
    async fn new() -> Self {
        let server = NodeServer::start(NodeOptions::new()).await;
        let faults = join::<Faults>(server.url()).await;
        let (pen, heard) = notes();
        faults.on().text(move |text| pen.note(text));
        let (invalid, id) = (invalid_events(&faults), faults.id());
        Self { _server: server, faults, invalid, heard, id }
    }

    /// Makes the server send Socket.IO packets.
    fn receive(&self, packets: &[Part]) {
        self.faults.emit().packets(packets).expect("the socket is connected");
    }

    /// The connection is the same, what comes now is heard, and nothing else was reported.
    async fn goes_on(mut self) {
        self.receive(&[r#"2/faults,["text","later"]"#.into()]);
        assert_eq!(self.heard.next().await, "later");
        assert_eq!(self.faults.id(), self.id, "the connection was lost");
        assert!(self.faults.is_connected());
        let more = self.invalid.so_far();
        assert!(more.is_empty(), "{more:?}");
    }
}

fn bytes(content: &'static [u8]) -> Part {
    Part::Bytes(Bytes::from_static(content))
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_undeclared_event_is_reported_by_name() {
    let mut scene = Scene::new().await;
    scene.receive(&[r#"2/faults,["gröt \"x\"",1]"#.into(), r#"2/faults,7["asked"]"#.into()]);
    for name in ["gröt \"x\"", "asked"] {
        let invalid = scene.invalid.next().await;
        assert!(
            matches!(&invalid, InvalidEvent::Undeclared { event } if event == name),
            "{invalid:?}"
        );
    }
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_payload_of_the_wrong_type_is_reported_with_its_path() {
    let mut scene = Scene::new().await;
    let (pen, mut items) = notes();
    scene.faults.on().item(move |item| pen.note(item));
    let good = r#"2/faults,["item",{"tags":[{"name":"a"}]}]"#;
    scene.receive(&[r#"2/faults,["item",{"tags":[{"name":"a"},{"name":5}]}]"#.into(), good.into()]);

    let InvalidEvent::Payload(error) = scene.invalid.next().await else { panic!("no payload") };
    assert_eq!((error.subject, error.event.as_str()), (PayloadSubject::Event, "item"));
    assert_eq!(position(&error), Some((0, Some("item"))));
    assert_eq!(error.path, "tags[1].name");
    assert!(error.reason.contains("integer `5`"), "{error}");
    assert_eq!(items.next().await, Item { tags: vec![Tag { name: "a".to_owned() }] });
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_argument_that_is_missing_is_named() {
    let mut scene = Scene::new().await;
    let mut texts = scene.faults.stream().album();
    scene.receive(&[r#"2/faults,["text"]"#.into(), r#"2/faults,["number","one"]"#.into()]);
    scene.receive(&[r#"2/faults,["album",{"title":"t","pages":[]}]"#.into()]);
    scene.receive(&[
        r#"51-/faults,["album",{"title":"t","pages":[]},{"_placeholder":true,"num":0}]"#.into(),
        bytes(b"c"),
    ]);

    let error = scene.invalid.next().await.to_string();
    assert!(error.contains("`text`") && error.contains("missing"), "{error}");
    // Nobody listens to `number`, so nobody minds; a stream minds when it is read.
    let (album, cover) = soon(texts.next()).await.expect("the good one");
    assert_eq!((album.title.as_str(), cover.as_ref()), ("t", b"c".as_slice()));
    let InvalidEvent::Payload(error) = scene.invalid.next().await else { panic!("no payload") };
    assert_eq!(position(&error), Some((1, Some("cover"))));
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_bad_payload_fails_each_listener_for_itself() {
    let mut scene = Scene::new().await;
    let mut events = scene.faults.events();
    let once = scene.faults.once().number();
    scene.faults.on().number(async |_| ());
    scene.receive(&[r#"2/faults,["number",-1]"#.into(), r#"2/faults,["number",1]"#.into()]);
    assert_eq!(soon(once).await.expect("an event"), 1);
    let event = soon(events.next()).await;
    assert!(matches!(event, Some(ToldEvent::Number { index: 1 })), "{event:?}");
    for _ in ["once", "events", "async"] {
        let InvalidEvent::Payload(error) = scene.invalid.next().await else { panic!("no payload") };
        assert_eq!(error.event, "number");
    }
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_answer_of_the_wrong_type_is_the_acks_error() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let echo = join::<Numbers>(server.url()).await;
    let error = soon(echo.emit().echo(&json!("seven"))).await.expect_err("no number");
    let AckError::Decode(error) = &error else { panic!("{error:?}") };
    assert_eq!((error.subject, error.event.as_str()), (PayloadSubject::Answer, "echo"));
    assert_eq!(soon(echo.emit().echo(&json!(7))).await.expect("an answer"), 7);
}

#[client_to_server]
trait EchoedNumbers {
    fn echo(value: &Value) -> u64;
}

#[namespace("/echo", emits = EchoedNumbers)]
#[derive(Debug)]
struct Numbers;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_attachment_too_many_is_dropped() {
    let mut scene = Scene::new().await;
    let blob = scene.faults.once().blob();
    let packet = r#"51-/faults,["blob",{"_placeholder":true,"num":0}]"#;
    scene.receive(&[packet.into(), bytes(b"first"), bytes(b"second")]);
    assert_eq!(soon(blob).await.expect("an event").as_ref(), b"first");
    let invalid = scene.invalid.next().await;
    assert!(matches!(invalid, InvalidEvent::Packet(DecodeError::UnexpectedBinary)), "{invalid:?}");
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_packet_whose_attachment_is_missing_is_dropped() {
    let mut scene = Scene::new().await;
    let mut blobs = scene.faults.stream().blob();
    let unfinished =
        r#"52-/faults,["blob",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;
    let whole = r#"51-/faults,["blob",{"_placeholder":true,"num":0}]"#;
    scene.receive(&[unfinished.into(), bytes(b"lost"), whole.into(), bytes(b"found")]);
    assert_eq!(soon(blobs.next()).await.expect("an event").as_ref(), b"found");
    let invalid = scene.invalid.next().await;
    let expected = DecodeError::MissingAttachments { missing: 1, expected: 2 };
    assert!(matches!(&invalid, InvalidEvent::Packet(error) if *error == expected), "{invalid:?}");
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_placeholder_that_points_nowhere_is_reported() {
    let mut scene = Scene::new().await;
    let (pen, mut blobs) = notes();
    scene.faults.on().blob(move |content| pen.note(content));
    for placeholder in [
        r#"{"_placeholder":true,"num":1}"#,
        r#"{"_placeholder":true,"num":-1}"#,
        r#"{"_placeholder":true,"num":18446744073709551615}"#,
        r#"{"_placeholder":true,"num":"0"}"#,
        r#"{"_placeholder":true}"#,
        r#"{"_placeholder":false,"num":0}"#,
        "[1,2,3]",
    ] {
        let packet = format!(r#"51-/faults,["blob",{placeholder}]"#);
        scene.receive(&[packet.into(), bytes(b"content")]);
        let invalid = scene.invalid.next().await;
        let InvalidEvent::Payload(error) = &invalid else { panic!("{placeholder}: {invalid:?}") };
        assert_eq!(position(error), Some((0, Some("content"))), "{placeholder}");
    }
    assert!(blobs.so_far().is_empty());
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn json_that_breaks_off_is_reported() {
    let mut scene = Scene::new().await;
    for packet in [
        r#"2/faults,["text","#,
        r#"2/faults,["text","a"#,
        r#"2/faults,["text","a""#,
        r#"2/faults,["text""a"]"#,
        r#"2/faults,["text",nil]"#,
        r#"2/faults,["text","\ud800"]"#,
    ] {
        scene.receive(&[packet.into()]);
        let invalid = scene.invalid.next().await;
        assert!(matches!(invalid, InvalidEvent::Payload(_)), "{packet}: {invalid:?}");
    }
    assert_eq!(scene.heard.so_far(), [""; 0]);
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn answers_to_nobody_and_packets_for_nobody_are_ignored() {
    let scene = Scene::new().await;
    for packet in [
        r#"3/faults,99["nobody asked"]"#,
        "3/faults,9007199254740991[]",
        r#"3/faults,["without an id"]"#,
        r#"2/elsewhere,["text","not for me"]"#,
        r#"4/faults,{"message":"too late"}"#,
        "1/elsewhere,",
        r#"0/elsewhere,{"sid":"x"}"#,
    ] {
        scene.receive(&[packet.into()]);
    }
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_second_acceptance_is_reported_and_changes_nothing() {
    let mut scene = Scene::new().await;
    scene.receive(&[r#"0/faults,{"sid":"another"}"#.into()]);
    let invalid = scene.invalid.next().await;
    assert!(matches!(invalid, InvalidEvent::Packet(DecodeError::DuplicateConnect)), "{invalid:?}");
    scene.goes_on().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_is_no_packet_costs_the_connection_and_nothing_else() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let faults = join::<Faults>(server.url()).await;
    let mut lifecycle = faults.lifecycle();
    let mut texts = faults.stream().text();
    for garbage in [
        "49",
        "4",
        "",
        "9",
        "42/faults,",
        "42/faults,{}",
        "42/faults,[]",
        "42/faults,[true]",
        "45/faults,[\"text\"]",
        "4599-/faults,[\"text\"]",
        "40/faults,x",
        "41/faults,x",
        "42/faults,99999999999999999999[\"text\"]",
        "42/faults,[\"connect\"]",
        "<html>",
    ] {
        // What stands in front of it is still heard.
        let good = r#"42/faults,["text","before"]"#;
        faults.emit().frames(&[good.into(), garbage.into()]).expect("the socket is connected");
        assert_eq!(soon(texts.next()).await.as_deref(), Some("before"), "{garbage}");
        let change = next_change(&mut lifecycle).await;
        let Lifecycle::Disconnect { reason: DisconnectReason::ParseError(_), will_reconnect: true } =
            change
        else {
            panic!("{garbage:?}: {change:?}")
        };
        until_connected(&mut lifecycle).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_message_over_this_sides_limit_costs_the_connection_and_names_both_sizes() {
    const LIMIT: usize = 10_000;
    let server = NodeServer::start(NodeOptions::new()).await;
    let client = quick(server.url()).max_message_size(LIMIT).build().expect("the URL is good");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut lifecycle = echo.lifecycle();
    let large = "x".repeat(LIMIT);
    echo.emit().tell("text", &[large.as_str().into()]).expect("the socket is connected");
    let change = next_change(&mut lifecycle).await;
    let Lifecycle::Disconnect {
        reason: DisconnectReason::TransportError(TransportError::MessageTooLarge { size, limit }),
        will_reconnect: true,
    } = change
    else {
        panic!("{change:?}")
    };
    assert!(size > LIMIT && limit == LIMIT, "{size} {limit}");
    until_connected(&mut lifecycle).await;
}

/// Where in a list of arguments, as index and name.
fn position(error: &PayloadError) -> Option<(usize, Option<&'static str>)> {
    error.argument.map(|argument| (argument.index, argument.name))
}
