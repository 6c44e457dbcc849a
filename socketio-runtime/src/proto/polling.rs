//! The long-polling requests of one session: at most one GET and one POST at a time, since a
//! server closes a session that has more (Engine.IO protocol 4.1, "HTTP long-polling").
//!
//! Must not know: what the packets mean.

use std::time::{Duration, Instant};

use super::{ChannelId, SessionId, Transmit};

#[derive(Debug)]
pub(super) struct Polling {
    channel: ChannelId,
    /// `None` until the server has said it.
    session: Option<SessionId>,
    get: Request,
    post: Request,
    /// How long a request may take.
    timeout: Option<Duration>,
}

/// Whether a request is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Request {
    Idle,
    Sent { deadline: Option<Instant> },
}

impl Polling {
    pub(super) fn new(channel: ChannelId, timeout: Option<Duration>) -> Self {
        Self { channel, session: None, get: Request::Idle, post: Request::Idle, timeout }
    }

    pub(super) fn set_session(&mut self, session: SessionId) {
        self.session = Some(session);
    }

    /// The next GET, unless one is under way.
    pub(super) fn start_get(&mut self, now: Instant) -> Option<Transmit> {
        if self.get != Request::Idle {
            return None;
        }
        self.get = Request::Sent { deadline: self.deadline(now) };
        Some(Transmit::Get { channel: self.channel, session: self.session.clone() })
    }

    /// A POST; [`can_post`](Self::can_post) comes first.
    pub(super) fn start_post(&mut self, now: Instant, body: String) -> Option<Transmit> {
        let session = self.session.clone()?;
        self.post = Request::Sent { deadline: self.deadline(now) };
        Some(Transmit::Post { channel: self.channel, session, body })
    }

    pub(super) fn on_polled(&mut self) {
        self.get = Request::Idle;
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

    pub(super) fn can_post(&self) -> bool {
        self.session.is_some() && self.post == Request::Idle
    }

    pub(super) fn is_idle(&self) -> bool {
        self.get == Request::Idle && self.post == Request::Idle
    }

    /// When a request has taken too long.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        [self.get, self.post].into_iter().filter_map(Request::deadline).min()
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        // A deadline beyond the end of time is none.
        self.timeout.and_then(|timeout| now.checked_add(timeout))
    }
}

impl Request {
    fn deadline(self) -> Option<Instant> {
        match self {
            Self::Idle => None,
            Self::Sent { deadline } => deadline,
        }
    }
}
