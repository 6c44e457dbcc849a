//! The network of two hosts does what it says, and leads nowhere else.

use socketio_tests::{Direction, Host, Network, soon};

/// Whether an HTTP server there can be heard here within half a second.
async fn hears(from: &Host, to: &Host) -> bool {
    let url = format!("http://{}:3000/", to.address());
    let program = "fetch(process.argv[1], { signal: AbortSignal.timeout(500) })
        .then((response) => response.text()).then(console.log, () => process.exit(1))";
    let output = from.command("node").args(["-e", program, &url]).output();
    soon(output).await.expect("Node.js can be run").stdout == b"here\n"
}

/// On a busy machine perhaps not at once.
async fn hears_again(from: &Host, to: &Host) {
    soon(async { while !hears(from, to).await {} }).await;
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn hosts_reach_each_other_as_long_as_the_link_is_whole() {
    let network = Network::new().await;
    let program = r#"require("http").createServer((_, response) => response.end("here"))
        .listen(3000, process.argv[1])"#;
    let mut server = network.server().command("node");
    server.args(["-e", program, &network.server().address().to_string()]);
    let mut server = server.kill_on_drop(true).spawn().expect("Node.js can be run");
    let (client, there) = (network.client(), network.server());
    hears_again(client, there).await;

    for direction in [Direction::ToServer, Direction::ToClient] {
        network.cut(direction).await;
        assert!(!hears(client, there).await, "{direction:?}");
        soon(network.lost(direction, 1)).await;
        network.heal().await;
        hears_again(client, there).await;
        // The handshake passes, the request or its answer does not.
        network.cut_after(direction, 150).await;
        assert!(!hears(client, there).await, "{direction:?}");
        network.heal().await;
    }
    network.reset().await;
    assert!(!hears(client, there).await);
    soon(network.lost(Direction::ToServer, 1)).await;
    network.heal().await;
    network.remove_server().await;
    assert!(!hears(client, there).await);
    network.restore_server().await;
    hears_again(client, there).await;
    server.kill().await.expect("it runs");
}

#[tokio::test]
#[cfg_attr(not(has_network), ignore = "needs network namespaces and nft")]
async fn nothing_leads_away_from_the_two_hosts() {
    let network = Network::new().await;
    for host in [network.client(), network.server()] {
        let routes = host.command("ip").args(["route", "show", "table", "all"]).output();
        let routes = soon(routes).await.expect("ip can be run").stdout;
        let routes = String::from_utf8_lossy(&routes);
        let is_inside = |route: &str| {
            ["192.0.2.", "127.", "fe80:", "ff00:", "::1 "].iter().any(|net| route.contains(net))
        };
        let ways_out: Vec<_> = routes.lines().filter(|route| !is_inside(route)).collect();
        assert!(!routes.is_empty() && ways_out.is_empty(), "{ways_out:#?}");
    }
}
