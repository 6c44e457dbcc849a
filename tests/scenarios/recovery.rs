//! Lost sessions that the server restores, with what was missed.

use serde_json::{Value, json};
use socketio_runtime::{
    ClientBuilder, Lifecycle, LifecycleStream, Parser, Socket, Transport, Untyped,
    client_to_server, namespace, server_to_client,
};
use socketio_tests::{NodeOptions, NodeServer, Proxy, soon};

use crate::setup::{Notes, Pen, invalid_events, next_change, notes, quick, until_connected};

#[server_to_client]
trait Told {
    fn nothing();
    fn number(number: u64);
    fn text(text: String);
    fn maybe(number: u64, text: Option<String>);
    fn several(number: u64, #[event(rest)] texts: Vec<String>);
    #[event(volatile)]
    fn typing(number: u64, room: Option<String>);
    fn question(text: String) -> String;
    fn asked(answer: String);
}

#[client_to_server]
trait Says {
    fn join(room: &str) -> ();
    fn rooms() -> Vec<String>;
    fn auth() -> Value;
    /// Has the server say something to everybody.
    fn say(event: &str, #[event(rest)] arguments: &[Value]);
    #[event("say:volatile")]
    fn say_volatile(event: &str, #[event(rest)] arguments: &[Value]);
    #[event("say:room")]
    fn say_room(room: &str, event: &str, #[event(rest)] arguments: &[Value]);
    fn ask(event: &str, #[event(rest)] arguments: &[Value]);
    /// Answered once nobody else is there.
    fn alone() -> ();
}

#[namespace("/recovery", listens = Told, emits = Says)]
#[derive(Debug)]
struct Recovery;

/// Somebody whose connection breaks at a word, and somebody who stays.
struct Stage {
    server: NodeServer,
    proxy: Proxy,
    guest: Socket<Recovery>,
    lifecycle: LifecycleStream,
    host: Socket<Recovery>,
    /// What the guest hears.
    heard: Notes<String>,
}

impl Stage {
    async fn set() -> Self {
        Self::set_for(NodeOptions::new(), |client| client).await
    }

    async fn set_in_msgpack() -> Self {
        let options = NodeOptions::new().msgpack();
        Self::set_for(options, |client| client.parser(Parser::Msgpack)).await
    }

    async fn set_for(options: NodeOptions, with: fn(ClientBuilder) -> ClientBuilder) -> Self {
        let server = NodeServer::start(options.connection_state_recovery()).await;
        let proxy = Proxy::start(server.address()).await;
        let join = async |url| {
            let client = with(quick(url)).build().expect("the options are good");
            soon(client.socket::<Recovery>().connect()).await.expect("the server accepts")
        };
        let guest = join(proxy.url()).await;
        let host = join(server.url()).await;
        let (pen, heard) = notes();
        listen(&guest, &pen);
        let lifecycle = guest.lifecycle();
        Self { server, proxy, guest, lifecycle, host, heard }
    }

    /// The host has the server say something.
    fn say(&self, event: &str, arguments: &[Value]) {
        self.host.emit().say(event, arguments).expect("the host is connected");
    }

    /// Breaks the guest's connection for as long as the host speaks.
    async fn while_away(&mut self, speak: impl FnOnce(&Self)) {
        self.proxy.refuse().await;
        self.proxy.cut();
        let mut change = next_change(&mut self.lifecycle).await;
        if matches!(change, Lifecycle::Upgrade { .. }) {
            change = next_change(&mut self.lifecycle).await;
        }
        assert!(matches!(change, Lifecycle::Disconnect { will_reconnect: true, .. }), "{change:?}");
        soon(self.host.emit().alone()).await.expect("an answer");
        speak(self);
        // The answer comes after everything was said.
        soon(self.host.emit().alone()).await.expect("an answer");
        self.proxy.heal().await;
    }

    /// Whether the guest's session was restored, now that it is back.
    async fn is_recovered(&mut self) -> bool {
        let changes = until_connected(&mut self.lifecycle).await;
        let Some(Lifecycle::Connect { recovered }) = changes.last() else { panic!("{changes:?}") };
        assert_eq!(self.guest.state().borrow().recovered, *recovered);
        *recovered
    }

    #[track_caller]
    fn hears(&mut self, expected: &'static str) -> impl Future<Output = ()> {
        let next = self.heard.next();
        async move { assert_eq!(next.await, expected) }
    }
}

fn listen(guest: &Socket<Recovery>, pen: &Pen<String>) {
    let note = || pen.clone();
    let pen = note();
    guest.on().nothing(move || pen.note("nothing".to_owned()));
    let pen = note();
    guest.on().number(move |number| pen.note(format!("number {number}")));
    let pen = note();
    guest.on().text(move |text| pen.note(format!("text {text}")));
    let pen = note();
    guest.on().maybe(move |number, text| pen.note(format!("maybe {number} {text:?}")));
    let pen = note();
    guest.on().several(move |number, texts| pen.note(format!("several {number} {texts:?}")));
    let pen = note();
    guest.on().typing(move |number, room| pen.note(format!("typing {number} {room:?}")));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn missed_events_come_once_and_in_order_before_the_word_that_it_is_connected() {
    missed_events_come(Stage::set().await).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn missed_events_come_in_msgpack_too() {
    missed_events_come(Stage::set_in_msgpack().await).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn missed_events_come_over_long_polling_and_through_an_upgrade() {
    let polling = |client: ClientBuilder| client.transports([Transport::Polling]);
    missed_events_come(Stage::set_for(NodeOptions::new(), polling).await).await;
    let upgraded =
        |client: ClientBuilder| client.transports([Transport::Polling, Transport::WebSocket]);
    missed_events_come(Stage::set_for(NodeOptions::new(), upgraded).await).await;
}

async fn missed_events_come(mut stage: Stage) {
    let id = stage.guest.id();
    soon(stage.guest.emit().join("lobby")).await.expect("an answer");
    stage.say("number", &[0.into()]);
    stage.hears("number 0").await;
    for round in 1..=3_u64 {
        stage
            .while_away(|stage| {
                for number in 0..3 {
                    stage.say("number", &[(10 * round + number).into()]);
                }
                let room = [json!(10 * round + 3)];
                stage.host.emit().say_room("lobby", "number", &room).expect("connected");
                stage.host.emit().say_room("other", "number", &room).expect("connected");
            })
            .await;
        assert!(stage.is_recovered().await);
        let missed = (0..4).map(|number| format!("number {}", 10 * round + number));
        assert_eq!(stage.heard.so_far(), missed.collect::<Vec<_>>());
        assert_eq!(stage.guest.id(), id, "it is the same socket");
    }
    assert_eq!(soon(stage.guest.emit().rooms()).await.expect("an answer"), ["lobby"]);
    stage.say("number", &[99.into()]);
    stage.hears("number 99").await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn listeners_get_exactly_what_was_emitted() {
    arguments_are_exact(Stage::set().await).await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn listeners_get_exactly_what_was_emitted_in_msgpack() {
    arguments_are_exact(Stage::set_in_msgpack().await).await;
}

async fn arguments_are_exact(mut stage: Stage) {
    let mut invalid = invalid_events(&stage.guest);
    for (event, arguments, expected) in [
        ("nothing", vec![], "nothing"),
        ("text", vec![json!("hello")], "text hello"),
        ("text", vec![json!("a \"b\\\" ]é")], "text a \"b\\\" ]é"),
        ("text", vec![json!("")], "text "),
        ("maybe", vec![json!(1)], "maybe 1 None"),
        ("maybe", vec![json!(2), json!("hello")], "maybe 2 Some(\"hello\")"),
        ("several", vec![json!(3)], "several 3 []"),
        ("several", vec![json!(4), json!("a"), json!("b")], "several 4 [\"a\", \"b\"]"),
    ] {
        stage.say(event, &arguments);
        stage.hears(expected).await;
        // Without an offset, since they are volatile.
        stage.host.emit().say_volatile(event, &arguments).expect("connected");
        stage.hears(expected).await;
    }
    stage.host.emit().say_volatile("typing", &[1.into(), "lobby".into()]).expect("connected");
    stage.hears("typing 1 Some(\"lobby\")").await;
    stage.guest.on().question(|text| format!("{text}!"));
    stage.guest.emit().ask("question", &["what".into()]).expect("connected");
    assert_eq!(soon(stage.guest.once().asked()).await.expect("connected"), "what!");
    assert!(invalid.so_far().is_empty());

    // None of it spoilt the offset.
    stage.while_away(|stage| stage.say("text", &["missed".into()])).await;
    assert!(stage.is_recovered().await);
    assert_eq!(stage.heard.so_far(), ["text missed"]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn an_event_that_nobody_listens_to_moves_the_offset_too() {
    let mut stage = Stage::set().await;
    let mut invalid = invalid_events(&stage.guest);
    stage.say("number", &[1.into()]);
    stage.say("undeclared", &["text".into()]);
    stage.hears("number 1").await;
    invalid.next().await;
    stage.while_away(|stage| stage.say("number", &[2.into()])).await;
    assert!(stage.is_recovered().await);
    assert_eq!(stage.heard.so_far(), ["number 2"]);
    assert!(invalid.so_far().is_empty(), "nothing came twice");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn without_a_schema_offsets_are_told_from_text_as_well() {
    let stage = Stage::set().await;
    let client = quick(stage.proxy.url()).build().expect("the URL is good");
    let guest = client.socket::<Untyped>().namespace("/recovery").connect();
    let guest = soon(guest).await.expect("accepted");
    let (pen, mut heard) = notes();
    guest.on_any(move |event| pen.note(format!("{} {}", event.name(), event.json())));
    let say = |word, arguments: (&str, &str)| {
        guest.emit().event(word, arguments).expect("connected");
    };
    for (word, text, expected) in [
        ("say", "a", r#"text ["a"]"#),
        ("say", "b", r#"text ["b"]"#),
        // Two offsets were alike, so that this one is known not to be one.
        ("say:volatile", "hello", r#"text ["hello"]"#),
        ("say", "c", r#"text ["c"]"#),
    ] {
        say(word, ("text", text));
        assert_eq!(heard.next().await, expected);
    }
    let mut lifecycle = guest.lifecycle();
    stage.proxy.cut();
    let changes = until_connected(&mut lifecycle).await;
    assert!(matches!(changes.last(), Some(Lifecycle::Connect { recovered: true })), "{changes:?}");
    say("say", ("text", "d"));
    assert_eq!(heard.next().await, r#"text ["d"]"#, "nothing came twice");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn after_a_restart_of_the_server_nothing_is_recovered_and_the_next_time_it_is() {
    let mut stage = Stage::set().await;
    stage.say("number", &[1.into()]);
    stage.hears("number 1").await;
    let mut host = stage.host.lifecycle();
    stage.server.restart_same_port().await;
    assert!(!stage.is_recovered().await);
    until_connected(&mut host).await;
    assert!(stage.heard.so_far().is_empty());

    stage.say("number", &[2.into()]);
    stage.hears("number 2").await;
    stage.while_away(|stage| stage.say("number", &[3.into()])).await;
    assert!(stage.is_recovered().await);
    assert_eq!(stage.heard.so_far(), ["number 3"]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_session_in_which_no_event_came_is_not_restored() {
    let mut stage = Stage::set().await;
    stage.while_away(|stage| stage.say("number", &[1.into()])).await;
    assert!(!stage.is_recovered().await);
    assert!(stage.heard.so_far().is_empty());
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_users_payload_goes_along_and_wins() {
    let server = NodeServer::start(NodeOptions::new().connection_state_recovery()).await;
    let proxy = Proxy::start(server.address()).await;
    let client = quick(proxy.url()).build().expect("the URL is good");
    let auth = json!({ "token": "t", "pid": "mine" });
    let socket =
        soon(client.socket::<Recovery>().auth(auth.clone()).connect()).await.expect("accepted");
    assert_eq!(soon(socket.emit().auth()).await.expect("an answer"), auth);
    let once = socket.once().number();
    socket.emit().say("number", &[1.into()]).expect("connected");
    soon(once).await.expect("connected");
    let mut lifecycle = socket.lifecycle();
    proxy.cut();
    let changes = until_connected(&mut lifecycle).await;
    assert!(matches!(changes.last(), Some(Lifecycle::Connect { recovered: false })), "{changes:?}");
    let sent = soon(socket.emit().auth()).await.expect("an answer");
    assert_eq!((&sent["token"], &sent["pid"]), (&json!("t"), &json!("mine")));
    assert!(sent["offset"].is_string(), "{sent}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_left_and_comes_back_gets_a_new_session() {
    let mut stage = Stage::set().await;
    stage.say("number", &[1.into()]);
    stage.hears("number 1").await;
    let id = stage.guest.id();
    soon(stage.guest.disconnect()).await;
    soon(stage.guest.connect()).await.expect("accepted");
    assert_ne!(stage.guest.id(), id);
    assert!(!stage.guest.state().borrow().recovered);
    assert_eq!(soon(stage.guest.emit().auth()).await.expect("an answer"), json!({}));
}
