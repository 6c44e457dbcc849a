//! The long-polling transport: the two requests of one session.
//!
//! Must not know: what the packets mean, when a request is due.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::http::{HttpClient, HttpSession};
use crate::{
    codec::split_payload,
    error::TransportError,
    limits,
    proto::{ChannelId, Input, SessionId},
};

pub(in crate::driver) struct Polling {
    pub(in crate::driver) channel: ChannelId,
    /// Once the first request has prepared it.
    session: Option<Arc<HttpSession>>,
    get: Option<Get>,
    post: Option<Post>,
    /// The answer to the GET, and how much of it was passed on.
    answer: Option<(Utf8Bytes, usize)>,
}

type Get =
    Pin<Box<dyn Future<Output = Result<(Arc<HttpSession>, Utf8Bytes), TransportError>> + Send>>;
type Post = Pin<Box<dyn Future<Output = Result<(), TransportError>> + Send>>;

impl Polling {
    /// A new session, with the request that opens it under way.
    pub(in crate::driver) fn open(channel: ChannelId, client: Arc<HttpClient>) -> Self {
        let session = HttpSession::prepare(client);
        let get = Box::pin(async {
            let session = session.await?;
            let body = session.get(None).await?;
            Ok((session, body))
        });
        Self { channel, session: None, get: Some(get), post: None, answer: None }
    }

    pub(in crate::driver) fn get(&mut self, sid: &SessionId) {
        let Some(session) = self.session.clone() else { return };
        let get = session.get(Some(sid.0.to_string()));
        self.get = Some(Box::pin(async { Ok((session, get.await?)) }));
    }

    pub(in crate::driver) fn post(&mut self, sid: &SessionId, body: String) {
        let Some(session) = &self.session else { return };
        self.post = Some(Box::pin(session.post(sid.0.to_string(), body)));
    }

    /// The next request to end.
    pub(in crate::driver) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        let channel = self.channel;
        // What was posted first is over first.
        if let Some(Poll::Ready(result)) =
            self.post.as_mut().map(|post| post.as_mut().poll(context))
        {
            self.post = None;
            return Poll::Ready(Input::Posted { channel, result });
        }
        if let Some(Poll::Ready(result)) = self.get.as_mut().map(|get| get.as_mut().poll(context)) {
            self.get = None;
            match result {
                Ok((session, body)) => {
                    self.session = Some(session);
                    self.answer = Some((body, 0));
                }
                Err(error) => return Poll::Ready(Input::Polled { channel, result: Err(error) }),
            }
        }
        self.next_packets().map_or(Poll::Pending, Poll::Ready)
    }

    /// Some packets of the answer: of many small ones that came at once, what they bring takes a
    /// multiple of their room until it has been handed on.
    fn next_packets(&mut self) -> Option<Input> {
        let channel = self.channel;
        let (body, start) = self.answer.take()?;
        let (first, rest) = split_payload(&body[start..], limits::PACKETS_AT_ONCE);
        let Some(rest) = rest else {
            let packets = if start == 0 { body } else { first.into() };
            return Some(Input::Polled { channel, result: Ok(packets) });
        };
        let (packets, start) = (first.into(), body.len() - rest.len());
        self.answer = Some((body, start));
        Some(Input::Part { channel, packets })
    }

    /// The session, for a WebSocket that is to take over.
    pub(in crate::driver) fn session(&self) -> Option<&Arc<HttpSession>> {
        self.session.as_ref()
    }

    pub(in crate::driver) fn is_posting(&self) -> bool {
        self.post.is_some()
    }
}

impl fmt::Debug for Polling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polling").field("channel", &self.channel).finish_non_exhaustive()
    }
}
