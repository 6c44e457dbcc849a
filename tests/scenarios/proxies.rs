//! Proxies between the client and the server: used where they are to be, and their refusals told.

use std::env;

use socketio_runtime::{
    ClientBuilder, ConnectError, Proxy, Socket,
    error::{ProxyError, TransportError},
};
use socketio_tests::{Authority, ConnectProxy, FakeServer, NodeOptions, NodeServer, Port, soon};
use tokio::process::Command;

use crate::{schema::Echo, setup::quick};

async fn join(client: ClientBuilder) -> Result<Socket<Echo>, ConnectError> {
    soon(client.build().expect("the options are good").socket::<Echo>().connect()).await
}

/// Why a client does not get through its proxy.
async fn proxy_error(client: ClientBuilder) -> (String, ProxyError) {
    match join(client).await.expect_err("there is no way through") {
        ConnectError::Transport(TransportError::Proxy { proxy, error }) => (proxy, error),
        error => panic!("{error:?}"),
    }
}

/// Sends something and has it back.
async fn assert_works(echo: &Socket<Echo>) {
    let value = serde_json::json!("x".repeat(100_000));
    assert_eq!(soon(echo.emit().echo(&value)).await.expect("an answer"), value);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn http_and_https_servers_are_reached_through_a_tunnel() {
    let authority = Authority::new();
    let http = NodeServer::start(NodeOptions::new()).await;
    let https = NodeOptions::new().tls(&authority.issue(&["localhost"]));
    let https = NodeServer::start(https).await;
    for (server, target) in [
        (&http, http.address().to_string()),
        (&https, format!("localhost:{}", https.address().port())),
    ] {
        let proxy = ConnectProxy::start().await;
        let client = quick(server.url()).root_certificate(authority.certificate());
        let echo = join(client.proxy(Proxy::new(proxy.url()))).await.expect("a tunnel");
        assert_works(&echo).await;
        assert_eq!(proxy.tunnels(), [target]);
    }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_proxy_may_itself_be_spoken_to_by_tls() {
    let authority = Authority::new();
    let identity = authority.issue(&["localhost"]);
    let proxy = ConnectProxy::tls(&identity).await;
    let http = NodeServer::start(NodeOptions::new()).await;
    let https = NodeServer::start(NodeOptions::new().tls(&identity)).await;
    for server in [&http, &https] {
        let client = quick(server.url()).proxy(Proxy::new(proxy.url()));
        let (name, error) = proxy_error(client).await;
        assert_eq!(name, format!("localhost:{}", proxy.address().port()));
        assert!(matches!(error, ProxyError::Tls(_)), "{error:?}");

        let client = quick(server.url()).root_certificate(authority.certificate());
        let echo = join(client.proxy(Proxy::new(proxy.url()))).await.expect("a tunnel");
        assert_works(&echo).await;
    }
    assert_eq!(proxy.tunnels().len(), 2);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_proxy_gets_the_credentials_it_asks_for_and_the_server_does_not() {
    let server = NodeServer::start(NodeOptions::new()).await;
    // `user@home` and `p:ss/wörd`.
    let proxy = ConnectProxy::demanding("Basic dXNlckBob21lOnA6c3Mvd8O2cmQ=").await;
    let (_, error) = proxy_error(quick(server.url()).proxy(Proxy::new(proxy.url()))).await;
    assert!(matches!(error, ProxyError::Refused { status: 407 }), "{error:?}");

    let given = Proxy::new(proxy.url()).credentials("user@home", "p:ss/wörd");
    let in_url = Proxy::new(proxy.url().replace("//", "//user%40home:p%3Ass%2Fw%C3%B6rd@"));
    for proxy in [given, in_url] {
        let echo = join(quick(server.url()).proxy(proxy)).await.expect("a tunnel");
        let seen = soon(echo.emit().handshake()).await.expect("an answer");
        assert!(seen.headers.get("proxy-authorization").is_none(), "{}", seen.headers);
    }
}

#[tokio::test]
async fn what_goes_wrong_with_a_proxy_is_told_from_what_goes_wrong_with_the_server() {
    let nobody = Port::reserve();
    let here = || quick("http://127.0.0.1:9");
    let down = Proxy::new(format!("http://{}", nobody.address()));
    let (name, error) = proxy_error(here().proxy(down)).await;
    assert_eq!(name, nobody.address().to_string());
    let ProxyError::Connect(cause) = error else { panic!("{error:?}") };
    assert_eq!(cause.kind(), std::io::ErrorKind::ConnectionRefused);

    let proxy = ConnectProxy::start().await;
    let client = quick(format!("http://{}", nobody.address())).proxy(Proxy::new(proxy.url()));
    let (_, error) = proxy_error(client).await;
    assert!(matches!(error, ProxyError::Refused { status: 502 }), "{error:?}");

    let no_proxy = FakeServer::tcp(|stream| async move { drop(stream) }).await;
    let (_, error) = proxy_error(here().proxy(Proxy::new(no_proxy.url()))).await;
    assert!(matches!(error, ProxyError::NotAProxy { .. }), "{error:?}");
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn servers_that_are_excepted_are_reached_without_the_proxy() {
    let server = NodeServer::start(NodeOptions::new()).await;
    let proxy = ConnectProxy::start().await;
    for (rules, is_used) in
        [("example.com, 127.0.0.0/8", false), ("*", false), ("example.com, 10.0.0.0/8", true)]
    {
        let before = proxy.tunnels().len();
        let client = quick(server.url()).proxy(Proxy::new(proxy.url()).no_proxy(rules));
        assert_works(&join(client).await.expect("the server accepts")).await;
        assert_eq!(proxy.tunnels().len() > before, is_used, "{rules}");
    }
}

/// This test runs itself again with another environment, which a process cannot safely change
/// for itself; then it is just a client.
#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_environment_names_the_proxy_and_its_exceptions_when_asked() {
    const URL: &str = "SOCKETIO_TEST_URL";
    if let Ok(url) = env::var(URL) {
        let client = quick(url);
        let client = if env::var("IGNORE").is_ok() { client } else { client.proxy_from_env() };
        return assert_works(&join(client).await.expect("the server accepts")).await;
    }
    let server = NodeServer::start(NodeOptions::new()).await;
    let proxy = ConnectProxy::start().await;
    let name = "proxies::the_environment_names_the_proxy_and_its_exceptions_when_asked";
    for (environment, is_used) in [
        (&[("HTTP_PROXY", proxy.url())][..], true),
        (&[("ALL_PROXY", proxy.url())], true),
        (&[("HTTPS_PROXY", proxy.url())], false),
        (&[("HTTP_PROXY", proxy.url()), ("NO_PROXY", "127.0.0.1".to_owned())], false),
        (&[("http_proxy", proxy.url()), ("no_proxy", "*".to_owned())], false),
        (&[("HTTP_PROXY", proxy.url()), ("IGNORE", String::new())], false),
    ] {
        let before = proxy.tunnels().len();
        let mut client = Command::new(env::current_exe().expect("it runs"));
        for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            client.env_remove(variable).env_remove(variable.to_lowercase());
        }
        client.args(["--exact", name]).env(URL, server.url()).kill_on_drop(true);
        let environment = environment.iter().map(|(name, value)| (name, value));
        let output = soon(client.envs(environment).output()).await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        assert_eq!(proxy.tunnels().len() > before, is_used, "{said}");
    }
}
