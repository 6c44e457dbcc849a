//! The client's process, as a test has it in hand.

use std::{
    env,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use socketio_tests::{Host, signal, soon, within};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::watch,
};

use crate::{
    program::{NAME, SETTINGS},
    report::{Order, Report, Settings},
};

/// A running client. Dropping it kills it.
pub(crate) struct FaultsClient {
    child: Child,
    /// The client leaves when this pipe closes.
    orders: ChildStdin,
    reports: Arc<Mutex<Vec<Report>>>,
    count: watch::Receiver<usize>,
    /// How many reports the test has looked at.
    seen: usize,
}

impl FaultsClient {
    /// Starts it, on a host or here.
    pub(crate) fn start(host: Option<&Host>, settings: &Settings) -> Self {
        let program = env::current_exe().expect("this program has a path");
        let mut command =
            host.map_or_else(|| Command::new(&program), |host| host.command(&program));
        let settings = serde_json::to_string(settings).expect("settings can be written");
        let mut child = command
            .args([NAME, "--exact", "--ignored", "--nocapture"])
            .env(SETTINGS, settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this program can be run once more");
        let orders = child.stdin.take().expect("standard input is piped");
        let stdout = child.stdout.take().expect("standard output is piped");
        let (sender, count) = watch::channel(0);
        let reports = Arc::default();
        tokio::spawn(read(stdout, Arc::clone(&reports), sender));
        Self { child, orders, reports, count, seen: 0 }
    }

    /// Waits for a report that the test has not passed yet.
    #[track_caller]
    pub(crate) fn until(
        &mut self,
        is_it: impl Fn(&Report) -> bool,
    ) -> impl Future<Output = Report> {
        within(PATIENCE, async move {
            loop {
                let seen = self.seen;
                self.count.wait_for(|count| *count > seen).await.expect("the client is running");
                self.seen += 1;
                let report = self.reports.lock().expect("nobody panics")[seen].clone();
                if is_it(&report) {
                    return report;
                }
            }
        })
    }

    /// Waits until it is connected (again); whether its session was recovered.
    #[track_caller]
    pub(crate) fn until_connected(&mut self) -> impl Future<Output = bool> {
        let connected = self.until(|report| matches!(report, Report::Connected { .. }));
        async move { matches!(connected.await, Report::Connected { recovered: true }) }
    }

    /// Waits until it has noticed that its connection is lost; why.
    #[track_caller]
    pub(crate) fn until_disconnected(&mut self) -> impl Future<Output = String> {
        let lost = self.until(|report| matches!(report, Report::Disconnected { .. }));
        async move {
            let Report::Disconnected { reason } = lost.await else { unreachable!() };
            reason
        }
    }

    /// Waits until a connection is lost, or cannot be made.
    #[track_caller]
    pub(crate) fn until_failed(&mut self) -> impl Future<Output = Report> {
        self.until(Report::is_failure)
    }

    /// Waits until it has emitted this many events more.
    pub(crate) async fn until_emitted(&mut self, count: usize) {
        for _ in 0..count {
            self.until(|report| matches!(report, Report::Accepted { .. })).await;
        }
    }

    /// Looks at what comes from now on only.
    pub(crate) fn forget(&mut self) {
        self.seen = *self.count.borrow();
    }

    /// How often it has said something like this.
    pub(crate) fn has_said_how_often(&self, is_it: impl Fn(&Report) -> bool) -> usize {
        self.reports.lock().expect("nobody panics").iter().filter(|report| is_it(report)).count()
    }

    pub(crate) async fn order(&mut self, order: Order) {
        let line = serde_json::to_string(&order).expect("an order can be written") + "\n";
        soon(self.orders.write_all(line.as_bytes())).await.expect("the client is running");
    }

    pub(crate) async fn suspend(&self) {
        signal(&self.child, "STOP").await;
    }

    pub(crate) async fn resume(&self) {
        signal(&self.child, "CONT").await;
    }

    /// Has it come to its end; all that it said.
    pub(crate) async fn stop(&mut self) -> Vec<Report> {
        self.order(Order::Stop).await;
        self.until(|report| matches!(report, Report::Done { .. })).await;
        self.reports.lock().expect("nobody panics")[..self.seen].to_vec()
    }
}

impl Report {
    /// Whether a connection was lost, or could not be made.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Self::ConnectError { .. } | Self::Disconnected { .. })
    }

    /// Whether it is about the connection, not about an event.
    pub(crate) fn is_of_life(&self) -> bool {
        matches!(
            self,
            Self::Connected { .. }
                | Self::Disconnected { .. }
                | Self::ConnectError { .. }
                | Self::Upgraded {}
                | Self::Done { .. }
        )
    }
}

/// Takes down what the client says, until it ends.
async fn read(stdout: ChildStdout, reports: Arc<Mutex<Vec<Report>>>, count: watch::Sender<usize>) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // The rest is the test harness's, which the client runs in.
        let Some(at) = line.find('{') else { continue };
        let report = serde_json::from_str(&line[at..]).expect("a report");
        let mut reports = reports.lock().expect("nobody panics");
        reports.push(report);
        count.send_replace(reports.len());
    }
}

/// A client that starts, or that has to send a lot again, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
