//! What each side has counted, compared while it is quiet.
//!
//! Must not know: who made it quiet.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use tokio::time::timeout;

use super::{
    regular::{Counts, Regular},
    service::Books,
};
use crate::{Result, verdict::Verdict};

/// The server's books; by then the client has heard everything that the server has said before.
pub(super) async fn fetch(regular: &Regular) -> Result<Books> {
    let Regular { socket, counts, id, manner, .. } = regular;
    for _ in 0..TRIES {
        let mut state = socket.state();
        let is_back = timeout(PATIENCE, state.wait_for(|state| state.connected)).await;
        if is_back.is_err() {
            let state = socket.state().borrow().clone();
            return Err(
                format!("client {id}, {}, does not come back: {state:?}", manner.name).into()
            );
        }
        counts.books.fetch_add(1, Relaxed);
        // What broke before it was quiet may be noticed only now.
        match socket.emit().books().await {
            Ok(books) => return Ok(books),
            Err(error) => println!("client {id}, {}, asks again: {error}", manner.name),
        }
    }
    Err(format!("client {id}, {}, gets no answer", manner.name).into())
}

pub(super) fn compare(regular: &Regular, books: &Books, verdict: &mut Verdict) {
    let Counts { notes, retried, asked, uploaded, ticks, online, withdrawn, .. } = &*regular.counts;
    let mut check = Check { regular, verdict };
    check.heard("notes", notes, books.notes.received);
    check.equal("notes against the order", books.notes.wrong, 0);
    check.equal("retried: heard", books.retried.received, retried.load(Relaxed));
    check.equal("retried: out of order", books.retried.wrong, 0);
    check.heard("questions", asked, books.asked.received);
    check.heard("uploads", uploaded, books.uploaded.received);
    check.at_most("volatile: heard", books.volatile.received, ticks.load(Relaxed));
    check.equal("volatile: twice or out of order", books.volatile.wrong, 0);
    check.heard("only online", online, books.online.received);
    check.equal("only online: twice or out of order", books.online.wrong, 0);
    let never_sent = std::mem::take(&mut *regular.counts.never_sent());
    let came = books.withdrawn.iter().filter(|number| never_sent.contains(number)).count();
    check.equal("withdrawn, and heard all the same", came as u64, 0);

    let acks = &regular.counts.acks;
    let with_ack = [retried, asked, uploaded, withdrawn].map(|kind| kind.load(Relaxed));
    check.equal("acks that have settled", acks.settled(), with_ack.into_iter().sum());
    check.equal("acks that have settled wrongly", acks.wrong.load(Relaxed), 0);

    let heard = &regular.counts.heard;
    let [fed, feeds, gaps] = [&heard.fed, &heard.feeds, &heard.gaps].map(|c| c.load(Relaxed));
    check.equal("feeds: the last", fed, books.fed);
    check.equal("feeds: heard, and missed while away", feeds + gaps, books.fed);
    check.equal("feeds: twice, or missed while there", heard.wrong.load(Relaxed), 0);
    if !regular.manner.is_broken {
        check.equal("feeds: missed", gaps, 0);
    }
    let (questions, answered) = (&books.questions, heard.questions.load(Relaxed));
    check.equal("answers that are wrong", questions.wrong, 0);
    check.at_most("answers", questions.answered, answered);
    // Some of the server's questions may not have timed out yet.
    let settled = questions.answered + questions.unanswered + questions.wrong;
    check.at_most("questions settled", settled, questions.asked);

    let stats = regular.socket.stats();
    check.equal("emitted, by the client's own count", stats.emitted, regular.counts.accepted());
    check.equal("received, by the client's own count", stats.received, feeds + answered);
    check.equal("missed, by the client's own count", stats.missed, 0);
    check.equal("reports of what is invalid", regular.counts.invalid.load(Relaxed), 0);
}

/// Says whose books they are, where they are wrong.
struct Check<'a> {
    regular: &'a Regular,
    verdict: &'a mut Verdict,
}

impl Check<'_> {
    /// Where nothing breaks, everything is heard; where connections break, what was on its way may
    /// not be.
    fn heard(&mut self, what: &str, emitted: &AtomicU64, heard: u64) {
        let emitted = emitted.load(Relaxed);
        if self.regular.manner.is_broken {
            self.at_most(&format!("{what}: heard"), heard, emitted);
        } else {
            self.equal(&format!("{what}: heard"), heard, emitted);
        }
    }

    fn equal(&mut self, what: &str, measured: u64, expected: u64) {
        let is_kept = measured == expected;
        self.note(is_kept, || format!("{what}: {measured}, to be {expected}"));
    }

    fn at_most(&mut self, what: &str, measured: u64, limit: u64) {
        self.note(measured <= limit, || format!("{what}: {measured}, at most {limit}"));
    }

    fn note(&mut self, is_kept: bool, bound: impl FnOnce() -> String) {
        let Regular { id, manner, .. } = self.regular;
        self.verdict.silently(is_kept, || format!("client {id}, {}: {}", manner.name, bound()));
    }
}

const TRIES: usize = 5;
const PATIENCE: Duration = Duration::from_secs(30);
