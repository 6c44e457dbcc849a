//! Acknowledgements: their values go the other way than the event.
//!
//! Must not know: arguments.

use super::{Comparison, Told, back};
use crate::{
    catalogue::{
        diff::{
            change::{Part, Place},
            rules,
        },
        model::{Ack, ValueType},
    },
    schema::Direction,
};

impl Comparison<'_> {
    pub(super) fn ack(
        &mut self,
        place: &Place,
        way: Direction,
        old: Option<&Ack>,
        new: Option<&Ack>,
    ) {
        let (rule, what) = match (old, new) {
            (None, None) => return,
            (Some(Ack::Values(old)), Some(Ack::Values(new))) => {
                return self.ack_values(place, way, old, new);
            }
            (
                Some(Ack::ErrorFirst { value: old, error: old_error }),
                Some(Ack::ErrorFirst { value: new, error: new_error }),
            ) => {
                let value = Place { part: Part::AckValue { index: 0 }, ..place.clone() };
                self.value(&value, back(way), old, new);
                let error = Place { part: Part::AckError, ..place.clone() };
                return self.value(&error, back(way), old_error, new_error);
            }
            (None, Some(_)) => (&rules::ACK_ADDED, "it is acknowledged now"),
            (Some(_), None) => (&rules::ACK_REMOVED, "it is not acknowledged any more"),
            (Some(_), Some(Ack::ErrorFirst { .. })) => (
                &rules::ACK_ERROR_CONVENTION_CHANGED,
                "the acknowledgement begins with an error now",
            ),
            (Some(_), Some(_)) => (
                &rules::ACK_ERROR_CONVENTION_CHANGED,
                "the acknowledgement does not begin with an error any more",
            ),
        };
        let [before, after] = [old, new].map(|ack| ack.map(show));
        self.tell(place, way, Told::new(rule, what, before, after));
    }

    fn ack_values(&mut self, place: &Place, way: Direction, old: &[ValueType], new: &[ValueType]) {
        for index in 0..old.len().max(new.len()) {
            let place = Place { part: Part::AckValue { index }, ..place.clone() };
            match (old.get(index), new.get(index)) {
                (Some(old), Some(new)) => self.value(&place, back(way), old, new),
                (None, Some(new)) => {
                    let (what, ty) = ("the value was added", Some(format!("`{}`", new.rust)));
                    self.tell(&place, way, Told::new(&rules::ACK_VALUE_ADDED, what, None, ty));
                }
                (Some(old), None) => {
                    let (what, ty) = ("the value was removed", Some(format!("`{}`", old.rust)));
                    self.tell(&place, way, Told::new(&rules::ACK_VALUE_REMOVED, what, ty, None));
                }
                (None, None) => {}
            }
        }
    }
}

fn show(ack: &Ack) -> String {
    match ack {
        Ack::Values(values) => {
            let types: Vec<_> = values.iter().map(|value| value.rust.as_str()).collect();
            if let [only] = *types {
                format!("`{only}`")
            } else {
                format!("`({})`", types.join(", "))
            }
        }
        Ack::ErrorFirst { value, error } => format!("`Result<{}, {}>`", value.rust, error.rust),
    }
}
