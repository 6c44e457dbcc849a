//! `https` and `wss`: whom a client trusts, and what it says of the others.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde_json::json;
use socketio_runtime::{
    ClientBuilder, ConnectError, Proxy, Transport,
    error::{BuildError, ProxyError, TransportError},
};
use socketio_tests::{
    Authority, ConnectProxy, FakeServer, Identity, NodeOptions, NodeServer, soon,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier},
};

use crate::{
    schema::Echo,
    setup::{Notes, next_change, notes, quick},
};

async fn serve(identity: &Identity) -> NodeServer {
    NodeServer::start(NodeOptions::new().tls(identity)).await
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_certificate_of_a_trusted_authority_is_good() {
    let authority = Authority::new();
    let server = serve(&authority.issue(&["localhost"])).await;
    for url in [server.url(), server.url().replace("https", "wss")] {
        let client = quick(url).root_certificate(authority.certificate()).build();
        let socket = client.expect("the certificate is one").socket::<Echo>();
        let echo = soon(socket.connect()).await.expect("the server is trusted");
        let large = json!("x".repeat(300_000));
        assert_eq!(soon(echo.emit().echo(&large)).await.expect("an answer"), large);
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_websocket_takes_over_by_tls_from_long_polling_by_tls() {
    let authority = Authority::new();
    // It speaks nothing but TLS, and the certificate is for the address.
    let server = serve(&authority.issue(&["127.0.0.1"])).await;
    let client = quick(format!("https://{}", server.address()))
        .root_certificate(authority.certificate())
        .transports([Transport::Polling, Transport::WebSocket]);
    let client = client.build().expect("the certificate is one");
    let echo = client.socket::<Echo>().build().expect("a new namespace");
    let mut lifecycle = echo.lifecycle();
    soon(echo.connect()).await.expect("the server is trusted");
    while echo.state().borrow().transport != Some(Transport::WebSocket) {
        next_change(&mut lifecycle).await;
    }
    assert_eq!(soon(echo.emit().echo(&json!(1))).await.expect("an answer"), 1);
}

/// A server that is spoken to by TLS, and notes of each connection whether its client went on past
/// the server's certificate.
async fn shows(identity: &Identity) -> (FakeServer, Notes<bool>) {
    let (tls, (pen, went_on)) = (identity.acceptor(), notes());
    let server = FakeServer::tcp(move |stream| {
        let (tls, pen) = (tls.clone(), pen.clone());
        async move { pen.note(tls.accept(stream).await.is_ok()) }
    })
    .await;
    (server, went_on)
}

async fn connect_error(client: ClientBuilder) -> ConnectError {
    let socket = client.build().expect("the options are good").socket::<Echo>();
    soon(socket.connect()).await.expect_err("the certificate is not to be trusted")
}

/// Certificates that a client which trusts `authority` does not believe when it is shown them by
/// `localhost`, and by which words it says why.
fn unbelievable(authority: &Authority) -> Vec<(Identity, &'static str)> {
    let localhost = &["localhost"];
    vec![
        (authority.issue(&["elsewhere.example"]), r#"not valid for name "localhost""#),
        (
            authority.issue(&["*.localhost", "localhost.example"]),
            r#"not valid for name "localhost""#,
        ),
        (authority.issue(&["127.0.0.1"]), r#"not valid for name "localhost""#),
        (authority.issue_expired(localhost), "certificate expired"),
        (authority.issue_for_later(localhost), "certificate not valid yet"),
        (authority.issue_for_clients(localhost), "does not allow extended key usage for server"),
        (Identity::self_signed(localhost), "none of the trusted authorities has made it"),
        // An authority of the same name, and with another key.
        (Authority::new().issue(localhost), "another key has signed it"),
    ]
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_trusted_is_refused_with_the_reason() {
    let authority = Authority::new();
    for (identity, words) in unbelievable(&authority) {
        let (server, mut went_on) = shows(&identity).await;
        for transport in [Transport::WebSocket, Transport::Polling] {
            let client = quick(format!("https://localhost:{}", server.address().port()))
                .root_certificate(authority.certificate())
                .transports([transport])
                .reconnection(false);
            let error = connect_error(client).await;
            let ConnectError::Transport(TransportError::Tls { host, source }) = &error else {
                panic!("{error:?}")
            };
            assert_eq!(host, "localhost");
            assert!(source.to_string().contains(words), "no `{words}` in: {source}");
            assert!(error.to_string().contains(words), "no `{words}` in: {error}");
            assert!(!went_on.next().await, "nothing is said to a server like this: {words}");
        }
    }
}

#[tokio::test]
async fn without_the_authority_its_certificates_are_worth_nothing() {
    let (server, mut went_on) = shows(&Authority::new().issue(&["localhost"])).await;
    let url = format!("wss://localhost:{}", server.address().port());
    let error = connect_error(quick(url).reconnection(false)).await;
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
    assert!(!went_on.next().await);
}

#[tokio::test]
async fn an_address_has_to_stand_in_the_certificate_as_a_name_does() {
    let authority = Authority::new();
    let (server, mut went_on) = shows(&authority.issue(&["localhost", "127.0.0.2"])).await;
    let client = quick(format!("https://{}", server.address())).reconnection(false);
    let error = connect_error(client.root_certificate(authority.certificate())).await;
    assert!(error.to_string().contains(r#"not valid for name "127.0.0.1""#), "{error}");
    assert!(!went_on.next().await);
}

#[tokio::test]
async fn the_certificates_of_a_proxy_and_of_a_server_behind_it_are_checked_alike() {
    let authority = Authority::new();
    let good = authority.issue(&["localhost"]);
    for (bad, words) in unbelievable(&authority) {
        let through = async |proxy: &ConnectProxy, server: &FakeServer| {
            let client = quick(format!("https://localhost:{}", server.address().port()));
            let client = client.root_certificate(authority.certificate()).reconnection(false);
            connect_error(client.proxy(Proxy::new(proxy.url()))).await
        };
        let (server, mut went_on) = shows(&bad).await;
        for proxy in [ConnectProxy::start().await, ConnectProxy::tls(&good).await] {
            let error = through(&proxy, &server).await;
            let ConnectError::Transport(TransportError::Tls { .. }) = error else {
                panic!("{error:?}")
            };
            assert!(error.to_string().contains(words), "no `{words}` in: {error}");
            assert!(!went_on.next().await, "nothing is said to a server like this: {words}");
        }
        let proxy = ConnectProxy::tls(&bad).await;
        let error = through(&proxy, &server).await;
        let is_the_proxys = matches!(
            error,
            ConnectError::Transport(TransportError::Proxy { error: ProxyError::Tls(_), .. })
        );
        assert!(is_the_proxys && error.to_string().contains(words), "{words}: {error:?}");
        assert!(proxy.tunnels().is_empty(), "nor to a proxy: {words}");
    }
}

/// What the client says first, and then what it says of a server that answers with TLS 1.1.
#[tokio::test]
async fn no_version_of_tls_before_1_2_is_offered_or_accepted() {
    const TLS_1_2: [u8; 2] = [3, 3];
    const TLS_1_3: [u8; 2] = [3, 4];
    let (pen, mut hellos) = notes();
    let server = FakeServer::tcp(move |mut stream| {
        let pen = pen.clone();
        async move {
            let mut hello = vec![0; 4096];
            let length = stream.read(&mut hello).await.expect("the client says something");
            hello.truncate(length);
            pen.note(hello);
            stream.write_all(&tls_1_1_hello()).await.ok();
            // Its alert, if it sends one, before the end.
            stream.read_u8().await.ok();
        }
    })
    .await;
    let url = format!("https://localhost:{}", server.address().port());
    let error = connect_error(quick(url).reconnection(false)).await;
    assert!(matches!(error, ConnectError::Transport(TransportError::Tls { .. })), "{error:?}");
    assert!(error.to_string().contains("older than TLS 1.2"), "{error}");

    // The extension `supported_versions` (RFC 8446, 4.2.1): two of them, in two bytes each.
    let hello = hellos.next().await;
    let extension = [0x00, 0x2b, 0x00, 0x05, 0x04];
    let at = hello.windows(extension.len()).position(|bytes| bytes == extension);
    let versions = &hello[at.expect("two versions are offered") + extension.len()..][..4];
    assert_eq!(versions, [TLS_1_3, TLS_1_2].concat());
}

/// A `ServerHello` that chooses version 3.2, which is TLS 1.1.
fn tls_1_1_hello() -> Vec<u8> {
    let mut hello = vec![0x03, 0x02];
    hello.extend([7; 32]); // random
    hello.extend([0x00, 0xc0, 0x2f, 0x00]); // no session, a suite that was offered, no compression
    let mut record = vec![0x16, 0x03, 0x02, 0x00, 0x2a, 0x02, 0x00, 0x00, 0x26];
    record.extend(hello);
    record
}

#[tokio::test]
async fn https_is_never_left_for_http() {
    let authority = Authority::new();
    let tls = authority.issue(&["localhost"]).acceptor();
    let (pen, mut visitors) = notes();
    let plain = FakeServer::tcp(move |mut stream| {
        let pen = pen.clone();
        async move { pen.note(stream.read_u8().await.ok()) }
    })
    .await;
    let location = format!("http://{}/socket.io/", plain.address());
    let answer = format!("HTTP/1.1 301 Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    let server = FakeServer::tcp(move |stream| {
        let (tls, answer) = (tls.clone(), answer.clone());
        async move {
            let mut stream = tls.accept(stream).await.expect("the certificate is good");
            stream.read_u8().await.expect("a request");
            stream.write_all(answer.as_bytes()).await.ok();
            while stream.read_u8().await.is_ok() {}
        }
    })
    .await;
    for transport in [Transport::WebSocket, Transport::Polling] {
        let client = quick(format!("https://localhost:{}", server.address().port()))
            .root_certificate(authority.certificate())
            .transports([transport])
            .reconnection(false);
        let error = connect_error(client).await;
        let ConnectError::Transport(TransportError::Redirected { status: 301, target, .. }) = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(target, Some(format!("http://{}", plain.address())));
    }
    // Whoever comes first to where it was sent is this test.
    TcpStream::connect(plain.address()).await.expect("it listens").write_u8(1).await.ok();
    assert_eq!(visitors.next().await, Some(1));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_certificate_that_is_not_to_be_trusted_is_accepted_where_that_danger_is_taken() {
    let authority = Authority::new();
    for identity in
        [authority.issue(&["elsewhere.example"]), authority.issue_expired(&["localhost"])]
    {
        let server = serve(&identity).await;
        let client = quick(server.url()).danger_accept_invalid_certificates(true);
        let socket = client.build().expect("the options are good").socket::<Echo>();
        let echo = soon(socket.connect()).await.expect("anybody is believed");
        assert_eq!(soon(echo.emit().echo(&json!(1))).await.expect("an answer"), 1);
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn own_authorities_are_enough_without_the_built_in_ones() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = serve(&authority.issue(&["localhost"])).await;
    let client = |authority: &Authority| {
        let client = quick(server.url()).built_in_roots(false);
        client.root_certificate(authority.certificate()).build().expect("the options are good")
    };
    let trusting = client(&authority);
    soon(trusting.socket::<Echo>().connect()).await.expect("it is trusted");
    let error = soon(client(&other).socket::<Echo>().connect()).await.expect_err("it is not");
    assert!(matches!(error, ConnectError::Transport(TransportError::Tls { .. })), "{error:?}");
}

/// Passes on to a server what comes from clients with a certificate of `authority`.
async fn demanding(authority: &Authority, identity: &Identity, server: &NodeServer) -> FakeServer {
    let mut roots = RootCertStore::empty();
    let pem = authority.certificate();
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).expect("it is PEM");
    roots.add(certificate).expect("it is an authority's");
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("there is a root");
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes());
    let config = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.expect("it is PEM")], key.expect("it is PEM"))
        .expect("the key is the certificate's");
    let (tls, server) = (TlsAcceptor::from(Arc::new(config)), server.address());
    FakeServer::tcp(move |stream| {
        let tls = tls.clone();
        async move {
            // Who is refused is told so by the handshake.
            if let Ok(mut stream) = tls.accept(stream).await {
                let mut server = TcpStream::connect(server).await.expect("it listens");
                copy_bidirectional(&mut stream, &mut server).await.ok();
            }
        }
    })
    .await
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_client_shows_its_certificate_to_a_server_that_asks_for_one() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let node = NodeServer::start(NodeOptions::new()).await;
    let server = demanding(&clients, &authority.issue(&["localhost"]), &node).await;
    let url = format!("https://localhost:{}", server.address().port());
    let client = || quick(url.clone()).root_certificate(authority.certificate());
    let known = clients.issue(&["client.example"]);
    let certified = client().client_certificate(known.certificate.clone(), known.key.clone());
    let socket = certified.build().expect("the key is the certificate's").socket::<Echo>();
    let echo = soon(socket.connect()).await.expect("the client is known");
    assert_eq!(soon(echo.emit().echo(&json!(1))).await.expect("an answer"), 1);

    let stranger = Authority::new().issue(&["client.example"]);
    let stranger = client().client_certificate(stranger.certificate, stranger.key);
    for unknown in [client(), stranger] {
        let socket = unknown.build().expect("the options are good").socket::<Echo>();
        let error = soon(socket.connect()).await.expect_err("the client is not known");
        assert!(matches!(error, ConnectError::Transport(_)), "{error:?}");
    }

    let mismatched = client().client_certificate(known.certificate, "no key").build();
    assert!(matches!(mismatched, Err(BuildError::InvalidClientCertificate { .. })));
}

#[tokio::test]
async fn a_server_without_tls_is_no_tls_server() {
    let server = FakeServer::tcp(|mut stream| async move {
        // As a web server answers what is no HTTP.
        stream.read_u8().await.expect("the client says something");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.ok();
    })
    .await;
    let client = quick(server.url().replace("http", "https")).build().expect("the URL is good");
    let error = soon(client.socket::<Echo>().connect()).await.expect_err("it speaks HTTP");
    assert!(matches!(error, ConnectError::Transport(TransportError::Tls { .. })), "{error:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_tls_server_without_a_tls_client_closes_the_connection() {
    let server = serve(&Authority::new().issue(&["localhost"])).await;
    let client = quick(format!("http://{}", server.address())).build().expect("the URL is good");
    let error = soon(client.socket::<Echo>().connect()).await.expect_err("it speaks TLS");
    assert!(matches!(error, ConnectError::Transport(_)), "{error:?}");
}
