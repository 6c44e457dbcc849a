//! The limit of long-polling: hyper's client, making the requests that a client has to make, with
//! packets written by hand and typed `serde_json`. A GET and a POST have a connection each.
//!
//! Must not know: the other contenders.

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

use super::{Run, check};
use crate::{
    Error,
    measure::Sample,
    payload::{Message, message},
    workload::{BATCH, Work},
};

/// Between the packets of a payload.
const SEPARATOR: char = '\x1e';

pub(super) async fn run(run: Run) -> Result<Sample, Error> {
    let mut polling = Polling::open(run.port).await?;
    let meter = run.meter();
    match run.workload.work {
        Work::Receive => receive(&mut polling, run.count).await?,
        Work::Emit => emit(&mut polling, run.count).await?,
        _ => return run.unsupported(),
    }
    meter.stop(run.count)
}

async fn receive(polling: &mut Polling, count: usize) -> Result<(), Error> {
    polling.post(format!(r#"42["flood",{count}]"#)).await?;
    let (mut received, mut bytes) = (0, 0);
    while received < count {
        let payload = polling.get().await?;
        for packet in std::str::from_utf8(&payload)?.split(SEPARATOR) {
            let arguments = packet.strip_prefix("42").ok_or("no event")?;
            let (name, message): (&str, Message) = serde_json::from_str(arguments)?;
            if name == "message" {
                received += 1;
                bytes += message.content.len();
            }
        }
    }
    check("bytes of content", bytes, count * message().content.len())
}

async fn emit(polling: &mut Polling, count: usize) -> Result<(), Error> {
    let message = message();
    let mut payload = Vec::new();
    for n in 1..=count {
        if !payload.is_empty() {
            payload.push(SEPARATOR as u8);
        }
        payload.extend_from_slice(b"42");
        serde_json::to_writer(&mut payload, &("message", &message))?;
        if n % BATCH == 0 || n == count {
            polling.post(std::mem::take(&mut payload)).await?;
        }
    }
    polling.post(r#"420["count"]"#).await?;
    let answer = polling.get().await?;
    let answer = std::str::from_utf8(&answer)?.strip_prefix("430").ok_or("no answer")?;
    let [counted] = serde_json::from_str(answer)?;
    check("messages at the server", counted, count)
}

struct Polling {
    gets: SendRequest<Full<Bytes>>,
    posts: SendRequest<Full<Bytes>>,
    host: String,
    path: String,
}

impl Polling {
    async fn open(port: u16) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Handshake {
            sid: String,
        }

        let mut polling = Self {
            gets: dial(port).await?,
            posts: dial(port).await?,
            host: format!("127.0.0.1:{port}"),
            path: "/socket.io/?EIO=4&transport=polling".to_owned(),
        };
        let payload = polling.get().await?;
        let handshake = payload.strip_prefix(b"0").ok_or("no handshake")?;
        let Handshake { sid } = serde_json::from_slice(handshake)?;
        polling.path.push_str("&sid=");
        polling.path.push_str(&sid);
        polling.post("40").await?;
        polling.get().await?.strip_prefix(b"40").ok_or("not connected")?;
        Ok(polling)
    }

    async fn get(&mut self) -> Result<Bytes, Error> {
        let request = self.request(Method::GET, Bytes::new())?;
        let response = self.gets.send_request(request).await?;
        Ok(response.into_body().collect().await?.to_bytes())
    }

    async fn post(&mut self, payload: impl Into<Bytes>) -> Result<(), Error> {
        let request = self.request(Method::POST, payload.into())?;
        let response = self.posts.send_request(request).await?;
        let answer = response.into_body().collect().await?.to_bytes();
        if &*answer == b"ok" { Ok(()) } else { Err("refused".into()) }
    }

    fn request(&self, method: Method, body: Bytes) -> Result<Request<Full<Bytes>>, Error> {
        Ok(Request::builder()
            .method(method)
            .uri(&self.path)
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, "text/plain;charset=UTF-8")
            .body(Full::new(body))?)
    }
}

async fn dial(port: u16) -> Result<SendRequest<Full<Bytes>>, Error> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
