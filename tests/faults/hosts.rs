//! The network of two hosts does what it says, and leads nowhere else.

use std::process::Stdio;

use socketio_tests::{Direction, Host, Network, soon};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// Somebody on one host who listens to an HTTP server on the other.
struct Listener {
    _process: Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Listener {
    fn new(network: &Network) -> Self {
        let program = r#"
            const url = `http://${process.argv[1]}:3000/`;
            require("readline").createInterface({ input: process.stdin }).on("line", async () => {
                const signal = AbortSignal.timeout(500);
                const response = fetch(url, { signal, headers: { connection: "close" } });
                console.log(await response.then(({ status }) => status, () => "silence"));
            })"#;
        let mut process = node(network.client(), program, network)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js can be run");
        let asks = process.stdin.take().expect("standard input is piped");
        let stdout = process.stdout.take().expect("standard output is piped");
        Self { _process: process, asks, answers: BufReader::new(stdout).lines() }
    }

    /// Whether the server can be heard within half a second.
    async fn hears(&mut self) -> bool {
        self.asks.write_all(b"\n").await.expect("it is running");
        let answer = soon(self.answers.next_line()).await.expect("it is running");
        answer.as_deref() == Some("200")
    }

    /// On a busy machine perhaps not at once.
    async fn hears_again(&mut self) {
        soon(async { while !self.hears().await {} }).await;
    }
}

/// A program that gets the server's address.
fn node(host: &Host, program: &str, network: &Network) -> Command {
    let mut command = host.command("node");
    command.args(["-e", program, &network.server().address().to_string()]).kill_on_drop(true);
    command
}

#[tokio::test]
#[cfg_attr(not(all(has_node, has_network)), ignore = "needs Node.js, network namespaces and nft")]
async fn hosts_reach_each_other_as_long_as_the_link_is_whole() {
    let network = Network::new().await;
    let program = r#"require("http").createServer((_, response) => response.end("here"))
        .listen(3000, process.argv[1])"#;
    let _server = node(network.server(), program, &network).spawn().expect("Node.js can be run");
    let mut listener = Listener::new(&network);
    listener.hears_again().await;

    for direction in [Direction::ToServer, Direction::ToClient] {
        network.cut(direction).await;
        assert!(!listener.hears().await, "{direction:?}");
        soon(network.lost(direction, 1)).await;
        network.heal().await;
        listener.hears_again().await;
        // The handshake passes, the request or its answer does not.
        network.cut_after(direction, 150).await;
        assert!(!listener.hears().await, "{direction:?}");
        network.heal().await;
        listener.hears_again().await;
    }
    network.reset().await;
    assert!(!listener.hears().await);
    soon(network.lost(Direction::ToServer, 1)).await;
    network.heal().await;
    listener.hears_again().await;
    network.remove_server().await;
    assert!(!listener.hears().await);
    network.restore_server().await;
    listener.hears_again().await;
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
