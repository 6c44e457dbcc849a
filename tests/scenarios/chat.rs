//! The chat from arrival to leaving, the same against every server: what a user of this client
//! does all day.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use schema_examples::{
    payload::{Credentials, FileMetadata, Presence, Status},
    schema::{Chat, ServerToClientEvent as Event},
};
use socketio_runtime::{
    Bytes, ClientBuilder, EventStream, Lifecycle, LifecycleStream, Socket, Transport,
};
use socketio_tests::{ChatServer, NodeOptions, NodeServer, Proxy, PythonServer, soon};

use crate::setup::{Notes, next_change, notes, quick, until_connected};

const ROOM: &str = "lobby";

/// Each way to carry a connection, the change from one to the other among them.
const WAYS: [&[Transport]; 3] =
    [&[Transport::WebSocket], &[Transport::Polling, Transport::WebSocket], &[Transport::Polling]];

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_story_with_the_reference_server() {
    for transports in WAYS {
        let server = NodeServer::start(NodeOptions::new()).await;
        tell_the_story(server.address(), transports).await;
    }
}

#[tokio::test]
async fn the_story_with_the_embedded_server() {
    // By long-polling it is slow to notice who is gone, as the one below.
    for transports in &WAYS[..2] {
        let server = ChatServer::start("127.0.0.1:0").await.expect("loopback has free ports");
        tell_the_story(server.address(), transports).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_python), ignore = "needs Python 3")]
async fn the_story_with_the_python_server() {
    for transports in &WAYS[..2] {
        let server = PythonServer::start().await;
        tell_the_story(server.address(), transports).await;
    }
}

async fn tell_the_story(server: SocketAddr, transports: &[Transport]) {
    let client = |url: String| quick(url).transports(transports.iter().copied());
    let url = format!("http://{server}");
    let mut link = Proxy::start(server).await;
    let mut alice = Person::arrive("alice", client(url.clone())).await;
    let mut bob = Person::arrive("bob", client(link.url())).await;
    join(&mut alice, &mut bob).await;
    talk(&mut alice, &mut bob).await;
    share_a_file(&mut alice, &mut bob).await;
    answer_wrongly(client(url)).await;
    bob.is_carried_by(*transports.last().expect("one at least")).await;
    lose_the_connection(&mut alice, &mut bob, &mut link).await;
    leave(&mut alice, &mut bob, &link).await;
}

/// One user of the chat.
struct Person {
    name: &'static str,
    chat: Socket<Chat>,
    /// Everything that the server says, in order: none may be missing, none come twice.
    events: EventStream<Event>,
    /// The same messages as a listener hears them.
    heard: Notes<String>,
    lifecycle: LifecycleStream,
    /// One note for each answer to a presence check.
    present: Notes<()>,
    /// How often the authentication provider was asked.
    asked: Arc<AtomicUsize>,
}

/// The person's next event, which has to be of this form.
macro_rules! hears {
    ($person:expr, $event:pat $(if $guard:expr)? $(=> $output:expr)?) => {
        match soon($person.events.next()).await {
            Some($event) $(if $guard)? => ($($output)?),
            other => panic!("{} heard {other:?}", $person.name),
        }
    };
}

impl Person {
    async fn arrive(name: &'static str, client: ClientBuilder) -> Self {
        let client = client.build().expect("the URL is good");
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let credentials = move || {
            count.fetch_add(1, Ordering::Relaxed);
            async move { Credentials { token: name.to_owned() } }
        };
        let chat = client.socket::<Chat>().auth(credentials).build().expect("a new namespace");
        let (pen, present) = notes();
        chat.on().presence_check(move |nonce| {
            pen.note(());
            async move { Presence { status: Status::Online, nonce } }
        });
        let (pen, heard) = notes();
        chat.on().message_received(move |message| pen.note(message.content));
        let (events, mut lifecycle) = (chat.events(), chat.lifecycle());
        assert!(!chat.is_connected() && chat.id().is_none(), "nothing happens before `connect`");

        soon(chat.connect()).await.expect("the server accepts the token");
        assert!(matches!(
            next_change(&mut lifecycle).await,
            Lifecycle::Connect { recovered: false }
        ));
        Self { name, chat, events, heard, lifecycle, present, asked }
    }

