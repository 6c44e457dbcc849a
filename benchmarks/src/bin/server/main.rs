//! A server that does as little as it can, so that the client is what is measured: `server [port]`.
//! It reads, sends packets that were encoded beforehand, and answers acks without looking at the
//! arguments. Over WebSocket it makes and reads frames by hand; long-polling is hyper's.
//!
//! It prints the port that it listens on, which is a free one for port 0. What it understands, all
//! in the namespace `/`:
//!
//! | from the client | what it does |
//! | --- | --- |
//! | `flood`, a number | sends `message` so many times |
//! | `attachments`, a number | sends `attachment`, metadata and 64 KiB of binary data, so many times |
//! | `count` with an ack id | answers how many events without an ack id, and how many attachments, have come |
//! | another event with an ack id | answers `true` |
//! | another event | counts it |
//! | `GET /requests` | tells the long-polling requests since it was last asked: `<GETs> <POSTs>` |

mod connection;
mod packets;
mod polling;
mod websocket;

use std::{convert::Infallible, env, error::Error, sync::Arc};

use http_body_util::Full;
use hyper::{
    Request, Response, body::Incoming, header::UPGRADE, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::polling::Sessions;

const DEFAULT_PORT: &str = "7070";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::args().nth(1).unwrap_or_else(|| DEFAULT_PORT.to_owned()).parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("{}", listener.local_addr()?.port());
    let sessions = Arc::<Sessions>::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let sessions = Arc::clone(&sessions);
        tokio::spawn(async move {
            let service = service_fn(|request| serve(request, &sessions));
            // A client that is done just goes away.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
                .await;
        });
    }
}

async fn serve(
    request: Request<Incoming>,
    sessions: &Sessions,
) -> Result<Response<Full<hyper::body::Bytes>>, Infallible> {
    if request.headers().contains_key(UPGRADE) {
        return Ok(websocket::upgrade(request));
    }
    Ok(sessions.serve(request).await)
}
