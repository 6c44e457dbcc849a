//! Long-polling: a GET is answered with many packets, a POST brings many.
//!
//! Must not know: what packets mean.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
};
use tokio::sync::Notify;

use crate::{
    connection::{Connection, Reaction},
    packets,
};

/// Between the packets of a payload.
const SEPARATOR: char = '\x1e';
/// How many messages of a flood one GET is answered with.
const MESSAGES_A_REQUEST: usize = 100;

#[derive(Default)]
pub(crate) struct Sessions {
    by_sid: Mutex<HashMap<String, Arc<Session>>>,
    gets: AtomicUsize,
    posts: AtomicUsize,
}

#[derive(Default)]
struct Session {
    state: Mutex<State>,
    has_something: Notify,
}

#[derive(Default)]
struct State {
    connection: Connection,
    packets: VecDeque<String>,
    flood: usize,
}

impl Sessions {
    pub(crate) async fn serve(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if request.uri().path() == "/requests" {
            let counts = format!("{} {}", self.gets.swap(0, Relaxed), self.posts.swap(0, Relaxed));
            return Response::new(Full::from(counts));
        }
        let is_post = request.method() == Method::POST;
        let counter = if is_post { &self.posts } else { &self.gets };
        counter.fetch_add(1, Relaxed);
        let query = request.uri().query().unwrap_or_default();
        let Some(sid) = query.split('&').find_map(|pair| pair.strip_prefix("sid=")) else {
            return Response::new(Full::from(self.open()));
        };
        let session = lock(&self.by_sid).get(sid).cloned();
        let Some(session) = session else { return refusal() };
        if !is_post {
            return Response::new(Full::from(session.next_payload().await));
        }
        let Ok(body) = request.into_body().collect().await else { return refusal() };
        session.handle_payload(&String::from_utf8_lossy(&body.to_bytes()));
        Response::new(Full::from("ok"))
    }

    fn open(&self) -> String {
        let mut sessions = lock(&self.by_sid);
        let sid = sessions.len().to_string();
        let handshake = packets::handshake(&sid);
        sessions.insert(sid, Arc::default());
        handshake
    }
}

impl Session {
    fn handle_payload(&self, payload: &str) {
        let mut state = lock(&self.state);
        for packet in payload.split(SEPARATOR) {
            match state.connection.handle_text(packet) {
                // Attachments are measured over WebSocket only.
                Reaction::Nothing | Reaction::Attachments(_) => continue,
                Reaction::Send(packet) => state.packets.push_back(packet),
                Reaction::Flood(count) => state.flood += count,
            }
            self.has_something.notify_one();
        }
    }

    async fn next_payload(&self) -> String {
        loop {
            if let Some(payload) = lock(&self.state).take_payload() {
                return payload;
            }
            self.has_something.notified().await;
        }
    }
}

impl State {
    fn take_payload(&mut self) -> Option<String> {
        let mut packets: Vec<String> = mem::take(&mut self.packets).into();
        let messages = self.flood.min(MESSAGES_A_REQUEST);
        self.flood -= messages;
        packets.resize(packets.len() + messages, packets::MESSAGE.to_owned());
        (!packets.is_empty()).then(|| packets.join(SEPARATOR.encode_utf8(&mut [0; 1])))
    }
}

fn refusal() -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
