//! Arguments: known by their position, and to people by their name.
//!
//! Must not know: acknowledgements and delivery, but that a key and a callback follow.

use super::{ANY_WAY, Comparison, Told};
use crate::{
    catalogue::{
        diff::{
            change::{Part, Place},
            rules::{self, Rule},
        },
        model::{Argument, ArgumentKind, Event},
    },
    schema::Direction,
};

/// The indices of what is one argument before and after.
type Alignment = Vec<(Option<usize>, Option<usize>)>;

impl Comparison<'_> {
    pub(super) fn arguments(&mut self, place: &Place, way: Direction, old: &Event, new: &Event) {
        self.followers(place, way, old, new);
        let (old, new) = (&old.arguments, &new.arguments);
        let (alignment, is_reordered) = align(old, new);
        if is_reordered {
            let what = "the arguments have another order";
            let told =
                Told::new(&rules::ARGUMENTS_REORDERED, what, Some(list(old)), Some(list(new)));
            self.tell(place, way, told);
        }
        let last_old = alignment.iter().filter_map(|(old, new)| new.and(*old)).max();
        let last_new = alignment.iter().filter_map(|(old, new)| old.and(*new)).max();
        for (was, is) in alignment {
            let at = |index: usize, argument: &Argument| {
                let part = Part::Argument { index, name: argument.name.clone() };
                Place { part, ..place.clone() }
            };
            match (was, is) {
                (Some(was), Some(is)) => {
                    self.argument(&at(was, &old[was]), way, &old[was], &new[is]);
                }
                (Some(was), None) => {
                    let argument = &old[was];
                    let is_last = last_old.is_none_or(|last| last < was);
                    let rule: &Rule = if can_be_missing(argument) && is_last {
                        &rules::OPTIONAL_ARGUMENT_REMOVED
                    } else {
                        &rules::ARGUMENT_REMOVED
                    };
                    let what = "the argument was removed";
                    let told = Told::new(rule, what, Some(rust(argument)), None);
                    self.tell(&at(was, argument), way, told);
                }
                (None, Some(is)) => {
                    let argument = &new[is];
                    let is_last = last_new.is_none_or(|last| last < is);
                    let (rule, what): (&Rule, _) = match (is_last, can_be_missing(argument)) {
                        (false, _) => (&rules::ARGUMENT_INSERTED, "the argument was inserted"),
                        (true, true) => {
                            (&rules::OPTIONAL_ARGUMENT_APPENDED, "the argument was appended")
                        }
                        (true, false) => (&rules::ARGUMENT_APPENDED, "the argument was appended"),
                    };
                    let told = Told::new(rule, what, None, Some(rust(argument)));
                    self.tell(&at(is, argument), way, told);
                }
                (None, None) => {}
            }
        }
    }

    /// The key and the callback, which have no position of their own.
    fn followers(&mut self, place: &Place, way: Direction, old: &Event, new: &Event) {
        if old.arguments.len() == new.arguments.len() {
            return;
        }
        if old.delivery.idempotency_key || new.delivery.idempotency_key {
            let what = "the idempotency key follows other arguments";
            self.follower(place, way, (&rules::IDEMPOTENCY_KEY_MOVED, what), [old, new]);
        }
        if old.ack.is_some() && new.ack.is_some() {
            let what = "the callback follows other arguments";
            self.follower(place, way, (&rules::CALLBACK_MOVED, what), [old, new]);
        }
    }

    fn follower(
        &mut self,
        place: &Place,
        way: Direction,
        (rule, what): (&'static Rule, &str),
        events: [&Event; 2],
    ) {
        let [before, after] = events.map(|event| Some(list(&event.arguments)));
        self.tell(place, way, Told::new(rule, what, before, after));
    }

    fn argument(&mut self, place: &Place, way: Direction, old: &Argument, new: &Argument) {
        if old.name != new.name {
            let [before, after] = [old, new].map(|argument| Some(format!("`{}`", argument.name)));
            let what = "the argument has another name";
            self.tell(place, ANY_WAY, Told::new(&rules::ARGUMENT_RENAMED, what, before, after));
        }
        self.docs(place, &old.docs, &new.docs);
        let (rule, what): (&Rule, _) = match (old.kind, new.kind) {
            (old_kind, new_kind) if old_kind == new_kind => {
                return self.value(place, way, &old.ty, &new.ty);
            }
            (ArgumentKind::Required, ArgumentKind::Optional) => {
                (&rules::ARGUMENT_BECAME_OPTIONAL, "the argument became optional")
            }
            (ArgumentKind::Optional, ArgumentKind::Required) => {
                (&rules::ARGUMENT_BECAME_REQUIRED, "the argument became required")
            }
            (_, ArgumentKind::Rest) => (&rules::REST_CHANGED, "it is all further arguments now"),
            (_, _) => (&rules::REST_CHANGED, "it is one argument now"),
        };
        self.tell(place, way, Told::new(rule, what, Some(rust(old)), Some(rust(new))));
        // That it may be missing has been told, and that it is another type in Rust.
        let findings = self.types.compare_optional(&old.ty.schema, &new.ty.schema);
        self.findings(place, way, findings);
    }
}

/// Which arguments are the same, and whether they have another order.
///
/// By name where one list is the other with some left out; by position where it is not, since
/// there an argument has got another name.
fn align(old: &[Argument], new: &[Argument]) -> (Alignment, bool) {
    let position = |list: &[Argument], name: &str| list.iter().position(|it| it.name == name);
    let all_known = |some: &[Argument], all: &[Argument]| {
        some.iter().map(|it| position(all, &it.name)).collect::<Option<Vec<_>>>()
    };
    let is_sorted = |indices: &[usize]| indices.windows(2).all(|pair| pair[0] < pair[1]);
    let (fewer, more) = if old.len() <= new.len() { (old, new) } else { (new, old) };
    let known = all_known(fewer, more).filter(|at| is_sorted(at) || fewer.len() == more.len());
    let Some(known) = known else {
        let get = |list: &[Argument], index| (index < list.len()).then_some(index);
        let all = 0..more.len();
        return (all.map(|index| (get(old, index), get(new, index))).collect(), false);
    };
    let pairs = (0..more.len()).map(|at| (known.iter().position(|known| *known == at), Some(at)));
    let swap = |(fewer, more)| if old.len() <= new.len() { (fewer, more) } else { (more, fewer) };
    (pairs.map(swap).collect(), !is_sorted(&known))
}

fn can_be_missing(argument: &Argument) -> bool {
    argument.kind != ArgumentKind::Required
}

fn rust(argument: &Argument) -> String {
    format!("`{}`", argument.ty.rust)
}

fn list(arguments: &[Argument]) -> String {
    let names: Vec<_> = arguments.iter().map(|argument| argument.name.as_str()).collect();
    format!("`({})`", names.join(", "))
}