    /// Joins the room, which has `members` then, and is asked for presence.
    async fn join(&mut self, members: u32) {
        let joined = soon(self.chat.emit().room_join(ROOM)).await.expect("an answer");
        assert!(joined.success && joined.error.is_none(), "{joined:?}");
        assert_eq!(joined.room.expect("a room").member_count, members);
        hears!(self, Event::PresenceCheck { .. });
        self.present.next().await;
    }

    async fn is_carried_by(&self, transport: Transport) {
        let mut state = self.chat.state();
        let carried = state.wait_for(|state| state.transport == Some(transport));
        soon(carried).await.expect("the socket is there");
    }

    /// The next change, but for that of the transport.
    async fn next_change(&mut self) -> Lifecycle {
        loop {
            match next_change(&mut self.lifecycle).await {
                Lifecycle::Upgrade { .. } => {}
                change => return change,
            }
        }
    }

    async fn say(&self, content: &str) -> String {
        let response = soon(self.chat.emit().message_send(content)).await.expect("an answer");
        assert!(response.success, "{response:?}");
        response.message_id.expect("an id")
    }

    async fn hear(&mut self, content: &str) -> String {
        let message = hears!(self, Event::MessageReceived { message } => message);
        assert_eq!(message.content, content);
        assert_eq!(self.heard.next().await, content);
        message.id
    }
}

async fn join(alice: &mut Person, bob: &mut Person) {
    let alone = soon(alice.chat.emit().message_send("anyone?")).await.expect("an answer");
    assert!(!alone.success && alone.error.is_some(), "{alone:?}");
    hears!(alice, Event::Error { error } if error.code == "not_in_room");

    alice.join(1).await;
    bob.join(2).await;
    hears!(alice, Event::UserJoined { user } if user.username == "bob");
    hears!(alice, Event::RoomUpdated { room } if room.member_count == 2);
}

async fn talk(alice: &mut Person, bob: &mut Person) {
    // Events that may be lost are, while a request is under way.
    soon(bob.chat.flushed()).await.expect("the runtime is there");
    bob.chat.emit().typing_start(ROOM).expect("the socket is connected");
    hears!(alice, Event::TypingStart { typing } if typing.username == "bob");
    soon(bob.chat.flushed()).await.expect("the runtime is there");
    bob.chat.emit().typing_stop(ROOM).expect("the socket is connected");
    hears!(alice, Event::TypingStop { typing } if typing.user_id == "user-bob");

    let id = bob.say("grüß dich, \"alice\" \u{1F44B}").await;
    for person in [&mut *alice, &mut *bob] {
        assert_eq!(person.hear("grüß dich, \"alice\" \u{1F44B}").await, id);
    }
    alice.chat.emit().ping().expect("the socket is connected");
    hears!(alice, Event::Pong);
}

async fn share_a_file(alice: &mut Person, bob: &mut Person) {
    let content: Bytes = (0..=u8::MAX).cycle().take(100_000).collect::<Vec<_>>().into();
    let sent = FileMetadata {
        name: "notes.bin".to_owned(),
        mime_type: "application/octet-stream".to_owned(),
        size: content.len() as u64,
    };
    let upload = soon(alice.chat.emit().file_upload(content.clone(), &sent)).await;
    assert!(upload.expect("an answer").file_id.is_some());
    for person in [alice, bob] {
        let (received, metadata) =
            hears!(person, Event::FileReceived { content, metadata } => (content, metadata));
        assert_eq!(metadata, sent);
        assert!(received == content, "the bytes of the file are unharmed");
    }
}

/// The server looks at the answers to its questions: a wrong one is told, and so the others, of
/// which nothing was told, were right.
async fn answer_wrongly(client: ClientBuilder) {
    let client = client.build().expect("the URL is good");
    let credentials = Credentials { token: "mallory".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).build().expect("a new namespace");
    chat.on().presence_check(|nonce| Presence { status: Status::Away, nonce: nonce + 1 });
    soon(chat.connect()).await.expect("the server accepts the token");
    let problem = chat.once().error();
    soon(chat.emit().room_join("elsewhere")).await.expect("an answer");
    assert_eq!(soon(problem).await.expect("an event").code, "no_presence");
}

