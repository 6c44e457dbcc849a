//! Two hosts with one link between them and no way to anywhere else: network namespaces of this
//! process, in which packets get lost without a word.
//!
//! A cut drops what arrives at the other end's door, so that neither end can notice: no interface
//! goes down, no route and no address disappears. There is no default route either, so nothing
//! can leave by another way.
//!
//! It takes Linux, `unshare` and `nsenter`, `ip` and `nft`, and root or user namespaces; `build.rs`
//! finds out. The namespaces end with the processes in them, whatever becomes of the test.

use std::{ffi::OsStr, net::Ipv4Addr, process::Stdio, sync::Arc, time::Duration};

use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::sleep,
};

use super::{Direction, soon};

/// A client's host, a server's host, and the link between them.
#[derive(Debug)]
pub struct Network {
    client: Host,
    server: Host,
}

/// One end of the link. Clones are the same host.
#[derive(Debug, Clone)]
pub struct Host(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: Ipv4Addr,
    /// Keeps the namespace alive; it leaves with this end of its standard input.
    holder: Child,
    /// Whether it has users of its own, because those of this system may make no network.
    has_users: bool,
}

impl Network {
    /// Two hosts that reach each other.
    ///
    /// # Panics
    /// When this machine does not allow it, with what it said.
    pub async fn new() -> Self {
        // The reserved addresses of documentation (RFC 5737), which exist nowhere.
        let client = Host::outer(Ipv4Addr::new(192, 0, 2, 1)).await;
        let server = client.neighbour(Ipv4Addr::new(192, 0, 2, 2)).await;
        let peer = server.0.holder.id().expect("it runs");
        client.run(&format!("ip link add name wire type veth peer name wire netns {peer}")).await;
        for host in [&client, &server] {
            let address = host.address();
            host.run(&format!("ip addr add {address}/30 dev wire\n{BRING_UP}")).await;
        }
        Self { client, server }
    }

    /// Where the client runs.
    #[must_use]
    pub fn client(&self) -> &Host {
        &self.client
    }

    /// Where the server runs.
    #[must_use]
    pub fn server(&self) -> &Host {
        &self.server
    }

    /// Loses all packets of one direction, from now on and without a word.
    pub async fn cut(&self, direction: Direction) {
        self.receiver(direction).filter("counter drop").await;
    }

    /// Loses all packets of both directions.
    pub async fn cut_both_ways(&self) {
        self.cut(Direction::ToServer).await;
        self.cut(Direction::ToClient).await;
    }

    /// Lets about so many bytes more pass in one direction, and loses all packets that come then.
    /// Headers count: a handshake of TCP has 112.
    pub async fn cut_after(&self, direction: Direction, bytes: usize) {
        self.receiver(direction).filter(&format!("quota over {bytes} bytes counter drop")).await;
    }

    /// Answers all packets of both directions with a reset, as a firewall does that has forgotten
    /// its connections.
    pub async fn reset(&self) {
        for host in [&self.client, &self.server] {
            // The resets themselves have to pass.
            host.filter("tcp flags & rst == 0 counter reject with tcp reset").await;
        }
    }

    /// Lets everything pass again.
    pub async fn heal(&self) {
        for host in [&self.client, &self.server] {
            host.run("nft flush chain inet faults input").await;
        }
    }

    /// Waits until at least so many packets of one direction have been lost, or reset, since it
    /// was cut.
    pub async fn lost(&self, direction: Direction, count: u64) {
        while self.receiver(direction).filtered().await < count {
            sleep(POLL).await;
        }
    }

    /// Takes the server's address away, as when its host is replaced. Sockets stay.
    pub async fn remove_server(&self) {
        self.server.run(&format!("ip addr del {}/30 dev wire", self.server.address())).await;
    }

    /// Gives the server's address back.
    pub async fn restore_server(&self) {
        self.server.run(&format!("ip addr add {}/30 dev wire", self.server.address())).await;
    }

    fn receiver(&self, direction: Direction) -> &Host {
        match direction {
            Direction::ToServer => &self.server,
            Direction::ToClient => &self.client,
        }
    }
}

impl Host {
    /// A new network namespace of root's, or of whoever may pass for root in one.
    async fn outer(address: Ipv4Addr) -> Self {
        let mut complaints = Vec::new();
        for has_users in [false, true] {
            let mut command = Command::new("unshare");
            if has_users {
                command.args(["--user", "--map-root-user"]);
            }
            match hold(&mut command).await {
                Ok(holder) => return Self(Arc::new(Inner { address, holder, has_users })),
                Err(complaint) => complaints.push(complaint),
            }
        }
        panic!("no network namespace can be made: {complaints:?}")
    }

    /// Another one that the same users own.
    async fn neighbour(&self, address: Ipv4Addr) -> Self {
        let mut command = self.command("unshare");
        let holder = hold(&mut command).await.expect("where there is one, there is another");
        Self(Arc::new(Inner { address, holder, has_users: self.0.has_users }))
    }

    /// Its address on the link.
    #[must_use]
    pub fn address(&self) -> Ipv4Addr {
        self.0.address
    }

    /// A program that runs there.
    ///
    /// # Panics
    /// Never: the host is there as long as its handle.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let id = self.0.holder.id().expect("nobody awaits it");
        let mut command = Command::new("nsenter");
        command.args(["--net", "--target"]).arg(id.to_string());
        if self.0.has_users {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.arg("--").arg(program);
        command
    }

    /// Adds a rule for what arrives over the link.
    async fn filter(&self, rule: &str) {
        self.run(&format!("nft add rule inet faults input '{rule}'")).await;
    }

    /// How many packets the rules have stopped.
    async fn filtered(&self) -> u64 {
        let listed = self.run("nft list chain inet faults input").await;
        let counts = listed.split("counter packets ").skip(1);
        let count = |rest: &str| rest.split(' ').next()?.parse::<u64>().ok();
        counts.map(|rest| count(rest).expect("nft prints a number there")).sum()
    }

    async fn run(&self, script: &str) -> String {
        let mut shell = self.command("sh");
        let output = soon(shell.args(["-ec", script]).output()).await.expect("nsenter can be run");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {complaint}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Adds to `unshare`, or to what leads to it, a process in a new network namespace, and waits until
/// it is there; what it said, if it is not.
async fn hold(unshare: &mut Command) -> Result<Child, String> {
    let mut holder = unshare
        .args(["--net", "sh", "-c", "echo here && exec cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut here = [0; 5];
    let stdout = holder.stdout.as_mut().expect("standard output is piped");
    if soon(stdout.read_exact(&mut here)).await.is_ok() {
        return Ok(holder);
    }
    let mut complaint = String::new();
    let stderr = holder.stderr.as_mut().expect("standard error is piped");
    // What cannot be read is not worth a second failure.
    soon(stderr.read_to_string(&mut complaint)).await.ok();
    Err(complaint)
}

/// `lo` is there so that a host may talk to itself.
const BRING_UP: &str = "
ip link set lo up
ip link set wire up
nft add table inet faults
nft add chain inet faults input '{ type filter hook input priority 0; }'";

/// Between two looks at a packet counter.
const POLL: Duration = Duration::from_millis(5);
