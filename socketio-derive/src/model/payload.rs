//! Types that no payload can have, as far as their syntax shows: the compiler would say it several
//! times, of the code that is generated.
//!
//! Must not know: events.

use syn::{Type, TypeParamBound};

use super::owned;
use crate::ctxt::Ctxt;

/// Whether a type can be a payload's at all, as far as its syntax shows.
pub(super) fn check(ctxt: &Ctxt, ty: &Type) -> bool {
    match refused(ty, false) {
        Some((ty, message)) => {
            ctxt.error(ty, message);
            false
        }
        None => true,
    }
}

/// The part of a type that no payload has, and why. What is unsized may be `boxed` by the type
/// around it.
fn refused(ty: &Type, is_boxed: bool) -> Option<(&Type, &'static str)> {
    let message = match ty {
        Type::Infer(_) => "name the type: it says what stands on the wire",
        Type::Never(_) => "no value is of the type `!`, so none can be sent",
        Type::Ptr(_) => "a pointer means nothing to the other side: use the value itself",
        Type::FnPtr(_) => CALLBACK,
        Type::ImplTrait(ty) if is_function(&ty.bounds) => CALLBACK,
        Type::TraitObject(ty) if is_function(&ty.bounds) => CALLBACK,
        Type::Slice(_) if !is_boxed => "a list without `&` has no known size: write `&[T]`",
        Type::Slice(slice) => return refused(&slice.elem, false),
        Type::Array(array) => return refused(&array.elem, false),
        Type::Reference(reference) => return refused(&reference.elem, true),
        Type::Tuple(tuple) => return tuple.elems.iter().find_map(|ty| refused(ty, false)),
        Type::Path(path) => {
            let first = path.path.segments.first().map(|segment| &segment.ident);
            if first.is_some_and(|first| first == "Self") {
                "`Self` is no type of a payload: name the type"
            } else if path.path.is_ident("str") && !is_boxed {
                "text without `&` has no known size: write `&str`"
            } else {
                let arguments = owned::type_arguments(path);
                return arguments.into_iter().find_map(|ty| refused(ty, true));
            }
        }
        _ => return None,
    };
    Some((ty, message))
}

fn is_function<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> bool {
    bounds.into_iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last().map(|segment| segment.ident.to_string());
            matches!(
                last.as_deref(),
                Some("Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce")
            )
        }
        _ => false,
    })
}

const CALLBACK: &str = "a function is no argument: what the other side answers is the event's \
    return type, `-> T`";

#[cfg(test)]
mod tests {
    use crate::ctxt::Ctxt;

    fn is_refused(ty: &str) -> bool {
        let ctxt = Ctxt::new();
        let is_sound = super::check(&ctxt, &syn::parse_str(ty).expect("a type"));
        assert_eq!(is_sound, ctxt.check().is_empty(), "{ty}");
        !is_sound
    }

    #[test]
    fn what_no_payload_can_be_is_refused_wherever_it_stands() {
        for ty in [
            "str",
            "(u8, str)",
            "[u8]",
            "&[[u8]]",
            "_",
            "Vec<_>",
            "!",
            "Self",
            "&Self",
            "Self::Item",
            "*const u8",
            "fn(u8)",
            "Option<fn(u8)>",
            "impl FnOnce(u8)",
            "Box<dyn Fn(u8)>",
        ] {
            assert!(is_refused(ty), "{ty}");
        }
    }

    #[test]
    fn what_another_type_holds_may_be_unsized() {
        for ty in [
            "&str",
            "&[&str]",
            "Box<str>",
            "Arc<[u8]>",
            "Cow<'static, str>",
            "Vec<[u8; 2]>",
            "impl Serialize",
            "&dyn Serialize",
            "my::Type<u8>",
        ] {
            assert!(!is_refused(ty), "{ty}");
        }
    }
}
