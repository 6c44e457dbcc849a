//! Where an event is found by its name, however many a schema has.
//!
//! Must not know: anything of an event but its name.
//!
//! A hash table with chains, made by the compiler. A search by name from the first event on costs
//! less for up to three events only, and fifty times as much for a thousand.

use super::EventDescriptor;

/// The events of a schema, in the order of the source, and the way to them by name. Called by the
/// macros.
#[derive(Debug)]
pub struct EventTable<const N: usize> {
    pub(super) events: [&'static EventDescriptor; N],
    /// Of each bucket, the first event's place, counted from 1; 0 for none.
    first: [u16; N],
    /// After each event, the next of its bucket.
    next: [u16; N],
}

/// The way by name of a schema's [`EventTable`].
#[derive(Debug, Clone, Copy)]
pub(super) struct NameIndex {
    first: &'static [u16],
    next: &'static [u16],
}

impl<const N: usize> EventTable<N> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(events: [&'static EventDescriptor; N]) -> Self {
        assert!(N < u16::MAX as usize, "a schema has at most 65,534 events");
        let (mut first, mut next) = ([0; N], [0; N]);
        // From the last one on, so that each stands before those that come later.
        let mut place = N;
        while place > 0 {
            let bucket = bucket(events[place - 1].name, N);
            next[place - 1] = first[bucket];
            #[expect(clippy::cast_possible_truncation, reason = "it is less than `u16::MAX`")]
            let number = place as u16;
            first[bucket] = number;
            place -= 1;
        }
        Self { events, first, next }
    }

    pub(super) const fn names(&'static self) -> NameIndex {
        NameIndex { first: &self.first, next: &self.next }
    }
}

impl NameIndex {
    /// Of a schema without events.
    pub(super) const NONE: Self = Self { first: &[], next: &[] };

    pub(super) fn find(
        self,
        events: &'static [&'static EventDescriptor],
        name: &str,
    ) -> Option<&'static EventDescriptor> {
        let mut number = *self.first.get(bucket(name, self.first.len()))?;
        loop {
            let place = usize::from(number).checked_sub(1)?;
            let event = *events.get(place)?;
            if event.name == name {
                return Some(event);
            }
            number = *self.next.get(place)?;
        }
    }
}

/// The bucket of a name, of so many. Eight bytes at a time and not keyed: the names that are in a
/// table are the schema's own, and those that are looked up are not kept.
const fn bucket(name: &str, count: usize) -> usize {
    let name = name.as_bytes();
    let mut hash = name.len() as u64;
    if let Some(last) = name.last_chunk::<8>() {
        let mut rest = name;
        while let Some((word, behind)) = rest.split_first_chunk::<8>() {
            hash = mix(hash, u64::from_le_bytes(*word));
            rest = behind;
        }
        // It may overlap the one before it, which costs less than to pick its bytes out.
        hash = mix(hash, u64::from_le_bytes(*last));
    } else {
        let (mut rest, mut word) = (name, 0);
        while let Some((byte, behind)) = rest.split_first() {
            word = (word << 8) | *byte as u64;
            rest = behind;
        }
        hash = mix(hash, word);
    }
    // The upper bits are the ones that all bytes have a part in.
    (((hash >> 32) * count as u64) >> 32) as usize
}

const fn mix(hash: u64, word: u64) -> u64 {
    // The constant of rustc's own hasher, 2^64 divided by π and made odd.
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = 1000;

    #[test]
    fn each_of_many_events_is_found_by_its_name_and_no_other_is() {
        let name = |number: usize| format!("room:{}:message:{number}", number % 7);
        let table = table::<MANY>(name);
        for (number, event) in table.events.into_iter().enumerate() {
            let found = table.names().find(&table.events, event.name);
            assert!(found.is_some_and(|found| std::ptr::eq(found, event)), "{}", event.name);
            assert_eq!(event.index, number);
        }
        for name in ["", "room", "room:0:message:", "room:1:message:0", &name(MANY)] {
            assert!(table.names().find(&table.events, name).is_none(), "{name}");
        }
    }

    #[test]
    fn names_of_every_length_are_found() {
        let table = table::<40>(|length| "é".repeat(length));
        for event in table.events {
            let found = table.names().find(&table.events, event.name);
            assert_eq!(found.map(|found| found.index), Some(event.index));
        }
        assert!(NameIndex::NONE.find(&[], "").is_none());
    }

    /// The search stays short, since a bucket has few events.
    #[test]
    fn names_that_are_alike_are_spread() {
        for table in [
            table::<MANY>(|number| format!("{number}")),
            table::<MANY>(|number| format!("message:{number:04}")),
            table::<MANY>(|number| format!("{number:03}:a-name-of-another-length")),
        ] {
            let used = table.first.into_iter().filter(|number| *number > 0).count();
            // As many as chance would use, 1 - 1/e of them, but for a tenth.
            assert!(used > MANY * 57 / 100, "{used}");
        }
    }

    fn table<const N: usize>(name: impl Fn(usize) -> String) -> &'static EventTable<N> {
        let event = |index| {
            let name = Box::leak(name(index).into_boxed_str());
            &*Box::leak(Box::new(EventDescriptor::new(index, 0, name, "", "", &[])))
        };
        Box::leak(Box::new(EventTable::new(std::array::from_fn(event))))
    }
}
