//! What is kept of a text that somebody else has made as long as they liked.
//!
//! Must not know: what the text says.

use crate::limits::ERROR_EXCERPT;

/// The text, or its beginning and its end: an error begins with what is wrong, repeats what was
/// found, however long, and ends with what was expected.
pub(crate) fn excerpt(text: &str) -> String {
    if text.len() <= ERROR_EXCERPT {
        return text.to_owned();
    }
    let (mut head, mut tail) = (ERROR_EXCERPT / 4 * 3, text.len() - ERROR_EXCERPT / 4);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    format!("{}…{}", &text[..head], &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end() {
        assert_eq!(excerpt("é, expected u8"), "é, expected u8");
        for letter in ["x", "é", "你", "😀"] {
            let long = format!("invalid type: {}, expected u8", letter.repeat(10_000));
            let short = excerpt(&long);
            assert!(short.len() <= ERROR_EXCERPT + '…'.len_utf8(), "{} bytes", short.len());
            assert!(short.len() > ERROR_EXCERPT - 8, "{} bytes", short.len());
            assert!(short.starts_with(&format!("invalid type: {letter}")), "{short}");
            assert!(short.ends_with(&format!("{letter}, expected u8")), "{short}");
        }
    }
}
