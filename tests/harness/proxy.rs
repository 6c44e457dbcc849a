//! A TCP proxy on loopback that does to a connection what networks do: cut it, refuse it, hold
//! it back, slow it down.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

use super::Port;

/// A proxy before one server. Faults concern all its connections, open and new; [`heal`] ends
/// them all. Dropping it ends it with its connections.
///
/// [`heal`]: Self::heal
#[derive(Debug)]
pub struct Proxy {
    port: Port,
    target: SocketAddr,
    network: watch::Sender<Network>,
    /// `None` while connections are refused. The connections are tasks of their own.
    accepting: Option<JoinHandle<()>>,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl Proxy {
    /// A proxy that forwards to `target` and does no harm yet.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start(target: SocketAddr) -> Self {
        let port = Port::reserve();
        let listener = port.listen().await;
        let mut proxy = Self { port, target, network: watch::Sender::default(), accepting: None };
        proxy.accept_from(listener);
        proxy
    }

    /// Resets every open connection. New ones go on being accepted.
    pub fn cut(&self) {
        self.network.send_modify(Network::cut);
    }

    /// Refuses new connections, as a host does where nothing listens. Open ones stay; see
    /// [`cut`](Self::cut).
    pub async fn refuse(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            // Always the error of a cancelled task; by then the listener is closed.
            accepting.await.ok();
            self.port.closed().await;
        }
    }

    /// Holds all bytes back, without closing anything: a dead network, as long as nobody looks
    /// at a clock.
    pub fn stall(&self) {
        self.network.send_modify(|network| network.stalled = true);
    }

    /// Delays each chunk of bytes.
    pub fn delay(&self, delay: Duration) {
        self.network.send_modify(|network| network.delay = delay);
    }

    /// Lets this many bytes a second pass in each direction of each connection, at least one at a
    /// time.
    ///
    /// # Panics
    /// When it is none: that is [`stall`](Self::stall).
    pub fn throttle(&self, bytes_per_second: u32) {
        assert!(bytes_per_second > 0, "a throttled connection still moves");
        self.network.send_modify(|network| network.bytes_per_second = Some(bytes_per_second));
    }

    /// Lets `bytes` more pass in one direction, counted over all connections, and cuts then.
    pub fn cut_after(&self, direction: Direction, bytes: usize) {
        self.network.send_modify(|network| *network.budget(direction) = Some(bytes));
    }

    /// How many bytes have passed in one direction since the proxy was started.
    #[must_use]
    pub fn passed(&self, direction: Direction) -> usize {
        let network = self.network.borrow();
        match direction {
            Direction::ToServer => network.passed_to_server,
            Direction::ToClient => network.passed_to_client,
        }
    }

    /// How often all connections have been cut.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.network.borrow().cuts
    }

    /// Ends refusing, stalling, delaying, throttling and counting. Held-back bytes arrive now.
    ///
    /// # Panics
    /// When connections were refused and something else listens on the port.
    pub async fn heal(&mut self) {
        self.network.send_modify(Network::heal);
        if self.accepting.is_none() {
            self.accept_from(self.port.listen().await);
        }
    }

    /// Waits until `count` connections have been accepted since the proxy was started.
    ///
    /// # Panics
    /// Never: the proxy holds the count itself.
    pub async fn accepted(&self, count: usize) {
        let mut network = self.network.subscribe();
        network
            .wait_for(|network| network.accepted >= count)
            .await
            .expect("`self.network` is its sender");
    }

    /// Waits until no connection is open.
    ///
    /// # Panics
    /// Never: the proxy holds the count itself.
    pub async fn idle(&self) {
        let mut network = self.network.subscribe();
        network.wait_for(|network| network.open == 0).await.expect("`self.network` is its sender");
    }

    /// The URL for clients, such as `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// Where the proxy listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    fn accept_from(&mut self, listener: TcpListener) {
        let (target, network) = (self.target, self.network.clone());
        self.accepting = Some(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, target, network.clone()));
            }
        }));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
        self.cut();
    }
}

/// The state of the network between client and server, as all connections see it.
#[derive(Debug, Default)]
struct Network {
    accepted: usize,
    open: usize,
    /// How often everything has been cut; a connection ends when it changes.
    cuts: usize,
    stalled: bool,
    delay: Duration,
    bytes_per_second: Option<u32>,
    to_server: Option<usize>,
    to_client: Option<usize>,
    passed_to_server: usize,
    passed_to_client: usize,
}

