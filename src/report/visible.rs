//! Octets as a person can read them, and copy them without loss.

use std::fmt;

/// An octet: printable ASCII as it is, everything else, and the backslash, escaped as in C.
pub fn visible(octet: u8) -> impl fmt::Display {
    Visible(octet)
}

/// How many columns the octet takes.
pub(super) const fn columns(octet: u8) -> usize {
    match octet {
        b'\\' | b'\r' | b'\n' | b'\t' => 2,
        b' '..=b'~' => 1,
        _ => 4,
    }
}

/// The text with what a terminal or a page would obey, not show, escaped: control characters, and those that hide or turn
/// the direction of others.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for letter in text.chars() {
        match (letter, u8::try_from(letter)) {
            (_, Ok(octet)) if letter.is_control() => printable.push_str(&visible(octet).to_string()),
            (
                '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}',
                _,
            ) => {
                printable.extend(letter.escape_unicode());
            }
            _ => printable.push(letter),
        }
    }
    printable
}

struct Visible(u8);

impl fmt::Display for Visible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b'\\' => f.write_str("\\\\"),
            b'\r' => f.write_str("\\r"),
            b'\n' => f.write_str("\\n"),
            b'\t' => f.write_str("\\t"),
            printable @ b' '..=b'~' => write!(f, "{}", char::from(printable)),
            other => write!(f, "\\x{other:02x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_takes_the_columns_that_it_says_and_none_is_like_another() {
        let mut seen = std::collections::HashSet::new();
        for octet in 0..=u8::MAX {
            let text = visible(octet).to_string();
            assert_eq!(text.chars().count(), columns(octet), "{text}");
            assert!(text.bytes().all(|octet| (b' '..=b'~').contains(&octet)), "{text}");
            assert!(seen.insert(text));
        }
        assert_eq!(visible(0xff).to_string(), "\\xff");
        assert_eq!(visible(0).to_string(), "\\x00");
        assert_eq!(visible(b'\\').to_string(), "\\\\");
    }

    #[test]
    fn text_obeys_nobody() {
        assert_eq!(printable("a\u{1b}[2J\r\u{9b}\u{202e}é§\\"), "a\\x1b[2J\\r\\x9b\\u{202e}é§\\");
    }
}
