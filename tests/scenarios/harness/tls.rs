//! Certificates are good for what they were issued for, and for nothing else.

use std::{io, sync::Arc};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use socketio_tests::{Authority, FakeServer, Identity, NodeOptions, NodeServer, soon};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, ServerConfig},
};

use crate::wire::Wire;

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_reference_server_speaks_tls() {
    let authority = Authority::new();
    let identity = authority.issue(&["localhost", "127.0.0.1"]);
    let server = NodeServer::start(NodeOptions::new().tls(&identity)).await;
    assert!(server.url().starts_with("https://localhost:"), "{}", server.url());

    let stream = TcpStream::connect(server.address()).await.expect("it listens");
    let stream = handshake(stream, &authority, "localhost").await.expect("it is trusted");
    let mut wire = Wire::open_over(Box::new(stream)).await;
    wire.send(r#"40/chat,{"token":"ada"}"#).await;
    wire.expect("40/chat,").await;
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_reference_server_may_insist_on_a_clients_certificate() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let identity = authority.issue(&["localhost"]);
    let options = NodeOptions::new().tls(&identity).client_certificates_of(&clients);
    let server = NodeServer::start(options).await;
    let stranger = Authority::new().issue(&["client.test"]);
    for (client, is_welcome) in
        [(Some(clients.issue(&["client.test"])), true), (Some(stranger), false), (None, false)]
    {
        let config = client_config(&authority, client.as_ref());
        let stream = TcpStream::connect(server.address()).await.expect("it listens");
        // With TLS 1.3 a client has finished before it is refused: the next word tells.
        let mut stream = handshake_with(config, stream, "localhost").await.expect("it is trusted");
        let request = b"GET /socket.io/?EIO=4&transport=polling HTTP/1.0\r\n\r\n";
        soon(stream.write_all(request)).await.expect("the connection is open");
        let mut response = String::new();
        let outcome = soon(stream.read_to_string(&mut response)).await;
        assert_eq!(outcome.is_ok() && response.contains("200 OK"), is_welcome, "{outcome:?}");
    }
}

#[tokio::test]
async fn certificates_are_good_for_their_hosts() {
    let authority = Authority::new();
    let identity = authority.issue(&["localhost", "127.0.0.1"]);
    for host in ["localhost", "127.0.0.1"] {
        dial(&identity, &authority, host).await.expect("it is trusted");
    }
}

#[tokio::test]
async fn certificates_are_refused_where_they_ought_to_be() {
    let authority = Authority::new();
    for (identity, trusted, complaint) in [
        (authority.issue(&["elsewhere.test"]), &authority, "not valid for name"),
        (authority.issue_expired(&["localhost"]), &authority, "expired"),
        (authority.issue(&["localhost"]), &Authority::new(), "invalid peer certificate"),
    ] {
        let error = dial(&identity, trusted, "localhost").await.expect_err("it is refused");
        assert!(error.to_string().contains(complaint), "expected `{complaint}`, got `{error}`");
    }
}

/// A handshake with a server that has `identity`, from a client that trusts one authority.
async fn dial(
    identity: &Identity,
    trusted: &Authority,
    host: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let acceptor = TlsAcceptor::from(Arc::new(server_config(identity)));
    let server = FakeServer::tcp(move |stream| {
        let handshake = acceptor.accept(stream);
        // Only the client's side is asked how it went.
        async move { drop(handshake.await) }
    })
    .await;
    let stream = TcpStream::connect(server.address()).await.expect("it listens");
    handshake(stream, trusted, host).await
}

async fn handshake(
    stream: TcpStream,
    trusted: &Authority,
    host: &str,
) -> io::Result<TlsStream<TcpStream>> {
    handshake_with(client_config(trusted, None), stream, host).await
}

async fn handshake_with(
    config: ClientConfig,
    stream: TcpStream,
    host: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let host = ServerName::try_from(host.to_owned()).expect("a host name");
    soon(TlsConnector::from(Arc::new(config)).connect(host, stream)).await
}

/// A client that trusts one authority, and has a certificate of its own or none.
fn client_config(trusted: &Authority, own: Option<&Identity>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(trusted.certificate().as_bytes());
    roots.add(certificate.expect("it is PEM")).expect("it is an authority's");
    let config = ClientConfig::builder().with_root_certificates(roots);
    let Some(own) = own else { return config.with_no_client_auth() };
    let certificate = CertificateDer::from_pem_slice(own.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes());
    config
        .with_client_auth_cert(vec![certificate.expect("it is PEM")], key.expect("it is PEM"))
        .expect("the key is the certificate's")
}

fn server_config(identity: &Identity) -> ServerConfig {
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes());
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.expect("it is PEM")], key.expect("it is PEM"))
        .expect("the key is the certificate's")
}
