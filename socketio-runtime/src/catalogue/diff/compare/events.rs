//! Events: known by their names on the wire.
//!
//! Must not know: types.

use std::collections::{BTreeMap, BTreeSet};

use super::{ANY_WAY, Comparison, Told};
use crate::{
    catalogue::{
        diff::{
            change::Place,
            rules::{self, Rule},
        },
        model::{Delivery, Event, Events, Namespace},
    },
    schema::Direction,
};

impl Comparison<'_> {
    pub(super) fn both_directions(&mut self, place: &Place, old: &Namespace, new: &Namespace) {
        let to_client = [&old.listens, &new.listens].map(Option::as_ref);
        let to_server = [&old.emits, &new.emits].map(Option::as_ref);
        let crossed = crossed(to_client, to_server);
        for name in &crossed {
            let was_to_client = named(to_client[0]).contains_key(name);
            let (way, what) = if was_to_client {
                (Direction::ServerToClient, "clients send it now")
            } else {
                (Direction::ClientToServer, "the server sends it now")
            };
            let place = event_place(place, way, name);
            self.tell(&place, way, Told::new(&rules::DIRECTION_CHANGED, what, None, None));
        }
        self.direction(place, Direction::ServerToClient, to_client, &crossed);
        self.direction(place, Direction::ClientToServer, to_server, &crossed);
    }

    fn direction(
        &mut self,
        place: &Place,
        way: Direction,
        [old, new]: [Option<&Events>; 2],
        crossed: &BTreeSet<&str>,
    ) {
        let place = Place { direction: Some(way), ..place.clone() };
        if let (Some(old), Some(new)) = (old, new) {
            if old.ident != new.ident {
                let [before, after] = [old, new].map(|events| Some(format!("`{}`", events.ident)));
                let what = "the trait has another name";
                let told = Told::new(&rules::SCHEMA_IDENT_RENAMED, what, before, after);
                self.tell(&place, way, told);
            }
            self.docs(&place, &old.docs, &new.docs);
        }
        let (old_events, new_events) = (named(old), named(new));
        let mut added = new_events.clone();
        added.retain(|name, _| !old_events.contains_key(name) && !crossed.contains(name));
        for (name, event) in &old_events {
            let at = event_place(&place, way, name);
            match new_events.get(name) {
                Some(same) => self.event(&at, way, event, same),
                None if crossed.contains(name) => {}
                None => self.gone(&at, way, event, new, &mut added),
            }
        }
        for (name, event) in added {
            let told = if event.ack.is_some() {
                let what = "the event was added, and is acknowledged";
                Told::new(&rules::ACKNOWLEDGED_EVENT_ADDED, what, None, None)
            } else {
                Told::new(&rules::EVENT_ADDED, "the event was added", None, None)
            };
            self.tell(&event_place(&place, way, name), way, told);
        }
        self.retired(&place, way, [old, new]);
    }

    /// An event whose name on the wire is no event any more.
    fn gone(
        &mut self,
        place: &Place,
        way: Direction,
        event: &Event,
        new: Option<&Events>,
        added: &mut BTreeMap<&str, &Event>,
    ) {
        if let Some(renamed) = added.values().find(|other| other.ident == event.ident).copied() {
            added.remove(renamed.name.as_str());
            let [before, after] = [event, renamed].map(|event| Some(format!("`{}`", event.name)));
            let what = format!("`{}` has another name on the wire", event.ident);
            let told = Told::new(&rules::EVENT_RENAMED_ON_WIRE, what, before, after);
            self.tell(place, way, told);
            return self.event(place, way, event, renamed);
        }
        let told = if new.is_some_and(|new| new.retired.contains(&event.name)) {
            Told::new(&rules::EVENT_RETIRED, "the event was retired", None, None)
        } else {
            Told::new(&rules::EVENT_REMOVED, "the event was removed", None, None)
        };
        self.tell(place, way, told);
    }

    fn retired(&mut self, place: &Place, way: Direction, [old, new]: [Option<&Events>; 2]) {
        let names = |events: Option<&'_ Events>| -> BTreeSet<String> {
            events.map(|events| events.retired.iter().cloned().collect()).unwrap_or_default()
        };
        let (was, is) = (names(old), names(new));
        let (old_events, new_events) = (named(old), named(new));
        for name in was.difference(&is) {
            let told = if new_events.contains_key(name.as_str()) {
                let what = "the retired name is an event again";
                Told::new(&rules::RETIRED_NAME_REUSED, what, None, None)
            } else {
                let what = "the name is not retired any more";
                Told::new(&rules::RETIRED_NAME_DROPPED, what, None, None)
            };
            self.tell(&event_place(place, way, name), way, told);
        }
        for name in is.difference(&was) {
            // One that is retired with its event is told of as an event.
            let was_event = old_events.get(name.as_str());
            let was_renamed = |event: &&Event| {
                new_events.values().any(|new| {
                    new.ident == event.ident && !old_events.contains_key(new.name.as_str())
                })
            };
            if was_event.is_none_or(was_renamed) {
                let what = "the name is retired";
                let told = Told::new(&rules::RETIRED_NAME_ADDED, what, None, None);
                self.tell(&event_place(place, way, name), way, told);
            }
        }
    }

    fn event(&mut self, place: &Place, way: Direction, old: &Event, new: &Event) {
        if old.ident != new.ident {
            let [before, after] = [old, new].map(|event| Some(format!("`{}`", event.ident)));
            let what = "the function has another name";
            let told = Told::new(&rules::RUST_IDENT_RENAMED, what, before, after);
            self.tell(place, way, told);
        }
        self.docs(place, &old.docs, &new.docs);
        if old.deprecated != new.deprecated {
            let shown = |note: &Option<String>| note.as_ref().map(|note| format!("`{note}`"));
            let what = match (&old.deprecated, &new.deprecated) {
                (None, _) => "the event is deprecated now",
                (_, None) => "the event is not deprecated any more",
                _ => "the note of the deprecation was changed",
            };
            let (before, after) = (shown(&old.deprecated), shown(&new.deprecated));
            self.tell(place, way, Told::new(&rules::DEPRECATION_CHANGED, what, before, after));
        }
        if (&old.example, &old.ack_example) != (&new.example, &new.ack_example) {
            let what = "the example was changed";
            self.tell(place, ANY_WAY, Told::new(&rules::EXAMPLE_CHANGED, what, None, None));
        }
        self.arguments(place, way, old, new);
        self.ack(place, way, old.ack.as_ref(), new.ack.as_ref());
        self.delivery(place, way, &old.delivery, &new.delivery);
    }

    fn delivery(&mut self, place: &Place, way: Direction, old: &Delivery, new: &Delivery) {
        if old.idempotency_key != new.idempotency_key {
            let (rule, what): (&Rule, _) = if new.idempotency_key {
                (&rules::IDEMPOTENCY_KEY_ADDED, "an idempotency key follows the arguments")
            } else {
                (
                    &rules::IDEMPOTENCY_KEY_REMOVED,
                    "no idempotency key follows the arguments any more",
                )
            };
            self.tell(place, way, Told::new(rule, what, None, None));
        }
        let volatile = |delivery: &Delivery| Some(delivery.volatile.to_string());
        let millis = |time: Option<u64>| Some(time.map_or("none".into(), |ms| format!("{ms} ms")));
        let offline = |delivery: &Delivery| {
            Some(
                delivery
                    .offline
                    .map_or("none".into(), |policy| format!("{policy:?}").to_lowercase()),
            )
        };
        let retries = |delivery: &Delivery| {
            Some(delivery.retries.map_or("none".into(), |retries| retries.to_string()))
        };
        let options: [(&Rule, _, _, _); 5] = [
            (&rules::VOLATILE_CHANGED, "`volatile` was changed", volatile(old), volatile(new)),
            (
                &rules::TIMEOUT_CHANGED,
                "`timeout` was changed",
                millis(old.timeout_ms),
                millis(new.timeout_ms),
            ),
            (&rules::OFFLINE_CHANGED, "`offline` was changed", offline(old), offline(new)),
            (
                &rules::TIME_TO_LIVE_CHANGED,
                "`time_to_live` was changed",
                millis(old.time_to_live_ms),
                millis(new.time_to_live_ms),
            ),
            (&rules::RETRIES_CHANGED, "`retries` was changed", retries(old), retries(new)),
        ];
        for (rule, what, before, after) in options {
            if before != after {
                self.tell(place, way, Told::new(rule, what, before, after));
            }
        }
    }
}

