//! The servers, the proxies, the clients, and who makes them quiet.
//!
//! Must not know: what grows, what is printed of it.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    sync::OwnedRwLockWriteGuard,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    acts::{self, Quiet},
    books,
    leak::Kept,
    live::Live,
    passing,
    regular::{CAPTURES_EACH, Counts, MANNERS, Ports, Regular},
};
use crate::{
    Result,
    child::Child,
    figures::{Figures, kib},
    proxy,
    server::{self, Manner},
    verdict::Verdict,
};

pub(super) struct Stage {
    /// One for JSON, one for msgpack.
    servers: [Child; 2],
    proxies: [Child; 2],
    ports: Ports,
    pub(super) regulars: Vec<Arc<Regular>>,
    tasks: JoinSet<()>,
    quiet: Quiet,
    /// Held while it is to be quiet.
    silence: Option<OwnedRwLockWriteGuard<()>>,
    /// What listeners hold.
    pub(super) captured: Live,
    passed: Live,
    /// What was leaked on purpose.
    pub(super) kept: Kept,
}

impl Stage {
    pub(super) async fn set(lifetime: Duration, seed: u64) -> Result<Self> {
        let (ping_interval, ping_timeout) = (Duration::from_secs(5), Duration::from_secs(3));
        let manner = |is_msgpack| Manner { ping_interval, ping_timeout, is_msgpack };
        let servers = [server::start(manner(false)).await?, server::start(manner(true)).await?];
        let [json, msgpack] = [servers[0].port, servers[1].port];
        let proxies = [
            proxy::start(json, lifetime, seed).await?,
            proxy::start(msgpack, lifetime, seed + 1).await?,
        ];
        let [proxy, msgpack_proxy] = [proxies[0].port, proxies[1].port];
        Ok(Self {
            servers,
            proxies,
            ports: Ports { server: json, proxy, msgpack_proxy },
            regulars: Vec::new(),
            tasks: JoinSet::new(),
            quiet: Quiet::default(),
            silence: None,
            captured: Live::default(),
            passed: Live::default(),
            kept: Kept::default(),
        })
    }

    /// Lets everybody in, and all that they do begin.
    pub(super) async fn begin(&mut self, regulars: usize) -> Result<()> {
        for id in 0..regulars {
            let regular = Regular::connect(id, self.ports, &self.captured).await?;
            acts::begin(&regular, &self.quiet, &self.captured, &mut self.tasks);
            let regular = Arc::new(regular);
            let (captured, passed) = (self.captured.clone(), self.passed.clone());
            let quiet = Arc::clone(&self.quiet);
            self.tasks.spawn(passing::enter(Arc::clone(&regular), quiet, captured, passed));
            self.regulars.push(regular);
        }
        for seed in 0..PASSERS {
            let (captured, passed) = (self.captured.clone(), self.passed.clone());
            let quiet = Arc::clone(&self.quiet);
            self.tasks.spawn(passing::pass(self.ports, quiet, seed, captured, passed));
        }
        Ok(())
    }

    /// Ends faults, what the servers say, and what the clients do, once they are done with it.
    pub(super) async fn be_quiet(&mut self) -> Result<()> {
        for proxy in &mut self.proxies {
            proxy::calm(proxy).await?;
        }
        let silence = timeout(PATIENCE, Arc::clone(&self.quiet).write_owned()).await;
        self.silence = Some(silence.map_err(|_| "somebody does not come to an end")?);
        for server in &mut self.servers {
            server.order::<Value>(&json!({ "order": "calm" })).await?;
        }
        Ok(())
    }

    pub(super) async fn go_on(&mut self) -> Result<()> {
        for server in &mut self.servers {
            server.order::<Value>(&json!({ "order": "storm" })).await?;
        }
        for proxy in &mut self.proxies {
            proxy::storm(proxy).await?;
        }
        self.silence = None;
        Ok(())
    }

    pub(super) fn json_server(&mut self) -> &mut Child {
        &mut self.servers[0]
    }

    /// Compares the books of both sides.
    pub(super) async fn compare(&self, verdict: &mut Verdict) -> Result<()> {
        for regular in &self.regulars {
            let books = books::fetch(regular).await?;
            books::compare(regular, &books, verdict);
        }
        Ok(())
    }

