//! A sheet about one thing: a title, terms with their text, and headings.

use std::fmt::Debug;

use super::text::wrap;
use super::{FRAME, Look, NAME};

/// Where the text begins beside its term.
const COLUMN: usize = 13;

/// A sheet that is being written.
pub(super) struct Sheet {
    pub(super) look: Look,
    drawn: String,
}

impl Sheet {
    pub(super) fn new(look: Look, title: &str) -> Sheet {
        Sheet { look, drawn: format!("{}\n", look.paint(NAME, title)) }
    }

    /// A paragraph.
    pub(super) fn text(&mut self, text: &str) {
        for line in wrap(text, self.look.width, 0, 0) {
            self.drawn.push_str(&line);
            self.drawn.push('\n');
        }
    }

    /// A term and what there is to say about it; nothing where there is nothing to say.
    pub(super) fn term(&mut self, term: &str, text: &str) {
        for (index, line) in wrap(text, self.look.width, COLUMN, COLUMN).iter().enumerate() {
            if text.is_empty() {
                break;
            }
            let term = match index {
                // A term that is too long for its column has its text behind it all the same.
                0 if term.len() >= COLUMN => format!("{term} "),
                0 => format!("{term:<COLUMN$}"),
                _ => String::new(),
            };
            self.drawn.push_str(&self.look.paint(FRAME, term));
            self.drawn.push_str(line);
            self.drawn.push('\n');
        }
    }

    /// A heading, with an empty line before it.
    pub(super) fn heading(&mut self, heading: &str) {
        self.space();
        self.drawn.push_str(&self.look.paint(NAME, heading));
        self.drawn.push('\n');
    }

    /// An empty line.
    pub(super) fn space(&mut self) {
        self.drawn.push('\n');
    }

    /// What is drawn already.
    pub(super) fn drawn(&mut self, drawn: &str) {
        self.drawn.push_str(drawn);
    }

    pub(super) fn finish(self) -> String {
        self.drawn
    }
}

/// The word of a variant as the data files spell it: in kebab-case.
pub(super) fn word(variant: impl Debug) -> String {
    let mut word = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

/// The items with commas between them, and a word before the last one.
pub(super) fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::ledger::Reading;

    #[test]
    fn words_are_those_of_the_data() {
        assert_eq!(word(Reading::LfEndsLine), "lf-ends-line");
        assert_eq!(word(Reading::AsSp), "as-sp");
    }

    #[test]
    fn terms_hang() {
        let mut sheet = Sheet::new(Look { width: 24, colour: false }, "id");
        sheet.term("why", "because of this and that");
        sheet.term("nothing", "");
        assert_eq!(sheet.finish(), "id\nwhy          because of\n             this and\n             that\n");
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(listed(&["a".into(), "b".into(), "c".into()], "or"), "a, b or c");
        assert_eq!(listed(&["a".into()], "or"), "a");
    }
}
