//! Registers listeners; generated methods drive it.
//!
//! Must not know: the connection's task, where values stand in a packet.

use std::{fmt, future::poll_fn, pin::pin, sync::Arc};

use tokio::sync::mpsc;

use super::{
    EventStream, Listener, Once,
    inbox::{Inbox, answer},
    stream::Decode,
};
use crate::{
    driver::{
        AnyEvent, Command, InlineListener, ListenerEntry, ListenerQueue, ListenerStatus,
        ListenerTask, QueuedEvent, SocketShared, Subject, Target, isolate,
    },
    error::{InvalidEvent, PayloadError},
    payload::PacketWriter,
    schema::{AckDescriptor, Dispatch, HandlerOutput, Listens, Reception, no_answer},
};

/// Registers listeners on a socket.
#[derive(Clone, Copy)]
pub struct Registrar<'s> {
    socket: &'s Arc<SocketShared>,
}

impl<'s> Registrar<'s> {
    pub(super) fn new(socket: &'s Arc<SocketShared>) -> Self {
        Self { socket }
    }

    #[doc(hidden)]
    pub fn on<T: 'static, A: 'static, F, R, M: 'static>(
        self,
        reception: &'static Reception<T, A>,
        mut listener: F,
    ) -> Listener
    where
        F: FnMut(T) -> R + Send + 'static,
        R: HandlerOutput<A, M> + Send + 'static,
    {
        let Reception { event, read, write } = reception;
        let answers = event.ack != AckDescriptor::None;
        let call = move |event: &AnyEvent| read.read_all(&mut event.arguments()).map(&mut listener);
        self.listen(Subject::Event(event), answers, *write, call)
    }

    #[doc(hidden)]
    pub fn once<T, A>(self, reception: &'static Reception<T, A>) -> Once<T> {
        let name = reception.event.name.into();
        Once::new(self.stream(reception), name)
    }

    #[doc(hidden)]
    pub fn stream<T, A>(self, reception: &'static Reception<T, A>) -> EventStream<T> {
        let Reception { event, read, .. } = reception;
        self.open_stream(Subject::Event(event), Decode::Arguments(Box::new(*read)))
    }

    pub(crate) fn events<L: Listens>(self) -> EventStream<L::Event> {
        self.open_stream(
            Subject::AllEvents,
            Decode::Event(|event| {
                let declared = event.descriptor().expect("only declared events are delivered here");
                L::decode(declared, &mut event.arguments())
            }),
        )
    }

    /// A stream of all events, declared or not.
    pub(crate) fn any(self) -> EventStream<AnyEvent> {
        self.watch_stream(Subject::Any)
    }

    pub(super) fn watch_stream(self, subject: Subject) -> EventStream<AnyEvent> {
        self.open_stream(subject, Decode::Event(|event| Ok(event.clone())))
    }

    /// A listener that only watches, and takes events as they come.
    pub(super) fn watch<F, R, M: 'static>(self, subject: Subject, mut listener: F) -> Listener
    where
        F: FnMut(AnyEvent) -> R + Send + 'static,
        R: HandlerOutput<(), M> + Send + 'static,
    {
        self.listen(subject, false, no_answer, move |event| Ok(listener(event.clone())))
    }

    #[doc(hidden)]
    pub fn handle<L: Dispatch<H>, H: Send + 'static>(self, mut handler: H) -> Listener {
        let (sender, mut inbox, status) = self.queue();
        let task = Box::pin(async move {
            while let Some(incoming) = inbox.next().await {
                incoming.handle::<L, H>(&mut handler).await;
            }
        });
        self.register(Subject::AllEvents, true, Target::Queue(sender), status, Some(task))
    }

    /// All events that come, with the duty to answer those that nobody else answers.
    #[cfg(feature = "testing")]
    pub(crate) fn inbox(self) -> (Inbox, Listener) {
        let (sender, inbox, status) = self.queue();
        let listener = self.register(Subject::Any, true, Target::Queue(sender), status, None);
        (inbox, listener)
    }

    pub(super) fn invalid(self, call: impl FnMut(&InvalidEvent) + Send + 'static) -> Listener {
        let target = Target::Invalid(Box::new(call));
        self.register(Subject::Invalid, false, target, ListenerStatus::new(), None)
    }

    pub(super) fn listen<A: 'static, R, M: 'static>(
        self,
        subject: Subject,
        answers: bool,
        write: fn(&A, &mut PacketWriter),
        call: impl FnMut(&AnyEvent) -> Result<R, PayloadError> + Send + 'static,
    ) -> Listener
    where
        R: HandlerOutput<A, M> + Send + 'static,
    {
        if R::IS_ASYNC {
            let (sender, inbox, status) = self.queue();
            let task = Box::pin(run_async(inbox, write, call));
            self.register(subject, answers, Target::Queue(sender), status, Some(task))
        } else {
            let listener = inline(Arc::clone(self.socket), write, call);
            let status = ListenerStatus::new();
            self.register(subject, answers, Target::Inline(listener), status, None)
        }
    }

    pub(super) fn register(
        self,
        subject: Subject,
        answers: bool,
        target: Target,
        status: Arc<ListenerStatus>,
        task: Option<ListenerTask>,
    ) -> Listener {
        let socket = Arc::clone(self.socket);
        let id = socket.next_listener();
        let (kept, heard) = (Arc::clone(&status), subject.clone());
        let entry = ListenerEntry { id, status: kept, subject: heard, answers, target };
        let command = Command::Listen { namespace: socket.id, entry, task };
        if socket.connection.mailbox.send(command).is_err() {
            status.deactivate();
        }
        Listener::new(socket, id, subject, status)
    }

    fn open_stream<T>(self, subject: Subject, decode: Decode<T>) -> EventStream<T> {
        let (sender, inbox, status) = self.queue();
        let listener = self.register(subject, false, Target::Queue(sender), status, None);
        EventStream::new(inbox, decode, listener.guard())
    }

    fn queue(self) -> (mpsc::Sender<QueuedEvent>, Inbox, Arc<ListenerStatus>) {
        let ListenerQueue { events, bytes } = self.socket.connection.listener_queue;
        let (status, (sender, receiver)) =
            (ListenerStatus::with_queue(bytes), mpsc::channel(events));
        let inbox = Inbox::new(receiver, Arc::clone(&status), Arc::clone(self.socket));
        (sender, inbox, status)
    }
}

