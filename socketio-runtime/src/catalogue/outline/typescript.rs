//! What is known of TypeScript without the feature: nothing.
//!
//! Must not know: anything of its own.

use crate::catalogue::model::{Catalogue, Event};

pub(super) fn is_known(_: &Catalogue) -> bool {
    false
}

pub(super) fn member(_: &Event) -> String {
    String::new()
}

pub(super) fn declaration(_: &Catalogue, _: &str) -> Option<String> {
    None
}
