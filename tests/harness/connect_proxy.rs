//! An HTTP proxy that knows `CONNECT` and nothing else, as those between company networks and
//! the world do.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{FakeServer, Identity};

/// A proxy that opens tunnels. Dropping it ends them.
#[derive(Debug)]
pub struct ConnectProxy {
    server: FakeServer,
    is_tls: bool,
    tunnels: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    /// A proxy for everybody.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start() -> Self {
        Self::launch(None, None).await
    }

    /// A proxy for those with this `Proxy-Authorization`, such as `Basic dXNlcjpwYXNz`; others
    /// get 407.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn demanding(authorization: &'static str) -> Self {
        Self::launch(Some(authorization), None).await
    }

    /// A proxy that is spoken to by TLS.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn tls(identity: &Identity) -> Self {
        Self::launch(None, Some(identity.acceptor())).await
    }

    /// The URL for clients; with TLS it names `localhost`.
    #[must_use]
    pub fn url(&self) -> String {
        if self.is_tls {
            format!("https://localhost:{}", self.address().port())
        } else {
            self.server.url()
        }
    }

    /// Where the proxy listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Host and port of every tunnel that was opened.
    ///
    /// # Panics
    /// When another thread panicked meanwhile.
    #[must_use]
    pub fn tunnels(&self) -> Vec<String> {
        self.tunnels.lock().expect("nothing panics while it is locked").clone()
    }

    async fn launch(authorization: Option<&'static str>, tls: Option<TlsAcceptor>) -> Self {
        let tunnels: Arc<Mutex<Vec<String>>> = Arc::default();
        let is_tls = tls.is_some();
        let opened = Arc::clone(&tunnels);
        let server = FakeServer::tcp(move |stream| {
            let (tls, opened) = (tls.clone(), Arc::clone(&opened));
            async move {
                // What goes wrong with a connection is told to the client by its end.
                match tls {
                    None => drop(serve(stream, authorization, &opened).await),
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            drop(serve(stream, authorization, &opened).await);
                        }
                    }
                }
            }
        })
        .await;
        Self { server, is_tls, tunnels }
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    authorization: Option<&str>,
    opened: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let head = read_head(&mut stream).await?;
    let mut lines = head.lines();
    let request = lines.next().unwrap_or_default();
    let Some(target) = request.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next())
    else {
        return stream.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").await;
    };
    let given = lines.filter_map(|line| line.split_once(": "));
    let given = given.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"));
    if authorization.is_some() && authorization != given.map(|(_, value)| value).next() {
        return stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    }
    let Ok(mut server) = TcpStream::connect(target).await else {
        return stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
    };
    opened.lock().expect("nothing panics while it is locked").push(target.to_owned());
    stream.write_all(b"HTTP/1.1 200 Connection Established\r\n\r\n").await?;
    copy_bidirectional(&mut stream, &mut server).await?;
    Ok(())
}

async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
