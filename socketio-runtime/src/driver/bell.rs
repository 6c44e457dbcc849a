//! Tells apart what woke the task: a transport, or something else, such as a command.
//!
//! Must not know: transports.
//!
//! Asking a WebSocket for input that is not there is dear: its library clears the whole read buffer
//! first. So it is asked only after something of its own has woken the task.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
};

/// Made for one task, and made again if another one takes over.
#[derive(Debug, Default)]
pub(super) struct Bell(Option<Hung>);

#[derive(Debug)]
struct Hung {
    button: Arc<Button>,
    waker: Waker,
}

#[derive(Debug)]
struct Button {
    was_pressed: AtomicBool,
    task: Waker,
}

impl Bell {
    /// Whether it has rung since this was asked last. For a task that is new here it has: nobody
    /// knows what would have woken it.
    pub(super) fn has_rung(&mut self, task: &Waker) -> bool {
        match &self.0 {
            Some(Hung { button, .. }) if button.task.will_wake(task) => {
                button.was_pressed.swap(false, Ordering::Acquire)
            }
            _ => {
                let button = Button { was_pressed: AtomicBool::new(false), task: task.clone() };
                let button = Arc::new(button);
                self.0 = Some(Hung { waker: Arc::clone(&button).into(), button });
                true
            }
        }
    }

    /// Rings, and so wakes the task that asked last.
    pub(super) fn waker(&self) -> &Waker {
        self.0.as_ref().map_or_else(|| Waker::noop(), |hung| &hung.waker)
    }
}

impl Wake for Button {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.was_pressed.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it was woken.
    struct Task(AtomicBool);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    fn task() -> (Arc<Task>, Waker) {
        let task = Arc::new(Task(AtomicBool::new(false)));
        (Arc::clone(&task), task.into())
    }

    #[test]
    fn it_wakes_its_task_and_tells_once() {
        let (mut bell, (task, waker)) = (Bell::default(), task());
        assert!(bell.has_rung(&waker), "new");
        assert!(!bell.has_rung(&waker));
        bell.waker().wake_by_ref();
        assert!(task.0.load(Ordering::Relaxed));
        assert!(bell.has_rung(&waker));
        assert!(!bell.has_rung(&waker));
    }

    #[test]
    fn a_task_that_takes_over_is_the_one_that_is_woken() {
        let (mut bell, (first, first_waker), (second, second_waker)) =
            (Bell::default(), task(), task());
        assert!(bell.has_rung(&first_waker));
        assert!(bell.has_rung(&second_waker), "it may have missed what rang for the first");
        bell.waker().wake_by_ref();
        assert!(!first.0.load(Ordering::Relaxed));
        assert!(second.0.load(Ordering::Relaxed));
    }
}
