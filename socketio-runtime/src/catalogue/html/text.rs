//! Text inside HTML.
//!
//! Must not know: what the text says.

use std::fmt::{self, Write as _};

/// Text in which nothing is markup, between tags and in quoted attributes alike.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(character)?,
                // Not allowed in HTML.
                control if control.is_control() => f.write_char(char::REPLACEMENT_CHARACTER)?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Writes to a string, which cannot fail.
macro_rules! append {
    ($html:expr, $($argument:tt)*) => {{
        use std::fmt::Write as _;
        _ = write!($html, $($argument)*);
    }};
}

pub(super) use append;
