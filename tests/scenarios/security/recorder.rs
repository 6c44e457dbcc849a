//! The log as tests read it: what this client says, and what its dependencies say through the `log`
//! crate.

use std::{
    cell::RefCell,
    fmt::{self, Write},
    sync::{Arc, Mutex, Once},
};

use tracing::{
    Event, Metadata, Subscriber,
    callsite::rebuild_interest_cache,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::{Interest, set_global_default},
};
use tracing_log::LogTracer;

/// Everything that is logged on this thread, at every level, until it is dropped.
///
/// The subscriber is the process's: one for a thread alone would miss what another thread was the
/// first to log without it, since tracing remembers that nobody wants that.
#[derive(Debug)]
pub(crate) struct Log(());

impl Log {
    pub(crate) fn capture() -> Self {
        install();
        LINES.set(Some(String::new()));
        Self(())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        LINES.set(None);
    }
}

/// What was captured on this thread.
pub(crate) fn logged() -> String {
    LINES.with_borrow(|lines| lines.clone().expect("it is captured"))
}

/// Everything that is logged on any thread, at every level, until it is dropped: what tests beside
/// this one do as well.
#[derive(Debug)]
pub(super) struct WholeLog(Arc<Mutex<String>>);

impl WholeLog {
    pub(super) fn capture() -> Self {
        install();
        let lines = Arc::default();
        whole_logs().push(Arc::clone(&lines));
        Self(lines)
    }

    pub(super) fn text(&self) -> String {
        self.0.lock().expect("nothing panics while it is locked").clone()
    }
}

impl Drop for WholeLog {
    fn drop(&mut self) {
        whole_logs().retain(|lines| !Arc::ptr_eq(lines, &self.0));
    }
}

fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        set_global_default(Recorder).expect("no other test has a subscriber");
        LogTracer::init().expect("no other test has a logger");
        rebuild_interest_cache();
    });
}

thread_local! {
    static LINES: RefCell<Option<String>> = const { RefCell::new(None) };
}

static WHOLE: Mutex<Vec<Arc<Mutex<String>>>> = Mutex::new(Vec::new());

fn whole_logs() -> std::sync::MutexGuard<'static, Vec<Arc<Mutex<String>>>> {
    WHOLE.lock().expect("nothing panics while it is locked")
}

/// Records for those who capture.
struct Recorder;

impl Recorder {
    fn write(metadata: &Metadata<'_>, record: impl FnOnce(&mut Line)) {
        let mut line =
            Line(format!("{} {} {}:", metadata.level(), metadata.target(), metadata.name()));
        record(&mut line);
        LINES.with_borrow_mut(|lines| {
            if let Some(lines) = lines {
                writeln!(lines, "{}", line.0).expect("a string takes everything");
            }
        });
        for lines in whole_logs().iter() {
            let mut lines = lines.lock().expect("nothing panics while it is locked");
            writeln!(lines, "{}", line.0).expect("a string takes everything");
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).expect("a string takes everything");
    }
}

impl Subscriber for Recorder {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        LINES.with_borrow(Option::is_some) || !whole_logs().is_empty()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Self::write(span.metadata(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        Self::write(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
