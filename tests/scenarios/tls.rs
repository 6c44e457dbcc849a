//! `https` and `wss`: whom a client trusts, and what it says of the others.

use serde_json::json;
use socketio_runtime::{ConnectError, error::TransportError};
use socketio_tests::{Authority, FakeServer, Identity, NodeOptions, NodeServer, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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
