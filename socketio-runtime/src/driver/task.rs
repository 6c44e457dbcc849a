//! The task itself: commands in, events out, round after round.
//!
//! Must not know: payload types, packets' syntax, when to reconnect.

use std::{
    collections::BTreeMap,
    fmt,
    future::poll_fn,
    mem,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use tracing::Instrument;

use super::{
    auth::PendingAuths,
    clock::{self, Alarm, Clock},
    command::{AckChange, Command, Emit, Flush, OpenSocket},
    config::ClientConfig,
    link::Link,
    listeners::isolate,
    mailbox::Mailbox,
    shared::{Connection, SocketShared},
    sockets::{Answered, SocketRecord},
    transport::{Dialer, HttpClient, TransportConfig},
};
use crate::{
    codec::EventPacket,
    error::{BuildError, DisconnectReason, InvalidEvent, Logged},
    limits,
    proto::{AckId, Cancellation, EmitOptions, EventKind, Manager, NamespaceId},
};

/// The task of one connection.
pub(crate) struct Driver {
    /// Host and port, for the log.
    server: String,
    connection: Arc<Connection>,
    manager: Manager,
    link: Link,
    clock: Clock,
    alarm: Alarm,
    /// Boxed, since a tree has room for eleven from the first on.
    sockets: BTreeMap<NamespaceId, Box<SocketRecord>>,
    auths: PendingAuths,
    /// Kept for its allocation.
    commands: Vec<Command>,
    flushes: Vec<WaitingFlush>,
    is_shutting_down: bool,
}

/// Somebody who waits until what was emitted is on its way.
struct WaitingFlush {
    flush: Flush,
    /// How many transmits that takes, once it is known.
    mark: Option<u64>,
}

impl Driver {
    pub(crate) fn new(
        transport: TransportConfig,
        config: ClientConfig,
    ) -> Result<Self, BuildError> {
        let TransportConfig { endpoint, tls, proxy, local_address, http } = transport;
        let server = endpoint.address();
        let dialer = Dialer::new(endpoint, &tls, proxy, local_address)?;
        let max_message_size = config.manager.max_message_size;
        let connection = Connection::new(
            Mailbox::new(config.send_buffer_limit),
            config.manager.max_attachments,
            config.ack_timeout,
            config.listener_queue,
            config.manager.parser,
            [clock::seed(), clock::seed()],
        );
        Ok(Self {
            server,
            connection: Arc::new(connection),
            manager: Manager::new(config.manager, clock::seed()),
            link: Link::new(HttpClient::new(dialer, http, max_message_size)),
            clock: Clock::new(),
            alarm: Alarm::default(),
            sockets: BTreeMap::new(),
            auths: PendingAuths::default(),
            commands: Vec::new(),
            flushes: Vec::new(),
            is_shutting_down: false,
        })
    }

    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Runs until the last handle is gone and the connection is closed.
    pub(crate) async fn run(mut self: Box<Self>) {
        // It outlives whatever the user was at when it began.
        let span = tracing::info_span!(parent: None, "connection", server = self.server);
        poll_fn(|context| self.poll(context)).instrument(span).await;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.clock.wake();
        self.link.wake(context);
        for _ in 0..limits::ROUNDS_BOUND {
            if !self.round(self.clock.now(), context) {
                if self.is_finished() {
                    return Poll::Ready(());
                }
                if self.link.is_exhausted() {
                    break;
                }
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Whether anything happened, so that another round may have something to do.
    fn round(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        let mut is_busy = self.take_commands(now, context);
        is_busy |= self.read(now, context);
        is_busy |= self.auths.poll(now, &mut self.manager, context);
        let deadline = self.manager.poll_timeout();
        let is_due = deadline.is_some_and(|deadline| deadline <= now);
        if is_due || self.alarm.poll(deadline, &self.clock, context).is_ready() {
            self.manager.handle_timeout(now);
            is_busy = true;
        }
        is_busy |= self.deliver(now);
        is_busy |= self.link.write(now, &mut self.manager, context);
        self.connection.set_max_payload(self.manager.max_payload());
        self.connection.stats.publish(self.manager.traffic());
        self.confirm_flushes();
        is_busy
    }

    /// Passes on what has arrived, each frame as far as its listeners before the next is read: the
    /// WebSocket library reads the next into the place of the last, unless that is still kept.
    fn read(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        let mut is_busy = false;
        while let Some(input) = self.link.next_input() {
            is_busy = true;
            // A listener that was registered before the server was told to send hears what it sends.
            if self.connection.mailbox.has_commands() {
                self.take_commands(now, context);
            }
            self.manager.handle_input(now, input);
            self.deliver(now);
        }
        is_busy
    }

    fn take_commands(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        let mut commands = mem::take(&mut self.commands);
        let unsent = self.manager.unsent_bytes() + self.manager.held_bytes();
        let is_busy = self.connection.mailbox.poll_take(&mut commands, unsent, context).is_ready();
        for command in commands.drain(..) {
            let is_emit = matches!(command, Command::Emit(_));
            self.handle_command(now, command);
            // While it is in the processor's cache.
            if is_emit && self.manager.is_frame_next() {
                self.link.hand_over(now, &mut self.manager, context);
            }
        }
        self.commands = commands;
        is_busy
    }

    fn handle_command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Open(open) => self.open(open),
            Command::Connect { namespace, reply } => {
                if let Some(socket) = self.sockets.get_mut(&namespace) {
                    socket.on_connect_called(reply);
                    self.manager.connect(now, namespace);
                }
            }
            Command::Emit(emit) => self.emit(now, emit),
            Command::Ack { namespace, ack, change } => {
                self.change_ack(now, namespace, ack, change);
            }
            // Nobody minds if the futures of these two are gone.
            Command::Buffered { namespace, reply } => {
                let _ = reply.send(self.manager.buffered(now, namespace));
            }
            Command::ClearBuffered { namespace, reply } => {
                let _ = reply.send(self.manager.clear_buffered(namespace));
            }
            Command::Answer { namespace, token, packet } => {
                let is_sent = self.manager.answer(namespace, &token, packet);
                if let Some(socket) = self.sockets.get(&namespace).filter(|_| is_sent) {
                    socket.shared.stats.acks_sent.add(1);
                }
            }
            Command::Listen { namespace, entry, task } => {
                if let Some(socket) = self.sockets.get_mut(&namespace) {
                    socket.listeners.add(entry);
                    self.manager.watch_sent(namespace, socket.listeners.hear_sent());
                    if let Some(task) = task {
                        tokio::spawn(task);
                    }
                }
            }
            Command::Unlisten { namespace, id, subject } => {
                if let Some(socket) = self.sockets.get_mut(&namespace) {
                    socket.listeners.remove(id, &subject);
                    self.manager.watch_sent(namespace, socket.listeners.hear_sent());
                }
            }
            Command::UnlistenAll { namespace } => {
                if let Some(socket) = self.sockets.get_mut(&namespace) {
                    socket.listeners.clear();
                    self.manager.watch_sent(namespace, false);
                }
            }
            Command::Report { namespace, invalid } => {
                if let Some(socket) = self.sockets.get_mut(&namespace) {
                    socket.report(&invalid);
                }
            }
            Command::Disconnect { namespace } => self.disconnect(now, namespace),
            Command::Release { namespace } => self.release(now, namespace),
            Command::Flush(flush) => self.flushes.push(WaitingFlush { flush, mark: None }),
            Command::Shutdown => self.is_shutting_down = true,
        }
    }

    fn open(&mut self, open: OpenSocket) {
        let SocketShared { id, path, defaults, .. } = &*open.shared;
        let id = *id;
        self.manager.add_namespace(id, path);
        self.manager.limit_held(id, defaults.buffer_limit);
        self.sockets.insert(id, Box::new(SocketRecord::new(open)));
    }

    fn release(&mut self, now: Instant, namespace: NamespaceId) {
        self.disconnect(now, namespace);
        self.manager.remove_namespace(now, namespace);
        // What the authentication provider captured is the user's.
        let socket = self.sockets.remove(&namespace);
        isolate("drop", || drop(socket));
    }

    fn emit(&mut self, now: Instant, emit: Emit) {
        let Emit { namespace, event, packet, ack, policy } = emit;
        let Some(socket) = self.sockets.get_mut(&namespace) else { return };
        socket.shared.stats.emitted.add(1);
        let ack = ack.map(|ack| {
            socket.expect_answer(ack.id, ack.reply);
            (ack.id, Some(ack.timeout))
        });
        let options = EmitOptions { event, ack, policy };
        self.manager.emit(now, namespace, packet, options);
    }

    fn change_ack(&mut self, now: Instant, id: NamespaceId, ack: AckId, change: AckChange) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        match change {
            AckChange::Timeout(timeout) => self.manager.set_ack_timeout(id, ack, Some(timeout)),
            AckChange::Forget => {
                socket.forget_answer(ack);
                self.manager.forget_ack(id, ack);
            }
            AckChange::Cancel(reply) => {
                let outcome = if socket.forget_answer(ack) {
                    self.manager.cancel(now, id, ack)
                } else {
                    // It was settled while the command was on its way.
                    Cancellation::TooLate
                };
                if outcome == Cancellation::Withdrawn {
                    socket.shared.stats.dropped.add(1);
                }
                if let Some(reply) = reply {
                    let _ = reply.send(outcome);
                }
            }
        }
    }

    /// Leaves the namespace at the user's wish, which ends what the user registered.
    fn disconnect(&mut self, now: Instant, namespace: NamespaceId) {
        self.auths.cancel(namespace);
        self.manager.watch_sent(namespace, false);
        self.manager.disconnect(now, namespace);
        // Listeners still hear what came before, what is on its way, and why it ended.
        self.deliver(now);
        if let Some(socket) = self.sockets.get_mut(&namespace) {
            socket.end(&DisconnectReason::ClientDisconnect);
        }
    }

    /// Hands on what came out of the state machine.
    fn deliver(&mut self, now: Instant) -> bool {
        let mut is_busy = false;
        while let Some(event) = self.manager.poll_event() {
            is_busy = true;
            let id = event.namespace;
            let Some(socket) = self.sockets.get_mut(&id) else { continue };
            match event.kind {
                EventKind::Received { mut packet, token } => {
                    let arity = |packet: &EventPacket| socket.arity(packet);
                    self.manager.take_offset(id, &mut packet, token.as_ref(), arity);
                    if let Some(Answered { event, token, packet }) = socket.on_event(packet, token)
                    {
                        let unsent = self.manager.unsent_bytes();
                        match self.connection.mailbox.check(packet.size(), unsent) {
                            Ok(()) => {
                                let is_sent = self.manager.answer(id, &token, packet);
                                socket.shared.stats.acks_sent.add(u64::from(is_sent));
                            }
                            Err(rejected) => {
                                let error = rejected.into_error(&event, packet.size());
                                socket.report(&InvalidEvent::Emit(error));
                            }
                        }
                    }
                }
                EventKind::Sent { event, packet, expects_answer } => {
                    socket.on_sent(event, packet, expects_answer);
                }
                EventKind::Acked { ack, answer } => socket.settle(ack, Ok(answer)),
                EventKind::AckFailed { ack, failure } => socket.settle(ack, Err(failure)),
                EventKind::AuthNeeded { request } => match &mut socket.auth {
                    // It was disconnected since.
                    _ if !self.manager.is_authenticating(id, request) => {}
                    Some(provider) => self.auths.ask(id, request, provider),
                    None => self.manager.authenticate(now, id, request, Ok(None)),
                },
                EventKind::Connected { sid, recovered, attempt } => {
                    tracing::debug!(namespace = &*socket.shared.path, recovered, "connected");
                    let transport = self.manager.transport();
                    socket.on_connected(&sid.0, transport, recovered, attempt);
                }
                EventKind::Upgraded { transport } => {
                    tracing::debug!(namespace = &*socket.shared.path, %transport, "upgraded");
                    socket.on_upgraded(transport);
                }
                EventKind::ConnectError { error, will_retry } => {
                    tracing::warn!(namespace = &*socket.shared.path, error = %Logged(&error), will_retry, "connect error");
                    socket.on_connect_error(error, will_retry);
                }
                EventKind::Disconnected { reason, will_reconnect } => {
                    tracing::debug!(namespace = &*socket.shared.path, reason = %Logged(&reason), "disconnected");
                    socket.on_disconnected(reason, will_reconnect);
                }
                EventKind::ReconnectAttempt { attempt } => socket.on_reconnect_attempt(attempt),
                EventKind::ReconnectFailed => socket.on_reconnect_failed(),
                EventKind::Dropped => socket.shared.stats.dropped.add(1),
                EventKind::Invalid(invalid) => socket.report(&invalid),
            }
        }
        is_busy
    }

    /// Answers those who wait for what was emitted before they asked, however much was emitted
    /// since.
    fn confirm_flushes(&mut self) {
        if self.flushes.is_empty() {
            return;
        }
        let holds = self.manager.is_holding();
        let (added, polled) = (self.manager.transmits_added(), self.manager.transmits_polled());
        let is_flushed = self.link.is_flushed();
        for mut waiting in mem::take(&mut self.flushes) {
            if waiting.flush.reply.is_closed() {
                // Nobody waits any more. It may be long until there is something to say.
                continue;
            }
            // What is held back is added when it is sent, so the mark is set after that.
            let mark = *waiting.mark.get_or_insert(added);
            if waiting.flush.includes_held && holds {
                waiting.mark = None;
                self.flushes.push(waiting);
            } else if is_flushed && mark <= polled {
                let _ = waiting.flush.reply.send(());
            } else {
                self.flushes.push(waiting);
            }
        }
    }

    fn is_finished(&self) -> bool {
        self.is_shutting_down && self.link.is_idle()
    }
}

impl Drop for Driver {
    /// The task has done its work, or the runtime drops it in the middle.
    fn drop(&mut self) {
        for command in self.connection.mailbox.close() {
            match command {
                Command::Open(open) => {
                    self.sockets.insert(open.shared.id, Box::new(SocketRecord::new(open)));
                }
                Command::Listen { entry, task, .. } => {
                    entry.status.deactivate();
                    isolate("drop", || drop(entry));
                    isolate("drop", || drop(task));
                }
                _ => {}
            }
        }
        for socket in self.sockets.values_mut() {
            socket.end(&DisconnectReason::Shutdown);
        }
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}
