//! Namespaces: known by their paths.
//!
//! Must not know: events.

use std::collections::BTreeMap;

use super::{ANY_WAY, Comparison, Told};
use crate::{
    catalogue::{
        diff::{
            change::{Part, Place},
            rules::{self, Rule},
        },
        model::{Namespace, ValueType},
    },
    schema::Direction,
};

impl Comparison<'_> {
    pub(super) fn namespaces(&mut self, old: &[Namespace], new: &[Namespace]) {
        let by_path = |namespaces: &'_ [Namespace]| -> BTreeMap<String, usize> {
            let paths = namespaces.iter().enumerate();
            paths.map(|(index, namespace)| (namespace.path.clone(), index)).collect()
        };
        let (old_paths, mut added) = (by_path(old), by_path(new));
        let mut removed = Vec::new();
        for (path, index) in old_paths {
            match added.remove(&path) {
                Some(same) => self.namespace(&old[index], &new[same]),
                None => removed.push(&old[index]),
            }
        }
        for gone in removed {
            let place = Place { namespace: Some(gone.path.clone()), ..Place::default() };
            let moved = added.values().find(|index| new[**index].ident == gone.ident).copied();
            let Some(moved) = moved.map(|index| &new[index]) else {
                let what = "the namespace was removed";
                self.tell(&place, ANY_WAY, Told::new(&rules::NAMESPACE_REMOVED, what, None, None));
                continue;
            };
            added.remove(&moved.path);
            let paths = [gone, moved].map(|namespace| Some(format!("`{}`", namespace.path)));
            let [before, after] = paths;
            let what = format!("`{}` has another path", gone.ident);
            let told = Told::new(&rules::NAMESPACE_PATH_CHANGED, what, before, after);
            self.tell(&place, ANY_WAY, told);
            self.namespace(gone, moved);
        }
        for path in added.into_keys() {
            let place = Place { namespace: Some(path), ..Place::default() };
            let what = "the namespace was added";
            self.tell(&place, ANY_WAY, Told::new(&rules::NAMESPACE_ADDED, what, None, None));
        }
    }

    fn namespace(&mut self, old: &Namespace, new: &Namespace) {
        let place = Place { namespace: Some(old.path.clone()), ..Place::default() };
        if old.ident != new.ident {
            let [before, after] =
                [old, new].map(|namespace| Some(format!("`{}`", namespace.ident)));
            let what = "the struct has another name";
            let told = Told::new(&rules::NAMESPACE_IDENT_RENAMED, what, before, after);
            self.tell(&place, ANY_WAY, told);
        }
        self.docs(&place, &old.docs, &new.docs);
        let auth = Place { part: Part::Auth, ..place.clone() };
        let rules = [&rules::AUTH_DECLARED, &rules::AUTH_UNDECLARED];
        self.payload(&auth, Direction::ClientToServer, rules, [&old.auth, &new.auth]);
        let refusal = Place { part: Part::Refusal, ..place.clone() };
        let rules = [&rules::REFUSAL_DECLARED, &rules::REFUSAL_UNDECLARED];
        self.payload(&refusal, Direction::ServerToClient, rules, [&old.refusal, &new.refusal]);
        self.both_directions(&place, old, new);
    }

    /// What may be declared: with the rules for where it is now, and where it is no more.
    fn payload(
        &mut self,
        place: &Place,
        way: Direction,
        [declared, undeclared]: [&'static Rule; 2],
        types: [&Option<ValueType>; 2],
    ) {
        let shown = |ty: &ValueType| Some(format!("`{}`", ty.rust));
        match types {
            [Some(old), Some(new)] => self.value(place, way, old, new),
            [None, Some(new)] => {
                let what = "the type is declared now";
                self.tell(place, way, Told::new(declared, what, None, shown(new)));
            }
            [Some(old), None] => {
                let what = "the type is not declared any more";
                self.tell(place, way, Told::new(undeclared, what, shown(old), None));
            }
            [None, None] => {}
        }
    }
}
