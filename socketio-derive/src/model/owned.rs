//! Types by their syntax: which one owns what another borrows, and what they contain.
//!
//! Must not know: events. A type is known by the name it is written with, since macros see no
//! types.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    Error, GenericArgument, GenericParam, Generics, PathArguments, Result, Type, TypePath,
    TypeReference, parse_quote,
};

/// The type that owns what `ty` borrows: what arrives where `ty` is declared. `subject` is what
/// has the type, for the error where there is no such type.
pub(super) fn owned(ty: &Type, subject: &str, private: &TokenStream) -> Result<Type> {
    match ty {
        Type::Reference(reference) => owned_referent(reference, subject, private),
        Type::Paren(inner) => owned(&inner.elem, subject, private),
        Type::Group(inner) => owned(&inner.elem, subject, private),
        Type::Tuple(tuple) => {
            let mut tuple = tuple.clone();
            for element in &mut tuple.elems {
                *element = owned(element, subject, private)?;
            }
            Ok(Type::Tuple(tuple))
        }
        Type::Path(_) if option(ty).is_some() => {
            let mut ty = ty.clone();
            if let Some(inner) = first_argument_mut(&mut ty) {
                *inner = owned(inner, subject, private)?;
            }
            Ok(ty)
        }
        ty => {
            must_own(ty, subject)?;
            Ok(ty.clone())
        }
    }
}

fn owned_referent(reference: &TypeReference, subject: &str, private: &TokenStream) -> Result<Type> {
    let referent = &*reference.elem;
    if reference.mutability.is_some() {
        let message = "what is sent is not changed: leave out `mut`";
        return Err(Error::new_spanned(reference, message));
    }
    match referent {
        Type::Path(path) if path.path.is_ident("str") => {
            Ok(parse_quote!(#private::std::string::String))
        }
        Type::Slice(slice) => {
            let element = owned(&slice.elem, subject, private)?;
            Ok(parse_quote!(#private::std::vec::Vec<#element>))
        }
        Type::Reference(inner) => owned_referent(inner, subject, private),
        Type::Path(path) if is_unsized(path) => {
            Ok(parse_quote!(<#referent as #private::std::borrow::ToOwned>::Owned))
        }
        // Not through `ToOwned`: what is decoded need not be `Clone`.
        referent => owned(referent, subject, private),
    }
}

/// Whether a type is one of those, besides `str`, that are read into another one.
fn is_unsized(path: &TypePath) -> bool {
    let last = path.path.segments.last();
    last.is_some_and(|last| UNSIZED.iter().any(|name| last.ident == name))
}

/// Refuses what cannot be decoded, or borrows below the surface.
fn must_own(ty: &Type, subject: &str) -> Result<()> {
    let has = |fits: &dyn Fn(&TokenTree, Option<&TokenTree>) -> bool| {
        contains(ty.to_token_stream(), fits)
    };
    if has(&|token, _| is_word(token, "impl")) {
        return Err(Error::new_spanned(ty, "`impl Trait` cannot be decoded; name the type"));
    }
    if has(&|token, _| is_word(token, "dyn")) {
        return Err(Error::new_spanned(ty, "a trait object cannot be decoded; name the type"));
    }
    // `Cow<'static, str>` is decoded into its owned form, `&'static str` cannot be.
    let is_borrow = |token: &TokenTree, next: Option<&TokenTree>| match token {
        TokenTree::Punct(punct) if punct.as_char() == '\'' => {
            !next.is_some_and(|lifetime| is_word(lifetime, "static"))
        }
        TokenTree::Punct(punct) => punct.as_char() == '&',
        _ => false,
    };
    if has(&is_borrow) {
        return Err(borrows(ty, subject));
    }
    Ok(())
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn borrows(ty: &Type, subject: &str) -> Error {
    let message = format!(
        "{subject} owns its data, which references and lifetimes inside of a type do not: write \
         `Vec<String>` instead of `Vec<&str>`, `Cow<'static, str>` instead of `Cow<'_, str>`"
    );
    Error::new_spanned(ty, message)
}

/// Whether a type uses one of the type parameters.
pub(super) fn mentions(ty: &Type, generics: &Generics) -> bool {
    let is_parameter = |token: &TokenTree, _: Option<&TokenTree>| {
        let TokenTree::Ident(ident) = token else { return false };
        generics.params.iter().any(|parameter| match parameter {
            GenericParam::Type(parameter) => parameter.ident == *ident,
            GenericParam::Const(parameter) => parameter.ident == *ident,
            GenericParam::Lifetime(parameter) => parameter.lifetime.ident == *ident,
        })
    };
    contains(ty.to_token_stream(), &is_parameter)
}

/// The type behind all references, by which catalogues describe a value; `None` if it has no name
/// there.
pub(super) fn exported(ty: &Type, generics: &Generics) -> Option<Type> {
    match ty {
        Type::Reference(reference) => exported(&reference.elem, generics),
        Type::Paren(inner) => exported(&inner.elem, generics),
        Type::Group(inner) => exported(&inner.elem, generics),
        ty => {
            let has_no_name = mentions(ty, generics) || is_opaque(ty);
            (!has_no_name).then(|| ty.clone())
        }
    }
}

/// Whether a type has no name, being an `impl Trait`.
pub(super) fn is_opaque(ty: &Type) -> bool {
    contains(ty.to_token_stream(), &|token, _| is_word(token, "impl"))
}

/// The type that an example's value is read as: the one behind all references, with a `Box<T>`
/// for each `&T` inside.
pub(super) fn example(ty: &Type, private: &TokenStream) -> Type {
    match ty {
        Type::Reference(reference) => example(&reference.elem, private),
        Type::Paren(inner) => example(&inner.elem, private),
        Type::Group(inner) => example(&inner.elem, private),
        ty => boxed(ty, private),
    }
}

fn boxed(ty: &Type, private: &TokenStream) -> Type {
    let mut ty = ty.clone();
    match &mut ty {
        Type::Reference(reference) => {
            let referent = boxed(&reference.elem, private);
            return parse_quote!(#private::std::boxed::Box<#referent>);
        }
        Type::Array(array) => *array.elem = boxed(&array.elem, private),
        Type::Slice(slice) => *slice.elem = boxed(&slice.elem, private),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(|it| *it = boxed(it, private)),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
                    continue;
                };
                for argument in &mut arguments.args {
                    if let GenericArgument::Type(ty) = argument {
                        *ty = boxed(ty, private);
                    }
                }
            }
        }
        _ => {}
    }
    ty
}

/// Whether a token, seen together with the next one, fits somewhere in `tokens`.
fn contains(tokens: TokenStream, fits: &dyn Fn(&TokenTree, Option<&TokenTree>) -> bool) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_inside = match &token {
            TokenTree::Group(group) => contains(group.stream(), fits),
            _ => false,
        };
        if is_inside || fits(&token, tokens.peek()) {
            return true;
        }
    }
    false
}

/// The `T` of an `Option<T>`.
pub(super) fn option(ty: &Type) -> Option<&Type> {
    match arguments(ty, "Option").as_deref() {
        Some([inner]) => Some(inner),
        _ => None,
    }
}

/// The `T` of a `Vec<T>` or a `&[T]`.
pub(super) fn list(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Slice(slice) => Some(&slice.elem),
            _ => None,
        },
        ty => match arguments(ty, "Vec").as_deref() {
            Some([element]) => Some(element),
            _ => None,
        },
    }
}

/// The types of a `Result<T, E>`.
pub(super) fn result(ty: &Type) -> Option<[&Type; 2]> {
    arguments(ty, "Result")?.try_into().ok()
}

/// Whether a type is called `Result`, with any number of parameters.
pub(super) fn is_result(ty: &Type) -> bool {
    arguments(ty, "Result").is_some()
}

/// The elements of a tuple.
pub(super) fn tuple(ty: &Type) -> Option<Vec<&Type>> {
    let Type::Tuple(ty) = ty else { return None };
    Some(ty.elems.iter().collect())
}

/// A `Vec<u8>` or `&[u8]` in plain sight. A `[u8; N]` is a few numbers as often as not.
pub(super) fn byte_list(ty: &Type) -> Option<&Type> {
    let is_byte = |ty: &Type| matches!(ty, Type::Path(path) if path.path.is_ident("u8"));
    if list(ty).is_some_and(is_byte) {
        return Some(ty);
    }
    match ty {
        Type::Tuple(tuple) => tuple.elems.iter().find_map(byte_list),
        Type::Reference(reference) => byte_list(&reference.elem),
        ty => match arguments(ty, "Result") {
            Some(arguments) => arguments.into_iter().find_map(byte_list),
            None => option(ty).or_else(|| list(ty)).and_then(byte_list),
        },
    }
}

/// The type parameters of a path that ends with `name`.
fn arguments<'a>(ty: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().filter(|last| last.ident == name)?;
    Some(type_arguments(path))
}

