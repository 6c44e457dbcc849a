//! Listeners: their forms, their order, their beginnings and ends, and what happens when one
//! misbehaves.

use std::{
    future::pending,
    sync::{Arc, Mutex},
};

use crate::{
    handlers::{Panicking, Recorder},
    schema::{Early, Echo, ToldEvent},
    setup::{Pen, join, notes, quick},
};
use serde_json::json;
use socketio_runtime::{Listener, Socket};
use socketio_tests::{NodeOptions, NodeServer, soon};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

/// Everything that was emitted before has been handled by the server, and what it said to that
/// has been heard by the listeners that run inline.
async fn settle(echo: &Socket<Echo>) {
    soon(echo.emit().echo(&json!(null))).await.expect("an answer");
}

fn tell_number(echo: &Socket<Echo>, number: u64) {
    echo.emit().tell("number", &[number.into()]).expect("the socket is connected");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn every_form_of_listener_hears_two_thousand_events_in_order() {
    const COUNT: u64 = 2000;
    let server = start().await;
    let client = quick(server.url()).listener_queue(2 * 1024).build().expect("a good URL");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let (pen, mut closure) = notes();
    echo.on().number(move |number| pen.note(number));
    let (pen, mut returns_future) = notes();
    echo.on().number(move |number| {
        let pen = pen.clone();
        async move {
            tokio::task::yield_now().await;
            pen.note(number);
        }
    });
    let (pen, mut async_closure) = notes();
    let pen: &'static Pen<u64> = Box::leak(Box::new(pen));
    echo.on().number(async |number| pen.note(number));
    let (pen, mut handler) = notes();
    echo.handle(Recorder(pen));
    let (mut stream, mut events) = (echo.stream().number(), echo.events());
    let first = echo.once().number();
    soon(echo.connect()).await.expect("the server accepts");
    assert!(matches!(soon(events.next()).await, Some(ToldEvent::Welcome { .. })));

    echo.emit().tell_many(COUNT, "number").expect("the socket is connected");
    assert_eq!(soon(first).await.expect("an event"), 0);
    for expected in 0..COUNT {
        assert_eq!(soon(stream.next()).await, Some(expected));
        let event = soon(events.next()).await;
        assert!(matches!(event, Some(ToldEvent::Number { index }) if index == expected));
        for listener in [&mut closure, &mut returns_future, &mut async_closure, &mut handler] {
            assert_eq!(listener.next().await, expected);
        }
    }
    assert_eq!(stream.missed(), 0);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn twenty_thousand_events_go_both_ways_without_a_halt() {
    const COUNT: u64 = 20_000;
    let server = start().await;
    let client = quick(server.url()).listener_queue(32 * 1024).build().expect("a good URL");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut numbers = echo.stream().number();
    let emitting = async {
        for number in 0..COUNT {
            tell_number(&echo, number);
            if number % 100 == 0 {
                tokio::task::yield_now().await;
            }
        }
    };
    let hearing = async {
        for expected in 0..COUNT {
            assert_eq!(soon(numbers.next()).await, Some(expected));
        }
    };
    tokio::join!(emitting, hearing);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_volatile_event_goes_out_when_it_can() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    settle(&echo).await;
    let heard = echo.once().number();
    echo.volatile().tell("number", &[7.into()]).expect("the socket is connected");
    assert_eq!(soon(heard).await.expect("an event"), 7);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn what_the_server_says_first_is_heard() {
    let server = start().await;
    let client = quick(server.url()).build().expect("a good URL");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let early = client.socket::<Early>().build().expect("a new namespace");
    let welcome = echo.once().welcome();
    let (pen, mut numbers) = notes();
    early.on().early(move |number| pen.note(number));
    soon(echo.connect()).await.expect("the server accepts");
    soon(early.connect()).await.expect("the server accepts");
    assert_eq!(Some(soon(welcome).await.expect("an event").as_str()), echo.id().as_deref());
    assert_eq!([numbers.next().await, numbers.next().await], [1, 2]);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_listener_that_is_off_is_not_called_and_is_freed() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let (pen, mut sync) = notes();
    let first = echo.on().number(move |number| pen.note(number));
    let (pen, mut later) = notes();
    let second = echo
        .on()
        .number(move |number| {
            pen.note(number);
            async {}
        })
        .guard();
    tell_number(&echo, 1);
    assert_eq!((sync.next().await, later.next().await), (1, 1));
    assert!(first.is_active() && second.listener().is_active());
    first.off();
    drop(second);
    tell_number(&echo, 2);
    settle(&echo).await;
    // Their senders are gone, and sent nothing before.
    sync.ended().await;
    later.ended().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_listener_may_end_itself() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let own: Arc<Mutex<Option<Listener>>> = Arc::default();
    let (pen, mut heard) = notes();
    let handle = Arc::clone(&own);
    let listener = echo.on().number(move |number| {
        pen.note(number);
        if let Some(own) = handle.lock().expect("no panic").take() {
            own.off();
        }
    });
    *own.lock().expect("no panic") = Some(listener);
    for number in 1..=3 {
        tell_number(&echo, number);
    }
    assert_eq!(heard.next().await, 1);
    heard.ended().await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_listener_may_emit_await_an_answer_and_register_another() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let (pen, mut heard) = notes();
    let weak = echo.downgrade();
    echo.on().number(move |number| {
        let echo = weak.upgrade().expect("the test has a handle");
        let pen = pen.clone();
        echo.on().text(move |text| pen.note(text));
        echo.emit().tell("text", &[format!("heard {number}").into()]).expect("it is connected");
    });
    let (pen, mut answers) = notes();
    let weak = echo.downgrade();
    echo.on().number(move |number| {
        let (echo, pen) = (weak.upgrade().expect("the test has a handle"), pen.clone());
        async move {
            pen.note(echo.emit().echo(&json!(number)).await.expect("an answer"));
        }
    });
    tell_number(&echo, 7);
    assert_eq!(heard.next().await, "heard 7");
    assert_eq!(answers.next().await, 7);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_listener_may_disconnect_its_own_socket() {
    let server = start().await;
    for is_async in [false, true] {
        let echo = join::<Echo>(server.url()).await;
        let mut lifecycle = echo.lifecycle();
        let (pen, mut heard) = notes();
        // With a handle of its own socket: what it captured is freed nevertheless.
        let own = echo.clone();
        if is_async {
            echo.on().number(move |number| {
                let (own, pen) = (own.clone(), pen.clone());
                async move {
                    own.disconnect().await;
                    pen.note(number);
                }
            });
        } else {
            echo.on().number(move |number| {
                drop(own.disconnect());
                pen.note(number);
            });
        }
        echo.emit().tell_many(1, "number").expect("the socket is connected");
        assert_eq!(heard.next().await, 0);
        heard.ended().await;
        while soon(lifecycle.next()).await.is_some() {}
        assert!(!echo.is_connected());
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_listener_that_panics_harms_no_other_and_is_called_again() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let id = echo.id();
    let (pen, mut survived) = notes();
    let panics = move |number| {
        assert!(number > 1, "on purpose");
        pen.note(number);
    };
    echo.on().number(panics.clone());
    let later = panics.clone();
    echo.on().number(move |number| {
        let panics = later.clone();
        async move { panics(number) }
    });
    echo.on().number(move |number| {
        // Before there is a future.
        panics(number);
        async {}
    });
    echo.handle(Panicking);
    echo.on_invalid(|_| panic!("on purpose"));
    let (pen, mut bystander) = notes();
    echo.on().number(move |number| pen.note(number));
    echo.emit().tell("undeclared", &[]).expect("the socket is connected");
    for number in 1..=2 {
        tell_number(&echo, number);
        assert_eq!(bystander.next().await, number);
    }
    assert_eq!([survived.next().await, survived.next().await, survived.next().await], [2, 2, 2]);
    assert_eq!(echo.id(), id, "the connection was lost");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn who_lags_misses_events_and_is_told_how_many() {
    let server = start().await;
    let client = quick(server.url()).listener_queue(4).build().expect("a good URL");
    let echo = soon(client.socket::<Echo>().connect()).await.expect("the server accepts");
    let mut stream = echo.stream().number();
    let stuck = echo.on().number(async |_| pending().await);
    let (pen, mut prompt) = notes();
    echo.on().number(move |number| pen.note(number));
    echo.emit().tell_many(50, "number").expect("the socket is connected");
    for number in 0..50 {
        assert_eq!(prompt.next().await, number);
    }
    assert_eq!(stream.missed(), 46);
    // One event may be in its hands, and no longer in the queue.
    assert!((45..=46).contains(&stuck.missed()), "{}", stuck.missed());
    for number in 0..4 {
        assert_eq!(soon(stream.next()).await, Some(number));
    }
    tell_number(&echo, 99);
    assert_eq!(soon(stream.next()).await, Some(99), "it goes on where it is awake again");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_listener_that_came_last_answers() {
    let server = start().await;
    let echo = join::<Echo>(server.url()).await;
    let mut reports = echo.stream().ask_report();
    let mut watching = echo.stream().question();
    let mut ask = async |nonce: u64| {
        echo.emit().ask("question", &[nonce.into()]).expect("the socket is connected");
        assert_eq!(soon(watching.next()).await, Some(nonce), "a stream only watches");
        soon(reports.next()).await.expect("a report")
    };
    echo.on().question(|nonce| nonce + 1);
    assert_eq!(ask(10).await, (None, vec![json!(11)]));
    let second = echo.on().question(async |nonce| nonce + 2);
    assert_eq!(ask(10).await, (None, vec![json!(12)]));
    let (pen, _notes) = notes();
    let third = echo.handle(Recorder(pen));
    assert_eq!(ask(10).await, (None, vec![json!(10)]));
    third.off();
    second.off();
    assert_eq!(ask(10).await, (None, vec![json!(11)]), "the one before takes over again");
}
