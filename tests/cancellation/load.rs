//! Many at once on several threads, aborted at random times: what was emitted arrives, in order,
//! once, and nothing is left.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use socketio_runtime::{Client, Socket, testing::TestServer};
use socketio_tests::{soon, within};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
    time::sleep,
};

use crate::{
    cut::{Alive, Random},
    world::{Chat, News, listen},
};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(4).enable_all().build().expect("the system has room for a runtime")
}

/// A socket whose emits are numbered in call order, whoever calls.
#[derive(Clone)]
struct Numbered {
    chat: Socket<Chat>,
    next: Arc<Mutex<u32>>,
}

impl Numbered {
    fn emit<T>(&self, emit: impl FnOnce(u32) -> T) -> T {
        let mut next = self.next.lock().expect("nobody panics in there");
        let number = *next;
        *next += 1;
        emit(number)
    }
}

/// Something that takes a while, of each kind.
async fn work(kind: usize, numbered: Numbered, news: Socket<News>, client: Client) {
    let chat = &numbered.chat;
    match kind {
        0 => drop(numbered.emit(|number| chat.emit().question(number)).await),
        1 => {
            numbered.emit(|number| chat.emit().tell(number)).expect("it is connected, or waits");
            chat.flushed().await.expect("the runtime runs");
        }
        2 => drop(chat.once().said().await),
        3 => drop(chat.stream().said().next().await),
        4 => drop(chat.buffered().await),
        5 => drop(chat.connect().await),
        6 => news.disconnect().await,
        7 => drop(news.connect().await),
        8 => drop(chat.state().changed().await),
        9 => drop(news.emit().question(0).await),
        _ => drop(client.socket::<News>().namespace("/unknown").connect().await),
    }
}

/// Starts work and aborts it, for some time; how much was started.
async fn abort_at_random(seed: u64, numbered: Numbered, news: Socket<News>, client: Client) -> u32 {
    let (mut random, mut tasks, mut started) = (Random::new(seed), Vec::new(), 0);
    let since = Instant::now();
    while since.elapsed() < LOAD_TIME {
        let kind = random.below(11);
        tasks.push(tokio::spawn(work(kind, numbered.clone(), news.clone(), client.clone())));
        started += 1;
        if random.below(3) == 0 {
            sleep(Duration::from_micros(random.below(2000) as u64)).await;
        } else {
            tokio::task::yield_now().await;
        }
        if tasks.len() > 16 || random.below(2) == 0 {
            tasks.swap_remove(random.below(tasks.len())).abort();
        }
    }
    for task in &tasks {
        task.abort();
    }
    for task in tasks {
        // That it was aborted, or was ready before; a panic in it is one of the test's.
        if let Err(error) = task.await {
            assert!(error.is_cancelled(), "{error}");
        }
    }
    started
}

#[test]
fn what_was_emitted_arrives_in_order_and_once_whoever_was_aborted_meanwhile() {
    let runtime = runtime();
    let captured = Alive::default();
    runtime.block_on(async {
        let server = TestServer::<Chat>::start();
        let news_server = server.namespace::<News>();
        let client = server.client().reconnection_delay(Duration::ZERO).build();
        let client = client.expect("the options are good");
        let news = client.socket::<News>().build().expect("the namespace is free");
        let chat = soon(client.socket::<Chat>().connect()).await.expect("it is let in");
        soon(server.connected()).await.expect("it is in");
        listen(&chat, &captured);
        news_server.on().question(|number| number);
        let heard: Arc<Mutex<Vec<u32>>> = Arc::default();
        for_each_number(&server, &heard);
        let talking = tokio::spawn({
            let server = server.clone();
            async move {
                loop {
                    // Nobody may be there.
                    server.emit().said(0).ok();
                    drop(server.emit().check(1));
                    sleep(Duration::from_millis(1)).await;
                }
            }
        });
        let numbered = Numbered { chat: chat.clone(), next: Arc::default() };
        let mut aborting = JoinSet::new();
        for seed in 0..4 {
            let (numbered, news, client) = (numbered.clone(), news.clone(), client.clone());
            aborting.spawn(abort_at_random(seed, numbered, news, client));
        }
        let started: u32 = within(10 * LOAD_TIME, aborting.join_all()).await.into_iter().sum();
        talking.abort();
        let emitted = *numbered.next.lock().expect("nobody panics in there");
        assert!(emitted > 100 && started > 500, "{emitted} of {started}");

        soon(chat.flushed()).await.expect("the runtime runs");
        assert_eq!(soon(chat.emit().question(emitted)).await.expect("it is answered"), emitted);
        let heard = std::mem::take(&mut *heard.lock().expect("nobody panics in there"));
        assert_eq!(heard, (0..=emitted).collect::<Vec<_>>());
        assert_eq!(chat.stats().emitted, u64::from(emitted) + 1);
        soon(news.connect()).await.expect("the same again succeeds");
        assert_eq!(soon(news.emit().question(5)).await.expect("it is answered"), 5);
        drop((numbered, client, news));
        soon(chat.disconnect()).await;
        soon(async {
            while captured.others() > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    });
    let tasks = || runtime.metrics().num_alive_tasks();
    let since = Instant::now();
    while tasks() > 0 && since.elapsed() < Duration::from_secs(10) {
        thread::yield_now();
    }
    assert_eq!(tasks(), 0, "tasks are left");
}

/// The server notes what comes, in order, and answers it.
fn for_each_number(server: &TestServer<Chat>, heard: &Arc<Mutex<Vec<u32>>>) {
    let note = |heard: &Arc<Mutex<Vec<u32>>>| {
        let heard = Arc::clone(heard);
        move |number| heard.lock().expect("nobody panics in there").push(number)
    };
    let (told, asked) = (note(heard), note(heard));
    server.on().tell(told);
    server.on().question(move |number| {
        asked(number);
        number
    });
}

#[test]
fn a_runtime_of_several_threads_shuts_down_in_the_middle_of_everything() {
    for seed in 0..SHUTDOWNS {
        let (runtime, captured) = (runtime(), Alive::default());
        let server = {
            let _context = runtime.enter();
            TestServer::<Chat>::start()
        };
        let client = server.client().build().expect("the options are good");
        let chat = {
            let _context = runtime.enter();
            client.socket::<Chat>().build().expect("the namespace is free")
        };
        listen(&chat, &captured);
        let alive = captured.clone();
        let (asking, connecting) = (chat.clone(), chat.clone());
        runtime.spawn(async move {
            while asking.emit().tell(1).is_ok() {
                drop(asking.emit().question(1).await);
            }
            drop(alive);
        });
        let playing = server.clone();
        runtime.spawn(async move {
            playing.on().question(|number| number);
            loop {
                playing.emit().said(1).ok();
                tokio::task::yield_now().await;
            }
        });
        let waiting = connecting.connect();
        let (ack, mut said) = (chat.emit().question(7), chat.stream().said());
        thread::sleep(Duration::from_micros(Random::new(seed).below(8000) as u64));
        drop(runtime);

        assert_eq!(captured.others(), 0, "what was captured is freed");
        waiting.now_or_never().expect("it settles").ok();
        ack.now_or_never().expect("it settles").ok();
        while let Some(_said) = said.next().now_or_never().expect("it settles") {}
        chat.emit().tell(1).expect_err("it has shut down");
        chat.flushed().now_or_never().expect("it settles").expect_err("it has shut down");
        chat.connect().now_or_never().expect("it settles").expect_err("it has shut down");
    }
}

const LOAD_TIME: Duration = Duration::from_secs(2);
const SHUTDOWNS: u64 = 20;
