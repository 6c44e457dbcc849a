//! The server's process.
//!
//! Must not know: contenders, workloads.

use std::{path::Path, process::Stdio};

use socketio_benchmarks::Error;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

pub(crate) struct Server {
    pub(crate) port: u16,
    _process: Child,
}

/// Long-polling requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requests {
    pub(crate) gets: u32,
    pub(crate) posts: u32,
}

impl Server {
    pub(crate) async fn start(program: &Path) -> Result<Self, Error> {
        let mut process =
            Command::new(program).arg("0").stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = process.stdout.take().ok_or("the server's output is not piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await?;
        Ok(Self { port: line.trim().parse()?, _process: process })
    }

    /// Those since the last time.
    pub(crate) async fn requests(&self) -> Result<Requests, Error> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(b"GET /requests HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await?;
        let mut response = String::new();
        stream.read_to_string(&mut response).await?;
        let (_, body) = response.split_once("\r\n\r\n").ok_or("no body")?;
        let (gets, posts) = body.split_once(' ').ok_or("not two numbers")?;
        Ok(Requests { gets: gets.parse()?, posts: posts.parse()? })
    }
}
