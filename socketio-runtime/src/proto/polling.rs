//! The long-polling requests of one session: at most one GET and one POST at a time, since a
//! server closes a session that has more (Engine.IO protocol 4.1, "HTTP long-polling").
//!
//! Must not know: what the packets mean.

use std::time::{Duration, Instant};

use super::{ChannelId, EMPTY_POLL_INTERVAL, SessionId, Transmit};

#[derive(Debug)]
pub(super) struct Polling {
    channel: ChannelId,
    /// `None` until the server has said it.
    session: Option<SessionId>,
    get: Request,
    post: Request,
    /// When the last GET began.
    asked: Option<Instant>,
    /// Until when no GET begins.
    pause: Option<Instant>,
    /// How long a request may take.
    timeout: Option<Duration>,
    /// How long a POST may take at most. Heartbeats are answered by POSTs, so a server that leaves
    /// one unanswered for longer has lost this client, or is about to.
    patience: Duration,
    /// The most bytes that one POST may have.
    max_payload: Option<usize>,
}

/// Whether a request is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Request {
    Idle,
    Sent {
        /// When it has taken too long, and how long that was.
        deadline: Option<(Instant, Duration)>,
    },
}

impl Polling {
    pub(super) fn new(channel: ChannelId, timeout: Option<Duration>) -> Self {
        Self {
            channel,
            session: None,
            get: Request::Idle,
            post: Request::Idle,
            asked: None,
            pause: None,
            timeout,
            patience: Duration::MAX,
            max_payload: None,
        }
    }

    /// The session is open; `patience` is how long its heartbeat may be away.
    pub(super) fn set_session(
        &mut self,
        session: SessionId,
        patience: Duration,
        max_payload: Option<usize>,
    ) {
        self.session = Some(session);
        self.patience = patience;
        self.max_payload = max_payload;
    }

    /// The next GET, unless one is under way or the last one has just brought nothing.
    pub(super) fn start_get(&mut self, now: Instant) -> Option<Transmit> {
        if self.get != Request::Idle || self.pause.is_some_and(|until| until > now) {
            return None;
        }
        self.pause = None;
        self.asked = Some(now);
        self.get = Request::sent(now, self.timeout);
        Some(Transmit::Get { channel: self.channel, session: self.session.clone() })
    }

    /// A POST; [`can_post`](Self::can_post) comes first.
    pub(super) fn start_post(&mut self, now: Instant, body: String) -> Option<Transmit> {
        let session = self.session.clone()?;
        let timeout = self.timeout.map_or(self.patience, |timeout| timeout.min(self.patience));
        self.post = Request::sent(now, Some(timeout));
        Some(Transmit::Post { channel: self.channel, session, body })
    }

    pub(super) fn on_polled(&mut self) {
        self.get = Request::Idle;
    }

    /// The GET has brought nothing. Where that took no time, the next one does not begin at once:
    /// a server that goes on so would keep both sides busy for nothing.
    pub(super) fn on_polled_nothing(&mut self) {
        self.pause = self.asked.map(|asked| asked + EMPTY_POLL_INTERVAL);
    }

    pub(super) fn on_posted(&mut self) {
        self.post = Request::Idle;
    }

    pub(super) fn channel(&self) -> ChannelId {
        self.channel
    }

    pub(super) fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    pub(super) fn max_payload(&self) -> Option<usize> {
        self.max_payload
    }

    pub(super) fn can_post(&self) -> bool {
        self.session.is_some() && self.post == Request::Idle
    }

    pub(super) fn is_idle(&self) -> bool {
        self.get == Request::Idle && self.post == Request::Idle
    }

    /// When the next GET begins, where it waits for that.
    pub(super) fn pause(&self) -> Option<Instant> {
        self.pause.filter(|_| self.get == Request::Idle)
    }

    /// When a request has taken too long, and how long that was.
    pub(super) fn next_deadline(&self) -> Option<(Instant, Duration)> {
        [self.get, self.post].into_iter().filter_map(Request::deadline).min()
    }
}

impl Request {
    fn sent(now: Instant, timeout: Option<Duration>) -> Self {
        // A deadline beyond the end of time is none.
        let deadline = timeout.and_then(|timeout| Some((now.checked_add(timeout)?, timeout)));
        Self::Sent { deadline }
    }

    fn deadline(self) -> Option<(Instant, Duration)> {
        match self {
            Self::Idle => None,
            Self::Sent { deadline } => deadline,
        }
    }
}