    /// Waits until what has come and gone is gone, if that comes to pass.
    pub(super) async fn settled(&self, patience: Duration) {
        let began = Instant::now();
        let is_settled = || {
            let tasks = Figures::now().map_or(0, |now| now.tasks);
            tasks <= self.tasks() && self.captured.now() <= self.captures()
        };
        while !is_settled() && began.elapsed() < patience {
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Counts what is alive, while it is quiet.
    pub(super) fn count(&self, now: Figures, before: Figures, verdict: &mut Verdict) {
        let tasks = now.tasks - before.tasks;
        verdict
            .silently(tasks == self.tasks(), || format!("tasks: {tasks}, to be {}", self.tasks()));
        let (captured, expected) = (self.captured.now(), self.captures());
        let is_kept = captured == expected;
        verdict.silently(is_kept, || format!("captures: {captured}, to be {expected}"));
        // A connection, and those that HTTP keeps for the next request.
        let (files, most) = (now.files - before.files, self.regulars.len() * FILES_EACH);
        verdict.silently(files <= most, || format!("open files: {files}, at most {most}"));
    }

    /// The connection's task, that of a listener and that which follows the lifecycle; and those of
    /// this program.
    fn tasks(&self) -> usize {
        self.regulars.len() * 3 + self.tasks.len()
    }

    fn captures(&self) -> usize {
        self.regulars.len() * CAPTURES_EACH
    }

    pub(super) fn print(&self, time: Duration, now: Figures) {
        let sum = |count: fn(&Counts) -> u64| {
            self.regulars.iter().map(|regular| count(&regular.counts)).sum::<u64>()
        };
        let reconnects: u64 = self.regulars.iter().map(|r| r.socket.stats().reconnects).sum();
        println!(
            "{:5.1} min: {} emitted, {} heard, {} acks; {reconnects} reconnected, {} recovered, {} \
             upgraded, {} passed; {:.0} KiB in {} allocations, {:.0} resident; {} tasks, {} files, \
             {} captures of {}; {:.0} s of CPU",
            time.as_secs_f64() / 60.0,
            sum(Counts::accepted),
            sum(|counts| counts.heard.feeds.load(Relaxed) + counts.heard.questions.load(Relaxed)),
            sum(|counts| counts.acks.settled()),
            sum(|counts| counts.recoveries.load(Relaxed)),
            sum(|counts| counts.upgrades.load(Relaxed)),
            self.passed.ever(),
            kib(now.heap),
            now.allocations,
            kib(now.resident),
            now.tasks,
            now.files,
            self.captured.now(),
            self.captured.ever(),
            now.cpu.as_secs_f64(),
        );
    }

    /// What has happened at all, so that nothing is kept by doing nothing.
    pub(super) fn sum_up(&self, verdict: &mut Verdict) {
        for (number, manner) in MANNERS.iter().enumerate() {
            let of_it = self.regulars.iter().filter(|r| r.id % MANNERS.len() == number);
            let of_it: Vec<_> = of_it.map(|regular| &*regular.counts).collect();
            let sum = |count: fn(&Counts) -> u64| of_it.iter().map(|c| count(c)).sum::<u64>();
            let sum_of_acks = sum(|c| c.acks.answered.load(Relaxed));
            println!(
                "{}: {} connects, {} recovered, {} upgraded; {} notes; {} feeds, {} missed while \
                 away; acks: {sum_of_acks} answered, {} timed out, {} disconnected, {} forgotten, {} \
                 cancelled; {} emits refused while offline",
                manner.name,
                sum(|c| c.connects.load(Relaxed)),
                sum(|c| c.recoveries.load(Relaxed)),
                sum(|c| c.upgrades.load(Relaxed)),
                sum(|c| c.notes.load(Relaxed)),
                sum(|c| c.heard.feeds.load(Relaxed)),
                sum(|c| c.heard.gaps.load(Relaxed)),
                sum(|c| c.acks.timed_out.load(Relaxed)),
                sum(|c| c.acks.disconnected.load(Relaxed)),
                sum(|c| c.acks.forgotten.load(Relaxed)),
                sum(|c| c.acks.cancelled.load(Relaxed)),
                sum(|c| c.rejected.load(Relaxed)),
            );
            let connects = sum(|c| c.connects.load(Relaxed)) as f64;
            let expected = of_it.len() as f64;
            if manner.is_broken {
                verdict.at_least("connects, more than one each", connects, expected + 1.0);
            } else {
                verdict.equal("connects, one each", connects, expected);
            }
        }
        verdict.at_least("clients and sockets that came and went", self.passed.ever() as f64, 1.0);
    }

    /// Ends all clients: every second one by leaving, the others by being dropped.
    pub(super) async fn end(&mut self) -> Result<()> {
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
        for regular in std::mem::take(&mut self.regulars) {
            if regular.id % 2 == 0 {
                timeout(PATIENCE, regular.socket.disconnect()).await?;
            }
        }
        Ok(())
    }
}

const PASSERS: u64 = 4;
const FILES_EACH: usize = 3;
const PATIENCE: Duration = Duration::from_secs(60);