/// Registers a listener that takes the elements of the tuple as its arguments.
macro_rules! on_several {
    ($($function:ident($($name:ident: $ty:ident),*);)*) => {
        impl Registrar<'_> {
            $(
                #[doc(hidden)]
                pub fn $function<$($ty: 'static,)* Ack: 'static, L, R, M: 'static>(
                    self,
                    reception: &'static Reception<($($ty),*), Ack>,
                    mut listener: L,
                ) -> Listener
                where
                    L: FnMut($($ty),*) -> R + Send + 'static,
                    R: HandlerOutput<Ack, M> + Send + 'static,
                {
                    self.on(reception, move |($($name),*)| listener($($name),*))
                }
            )*
        }
    };
}

on_several! {
    on0();
    on2(a: A, b: B);
    on3(a: A, b: B, c: C);
    on4(a: A, b: B, c: C, d: D);
    on5(a: A, b: B, c: C, d: D, e: E);
    on6(a: A, b: B, c: C, d: D, e: E, f: F);
    on7(a: A, b: B, c: C, d: D, e: E, f: F, g: G);
}

impl fmt::Debug for Registrar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = &self.socket.path;
        f.debug_struct("Registrar").field("namespace", &namespace).finish_non_exhaustive()
    }
}

/// A synchronous listener, as the connection's task calls it.
fn inline<A: 'static, R, M>(
    socket: Arc<SocketShared>,
    write: fn(&A, &mut PacketWriter),
    mut call: impl FnMut(&AnyEvent) -> Result<R, PayloadError> + Send + 'static,
) -> InlineListener
where
    R: HandlerOutput<A, M>,
{
    Box::new(move |event, ack| {
        let output = call(event)?;
        match (output.ready(), ack) {
            (Some(value), Some(ack)) => {
                let packet = answer(&socket, event.name(), ack, write, &value);
                packet.map(Some).map_err(InvalidEvent::Emit)
            }
            _ => Ok(None),
        }
    })
}

/// An asynchronous listener, one event after the other.
async fn run_async<A, R, M>(
    mut inbox: Inbox,
    write: fn(&A, &mut PacketWriter),
    mut call: impl FnMut(&AnyEvent) -> Result<R, PayloadError> + Send + 'static,
) where
    R: HandlerOutput<A, M> + Send + 'static,
{
    while let Some(incoming) = inbox.next().await {
        let event = incoming.event();
        let called = isolate(event.name(), || call(event));
        match called {
            Some(Ok(output)) => incoming.answer(write, output_future(output)).await,
            Some(Err(invalid)) => incoming.report(invalid),
            None => {}
        }
    }
}

/// The future of an asynchronous listener's output.
async fn output_future<A, R: HandlerOutput<A, M>, M>(output: R) -> A {
    let mut output = pin!(output);
    poll_fn(|context| output.as_mut().poll(context)).await
}
