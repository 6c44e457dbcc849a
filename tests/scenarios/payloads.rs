//! What travels in events and answers arrives as it was sent, both ways.

use serde_json::{Value, json};
use socketio_runtime::{AckError, Bytes, Socket, client_to_server, namespace, server_to_client};
use socketio_tests::{NodeOptions, NodeServer, soon};

use crate::{
    schema::{Album, Echo, EchoParts, Page, Part, ToldEvent},
    setup::join,
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// The server has said and done everything that it had been asked for.
async fn settle(echo: &Socket<Echo>) {
    soon(echo.emit().echo(&Value::Null)).await.expect("an answer");
}

/// Bytes that have a meaning on some layer below: separators, quotes, no UTF-8, nothing.
fn album() -> Album {
    let picture = |content: &'static [u8]| Page { picture: Some(Bytes::from_static(content)) };
    Album {
        title: "\u{1e}_placeholder\"\\ \u{1F44B}\u{0}\u{2028}".to_owned(),
        pages: vec![
            picture(b"\x1e\x1e4"),
            picture(b""),
            Page { picture: None },
            picture(b"\xff\x00"),
        ],
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn nested_attachments_and_several_values_are_answered() {
    let server = start().await;
    let echo = join::<EchoParts>(server.url()).await;
    let (cover, empty) = (Bytes::from(vec![0x1e; 70_000]), Bytes::default());
    let answer = echo.emit().echo(&album(), cover.clone(), empty.clone());
    let (album_back, cover_back, empty_back) = soon(answer).await.expect("an answer");
    assert_eq!(album_back, album());
    assert!(cover_back == cover && empty_back == empty, "attachments in the wrong places");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn nested_attachments_are_heard() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    settle(&echo).await;
    let (mut stream, mut events) = (echo.stream().album(), echo.events());
    let cover = Bytes::from_static(b"\x1e\x00cover");
    let parts = [Part::Album(album()), Part::Bytes(cover.clone())];
    echo.emit().tell("album", &parts).expect("the socket is connected");
    assert_eq!(soon(stream.next()).await, Some((album(), cover.clone())));
    let event = soon(events.next()).await;
    let Some(ToldEvent::Album { album: heard, cover: heard_cover }) = event else {
        panic!("{event:?}")
    };
    assert_eq!((heard, heard_cover), (album(), cover));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn any_json_comes_back_as_it_was() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    for value in [
        json!(null),
        json!(false),
        json!(-0.5),
        json!(9_007_199_254_740_991_u64),
        json!(""),
        json!("\u{0}\n\"\\/\u{7f}\u{2028}\u{1F468}\u{200D}\u{1F469}"),
        json!([]),
        json!([[[]], {}, [null]]),
        json!({ "": { "2[\"x\"]": "42/chat,1[]" }, "__proto": 1 }),
        json!("x".repeat(200_000)),
    ] {
        assert_eq!(soon(echo.emit().echo(&value)).await.expect("an answer"), value);
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_service_may_answer_with_an_error_of_its_own() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    assert_eq!(soon(echo.emit().divide(8, 2)).await.expect("a quotient"), 4);
    let error = soon(echo.emit().divide(8, 0)).await.expect_err("no quotient");
    let AckError::Remote(error) = error else { panic!("{error:?}") };
    assert_eq!(error.code, "division_by_zero");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn arguments_may_be_left_out_or_repeated() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let (mut maybe, mut several) = (echo.stream().maybe(), echo.stream().several());
    let tell = |event, parts: &[Part]| echo.emit().tell(event, parts).expect("it is connected");
    tell("maybe", &[1.into()]);
    tell("maybe", &[2.into(), Value::Null.into()]);
    tell("maybe", &[3.into(), "here".into()]);
    tell("maybe", &[4.into(), "here".into(), "one more than declared".into()]);
    for expected in [(1, None), (2, None), (3, Some("here")), (4, Some("here"))] {
        let heard = soon(maybe.next()).await.expect("an event");
        assert_eq!((heard.0, heard.1.as_deref()), expected);
    }
    tell("several", &[1.into()]);
    tell("several", &[2.into(), "a".into(), "b".into(), "c".into()]);
    assert_eq!(soon(several.next()).await, Some((1, vec![])));
    let others = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(soon(several.next()).await, Some((2, others)));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn arguments_that_are_left_out_are_not_sent() {
    let server = start().await;
    let echo = join::<Optional>(server.url()).await;
    // Answered with exactly the arguments that were sent.
    let answer = soon(echo.emit().echo("1", None, &[])).await.expect("an answer");
    assert_eq!(answer, ("1".to_owned(), None, None));
    let answer = soon(echo.emit().echo("1", Some("2"), &[])).await.expect("an answer");
    assert_eq!(answer, ("1".to_owned(), Some("2".to_owned()), None));
    let answer = soon(echo.emit().echo("1", None, &["3", "4"])).await.expect("an answer");
    assert_eq!(answer, ("1".to_owned(), None, Some("3".to_owned())));
}

#[client_to_server]
trait OptionallyEchoed {
    fn echo(
        first: &str,
        second: Option<&str>,
        #[event(rest)] rest: &[&str],
    ) -> (String, Option<String>, Option<String>);
}

#[namespace("/echo", emits = OptionallyEchoed)]
#[derive(Debug)]
struct Optional;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_answer_without_values_is_one_where_the_type_has_room_for_nothing() {
    let server = start().await;
    let echo = join::<Empty>(server.url()).await;
    soon(echo.emit().echo(&[])).await.expect("as `callback()` answers");
    soon(echo.emit().echo(&[Value::Null])).await.expect("as `callback(null)` answers");
    let error = soon(echo.emit().echo(&["full".into()])).await.expect_err("an error");
    assert!(matches!(&error, AckError::Remote(error) if error == "full"), "{error:?}");

    let echo = join::<EmptyOrText>(server.url()).await;
    assert_eq!(soon(echo.emit().echo(&[])).await.expect("nothing"), None);
    assert_eq!(soon(echo.emit().echo(&[Value::Null])).await.expect("nothing"), None);
    assert_eq!(soon(echo.emit().echo(&["x".into()])).await.expect("x").as_deref(), Some("x"));
}

#[client_to_server]
trait AnsweredWithNothing {
    #[event(ack = error_first)]
    fn echo(#[event(rest)] values: &[Value]) -> Result<(), String>;
}

#[client_to_server]
trait AnsweredPerhaps {
    fn echo(#[event(rest)] values: &[Value]) -> Option<String>;
}

#[namespace("/echo", emits = AnsweredWithNothing)]
#[derive(Debug)]
struct Empty;

#[namespace("/echo", emits = AnsweredPerhaps)]
#[derive(Debug)]
struct EmptyOrText;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn names_may_have_any_characters() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let heard = echo.once().odd_name();
    let name = "a \"name\" \\ with\n everything \u{1F389}";
    echo.emit().tell(name, &["found".into()]).expect("the socket is connected");
    assert_eq!(soon(heard).await.expect("an event"), "found");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn times_arrive_as_text() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let (now, nested) = soon(echo.emit().time()).await.expect("an answer");
    assert!(now.starts_with("20") && now.ends_with('Z'), "not RFC 3339: {now}");
    assert_eq!(nested, json!({ "now": now, "again": [now] }));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn binary_and_other_events_keep_their_order() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    settle(&echo).await;
    let mut events = echo.events();
    for number in 0..100_u64 {
        let content = Bytes::from(vec![7; 1 << (number % 18)]);
        echo.emit().tell("blob", &[Part::Bytes(content)]).expect("the socket is connected");
        echo.emit().tell("number", &[number.into()]).expect("the socket is connected");
    }
    for number in 0..100_u64 {
        let event = soon(events.next()).await;
        assert!(
            matches!(&event, Some(ToldEvent::Blob { content }) if content.len() == 1 << (number % 18)),
            "{number}"
        );
        let event = soon(events.next()).await;
        assert!(matches!(event, Some(ToldEvent::Number { index }) if index == number), "{event:?}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_server_gets_the_answers_that_it_asks_for() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let mut reports = echo.stream().ask_report();
    echo.on().question(|nonce| nonce + 1);
    echo.on().questions(async |nonce| {
        tokio::task::yield_now().await;
        (nonce, "\u{1e}".to_owned())
    });
    echo.on().halve(
        |number| {
            if number % 2 == 0 { Ok(number / 2) } else { Err(format!("{number} is odd")) }
        },
    );
    for (event, number, answer) in [
        ("question", 1, json!([2])),
        ("questions", 1, json!([1, "\u{1e}"])),
        ("halve", 8, json!([null, 4])),
        ("halve", 7, json!(["7 is odd"])),
    ] {
        echo.emit().ask(event, &[number.into()]).expect("the socket is connected");
        let (error, answered) = soon(reports.next()).await.expect("a report");
        assert_eq!((error, json!(answered)), (None, answer), "{event} {number}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_server_gets_binary_answers() {
    let server = start().await;
    let portraits = join::<Portraits>(server.url()).await;
    let mut reports = portraits.stream().ask_report();
    let listener = portraits.on().portrait(album);
    portraits.emit().ask("portrait").expect("the socket is connected");
    assert_eq!(soon(reports.next()).await, Some((None, vec![album()])));
    listener.off();
    portraits.on().portrait(async || album());
    portraits.emit().ask("portrait").expect("the socket is connected");
    assert_eq!(soon(reports.next()).await, Some((None, vec![album()])));
}

#[server_to_client]
trait AskedForPortraits {
    fn portrait() -> Album;
    #[event("ask:report")]
    fn ask_report(error: Option<String>, answer: Vec<Album>);
}

#[client_to_server]
trait AsksToBeAsked {
    fn ask(event: &str);
}

#[namespace("/echo", listens = AskedForPortraits, emits = AsksToBeAsked)]
#[derive(Debug)]
struct Portraits;
