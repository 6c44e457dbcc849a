//! `https` and `wss`: whom a client trusts, and what it says of the others.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde_json::json;
use socketio_runtime::{
    ConnectError,
    error::{BuildError, TransportError},
};
use socketio_tests::{Authority, FakeServer, Identity, NodeOptions, NodeServer, soon};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier},
};

use crate::{schema::Echo, setup::quick};

async fn serve(identity: &Identity) -> NodeServer {
    NodeServer::start(NodeOptions::new().tls(identity)).await
}

/// The cause that the TLS handshake failed for.
async fn refusal(server: &NodeServer, trusted: Option<&Authority>) -> String {
    let mut client = quick(server.url());
    if let Some(authority) = trusted {
        client = client.root_certificate(authority.certificate());
    }
    let socket = client.build().expect("the certificate is one").socket::<Echo>();
    let error = soon(socket.connect()).await.expect_err("the certificate is not to be trusted");
    let ConnectError::Transport(TransportError::Tls { host, source }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(host, "localhost");
    source.to_string()
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
async fn a_certificate_for_another_host_is_refused() {
    let authority = Authority::new();
    let server = serve(&authority.issue(&["elsewhere.example"])).await;
    let cause = refusal(&server, Some(&authority)).await;
    assert!(cause.contains("not valid for name"), "{cause}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new();
    let server = serve(&authority.issue_expired(&["localhost"])).await;
    let cause = refusal(&server, Some(&authority)).await;
    assert!(cause.contains("expired"), "{cause}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let server = serve(&Authority::new().issue(&["localhost"])).await;
    let cause = refusal(&server, None).await;
    assert!(cause.contains("UnknownIssuer"), "{cause}");
    // An authority of the same name, and with another key.
    let cause = refusal(&server, Some(&Authority::new())).await;
    assert!(cause.contains("BadSignature"), "{cause}");
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
