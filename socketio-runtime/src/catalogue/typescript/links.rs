//! Rust's words for fields, in TypeScript's.
//!
//! Must not know: where they stand.

use super::{TypeScriptTypes, names};

/// Documentation that names a field as `Type::field_name` names it as `Type.fieldName`, if that is
/// what the field is called.
pub(super) fn resolve(text: &str, types: &TypeScriptTypes) -> String {
    let mut resolved = String::with_capacity(text.len());
    // Every second piece is between backticks.
    for (index, piece) in text.split('`').enumerate() {
        if index > 0 {
            resolved.push('`');
        }
        match field(piece, types).filter(|_| index % 2 == 1) {
            Some(field) => resolved.push_str(&field),
            None => resolved.push_str(piece),
        }
    }
    resolved
}

fn field(path: &str, types: &TypeScriptTypes) -> Option<String> {
    let (name, field) = path.split_once("::")?;
    let declaration = &types.declarations.get(name)?.text;
    let is_field = |field: &String| {
        declaration.match_indices(&**field).any(|(at, _)| {
            let after = &declaration[at + field.len()..];
            let begins = declaration[..at].ends_with([' ', '\n', '{', ',']);
            begins && (after.starts_with(": ") || after.starts_with("?: "))
        })
    };
    let field = [names::camel_case(field), field.to_owned()].into_iter().find(is_field)?;
    Some(format!("{name}.{field}"))
}