impl Network {
    fn cut(&mut self) {
        self.cuts += 1;
    }

    fn heal(&mut self) {
        self.stalled = false;
        self.delay = Duration::ZERO;
        self.bytes_per_second = None;
        self.to_server = None;
        self.to_client = None;
    }

    /// How much is forwarded at once: a throttled connection trickles, it does not come in gulps.
    fn chunk(&self) -> usize {
        self.bytes_per_second.map_or(CHUNK_BYTES, |rate| (rate as usize / 50).clamp(1, CHUNK_BYTES))
    }

    /// How long so many bytes take.
    fn time_for(&self, bytes: usize) -> Duration {
        self.bytes_per_second
            .map_or(Duration::ZERO, |rate| Duration::from_secs(bytes as u64) / rate)
    }

    /// How many bytes may pass before the next cut; `None` is any number.
    fn budget(&mut self, direction: Direction) -> &mut Option<usize> {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }
}

/// Carries one connection to its end.
async fn serve(client: TcpStream, target: SocketAddr, network: watch::Sender<Network>) {
    let mut cuts = 0;
    network.send_modify(|network| {
        network.accepted += 1;
        network.open += 1;
        cuts = network.cuts;
    });
    let is_cut = {
        let mut network = network.subscribe();
        async move { drop(network.wait_for(|network| network.cuts != cuts).await) }
    };
    connect_and_carry(client, target, &network, is_cut).await;
    network.send_modify(|network| network.open -= 1);
}

/// Ends both sides the same way: in good order if both did, with a reset otherwise.
async fn connect_and_carry(
    mut client: TcpStream,
    target: SocketAddr,
    network: &watch::Sender<Network>,
    is_cut: impl Future<Output = ()>,
) {
    let Ok(mut server) = TcpStream::connect(target).await else {
        reset(&client);
        return;
    };
    // Without it a proxy would add delays of its own; a failure shows in the forwarding.
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();

    let (client_reads, client_writes) = client.split();
    let (server_reads, server_writes) = server.split();
    let forwarding = async {
        tokio::try_join!(
            forward(client_reads, server_writes, Direction::ToServer, network),
            forward(server_reads, client_writes, Direction::ToClient, network),
        )
    };
    let in_good_order = tokio::select! {
        outcome = forwarding => outcome.is_ok(),
        () = is_cut => false,
    };
    if !in_good_order {
        reset(&client);
        reset(&server);
    }
}

/// Forwards until `from` ends, and passes that on.
async fn forward(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    direction: Direction,
    network: &watch::Sender<Network>,
) -> io::Result<()> {
    let mut conditions = network.subscribe();
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let size = conditions.borrow().chunk();
        let length = from.read(&mut buffer[..size]).await?;
        let delay = match conditions.wait_for(|network| !network.stalled).await {
            Ok(network) => network.delay + network.time_for(length),
            Err(_) => return Ok(()), // Impossible while `network` is borrowed.
        };
        if !delay.is_zero() {
            sleep(delay).await;
        }
        if length == 0 {
            return to.shutdown().await;
        }
        let (allowed, is_last) = spend(network, direction, length);
        to.write_all(&buffer[..allowed]).await?;
        if is_last {
            network.send_modify(Network::cut);
        }
    }
}

/// Takes `length` bytes from the budget: how many may pass, and whether the budget is used up.
fn spend(network: &watch::Sender<Network>, direction: Direction, length: usize) -> (usize, bool) {
    let mut spent = (length, false);
    network.send_if_modified(|network| {
        let budget = network.budget(direction);
        if let Some(left) = *budget {
            *budget = left.checked_sub(length).filter(|left| *left > 0);
            spent = (left.min(length), budget.is_none());
        }
        match direction {
            Direction::ToServer => network.passed_to_server += spent.0,
            Direction::ToClient => network.passed_to_client += spent.0,
        }
        false // Nobody waits for this.
    });
    spent
}

/// Makes the drop that follows send a reset. A stream that has failed already needs none.
fn reset(stream: &TcpStream) {
    stream.set_zero_linger().ok();
}

/// A chunk is the unit of delay; a few of them fill a socket's buffers.
const CHUNK_BYTES: usize = 16 * 1024;