/// The names that were events of one direction only, and are events of the other only.
fn crossed<'a>(
    to_client: [Option<&'a Events>; 2],
    to_server: [Option<&'a Events>; 2],
) -> BTreeSet<&'a str> {
    let [old_client, new_client] = to_client.map(named);
    let [old_server, new_server] = to_server.map(named);
    let of = |old: &BTreeMap<&'a str, _>,
              other_old: &BTreeMap<_, _>,
              new: &BTreeMap<_, _>,
              other_new: &BTreeMap<_, &Event>| {
        let is_crossed = |name: &&str| {
            !other_old.contains_key(name) && !new.contains_key(name) && other_new.contains_key(name)
        };
        old.keys().copied().filter(is_crossed).collect::<BTreeSet<&'a str>>()
    };
    let mut crossed = of(&old_client, &old_server, &new_client, &new_server);
    crossed.extend(of(&old_server, &old_client, &new_server, &new_client));
    crossed
}

fn named(events: Option<&Events>) -> BTreeMap<&str, &Event> {
    let events = events.map(|events| events.events.as_slice()).unwrap_or_default();
    events.iter().map(|event| (event.name.as_str(), event)).collect()
}

fn event_place(namespace: &Place, way: Direction, name: &str) -> Place {
    Place { direction: Some(way), event: Some(name.to_owned()), ..namespace.clone() }
}
