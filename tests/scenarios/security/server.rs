//! An HTTP server by hand, which notes what it is asked, byte for byte.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use socketio_tests::FakeServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::setup::{Notes, Pen, notes};

/// A server that answers requests by their number, from 0.
#[derive(Debug)]
pub(super) struct Server {
    fake: FakeServer,
    pub(super) requests: Notes<Request>,
}

/// A request's head, as it came.
#[derive(Debug, Clone)]
pub(super) struct Request(pub(super) String);

impl Request {
    /// Method, target and version.
    pub(super) fn line(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    /// A header's value; of several, the first.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.0.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Server {
    /// Answers with what `answer` gives, a whole answer as it stands on the wire; what is empty is
    /// never answered.
    pub(super) async fn start<A>(answer: A) -> Self
    where
        A: Fn(usize) -> String + Clone + Send + Sync + 'static,
    {
        let (pen, requests) = notes();
        let number = Arc::new(AtomicUsize::new(0));
        let fake = FakeServer::tcp(move |stream| {
            let (answer, pen, number) = (answer.clone(), pen.clone(), Arc::clone(&number));
            // That a client goes is its own affair.
            async move { drop(serve(stream, &answer, &pen, &number).await) }
        })
        .await;
        Self { fake, requests }
    }

    /// With the address of loopback for a host.
    pub(super) fn url(&self) -> String {
        self.fake.url()
    }

    /// With a name for a host.
    pub(super) fn named_url(&self) -> String {
        format!("http://localhost:{}", self.fake.address().port())
    }

    /// Asserts that nobody has asked for anything: the first to do so is this test.
    pub(super) async fn assert_unvisited(&mut self) {
        let mut stream = TcpStream::connect(self.fake.address()).await.expect("it listens");
        stream.write_all(b"GET /the-test HTTP/1.1\r\n\r\n").await.expect("it reads");
        assert_eq!(self.requests.next().await.line(), "GET /the-test HTTP/1.1");
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &(impl Fn(usize) -> String + Send),
    pen: &Pen<Request>,
    number: &AtomicUsize,
) -> std::io::Result<()> {
    loop {
        let request = read_request(&mut stream).await?;
        pen.note(request);
        let answer = answer(number.fetch_add(1, Ordering::Relaxed));
        stream.write_all(answer.as_bytes()).await?;
    }
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<Request> {
    let head = read_head(stream).await?;
    let request = Request(head);
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(request)
}

/// Up to the blank line.
pub(super) async fn read_head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// An answer with this body, and these further headers, each with its line break.
pub(super) fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

pub(super) fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}

/// The answer that opens a session with this id.
pub(super) fn handshake(headers: &str, sid: &str) -> String {
    let body = format!(
        r#"0{{"sid":{sid:?},"upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}}"#
    );
    ok(headers, &body)
}
