//! One connection for all parts of a program, or one of one's own.

use serde_json::json;
use socketio_runtime::{Client, ConnectError, Socket};
use socketio_tests::{NodeOptions, NodeServer, soon};

use crate::{
    schema::{Census, Echo, EchoParts, Faults},
    setup::{join, quick, scribe},
};

async fn start() -> NodeServer {
    NodeServer::start(NodeOptions::new()).await
}

async fn enter(client: &Client) -> Socket<Echo> {
    soon(client.socket::<Echo>().connect()).await.expect("the server accepts")
}

/// How many connections the server has, and sockets in `/echo`; asked by another client.
async fn census(server: &NodeServer) -> Census {
    let faults = join::<Faults>(server.url()).await;
    let Census { engines, sockets } = soon(faults.emit().census("/echo")).await.expect("an answer");
    Census { engines: engines - 1, sockets }
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn different_namespaces_of_a_shared_client_have_one_connection() {
    let server = start().await;
    let (here, there) = (server.url(), server.url().replace("http://", "ws://"));
    let echo = enter(&Client::shared(&here).expect("the URL is good")).await;
    let there = Client::shared(&there).expect("the URL is good");
    let faults = soon(there.socket::<Faults>().connect()).await.expect("the server accepts");
    assert_eq!(census(&server).await, Census { engines: 1, sockets: 1 });
    // The handles of the client are not needed for its sockets to share.
    drop(there);
    let again = Client::shared(&here).expect("the URL is good");
    again.socket::<Faults>().build().expect_err("it is the same client");
    drop((echo, faults));
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn the_same_namespace_twice_takes_a_client_of_its_own() {
    let server = start().await;
    let echo = enter(&Client::shared(&server.url()).expect("the URL is good")).await;
    let shared = Client::shared(&server.url()).expect("the URL is good");
    let error = shared.socket::<EchoParts>().build().expect_err("the namespace is in use");
    assert!(matches!(error, ConnectError::NamespaceInUse { .. }), "{error:?}");
    let own = enter(&quick(server.url()).build().expect("the URL is good")).await;
    assert_eq!(census(&server).await, Census { engines: 2, sockets: 2 });
    assert_ne!(echo.id(), own.id());
    // Neither minds the other's leaving.
    soon(own.disconnect()).await;
    assert_eq!(soon(echo.emit().echo(&json!(1))).await.expect("an answer"), 1);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn urls_that_differ_in_their_query_have_connections_of_their_own() {
    let server = start().await;
    let mut sockets = Vec::new();
    for query in ["", "?woot", "?woot=1"] {
        let url = format!("{}{query}", server.url());
        sockets.push(enter(&Client::shared(&url).expect("the URL is good")).await);
    }
    assert_eq!(census(&server).await, Census { engines: 3, sockets: 3 });
}

#[tokio::test]
async fn clients_that_differ_in_their_path_have_connections_of_their_own() {
    let (server, mut heard) = scribe().await;
    let url = format!("http://{}", server.address());
    let usual = Client::shared(&url).expect("the URL is good");
    let other = quick(&url).path("/other/").build_shared().expect("another endpoint");
    let sockets = [enter(&usual).await, enter(&other).await];
    assert_eq!([heard.next().await, heard.next().await], ["40/echo,", "40/echo,"]);
    drop(sockets);
}

#[tokio::test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
async fn a_shared_client_is_gone_with_its_last_socket() {
    let server = start().await;
    let url = server.url();
    let client = quick(&url).build_shared().expect("nobody shares one yet");
    let echo = enter(&client).await;
    drop(client);
    quick(&url).build_shared().expect_err("a socket still uses it");
    drop(echo);
    let client = quick(&url).build_shared().expect("nobody shares one any more");
    enter(&client).await;
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn a_shared_client_whose_runtime_has_shut_down_is_replaced() {
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let (first, second) = (runtime(), runtime());
    let server = second.block_on(start());
    let former = first.block_on(async {
        let client = Client::shared(&server.url()).expect("the URL is good");
        enter(&client).await
    });
    drop(first);
    second.block_on(async {
        let client = Client::shared(&server.url()).expect("the URL is good");
        assert!(enter(&client).await.is_connected());
        drop(server);
    });
    assert!(!former.is_connected());
}