/// The type parameters of a path's last segment.
pub(super) fn type_arguments(path: &TypePath) -> Vec<&Type> {
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|last| &last.arguments)
    else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

fn first_argument_mut(ty: &mut Type) -> Option<&mut Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &mut path.path.segments.last_mut()?.arguments
    else {
        return None;
    };
    arguments.args.iter_mut().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// What implements `Deserialize` for its owned form only, in std and in `serde_json`.
const UNSIZED: &[&str] = &["Path", "CStr", "OsStr", "RawValue"];

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::Type;

    use crate::model::text;

    fn owned(ty: &str) -> Option<String> {
        let ty: Type = syn::parse_str(ty).expect("a type");
        super::owned(&ty, "it", &quote!(p)).ok().map(|ty| text::of(&ty))
    }

    #[test]
    fn borrowed_types_have_owned_forms() {
        let cases = [
            ("User", "User"),
            ("&str", "p::std::string::String"),
            ("&'static str", "p::std::string::String"),
            ("&[User]", "p::std::vec::Vec<User>"),
            ("&[&str]", "p::std::vec::Vec<p::std::string::String>"),
            ("&User", "User"),
            ("&Option<&str>", "Option<p::std::string::String>"),
            ("&std::path::Path", "<std::path::Path as p::std::borrow::ToOwned>::Owned"),
            ("Option<&str>", "Option<p::std::string::String>"),
            ("(&str, u8)", "(p::std::string::String, u8)"),
            ("Cow<'static, str>", "Cow<'static, str>"),
        ];
        for (borrowed, expected) in cases {
            assert_eq!(owned(borrowed).as_deref(), Some(expected), "{borrowed}");
        }
    }

    #[test]
    fn borrows_below_the_surface_have_none() {
        for borrowed in [
            "&mut User",
            "Vec<&str>",
            "Vec<&'static str>",
            "Cow<'_, str>",
            "impl Serialize",
            "Box<dyn Any>",
        ] {
            assert_eq!(owned(borrowed), None, "{borrowed}");
        }
    }
}
