//! Names in other cases.
//!
//! Must not know: what the names are for.

/// How `rename_all` makes wire names of function names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RenameRule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl RenameRule {
    /// The rules' names, each written in its own case.
    pub(crate) const NAMES: [&str; 8] = [
        "lowercase",
        "UPPERCASE",
        "PascalCase",
        "camelCase",
        "snake_case",
        "SCREAMING_SNAKE_CASE",
        "kebab-case",
        "SCREAMING-KEBAB-CASE",
    ];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        const RULES: [RenameRule; 8] = [
            RenameRule::Lower,
            RenameRule::Upper,
            RenameRule::Pascal,
            RenameRule::Camel,
            RenameRule::Snake,
            RenameRule::ScreamingSnake,
            RenameRule::Kebab,
            RenameRule::ScreamingKebab,
        ];
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        Some(RULES[index])
    }

    /// Renames a `snake_case` name.
    pub(crate) fn apply(self, name: &str) -> String {
        let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
        match self {
            Self::Lower => words.concat().to_lowercase(),
            Self::Upper => words.concat().to_uppercase(),
            Self::Pascal => pascal(name),
            Self::Camel => uncapitalized(&pascal(name)),
            Self::Snake => words.join("_").to_lowercase(),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-").to_lowercase(),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
        }
    }
}

/// The enum variant for a function's name: `UpperCamelCase`, and an identifier whatever the
/// name is.
pub(super) fn variant(name: &str) -> String {
    let variant = pascal(name);
    if variant == "Self" {
        // The one keyword in this case, and it cannot be raw.
        return "Self_".to_owned();
    }
    if variant.starts_with(|c: char| !c.is_ascii_digit()) {
        return variant;
    }
    // `_1`, or `__` which has no words at all.
    format!("_{}", if variant.is_empty() { "_" } else { &variant })
}

/// `chat_room` for `ChatRoom`.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| chars[index]);
        let is_followed_by_lower = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        let begins_word = c.is_uppercase()
            && before.is_some_and(|before| {
                before != '_' && (!before.is_uppercase() || is_followed_by_lower)
            });
        if begins_word {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

fn pascal(name: &str) -> String {
    name.split('_').map(capitalized).collect()
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

fn uncapitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::{RenameRule, snake, variant};

    #[test]
    fn each_rule_writes_its_own_name() {
        let renamed = [
            "userjoined",
            "USERJOINED",
            "UserJoined",
            "userJoined",
            "user_joined",
            "USER_JOINED",
            "user-joined",
            "USER-JOINED",
        ];
        for (name, expected) in RenameRule::NAMES.into_iter().zip(renamed) {
            let rule = RenameRule::from_name(name).expect("a rule for every name");
            assert_eq!(rule.apply("user_joined"), expected, "{name}");
        }
        assert_eq!(RenameRule::from_name("Camel"), None);
    }

    #[test]
    fn underscores_only_separate() {
        assert_eq!(RenameRule::Camel.apply("_send__all_"), "sendAll");
        assert_eq!(RenameRule::Kebab.apply("x2_y"), "x2-y");
        assert_eq!(RenameRule::Camel.apply("größe_ändern"), "größeÄndern");
    }

    #[test]
    fn words_of_types_are_separated() {
        let cases = [
            ("ServerToClient", "server_to_client"),
            ("HTTPEvents2D", "http_events2_d"),
            ("Chat_Room", "chat_room"),
            ("chat", "chat"),
        ];
        for (name, expected) in cases {
            assert_eq!(snake(name), expected);
        }
    }

    #[test]
    fn variants_are_identifiers() {
        let cases = [
            ("user_joined", "UserJoined"),
            ("type", "Type"),
            ("userJoined", "UserJoined"),
            ("self_", "Self_"),
            ("_1", "_1"),
            ("__", "__"),
            ("ünder", "Ünder"),
        ];
        for (name, expected) in cases {
            assert_eq!(variant(name), expected);
            syn::parse_str::<syn::Ident>(expected).expect("an identifier");
        }
    }
}
