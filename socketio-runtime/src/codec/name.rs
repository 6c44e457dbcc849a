//! The name of an event, as a schema or a program that runs gives it.
//!
//! Must not know: what the event carries.

use std::{ops::Deref, sync::Arc};

/// An event's name on the wire. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) enum EventName {
    /// From a schema.
    Static(&'static str),
    /// Known at run time only.
    Shared(Arc<str>),
}

impl From<&'static str> for EventName {
    fn from(name: &'static str) -> Self {
        Self::Static(name)
    }
}

impl From<Arc<str>> for EventName {
    fn from(name: Arc<str>) -> Self {
        Self::Shared(name)
    }
}

impl Deref for EventName {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Static(name) => name,
            Self::Shared(name) => name,
        }
    }
}