async fn lose_the_connection(alice: &mut Person, bob: &mut Person, link: &mut Proxy) {
    let former_id = bob.chat.id().expect("bob is connected");
    link.refuse().await;
    link.cut();
    let Lifecycle::Disconnect { will_reconnect: true, .. } = bob.next_change().await else {
        panic!("a lost connection is made again")
    };
    {
        let state = bob.chat.state();
        let state = state.borrow();
        assert!(!state.connected && state.reconnecting && state.id.is_none(), "{state:?}");
    }
    hears!(alice, Event::UserLeft { user_id } if user_id == "user-bob");
    hears!(alice, Event::RoomUpdated { room } if room.member_count == 1);

    bob.chat.emit().ping().expect("it waits for the connection");
    let joined = bob.chat.emit().room_join(ROOM);
    link.heal().await;
    let changes = until_connected(&mut bob.lifecycle).await;
    check_reconnection(&changes);
    {
        let state = bob.chat.state();
        let state = state.borrow();
        assert!(state.connected && !state.reconnecting && state.attempts == 0, "{state:?}");
        assert!(state.last_error.is_none() && state.id.as_ref() != Some(&former_id), "{state:?}");
    }
    assert_eq!(bob.asked.load(Ordering::Relaxed), 2, "once a connection");

    assert!(soon(joined).await.expect("the answer survives").success);
    // What was emitted offline was handled once; some servers may have done it in either order.
    match soon(bob.events.next()).await {
        Some(Event::Pong) => hears!(bob, Event::PresenceCheck { .. }),
        Some(Event::PresenceCheck { .. }) => hears!(bob, Event::Pong),
        other => panic!("bob heard {other:?}"),
    }
    hears!(alice, Event::UserJoined { user } if user.id == "user-bob");
    hears!(alice, Event::RoomUpdated { room } if room.member_count == 2);
    for said in ["welcome back", "where were you?"] {
        let id = alice.say(said).await;
        for person in [&mut *alice, &mut *bob] {
            assert_eq!(person.hear(said).await, id);
        }
    }
}

/// Any number of failures, each after its attempt, then the attempt that succeeds.
fn check_reconnection(changes: &[Lifecycle]) {
    let [failed @ .., last, back, connect] = changes else { panic!("too few: {changes:?}") };
    let mut number = 0;
    for pair in failed.chunks(2) {
        number += 1;
        let [
            Lifecycle::ReconnectAttempt { attempt },
            Lifecycle::ConnectError { will_retry: true, .. },
        ] = pair
        else {
            panic!("out of order: {changes:?}")
        };
        assert_eq!(*attempt, number, "{changes:?}");
    }
    number += 1;
    assert!(
        matches!(last, Lifecycle::ReconnectAttempt { attempt } if *attempt == number)
            && matches!(back, Lifecycle::Reconnect { attempt } if *attempt == number)
            && matches!(connect, Lifecycle::Connect { recovered: false }),
        "out of order: {changes:?}"
    );
}

async fn leave(alice: &mut Person, bob: &mut Person, link: &Proxy) {
    bob.chat.emit().room_leave(ROOM).expect("the socket is connected");
    hears!(alice, Event::UserLeft { user_id } if user_id == "user-bob");
    hears!(alice, Event::RoomUpdated { room } if room.member_count == 1);
    for person in [bob, alice] {
        soon(person.chat.disconnect()).await;
        assert!(!person.chat.is_connected() && person.chat.id().is_none());
        let last = person.next_change().await;
        assert!(matches!(last, Lifecycle::Disconnect { will_reconnect: false, .. }), "{last:?}");
        assert!(soon(person.lifecycle.next()).await.is_none(), "nothing more happens");
        // Also the proof that nothing was heard but what this story tells.
        assert!(soon(person.events.next()).await.is_none(), "nothing more is heard");
        assert_eq!(person.heard.so_far(), [""; 0]);
        person.heard.ended().await;
    }
    soon(link.idle()).await;
}
